/* stele bench: load on a running network, and how it bears it. */
#include <errno.h>
#include <stdlib.h>

#include "clients/cli/bench/bench.h"
#include "clients/cli/bench/compare.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"

#define RATE_MAX 1000000
#define TRY_SECONDS_MIN 5
#define CONFIRM_MAX 5
#define CONFIRM_STEP 0.97

struct run {
	struct bench bench;
	double rates[BENCH_RATES_MAX];
	size_t rates_count;
	uint64_t repeat;
	struct trial trial; /* large: here, not on the stack */
	json_t *points, *search;
	json_t *afterwards; /* sums over all trials */
	double best, best_contents;
	enum err checked; /* the first check that did not hold */
};

/* --- what is asked for -------------------------- */

static enum err read_rates(struct run *run)
{
	struct cli *cli = run->bench.cli;

	if (cli_count(cli, "rate") > BENCH_RATES_MAX)
		return cli_fail(cli, ERR_USAGE, "at most %d --rate", BENCH_RATES_MAX);
	for (size_t i = 0; i < cli_count(cli, "rate"); i++) {
		char *end;
		double rate;

		errno = 0;
		rate = strtod(cli_nth(cli, "rate", i), &end);
		if (errno != 0 || *end != '\0' || !(rate > 0) || rate > RATE_MAX)
			return cli_fail(cli, ERR_USAGE, "--rate is a number up to %d", RATE_MAX);
		run->rates[run->rates_count++] = rate;
	}
	return ERR_OK;
}

static enum err read_options(struct run *run)
{
	struct cli *cli = run->bench.cli;
	enum err err = bench_read_options(&run->bench);

	run->repeat = 1;
	if (err == ERR_OK)
		err = cli_number(cli, "repeat", BENCH_REPEAT_MAX, &run->repeat);
	if (err == ERR_OK && run->repeat == 0)
		err = cli_fail(cli, ERR_USAGE, "--repeat is at least 1");
	if (err == ERR_OK)
		err = read_rates(run);
	if (err == ERR_OK && cli_has(cli, "search") && run->rates_count > 0)
		err = cli_fail(cli, ERR_USAGE, "--search finds the rate: give none");
	return err;
}

/* --- trials ---------------------------------------- */

static void add(json_t *object, const char *name, uint64_t count)
{
	json_int_t sum = json_integer_value(json_object_get(object, name)) + (json_int_t)count;

	json_object_set_new(object, name, json_integer(sum));
}

/* A check that does not hold fails the run at its end: the report is worth reading. */
static enum err load_once(struct run *run, double rate, uint64_t seconds)
{
	struct bench_options options = run->bench.options;
	struct trial *trial = &run->trial;
	enum err err, checked;

	options.rate = rate;
	options.seconds = seconds;
	err = trial_run(&run->bench, &options, trial);
	if (err != ERR_OK)
		return err;
	add(run->afterwards, "records", trial->find.asked);
	add(run->afterwards, "found", trial->find.found);
	add(run->afterwards, "contents", trial->find.contents_asked);
	add(run->afterwards, "contents_found", trial->find.contents_found);
	add(run->afterwards, "final", trial->drive.final);
	add(run->afterwards, "log_grew", trial->log_most - trial->log_before);
	checked = trial_check(&run->bench, trial);
	run->checked = run->checked == ERR_OK ? checked : run->checked;
	return ERR_OK;
}

/* All repetitions at one rate; tells how many of them sustained it. */
static enum err load_point(struct run *run, double rate, json_t **point, uint64_t *sustained)
{
	json_t *trials = json_array();
	enum err err = ERR_OK;

	*sustained = 0;
	for (uint64_t i = 0; err == ERR_OK && i < run->repeat; i++) {
		struct seen seen;

		err = load_once(run, rate, run->bench.options.seconds);
		if (err != ERR_OK)
			break;
		trial_seen(&run->trial, &seen);
		*sustained += search_judge(&seen) == NULL;
		json_array_append_new(trials, trial_json(&run->bench, &run->trial));
	}
	*point = json_pack("{s:O, s:o}", "trials", trials, "summary", summary_json(trials));
	json_decref(trials);
	return err;
}

