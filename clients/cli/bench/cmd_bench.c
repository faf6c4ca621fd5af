/* stele bench: load on a running network, and how it bears it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "clients/cli/bench/bench.h"
#include "clients/cli/bench/yardstick.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "clients/cli/submit.h"

#define SECONDS_MAX 3600
#define WINDOW_DEFAULT 1024
#define WINDOW_BATCH_DEFAULT 32
#define WINDOW_MAX 16000
#define RATE_MAX 1000000
#define RATE_GUESS 10000     /* signed ahead where no rate is given */
#define RATE_GUESS_BATCH 60
#define RECORDS_MAX 20000000
#define BYTES_DEFAULT 256
#define BYTES_MAX 512
#define SAMPLES 10000
#define YARDSTICK_MS 500
#define LAG_MS 30000 /* a header may be this old */

struct bench {
	struct cli *cli;
	struct bench_options options;
	struct localnet net;
	bool has_net;
	struct signer *signers[BENCH_SIGNERS_MAX];
	struct load load;
	struct drive_result drive;
	struct lookup_result lookup;
	struct bench_report report;
	double cpu_begin_s;
};

/* --- what is asked for -------------------------- */

static enum err read_rate(struct bench *bench)
{
	const char *text = cli_value(bench->cli, "rate");
	char *end;

	if (text == NULL)
		return ERR_OK;
	errno = 0;
	bench->options.rate = strtod(text, &end);
	if (errno != 0 || *end != '\0' || !(bench->options.rate > 0) ||
	    bench->options.rate > RATE_MAX)
		return cli_fail(bench->cli, ERR_USAGE, "--rate is a number up to %d", RATE_MAX);
	return ERR_OK;
}

static enum err read_options(struct bench *bench)
{
	struct bench_options *options = &bench->options;
	struct cli *cli = bench->cli;
	enum err err;

	*options = (struct bench_options){.warmup_s = 3,
					  .seconds = 20,
					  .record_bytes = BYTES_DEFAULT,
					  .wants_receipts = cli_has(cli, "receipts"),
					  .skips_simulation = cli_has(cli, "no-simulate")};
	err = cli_number(cli, "batch", LIMIT_BATCH_ENTRIES, &options->batch);
	options->window = options->batch > 0 ? WINDOW_BATCH_DEFAULT : WINDOW_DEFAULT;
	if (err == ERR_OK)
		err = cli_number(cli, "seconds", SECONDS_MAX, &options->seconds);
	if (err == ERR_OK)
		err = cli_number(cli, "warmup", SECONDS_MAX, &options->warmup_s);
	if (err == ERR_OK)
		err = cli_number(cli, "window", WINDOW_MAX, &options->window);
	if (err == ERR_OK)
		err = cli_number(cli, "size", BYTES_MAX, &options->record_bytes);
	if (err == ERR_OK && (options->seconds == 0 || options->window == 0))
		err = cli_fail(cli, ERR_USAGE, "--seconds and --window are at least 1");
	return err == ERR_OK ? read_rate(bench) : err;
}

/* The local network, unless nodes are named; with its nodes and passphrase for
 * what is not said otherwise. */
static enum err find_net(struct bench *bench)
{
	struct cli *cli = bench->cli;
	char *dir = localnet_dir(cli), *passphrase;
	struct buf nodes;
	enum err err = ERR_OK;

	bench->has_net = localnet_exists(dir);
	free(dir);
	if (!bench->has_net)
		return cli_has(cli, "dir") ? localnet_open(cli, &bench->net) : ERR_OK;
	err = localnet_open(cli, &bench->net);
	if (err != ERR_OK)
		return err;
	passphrase = path_of("%s/keys/passphrase", bench->net.dir);
	(void)setenv("STELE_PASSPHRASE_FILE", passphrase, 0);
	free(passphrase);
	buf_init(&nodes, 4096);
	for (unsigned i = 0; i < bench->net.validators; i++)
		buf_print(&nodes, "%shttp://127.0.0.1:%u", i > 0 ? "," : "",
			  bench->net.port + LOCALNET_API_OFFSET + i);
	buf_u8(&nodes, 0);
	if (!nodes.has_failed)
		(void)setenv("STELE_NODE", (const char *)nodes.at, 0);
	buf_release(&nodes);
	return ERR_OK;
}

static enum err open_signers(struct bench *bench)
{
	static const char *const of_localnet[] = {"anchorer-1", "anchorer-2", "institute-1",
						  "institute-2"};
	struct cli *cli = bench->cli;
	size_t given = cli_count(cli, "signer");
	size_t count = given > 0 ? given : sizeof(of_localnet) / sizeof(of_localnet[0]);
	enum err err = ERR_OK;

