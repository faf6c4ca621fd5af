#include "tests/sim/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/villain.h"

#define DRAMA_ONE_IN 20u
#define CHANGES_MAX 4096u

static const char *const drama_names[DRAMA_COUNT] = {
	[DRAMA_NULLIFICATION] = "nullification",
	[DRAMA_BRANCH_SWITCH] = "branch switch",
	[DRAMA_CATCH_UP] = "catch-up",
	[DRAMA_CRASH_BETWEEN] = "crash between persist and send",
	[DRAMA_EQUIVOCATION] = "equivocation",
	[DRAMA_BUILT_AHEAD] = "block built ahead",
};

void report_add(struct report *report, const struct scene *scene, const struct world *world)
{
	const struct statistics *of = &world->statistics;

	for (size_t kind = VILLAIN_NONE + 1; kind < VILLAIN_COUNT; kind++)
		report->villains[kind] += of->parts >> kind & 1;
	report->runs++;
	report->failed += world->has_failed;
	report->dramas[DRAMA_NULLIFICATION] += of->nullifications > 0;
	report->dramas[DRAMA_BRANCH_SWITCH] += of->branch_switches > 0;
	report->dramas[DRAMA_CATCH_UP] += of->ranges > 0;
	report->dramas[DRAMA_CRASH_BETWEEN] += of->crashes_between > 0;
	report->dramas[DRAMA_EQUIVOCATION] += of->equivocations > 0;
	report->dramas[DRAMA_BUILT_AHEAD] += of->built_ahead > 0;
	report->broken += of->breaks > 0;
	report->named += of->breaks > 0 && of->is_all_named;
	report->heights += of->heights;
	report->steps += of->steps;
	report->crashes += of->crashes;
	report->partitions += of->partitions;
	report->resets += of->resets;
	report->pauses += of->pauses;
	report->jumps += of->jumps;
	report->full_disks += of->full_disks;
	report->observed += scene->observers > 0;
}

void report_run(uint64_t seed, const struct scene *scene, const struct world *world)
{
	const struct statistics *of = &world->statistics;

	printf("seed %llu n=%u heights %llu time %llu ms steps %llu txs %llu/%llu nullified %llu "
	       "switches %llu ranges %llu crashes %llu (%llu between) equivocations %llu "
	       "accusations %llu trace %016llx\n", (unsigned long long)seed, scene->nodes,
	       (unsigned long long)of->heights, (unsigned long long)world->now_us / 1000,
	       (unsigned long long)of->steps, (unsigned long long)of->committed_txs,
	       (unsigned long long)of->submitted, (unsigned long long)of->nullifications,
	       (unsigned long long)of->branch_switches, (unsigned long long)of->ranges,
	       (unsigned long long)of->crashes, (unsigned long long)of->crashes_between,
	       (unsigned long long)of->equivocations, (unsigned long long)of->reports,
	       (unsigned long long)world->trace);
}

void report_replay(const struct options *options, uint64_t seed, const struct scene *scene)
{
	const char *mutant = getenv("STELE_MUTANT");
	struct options plain = {.scene = options->scene, .heights = scene->heights,
				.nodes = scene->nodes};
	struct scene base, same;
	char changes[CHANGES_MAX];

	options_scene(&plain, seed, &base, &same);
	scene_print_changes(changes, sizeof(changes), &base, scene);
	printf("  replay: %s%s%s%s --seed %llu --heights %llu --nodes %u%s%s%s --trace\n",
	       mutant == NULL ? "" : "STELE_MUTANT=", mutant == NULL ? "" : mutant,
	       mutant == NULL ? "" : " ", program_invocation_name,
	       (unsigned long long)seed, (unsigned long long)scene->heights, scene->nodes,
	       options->scene == NULL ? "" : " --scene ",
	       options->scene == NULL ? "" : options->scene, changes);
}

static void print_villains(const struct report *report)
{
	printf("seeds in which a villain played:");
	for (size_t kind = VILLAIN_NONE + 1; kind < VILLAIN_COUNT; kind++)
		printf(" %s %llu", villain_name((enum villain)kind),
		       (unsigned long long)report->villains[kind]);
	printf("\n");
}

static void print_sums(const struct report *report, double seconds)
{
	printf("%llu seeds, %llu heights, %llu steps, %.0f steps a second; crashes %llu, partitions "
	       "%llu, resets %llu, pauses %llu, jumps of a clock %llu, full disks %llu, seeds with "
	       "an observer %llu\n", (unsigned long long)report->runs,
	       (unsigned long long)report->heights, (unsigned long long)report->steps,
	       seconds > 0 ? (double)report->steps / seconds : 0,
	       (unsigned long long)report->crashes, (unsigned long long)report->partitions,
	       (unsigned long long)report->resets, (unsigned long long)report->pauses,
	       (unsigned long long)report->jumps, (unsigned long long)report->full_disks,
	       (unsigned long long)report->observed);
	printf("seeds that saw");
	for (size_t i = 0; i < DRAMA_COUNT; i++)
		printf("%s %s %llu", i == 0 ? "" : ",", drama_names[i],
		       (unsigned long long)report->dramas[i]);
	printf("\n");
}

bool report_end(const struct options *options, struct report *report, double seconds)
{
	uint64_t passed = report->runs - report->failed;

	print_sums(report, seconds);
	print_villains(report);
	if (options->is_above)
		printf("above the threshold: safety broke and a judge noticed in %llu of %llu, the "
		       "guilty were named in %llu\n", (unsigned long long)report->broken,
		       (unsigned long long)report->runs, (unsigned long long)report->named);
	for (size_t i = 0; i < DRAMA_COUNT && options->is_dramatic; i++) {
		if (report->dramas[i] * DRAMA_ONE_IN >= report->runs)
			continue;
		report->failed++;
		printf("only %llu of %llu seeds saw: %s\n", (unsigned long long)report->dramas[i],
		       (unsigned long long)report->runs, drama_names[i]);
	}
	printf("sim: %llu passed, %llu failed\n", (unsigned long long)passed,
	       (unsigned long long)report->failed);
	return report->failed == 0;
}