static double median(const json_t *point, const char *name)
{
	const json_t *figure = json_object_get(json_object_get(point, "summary"), name);

	return json_number_value(json_object_get(figure, "median"));
}

static void keep_point(struct run *run, json_t *point)
{
	double rate = median(point, "final_per_s");

	json_array_append_new(run->points, point);
	if (rate < run->best)
		return;
	run->best = rate;
	run->best_contents = median(point, "contents_per_s");
}

/* --- the search ------------------------------------ */

static void note_try(struct run *run, const char *why)
{
	json_t *tries = json_object_get(run->search, "tries");
	struct seen seen;

	trial_seen(&run->trial, &seen);
	json_array_append_new(
		tries, json_pack("{s:f, s:f, s:f, s:o}", "offered_per_s", seen.offered, "final_per_s",
				 seen.final, "p50_ms", histogram_at(&run->trial.latencies, 0.5) / 1000.0,
				 "not_sustained", why != NULL ? json_string(why) : json_null()));
	out_remark(run->bench.cli, "offered %.1f/s: %s", seen.offered, why != NULL ? why : "sustained");
}

/* The highest rate of the search is loaded again in full length.  Where most of the
 * repetitions do not sustain it, what came through is, and a little less than that rate;
 * the last one stands in the report in any case. */
static enum err confirm(struct run *run, double rate)
{
	for (unsigned i = 1;; i++) {
		uint64_t sustained;
		json_t *point;
		double through;
		enum err err = load_point(run, rate, &point, &sustained);

		if (err != ERR_OK) {
			json_decref(point);
			return err;
		}
		through = median(point, "final_per_s");
		if (sustained * 2 > run->repeat || i == CONFIRM_MAX) {
			json_object_set_new(run->search, "highest_per_s", json_real(rate));
			json_object_set_new(run->search, "is_confirmed",
					    json_boolean(sustained * 2 > run->repeat));
			keep_point(run, point);
			return ERR_OK;
		}
		json_decref(point);
		rate *= CONFIRM_STEP;
		rate = through > 0 && through < rate ? through : rate;
		out_remark(run->bench.cli, "not sustained in full length: trying %.1f/s", rate);
	}
}

static enum err find_highest(struct run *run)
{
	uint64_t seconds = run->bench.options.seconds / 2;
	struct search search;
	struct seen seen;
	double rate;
	enum err err;

	seconds = seconds < TRY_SECONDS_MIN ? TRY_SECONDS_MIN : seconds;
	seconds = seconds < run->bench.options.seconds ? seconds : run->bench.options.seconds;
	err = load_once(run, 0, seconds);
	if (err != ERR_OK)
		return err;
	trial_seen(&run->trial, &seen);
	if (seen.final <= 0)
		return cli_fail(run->bench.cli, ERR_ITEMS_FAILED, "nothing became final");
	run->search = json_pack("{s:f, s:[]}", "estimate_per_s", seen.final, "tries");
	search_init(&search, seen.final);
	while (err == ERR_OK && search_next(&search, &rate)) {
		const char *why;

		err = load_once(run, rate, seconds);
		trial_seen(&run->trial, &seen);
		why = search_judge(&seen);
		search_tell(&search, why == NULL);
		if (err == ERR_OK)
			note_try(run, why);
	}
	return err != ERR_OK ? err : confirm(run, search.low > 0 ? search.low : search.floor);
}

/* --- the run ---------------------------------------- */

static enum err load_all(struct run *run)
{
	enum err err = ERR_OK;

