/* Twins (Bano et al., "Twins: BFT Systems Made Robust", OPODIS 2021): two
 * unmodified nodes with one key are a Byzantine validator, and which of them are
 * heard by whom, and who leads, is gone through systematically. */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/twins/stage.h"

#define TWIN_AHEAD_MS 3 /* its clock: the twins' blocks are two */
#define IDLE_US 25000   /* the first leader waits until all sessions are open */

struct options {
	uint64_t first, last;
	bool is_seven, is_above, is_traced, is_quiet;
};

struct summary {
	uint64_t runs, failed, views, heights;
	uint64_t nullified, switched, forked, reported;
	uint64_t broken, named; /* above the threshold: safety broke; the guilty were shown */
	uint64_t *forms;
};

static void usage(void)
{
	fprintf(stderr, "twins --range A..B | --number N  [--seven | --above-threshold] [--trace] "
			"[--quiet]\n"
			"    numbers below %llu: every drama of up to three rounds, once; above: drawn\n",
		(unsigned long long)drama_exhaustive());
	exit(2);
}

static void take_range(struct options *options, const char *text)
{
	char *end;

	options->first = options->last = strtoull(text, &end, 10);
	if (strncmp(end, "..", 2) == 0)
		options->last = strtoull(end + 2, &end, 10);
	if (text[0] == '\0' || *end != '\0' || options->last < options->first)
		usage();
}

static void take_options(struct options *options, int argc, char **argv)
{
	bool has_range = false;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--seven") == 0) {
			options->is_seven = true;
		} else if (strcmp(argv[i], "--above-threshold") == 0) {
			options->is_above = true;
		} else if (strcmp(argv[i], "--trace") == 0) {
			options->is_traced = true;
		} else if (strcmp(argv[i], "--quiet") == 0) {
			options->is_quiet = true;
		} else if (i + 1 < argc && (strcmp(argv[i], "--range") == 0 ||
					    strcmp(argv[i], "--number") == 0)) {
			take_range(options, argv[++i]);
			has_range = true;
		} else {
			usage();
		}
	}
	if (!has_range)
		usage();
}

static void make_scene(struct scene *out, const struct drama *drama)
{
	*out = (struct scene){
		.nodes = drama->validators,
		.twins = drama->twins,
		.is_above = drama->twins > world_faults(drama->validators),
		.heights = UINT64_MAX,
		.delay_min_us = 500,
		.delay_max_us = 5000,
		.is_ordered = true,
		.disk_min_us = 100,
		.disk_max_us = 1000,
		.idle_us = IDLE_US,
	};
}

static void tell(const struct options *options, uint64_t number, const struct drama *drama,
		 const struct world *world)
{
	const char *mutant = getenv("STELE_MUTANT");
	const struct statistics *of = &world->statistics;
	struct buf text;

	buf_init(&text, 8192);
	drama_print(&text, drama);
	if (world->has_failed)
		printf("drama %llu FAILED at %llu us: %s\n  %.*s  replay: %s%s%s%s "
		       "--number %llu%s --trace\n", (unsigned long long)number,
		       (unsigned long long)world->now_us, world->verdict, (int)text.len,
		       (const char *)text.at, mutant == NULL ? "" : "STELE_MUTANT=",
		       mutant == NULL ? "" : mutant, mutant == NULL ? "" : " ",
		       program_invocation_name,
		       (unsigned long long)number, options->is_seven ? " --seven" :
		       options->is_above ? " --above-threshold" : "");
	else if (!options->is_quiet)
		printf("drama %llu heights %llu nullified %llu forks %llu reported %llu trace "
		       "%016llx: %.*s", (unsigned long long)number,
		       (unsigned long long)of->heights, (unsigned long long)of->nullifications,
		       (unsigned long long)of->twin_forks, (unsigned long long)of->reports,
		       (unsigned long long)world->trace, (int)text.len, (const char *)text.at);
	buf_release(&text);
	fflush(stdout);
}

static void run(const struct options *options, uint64_t number, struct summary *summary)
{
	struct drama drama;
	struct scene scene;
	struct world *world;

	if (options->is_above)
		drama_drawn(&drama, number, 4, 2);
	else if (options->is_seven)
		drama_drawn(&drama, number, 7, 2);
	else
		drama_four(&drama, number);
	make_scene(&scene, &drama);
	stage_set(&drama);
	world = world_new(number, &scene, options->is_traced);
	for (uint32_t i = scene.nodes; i < world->count; i++)
		world->nodes[i].skew_ms = TWIN_AHEAD_MS;
	(void)world_run(world);
	summary->forms[summary->runs++] = drama_form(&drama);
	summary->failed += world->has_failed;
	summary->views += world->statistics.heights + world->statistics.nullifications;
	summary->heights += world->statistics.heights;
	summary->nullified += world->statistics.nullifications > 0;
	summary->switched += world->statistics.branch_switches > 0;
	summary->forked += world->statistics.twin_forks > 0;
	summary->reported += world->statistics.reports > 0;
	summary->broken += world->statistics.breaks > 0;
	summary->named += world->statistics.breaks > 0 && world->statistics.is_all_named;
	tell(options, number, &drama, world);
	world_free(world);
	stage_set(NULL);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static uint64_t count_distinct(struct summary *summary)
{
	uint64_t distinct = 0;

	qsort(summary->forms, summary->runs, sizeof(*summary->forms), compare);
	for (uint64_t i = 0; i < summary->runs; i++)
		distinct += i == 0 || summary->forms[i] != summary->forms[i - 1];
	return distinct;
}

int main(int argc, char **argv)
{
	struct options options = {.first = 0};
	struct summary summary = {.runs = 0};

	/* each world's large tables are fresh pages, not memory to be cleared */
	(void)mallopt(M_MMAP_THRESHOLD, 1 << 20);
	(void)mallopt(M_TRIM_THRESHOLD, 256 << 20);
	take_options(&options, argc, argv);
	summary.forms = calloc(options.last - options.first + 1, sizeof(*summary.forms));
	if (summary.forms == NULL)
		usage();
	for (uint64_t number = options.first; number <= options.last; number++)
		run(&options, number, &summary);
	printf("%llu dramas, %llu distinct forms, %llu heights; dramas that saw nullification "
	       "%llu, branch switch %llu, twins that contradict each other %llu, evidence %llu\n",
	       (unsigned long long)summary.runs, (unsigned long long)count_distinct(&summary),
	       (unsigned long long)summary.heights, (unsigned long long)summary.nullified,
	       (unsigned long long)summary.switched, (unsigned long long)summary.forked,
	       (unsigned long long)summary.reported);
	if (options.is_above)
		printf("above the threshold: safety broke and a judge noticed in %llu of %llu, the "
		       "guilty were named in %llu\n", (unsigned long long)summary.broken,
		       (unsigned long long)summary.runs, (unsigned long long)summary.named);
	printf("twins: %llu passed, %llu failed\n",
	       (unsigned long long)(summary.runs - summary.failed),
	       (unsigned long long)summary.failed);
	free(summary.forms);
	return summary.failed == 0 ? 0 : 1;
}
