#include "clients/cli/bench/compare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/cli/bench/bench.h"
#include "clients/cli/bench/fresh_net.h"
#include "clients/cli/bench/spread.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "crypto/digest.h"

#define REPEAT_DEFAULT 4
#define SECONDS_DEFAULT 10
#define PORT_DEFAULT 27600
#define RATE_MAX 1000000

struct side {
	char *program;
	json_t *sha256;
	json_t *trials;
};

struct compare {
	struct bench bench;
	struct side sides[2];
	uint64_t repeat, validators, port;
	struct trial trial;
	enum err checked; /* the first check that did not hold */
};

/* What is compared, and which way is better. */
static const struct figure {
	const char *name, *title, *unit;
	bool is_more_better;
} figures[] = {
	{"final_per_s", "final records", "/s", true},
	{"p50_ms", "p50", "ms", false},
	{"p99_ms", "p99", "ms", false},
	{"cpu_us_per_record", "CPU a record", "us", false},
	{"anonymous_mib", "anonymous memory", "MiB", false},
	{"calls_per_record", "reads, writes a record", "", false},
	{"peer_bytes_per_record", "to, from peers a record", "bytes", false},
	{"bytes_written_per_record", "written a record", "bytes", false},
	{"signature_checks_per_record", "checks a record", "", false},
	{"syncs_per_block", "durable writes a block", "", false},
};
#define FIGURES (sizeof(figures) / sizeof(figures[0]))

/* --- what is asked for ---------------------------- */

/* A build directory stands for the program in it. */
static enum err read_side(struct compare *compare, unsigned number)
{
	const char *given = compare->bench.cli->args[number];
	struct side *side = &compare->sides[number];
	struct stat status;
	char *path;

	if (stat(given, &status) != 0)
		return file_fail(compare->bench.cli, ERR_FILE_READ, given);
	path = S_ISDIR(status.st_mode) ? path_of("%s/steled", given) : path_of("%s", given);
	side->program = realpath(path, NULL);
	side->trials = json_array();
	if (side->program != NULL && access(side->program, X_OK) == 0) {
		free(path);
		return ERR_OK;
	}
	(void)file_fail(compare->bench.cli, ERR_FILE_READ, path);
	free(path);
	return ERR_FILE_READ;
}

static enum err read_rate(struct compare *compare)
{
	const char *text = cli_value(compare->bench.cli, "rate");
	char *end;

	if (text == NULL)
		return ERR_OK;
	errno = 0;
	compare->bench.options.rate = strtod(text, &end);
	if (errno == 0 && *end == '\0' && compare->bench.options.rate > 0 &&
	    compare->bench.options.rate <= RATE_MAX)
		return ERR_OK;
	return cli_fail(compare->bench.cli, ERR_USAGE, "--rate is a number up to %d", RATE_MAX);
}

static enum err read_options(struct compare *compare)
{
	struct cli *cli = compare->bench.cli;
	enum err err = bench_read_options(&compare->bench);

	compare->repeat = REPEAT_DEFAULT;
	compare->validators = 4;
	compare->port = PORT_DEFAULT;
	if (!cli_has(cli, "seconds"))
		compare->bench.options.seconds = SECONDS_DEFAULT;
	if (err == ERR_OK)
		err = cli_number(cli, "repeat", BENCH_REPEAT_MAX, &compare->repeat);
	if (err == ERR_OK)
		err = cli_number(cli, "validators", BENCH_VALIDATORS_MAX, &compare->validators);
	if (err == ERR_OK)
		err = cli_number(cli, "port", 65000, &compare->port);
	if (err == ERR_OK &&
	    (compare->repeat == 0 || compare->validators == 0 || compare->port < 1024))
		err = cli_fail(cli, ERR_USAGE, "at least one run, one validator, and ports from 1024");
	if (err == ERR_OK)
		err = read_rate(compare);
	for (unsigned i = 0; err == ERR_OK && i < 2; i++)
		err = read_side(compare, i);
	return err;
}

/* --- the runs ----------------------------------------- */

static enum err load(struct compare *compare, struct side *side)
{
	struct bench *bench = &compare->bench;
	enum err err = bench_open(bench), checked;

	if (err == ERR_OK)
		err = trial_run(bench, &bench->options, &compare->trial);
	if (err != ERR_OK)
		return err;
	json_array_append_new(side->trials, trial_json(bench, &compare->trial));
	if (side->sha256 == NULL)
		side->sha256 = json_incref(json_object_get(
			json_array_get(json_object_get(bench->network, "programs"), 0), "sha256"));
	checked = trial_check(bench, &compare->trial);
	compare->checked = compare->checked == ERR_OK ? checked : compare->checked;
	return ERR_OK;
}

static enum err run_side(struct compare *compare, unsigned number)
{
	struct bench *bench = &compare->bench;
	const char *below = cli_value(bench->cli, "below");
	struct side *side = &compare->sides[number];
	enum err err;