	if (cli_has(run->bench.cli, "search"))
		return find_highest(run);
	if (run->rates_count == 0)
		run->rates_count = 1; /* of 0: the window is the limit */
	for (size_t i = 0; err == ERR_OK && i < run->rates_count; i++) {
		uint64_t sustained;
		json_t *point;

		err = load_point(run, run->rates[i], &point, &sustained);
		if (err == ERR_OK)
			keep_point(run, point);
		else
			json_decref(point);
	}
	return err;
}

static enum err write_report(struct run *run, json_t *report)
{
	const char *file = cli_value(run->bench.cli, "out");
	char *text;
	enum err err;

	if (file == NULL)
		return ERR_OK;
	text = json_dumps(report, JSON_INDENT(2));
	ASSERT(text != NULL);
	err = file_write(run->bench.cli, file, bytes_text(text), 0644, true);
	free(text);
	return err;
}

static enum err report(struct run *run)
{
	struct bench *bench = &run->bench;
	json_t *result = json_pack("{s:O, s:o, s:O, s:O, s:o}", "network", bench->network, "options",
				   options_json(bench, &bench->options), "points", run->points,
				   "afterwards", run->afterwards, "ratios",
				   ratios_json(bench, run->best, run->best_contents));
	enum err err;

	if (run->search != NULL)
		json_object_set(result, "search", run->search);
	if (bench->machine.is_measured)
		json_object_set_new(result, "machine", machine_json(&bench->machine));
	err = write_report(run, result);
	if (!out_json(bench->cli, json_incref(result)))
		print_report(bench->cli, result);
	json_decref(result);
	return err == ERR_OK ? run->checked : err;
}

static enum err run_all(struct run *run)
{
	struct bench *bench = &run->bench;
	enum err err = read_options(run);

	if (err == ERR_OK)
		err = bench_find_net(bench);
	if (err == ERR_OK)
		err = bench_open(bench);
	if (err == ERR_OK && !cli_has(bench->cli, "no-yardsticks"))
		err = bench_measure_machine(bench, bench->has_net ? bench->net.dir : ".");
	if (err == ERR_OK)
		err = load_all(run);
	return err == ERR_OK ? report(run) : err;
}

static enum err run_bench(struct cli *cli)
{
	struct run *run = calloc(1, sizeof(*run));
	enum err err;

	ASSERT(run != NULL);
	run->bench.cli = cli;
	run->points = json_array();
	run->afterwards = json_object();
	err = run_all(run);
	json_decref(run->points);
	json_decref(run->afterwards);
	json_decref(run->search);
	bench_close(&run->bench);
	free(run);
	return err;
}

/* --- the commands -------------------------------------- */

#define OPTION_WARMUP \
	{"warmup", 0, OPTION_VALUE, "N", "load before that, which does not count; default 3"}
#define OPTION_WINDOW \
	{"window", 0, OPTION_VALUE, "N", \
	 "requests under way at most; default 1,024, with a rate 4,096; of batches a 32nd of it"}
#define OPTION_SIZE {"size", 0, OPTION_VALUE, "BYTES", "of a signed record; default 256"}
#define OPTION_BATCH \
	{"batch", 0, OPTION_VALUE, "N", "content.batch records of N entries, 1 to 4,096"}
#define OPTION_RECORDS {"records", 0, OPTION_VALUE, "N", "how many to sign ahead"}
#define OPTION_FIND \
	{"find", 0, OPTION_VALUE, "N", \
	 "look up N records and contents afterwards, evenly chosen; default all records"}
#define OPTION_RECEIPTS \
	{"receipts", 0, OPTION_FLAG, NULL, "ask for the receipt in every answer"}
#define OPTIONS_END {NULL, 0, OPTION_FLAG, NULL, NULL}

