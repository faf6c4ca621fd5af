/* The benchmark of a running network, in pieces: what is asked for and of which
 * network (setup.c), load that is signed ahead (load.c), the loop that sends it
 * (drive.c) and the one that looks it up again (find.c), the processes that bear it
 * (process.c), one load with all its counts (trial.c), and the report of trials
 * (report.c, print.c).  cmd_bench.c and compare.c put them together. */
#ifndef STELE_CLIENTS_CLI_BENCH_BENCH_H
#define STELE_CLIENTS_CLI_BENCH_BENCH_H

#include "clients/cli/bench/histogram.h"
#include "clients/cli/bench/machine.h"
#include "clients/cli/bench/search.h"
#include "clients/cli/cli.h"
#include "clients/cli/localnet.h"
#include "clients/cli/signer.h"

#define BENCH_SIGNERS_MAX 64
#define BENCH_VALIDATORS_MAX 16
#define BENCH_RATES_MAX 32
#define BENCH_REPEAT_MAX 100

struct bench_options {
	double rate;         /* records a second; 0: as many as the window lets through */
	uint64_t warmup_s, seconds;
	uint64_t window;     /* requests under way, over all nodes; 0: the default */
	uint64_t record_bytes;
	uint64_t batch;      /* entries of a content.batch; 0: single records */
	uint64_t records;    /* signed ahead; 0: as many as the time may need */
	uint64_t find;       /* looked up afterwards, evenly chosen; 0: all */
	bool wants_receipts; /* in every answer */
	bool skips_simulation;
};

enum record_state {
	RECORD_WAITING,
	RECORD_SENT,
	RECORD_FINAL,
	RECORD_REJECTED,
	RECORD_FAILED,
};

struct record {
	uint8_t *raw;
	uint32_t len;
	uint8_t state;      /* enum record_state */
	bool is_measured;   /* became final between warm-up and end */
	uint32_t latency_us; /* from when it was due to the answer that it is final */
	uint64_t due_us;
	struct hash id;
};

struct load {
	struct record *records;
	size_t count;
	uint64_t seed; /* distinct in every run */
};

/* --- load.c ------------------------------------------------------------------------- */

/* Signs count records on two threads; the validity of all begins now.  Free it in
 * any case. */
MUST_CHECK enum err load_sign(struct cli *cli, const struct bench_options *options,
			      const struct signer *const *signers, size_t signers_count,
			      uint64_t valid_until, size_t count, struct load *out);
void load_release(struct load *load);
/* The content of an entry of a record (0 where it is no batch). */
void load_content(struct hash *out, uint64_t seed, size_t record, size_t entry);

/* --- drive.c, find.c ------------------------------------------------------------------ */

struct drive_result {
	size_t sent, final, rejected, failed; /* in all */
	size_t offered, measured;             /* within the seconds that count */
	uint64_t busy;       /* answers 429 and 503 */
	uint64_t broken;     /* connections that failed */
	double seconds;      /* measured */
	double drain_seconds;
	double backlog_first, backlog_last; /* records due and not final: means of the first and
					       the last third of the measured time */
	bool ran_out;        /* of signed records before the time was over */
	int first_status;    /* of a refusal, and its text */
	char first_refusal[300];
};

/* Requests under way at most: what is asked for, or the default of such a load. */
uint64_t bench_window(const struct bench_options *options);
/* Sends; calls on_begin and on_end at the borders of what is measured. */
MUST_CHECK enum err drive(struct cli *cli, const struct bench_options *options, struct load *load,
			  void (*on_begin)(void *context), void (*on_end)(void *context),
			  void *context, struct drive_result *out);

struct find_result {
	size_t asked, found; /* of the records that were final */
	size_t contents_asked, contents_found;
	double seconds;
};
/* Asks for options->find of the records that were final and as many of their contents, or
 * for all records and 10,000 contents. */
void find_records(struct cli *cli, const struct bench_options *options, const struct load *load,
		  struct find_result *out);

/* --- process.c ---------------------------------------------------------------------------- */

#define BENCH_STAGES_MAX 16

/* Threads of one name: a node names them by what they do. */
struct stage_sample {
	char name[16];
	uint64_t cpu_ns;
};

