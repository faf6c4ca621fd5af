/* One load on the network, with what it cost and what became of it. */
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "clients/cli/bench/bench.h"
#include "clients/cli/out.h"
#include "clients/cli/submit.h"

#define RATE_GUESS 12000 /* signed ahead where no rate is given */
#define CONTENTS_GUESS 120000 /* the same, where they are entries of batches */
#define FASTEST_MS 1 /* no record is final sooner */
#define LAG_MS 30000 /* a header may be this old */
#define LEVEL_MS 10000 /* until all nodes hold what one of them said is final */
#define POLL_NS 50000000
#define METRICS_MS 2000

struct watch {
	struct bench *bench;
	struct trial *trial;
	double cpu_begin_s;
};

/* --- around the load --------------------------------- */

/* More than a closed loop lets through, records a second. */
static double closed_rate_max(const struct bench_options *options)
{
	double window = (double)bench_window(options) * 1000 / FASTEST_MS;
	double guess = options->batch > 0 ? (double)CONTENTS_GUESS / (double)options->batch : RATE_GUESS;

	guess = guess < RATE_GUESS ? guess : RATE_GUESS;
	return guess < window ? guess : window;
}

static enum err sign(struct bench *bench, const struct bench_options *options, struct load *load)
{
	struct cli *cli = bench->cli;
	uint64_t window_ms = 0, seconds = options->warmup_s + options->seconds;
	double rate = options->rate > 0 ? options->rate * 1.02 : closed_rate_max(options);
	enum err err = window_get(cli, &window_ms);
	size_t count;

	if (err != ERR_OK)
		return err;
	if (options->records == 0 && window_ms < LAG_MS + seconds * 1000)
		return cli_fail(cli, ERR_USAGE, "the network's window of %llu s is too short for that",
				(unsigned long long)window_ms / 1000);
	count = options->records > 0 ? options->records : (size_t)(rate * (double)seconds) + 16;
	out_remark(cli, "signing %zu records of %zu organisations", count, bench->signers_count);
	return load_sign(cli, options, (const struct signer *const *)bench->signers,
			 bench->signers_count, time_now_ms() + window_ms - LAG_MS, count, load);
}

static double own_cpu(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) != 0)
		return 0;
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Metrics of a local network's node; what does not answer counts as 0. */
static void ask_counts(const struct bench *bench, unsigned node, struct node_counts *out)
{
	const struct http_request request = {
		.method = "GET", .path = "/metrics", .timeout_ms = METRICS_MS, .node = 0};
	struct http *http = http_new();
	struct http_answer answer;
	char url[64];

	ASSERT(http != NULL);
	http_answer_init(&answer);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u",
		       bench->net.port + LOCALNET_METRICS_OFFSET + node);
	if (http_add_node(http, url) == ERR_OK && http_ask(http, &request, &answer) == ERR_OK)
		node_counts_read(out, buf_bytes(&answer.body));
	http_answer_release(&answer);
	http_free(http);
}

static void sample(const struct bench *bench, const struct trial *trial,
		   struct process_sample *samples, struct node_counts *counts)
{
	for (unsigned i = 0; i < trial->validators; i++) {
		process_sample(&samples[i], localnet_pid(&bench->net, i + 1));
		ask_counts(bench, i, &counts[i]);
	}
}

static void on_begin(void *context)
{
	struct watch *watch = context;

	sample(watch->bench, watch->trial, watch->trial->before, watch->trial->counts_before);
	watch->cpu_begin_s = own_cpu();
}

static void on_end(void *context)
{
	struct watch *watch = context;

	sample(watch->bench, watch->trial, watch->trial->after, watch->trial->counts_after);
	watch->trial->own_cpu_s = own_cpu() - watch->cpu_begin_s;
}

/* --- the ledger's own count ------------------------------ */

static enum err log_sizes(struct bench *bench, uint64_t *least, uint64_t *most)
{
	struct cli *cli = bench->cli;
	enum err err = api_open(cli);

