/* The benchmark of a running network, in pieces: load that is signed ahead, the
 * loop that sends it, the processes that bear it, the machine's yardsticks, and
 * the report.  cmd_bench.c puts them together. */
#ifndef STELE_CLIENTS_CLI_BENCH_BENCH_H
#define STELE_CLIENTS_CLI_BENCH_BENCH_H

#include "clients/cli/cli.h"
#include "clients/cli/localnet.h"
#include "clients/cli/signer.h"

#define BENCH_SIGNERS_MAX 64
#define BENCH_VALIDATORS_MAX 16

struct bench_options {
	double rate;         /* records a second; 0: as many as the window lets through */
	uint64_t warmup_s, seconds;
	uint64_t window;     /* requests under way, over all nodes */
	uint64_t record_bytes;
	uint64_t batch;      /* entries of a content.batch; 0: single records */
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
	bool is_found;
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

/* --- drive.c ------------------------------------------------------------------------- */

struct drive_result {
	size_t sent, final, rejected, failed; /* in all */
	size_t offered, measured;             /* within the seconds that count */
	uint64_t busy;       /* answers 429 and 503 */
	uint64_t broken;     /* connections that failed */
	double seconds;      /* measured */
	double drain_seconds;
	bool ran_out;        /* of signed records before the time was over */
	int first_status;    /* of a refusal, and its text */
	char first_refusal[300];
};

/* Sends; calls on_begin and on_end at the borders of what is measured. */
MUST_CHECK enum err drive(struct cli *cli, const struct bench_options *options, struct load *load,
			  void (*on_begin)(void *context), void (*on_end)(void *context),
			  void *context, struct drive_result *out);
/* Asks for every record that was final, and counts those that are there: of
 * batches the transaction and up to `samples` of their contents. */
struct lookup_result {
	size_t asked, found;
	size_t contents_asked, contents_found;
	double seconds;
};
MUST_CHECK enum err look_up(struct cli *cli, const struct bench_options *options, struct load *load,
			    size_t samples, struct lookup_result *out);

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
	struct stage_sample stages[BENCH_STAGES_MAX];
	unsigned stages_count;
};
void process_sample(struct process_sample *out, pid_t pid);

/* What a node counted since it began; all 0 where it does not say. */
struct node_counts {
	uint64_t blocks, journal_writes, signatures_checked, views_nullified;
};
/* Reads them from the text of /metrics. */
void node_counts_read(struct node_counts *out, struct bytes metrics);

/* --- report.c --------------------------------------------------------------------------------- */

struct machine {
	double verify_ns, sha256_ns, sign_ns, fdatasync_ns, lmdb_ns;
	unsigned cores;
	bool is_measured;
};

struct bench_report {
	const struct bench_options *options;
	const struct drive_result *drive;
	const struct lookup_result *lookup;
	struct machine machine;
	struct process_sample before[BENCH_VALIDATORS_MAX], after[BENCH_VALIDATORS_MAX];
	struct node_counts counts_before[BENCH_VALIDATORS_MAX], counts_after[BENCH_VALIDATORS_MAX];
	unsigned validators;
	double own_cpu_s;
	uint64_t log_size_before;
	char network[ORIGIN_MAX + 1];
	size_t signers;
};

/* A new object with everything; latencies come from the load. */
json_t *report_json(const struct bench_report *report, const struct load *load);
void report_print(const struct cli *cli, const json_t *report);

#endif