static const struct option_spec options_run[] = {
	{"dir", 0, OPTION_VALUE, "DIR", "the local network; default $STELE_LOCALNET or ./stele-localnet"},
	{"signer", 0, OPTION_LIST, "KEY", "key of an organisation; repeat; default four of the local "
					  "network"},
	{"rate", 0, OPTION_LIST, "N", "transactions a second, whatever comes back; repeat; default: as "
				      "many as the window lets through"},
	{"search", 0, OPTION_FLAG, NULL, "find the highest rate that is sustained"},
	{"repeat", 0, OPTION_VALUE, "N", "loads at each rate, for median and spread; default 1"},
	{"seconds", 0, OPTION_VALUE, "N", "how long to measure; default 20"},
	OPTION_WARMUP,
	OPTION_WINDOW,
	OPTION_SIZE,
	OPTION_BATCH,
	OPTION_RECORDS,
	OPTION_FIND,
	OPTION_RECEIPTS,
	{"no-yardsticks", 0, OPTION_FLAG, NULL, "do not measure the machine itself"},
	{"out", 0, OPTION_VALUE, "FILE", "also write the report there, as JSON"},
	OPTIONS_END,
};

static const struct option_spec options_compare[] = {
	{"repeat", 0, OPTION_VALUE, "N", "runs of each; default 4"},
	{"rate", 0, OPTION_VALUE, "N", "transactions a second; default: as many as the window lets "
				       "through"},
	{"seconds", 0, OPTION_VALUE, "N", "how long to measure in each run; default 10"},
	OPTION_WARMUP,
	OPTION_WINDOW,
	OPTION_SIZE,
	OPTION_BATCH,
	OPTION_RECORDS,
	OPTION_FIND,
	OPTION_RECEIPTS,
	{"validators", 0, OPTION_VALUE, "N", "of each network, 1 to 16; default 4"},
	{"port", 0, OPTION_VALUE, "PORT", "first port of its nodes, as of stele localnet up; default "
					  "27600"},
	{"below", 0, OPTION_VALUE, "DIR", "where the networks are made; default the current folder"},
	OPTIONS_END,
};

const struct command commands_bench[] = {
	{"bench run", "", 0, 0, "load a running network and report how it bears it",
	 "Signs distinct content.anchor records (or batches) of several organisations ahead, sends "
	 "them to all nodes over the public API, waits for the final answer of each, and then looks "
	 "them up again and compares what became final with what the log of every node grew by. "
	 "Without --rate a closed loop: a new record as soon as another one is final. With --rate an "
	 "open loop, and latencies count from when a record was due. --search looks for the highest "
	 "rate of which 98 % become final in time, while the backlog does not grow and at most one "
	 "in a thousand is refused: by halves, in shorter loads, then confirmed in full length. "
	 "Reports the network's configuration, the program that its nodes run with its SHA-256, "
	 "rates and latencies with median and spread, CPU time, memory and counts of each validator "
	 "of a local network, and what this machine can do in the same run: signature checks, "
	 "SHA-256, fdatasync, LMDB commits and TCP round trips, by one process and by one for each "
	 "core at once, and a bare program that checks, hashes and stores records without any "
	 "network. The records stay in the ledger: never run it on a network that others rely on.",
	 "stele bench run --seconds 30\nstele bench run --rate 1000 --rate 2000 --repeat 3 --out r.json\n"
	 "stele bench run --search --repeat 3\nstele bench run --window 1",
	 options_run, run_bench},
	{"bench compare", "A B", 2, 2, "compare two builds of steled under the same load",
	 "A and B are programs steled, or folders that hold one. They run in turn, A B B A and so on, "
	 "each time as a network that is founded anew and removed afterwards, under a load as of "
	 "stele bench run. Of each figure it gives median and spread of both, their ratio, and "
	 "whether they differ: only where all runs of one lie beyond all runs of the other. By chance "
	 "alone that happens to one figure in 10 with three runs of each, to one in 35 with four and "
	 "to one in 126 with five. Interrupted, it ends its nodes and leaves their folder.",
	 "stele bench compare build/before build/release\n"
	 "stele bench compare old/steled new/steled --rate 2000 --repeat 5 --json",
	 options_compare, run_compare},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