/* What a process used since it began. */
struct process_sample {
	pid_t pid; /* 0: not known */
	double cpu_s;
	uint64_t rss_kb, anonymous_kb;
	uint64_t read_calls, write_calls; /* read(2), write(2) and their kin */
	uint64_t read_bytes, written_bytes; /* by these, sockets included */
	uint64_t waits; /* a thread gave its core away, until what it waited for came */
	struct stage_sample stages[BENCH_STAGES_MAX];
	unsigned stages_count;
};
void process_sample(struct process_sample *out, pid_t pid);
/* The program that a process runs, and the hash of its bytes, also where the file was
 * replaced since.  False: it cannot be read. */
bool process_program(pid_t pid, char path[4096], struct hash *out);

/* What a node counted since it began; all 0 where it does not say. */
struct node_counts {
	uint64_t blocks, journal_writes, signatures_checked, views_nullified;
	uint64_t peer_bytes; /* in and out */
	uint64_t pump_turns, pump_slow, api_turns, api_slow; /* of the two loops; slow: over 1 ms */
};
/* Reads them from the text of /metrics. */
void node_counts_read(struct node_counts *out, struct bytes metrics);

/* --- setup.c -------------------------------------------------------------------------------- */

struct bench {
	struct cli *cli;
	struct bench_options options;
	struct localnet net;
	bool has_net;
	struct signer *signers[BENCH_SIGNERS_MAX];
	size_t signers_count;
	unsigned validators;
	struct machine machine;
	json_t *network; /* name, version, configuration, programs; NULL: not learned yet */
};

/* The options that loads have in common. */
MUST_CHECK enum err bench_read_options(struct bench *bench);
/* The local network of --dir, unless nodes are named; nodes and passphrase for what is
 * not said otherwise. */
MUST_CHECK enum err bench_find_net(struct bench *bench);
/* Points the tool at bench->net, whatever it was pointed at before. */
void bench_use_net(struct bench *bench);
/* The keys that sign, and what the nodes say of the network and run. */
MUST_CHECK enum err bench_open(struct bench *bench);
/* The yardsticks, on the file system that the network's homes lie on. */
MUST_CHECK enum err bench_measure_machine(struct bench *bench, const char *folder);
/* Forgets the network; options and yardsticks stay. */
void bench_close(struct bench *bench);

/* --- trial.c ----------------------------------------------------------------------------------- */

/* One load and what came of it. */
struct trial {
	struct bench_options options;
	struct drive_result drive;
	struct find_result find;
	struct histogram latencies;
	struct process_sample before[BENCH_VALIDATORS_MAX], after[BENCH_VALIDATORS_MAX];
	struct node_counts counts_before[BENCH_VALIDATORS_MAX], counts_after[BENCH_VALIDATORS_MAX];
	unsigned validators; /* sampled */
	double own_cpu_s;
	uint64_t log_before; /* records of the log */
	uint64_t log_least, log_most; /* afterwards, among the nodes */
};

/* Signs, sends, counts, looks up.  The options stand in for those of bench. */
MUST_CHECK enum err trial_run(struct bench *bench, const struct bench_options *options,
			      struct trial *out);
void trial_seen(const struct trial *trial, struct seen *out);
/* Everything that was sent is final, was found, and stands in the log of every node,
 * with nothing else on a network of its own; else a failure that says what does not hold. */
MUST_CHECK enum err trial_check(struct bench *bench, const struct trial *trial);

/* --- report.c, print.c ---------------------------------------------------------------------------- */

/* A new object with everything of a trial. */
json_t *trial_json(const struct bench *bench, const struct trial *trial);
/* {name: {median, min, max, count}} of what trials have in common: rate, latencies, cost. */
json_t *summary_json(const json_t *trials);
json_t *options_json(const struct bench *bench, const struct bench_options *options);
json_t *machine_json(const struct machine *machine);
/* What a rate is of what this machine could do; rate and contents a second. */
json_t *ratios_json(const struct bench *bench, double rate, double contents_rate);

void print_report(const struct cli *cli, const json_t *report);
/* Title, value, unit: one line, where the object has that member. */
void print_value(const struct cli *cli, const char *title, const json_t *object, const char *member,
		 const char *unit);

/* --- of several files ------------------------------------------------------------------ */

uint64_t load_now_us(void); /* of the monotonic clock */
/* Whether the head of the answer, where its state stands, has this text. */
struct http_answer;
bool answer_has(const struct http_answer *answer, const char *text);

#endif