	if (given == 0 && !bench->has_net)
		return cli_fail(cli, ERR_USAGE, "give --signer KEY, best four of them, each of another "
						"organisation");
	if (count > BENCH_SIGNERS_MAX)
		return cli_fail(cli, ERR_USAGE, "at most %d --signer", BENCH_SIGNERS_MAX);
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		char *key = given > 0 ? path_of("%s", cli_nth(cli, "signer", i))
				      : path_of("%s/keys/%s.key", bench->net.dir, of_localnet[i]);

		err = signer_open(cli, key, &bench->signers[i]);
		bench->report.signers += err == ERR_OK;
		free(key);
	}
	return err;
}

/* --- the run --------------------------------------- */

static enum err sign(struct bench *bench)
{
	const struct bench_options *options = &bench->options;
	struct cli *cli = bench->cli;
	uint64_t window_ms = 0, seconds = options->warmup_s + options->seconds, count;
	double rate = options->rate > 0	 ? options->rate * 1.02
		      : options->batch > 0 ? RATE_GUESS_BATCH
					   : RATE_GUESS;
	enum err err = window_get(cli, &window_ms);

	count = (uint64_t)(rate * (double)seconds) + 16;
	if (err == ERR_OK)
		err = cli_number(cli, "records", RECORDS_MAX, &count);
	if (err != ERR_OK)
		return err;
	if (window_ms < LAG_MS + seconds * 1000)
		return cli_fail(cli, ERR_USAGE, "the network's window of %llu s is too short for that",
				(unsigned long long)window_ms / 1000);
	out_remark(cli, "signing %llu records of %zu organisations", (unsigned long long)count,
		   bench->report.signers);
	return load_sign(cli, options, (const struct signer *const *)bench->signers,
			 bench->report.signers, time_now_ms() + window_ms - LAG_MS, count, &bench->load);
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
	const struct http_request request = {.method = "GET", .path = "/metrics",
					     .timeout_ms = 2000, .node = 0};
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

static void sample(const struct bench *bench, struct process_sample *samples,
		   struct node_counts *counts)
{
	for (unsigned i = 0; bench->has_net && i < bench->report.validators; i++) {
		process_sample(&samples[i], localnet_pid(&bench->net, i + 1));
		ask_counts(bench, i, &counts[i]);
	}
}

static void on_begin(void *context)
{
	struct bench *bench = context;

	sample(bench, bench->report.before, bench->report.counts_before);
	bench->cpu_begin_s = own_cpu();
}

static void on_end(void *context)
{
	struct bench *bench = context;

	sample(bench, bench->report.after, bench->report.counts_after);
	bench->report.own_cpu_s = own_cpu() - bench->cpu_begin_s;
}

/* On the file system that the network's homes lie on. */
static enum err measure_machine(struct bench *bench)
{
	struct machine *machine = &bench->report.machine;
	char *folder = path_of("%s/stele-bench-XXXXXX", bench->has_net ? bench->net.dir : ".");

	if (mkdtemp(folder) == NULL) {
		cli_fail(bench->cli, ERR_FILE_WRITE, "%s: %s", folder, strerror(errno));
		free(folder);
		return ERR_FILE_WRITE;
	}
	out_remark(bench->cli, "measuring this machine");
	*machine = (struct machine){.verify_ns = yardstick_verify_known(YARDSTICK_MS),
				    .sign_ns = yardstick_sign(YARDSTICK_MS),
				    .sha256_ns = yardstick_sha256_64(YARDSTICK_MS),
				    .fdatasync_ns = yardstick_fdatasync(folder, YARDSTICK_MS),
				    .lmdb_ns = yardstick_lmdb_commit(folder, YARDSTICK_MS),
				    .cores = (unsigned)sysconf(_SC_NPROCESSORS_ONLN),
				    .is_measured = true};
	(void)rmdir(folder);
	free(folder);
	return ERR_OK;
}

static enum err learn_network(struct bench *bench)
{
	struct cli *cli = bench->cli;
	json_t *network;
	uint64_t validators = 0;
	enum err err = api_get(cli, &network, "/v1/network");