	out_remark(bench->cli, "%c: %s", "AB"[number], side->program);
	bench->net.validators = (unsigned)compare->validators;
	bench->net.port = (uint16_t)compare->port;
	err = fresh_net_up(bench, below != NULL ? below : ".", side->program);
	if (err != ERR_OK)
		return err;
	err = load(compare, side);
	fresh_net_down(bench);
	bench_close(bench);
	return err;
}

/* --- the verdict ----------------------------------------- */

static struct spread spread_in(const json_t *summary, const char *name, size_t count)
{
	const json_t *figure = json_object_get(summary, name);

	return (struct spread){.count = count,
			       .median = json_number_value(json_object_get(figure, "median")),
			       .min = json_number_value(json_object_get(figure, "min")),
			       .max = json_number_value(json_object_get(figure, "max"))};
}

static json_t *figure_json(const struct figure *figure, const struct spread *a,
			   const struct spread *b)
{
	bool is_more = b->median > a->median;
	const char *verdict = "within the spread";

	if (spread_differs(a, b))
		verdict = is_more == figure->is_more_better ? "B is better" : "B is worse";
	return json_pack("{s:s, s:{s:f,s:f,s:f}, s:{s:f,s:f,s:f}, s:f, s:s}", "figure", figure->name, "a",
			 "median", a->median, "min", a->min, "max", a->max, "b", "median", b->median,
			 "min", b->min, "max", b->max, "ratio", b->median / a->median, "verdict",
			 verdict);
}

static json_t *side_json(const struct side *side)
{
	return json_pack("{s:s, s:O?, s:O}", "program", side->program, "sha256", side->sha256, "trials",
			 side->trials);
}

static json_t *result_json(struct compare *compare)
{
	json_t *a = summary_json(compare->sides[0].trials);
	json_t *b = summary_json(compare->sides[1].trials), *list = json_array();

	for (size_t i = 0; i < FIGURES; i++) {
		struct spread of_a = spread_in(a, figures[i].name, compare->repeat);
		struct spread of_b = spread_in(b, figures[i].name, compare->repeat);

		if (of_a.median > 0)
			json_array_append_new(list, figure_json(&figures[i], &of_a, &of_b));
	}
	json_decref(a);
	json_decref(b);
	return json_pack("{s:o, s:I, s:o, s:o, s:o}", "options",
			 options_json(&compare->bench, &compare->bench.options), "repeat",
			 (json_int_t)compare->repeat, "a", side_json(&compare->sides[0]), "b",
			 side_json(&compare->sides[1]), "figures", list);
}

static const struct figure *figure_named(const char *name)
{
	size_t i = 0;

	while (strcmp(figures[i].name, name) != 0)
		i++;
	return &figures[i];
}

static void print(const struct cli *cli, const json_t *result)
{
	static const char *const sides[] = {"a", "b"};
	size_t i;
	json_t *item;

	for (i = 0; i < 2; i++)
		out_line(cli, "%c  %s\n   SHA-256 %s", "AB"[i],
			 json_text(json_object_get(result, sides[i]), "program"),
			 json_text(json_object_get(result, sides[i]), "sha256"));
	(void)printf("%-24s %28s %28s %7s\n", "", "A", "B", "B/A");
	json_array_foreach(json_object_get(result, "figures"), i, item)
	{
		const struct figure *figure = figure_named(json_text(item, "figure"));

		(void)printf("%-24s", figure->title);
		for (size_t k = 0; k < 2; k++) {
			struct spread spread = spread_in(item, sides[k], 1);

			(void)printf(" %9.1f (%8.1f-%8.1f)", spread.median, spread.min, spread.max);
		}
		(void)printf(" %7.3f  %s\n", json_number_value(json_object_get(item, "ratio")),
			     json_text(item, "verdict"));
	}
}

static enum err compare_all(struct compare *compare)
{
	struct cli *cli = compare->bench.cli;
	enum err err = read_options(compare);
	json_t *result;

	/* A B B A A B …: what changes slowly on the machine falls on both alike */
	for (uint64_t i = 0; err == ERR_OK && i < 2 * compare->repeat; i++)
		err = run_side(compare, (i + 1) / 2 % 2);
	if (err != ERR_OK)
		return err;
	result = result_json(compare);
	if (!out_json(cli, json_incref(result)))
		print(cli, result);
	json_decref(result);
	return compare->checked;
}

enum err run_compare(struct cli *cli)
{
	struct compare *compare = calloc(1, sizeof(*compare));
	enum err err;

	ASSERT(compare != NULL);
	compare->bench.cli = cli;
	err = compare_all(compare);
	for (unsigned i = 0; i < 2; i++) {
		free(compare->sides[i].program);
		json_decref(compare->sides[i].sha256);
		json_decref(compare->sides[i].trials);
	}
	free(compare);
	return err;
}