	*least = UINT64_MAX;
	*most = 0;
	for (size_t i = 0; err == ERR_OK && i < http_nodes_count(cli->http); i++) {
		json_t *network;
		uint64_t size = 0;

		err = api_get_from(cli, i, &network, "/v1/network");
		if (err != ERR_OK)
			break;
		(void)json_u64(network, "log_size", &size);
		json_decref(network);
		*least = size < *least ? size : *least;
		*most = size > *most ? size : *most;
	}
	return err;
}

/* A node that is behind is given time to commit what others said is final. */
static enum err count_log(struct bench *bench, struct trial *trial)
{
	const struct timespec pause = {.tv_nsec = POLL_NS};
	uint64_t end = time_now_ms() + LEVEL_MS, expected = trial->log_before + trial->drive.final;
	enum err err;

	do {
		err = log_sizes(bench, &trial->log_least, &trial->log_most);
		if (err != ERR_OK || trial->log_least >= expected)
			return err;
		(void)nanosleep(&pause, NULL);
	} while (time_now_ms() < end);
	return ERR_OK;
}

enum err trial_check(struct bench *bench, const struct trial *trial)
{
	const struct drive_result *drive = &trial->drive;
	const struct find_result *find = &trial->find;
	uint64_t expected = trial->log_before + drive->final;
	struct cli *cli = bench->cli;
	enum err err = ERR_OK;

	if (find->found < find->asked || find->contents_found < find->contents_asked)
		err = cli_fail(cli, ERR_ITEMS_FAILED, "records that were final cannot be found");
	else if (trial->log_least < expected)
		err = cli_fail(cli, ERR_ITEMS_FAILED, "a node's log lacks records that were final");
	if (err != ERR_OK) {
		cli_exit(cli, EXIT_CODE_CHECK_FAILED);
		return err;
	}
	if (drive->final < drive->sent)
		return cli_fail(cli, ERR_ITEMS_FAILED, "%zu of %zu records did not become final",
				drive->sent - drive->final, drive->sent);
	if (bench->has_net && trial->log_most > expected) {
		err = cli_fail(cli, ERR_ITEMS_FAILED, "the log grew by more than was sent");
		cli_exit(cli, EXIT_CODE_CHECK_FAILED);
	}
	return err;
}

/* --- the trial ------------------------------------------------ */

enum err trial_run(struct bench *bench, const struct bench_options *options, struct trial *out)
{
	struct watch watch = {.bench = bench, .trial = out};
	struct load load = {.records = NULL};
	uint64_t least;
	enum err err;

	memset(out, 0, sizeof(*out));
	out->options = *options;
	out->validators = bench->has_net ? bench->validators : 0;
	err = log_sizes(bench, &least, &out->log_before);
	if (err == ERR_OK)
		err = sign(bench, options, &load);
	if (err == ERR_OK)
		err = drive(bench->cli, options, &load, on_begin, on_end, &watch, &out->drive);
	for (size_t i = 0; err == ERR_OK && i < load.count; i++)
		if (load.records[i].is_measured)
			histogram_add(&out->latencies, load.records[i].latency_us);
	if (err == ERR_OK)
		err = count_log(bench, out);
	if (err == ERR_OK)
		find_records(bench->cli, options, &load, &out->find);
	load_release(&load);
	return err;
}

void trial_seen(const struct trial *trial, struct seen *out)
{
	const struct drive_result *drive = &trial->drive;
	double seconds = drive->seconds > 0 ? drive->seconds : 1;

	*out = (struct seen){
		.offered = (double)drive->offered / seconds,
		.final = (double)drive->measured / seconds,
		/* between the middles of the first and the last third */
		.backlog_growth = (drive->backlog_last - drive->backlog_first) / (seconds * 2 / 3),
		.refused = (double)(drive->busy + drive->broken + drive->failed + drive->rejected) /
			   seconds,
	};
}