	if (err != ERR_OK)
		return err;
	(void)json_u64(network, "log_size", &bench->report.log_size_before);
	(void)json_u64(network, "validators", &validators);
	(void)snprintf(bench->report.network, sizeof(bench->report.network), "%.*s", ORIGIN_MAX,
		       json_text(network, "origin"));
	if (!hex_decode(cli->chain.b, sizeof(cli->chain.b), bytes_text(json_text(network, "chain"))))
		err = cli_fail(cli, ERR_NET_ANSWER, "/v1/network");
	bench->report.validators = validators < BENCH_VALIDATORS_MAX ? (unsigned)validators
								     : BENCH_VALIDATORS_MAX;
	json_decref(network);
	return err;
}

static enum err judge(struct bench *bench)
{
	struct cli *cli = bench->cli;
	json_t *report;
	enum err err = ERR_OK;

	bench->report.options = &bench->options;
	bench->report.drive = &bench->drive;
	bench->report.lookup = &bench->lookup;
	report = report_json(&bench->report, &bench->load);
	if (!out_json(cli, json_incref(report)))
		report_print(cli, report);
	json_decref(report);
	if (bench->lookup.found < bench->lookup.asked ||
	    bench->lookup.contents_found < bench->lookup.contents_asked) {
		err = cli_fail(cli, ERR_ITEMS_FAILED, "records that were final cannot be found");
		cli_exit(cli, EXIT_CODE_CHECK_FAILED);
	} else if (bench->drive.final < bench->drive.sent) {
		err = cli_fail(cli, ERR_ITEMS_FAILED, "%zu of %zu records did not become final",
			       bench->drive.sent - bench->drive.final, bench->drive.sent);
	}
	return err;
}

static enum err run_all(struct bench *bench)
{
	enum err err = read_options(bench);

	if (err == ERR_OK)
		err = find_net(bench);
	if (err == ERR_OK)
		err = learn_network(bench);
	if (err == ERR_OK)
		err = open_signers(bench);
	if (err == ERR_OK && !cli_has(bench->cli, "no-yardsticks"))
		err = measure_machine(bench);
	if (err == ERR_OK)
		err = sign(bench);
	if (err == ERR_OK)
		err = drive(bench->cli, &bench->options, &bench->load, on_begin, on_end, bench,
			    &bench->drive);
	if (err == ERR_OK)
		err = look_up(bench->cli, &bench->options, &bench->load, SAMPLES, &bench->lookup);
	return err == ERR_OK ? judge(bench) : err;
}

static enum err run_bench(struct cli *cli)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	enum err err;

	ASSERT(bench != NULL);
	bench->cli = cli;
	err = run_all(bench);
	load_release(&bench->load);
	for (size_t i = 0; i < BENCH_SIGNERS_MAX; i++)
		signer_free(bench->signers[i]);
	localnet_release(&bench->net);
	free(bench);
	return err;
}

static const struct option_spec options_bench[] = {
	{"dir", 0, OPTION_VALUE, "DIR", "the local network; default $STELE_LOCALNET or ./stele-localnet"},
	{"signer", 0, OPTION_LIST, "KEY", "key of an organisation; repeat; default four of the local "
					  "network"},
	{"seconds", 0, OPTION_VALUE, "N", "how long to measure; default 20"},
	{"warmup", 0, OPTION_VALUE, "N", "load before that, which does not count; default 3"},
	{"rate", 0, OPTION_VALUE, "N", "transactions a second, whatever comes back; default: as many as "
				       "the window lets through"},
	{"window", 0, OPTION_VALUE, "N", "requests under way at most; default 1,024, or 32 batches"},
	{"size", 0, OPTION_VALUE, "BYTES", "of a signed record; default 256"},
	{"batch", 0, OPTION_VALUE, "N", "content.batch records of N entries, 1 to 4,096"},
	{"records", 0, OPTION_VALUE, "N", "how many to sign ahead"},
	{"receipts", 0, OPTION_FLAG, NULL, "ask for the receipt in every answer"},
	{"no-yardsticks", 0, OPTION_FLAG, NULL, "do not measure the machine itself"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_bench[] = {
	{"bench run", "", 0, 0, "load a running network and report how it bears it",
	 "Signs distinct content.anchor records (or batches) of several organisations ahead, sends "
	 "them to all nodes over the public API, waits for the final answer of each, and then looks "
	 "every one up again. Reports the offered and the final rate, latencies from when a record "
	 "was due until it was known to be final, CPU and memory of each validator of a local "
	 "network, and in the same run what this machine can do of signature checks, SHA-256, "
	 "fdatasync and LMDB commits. The records stay in the ledger: never run it on a network that "
	 "others rely on.",
	 "stele bench run --seconds 30\nstele bench run --rate 1000 --json\nstele bench run --window 1",
	 options_bench, run_bench},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
