/* The simulator: runs seeds, says what they saw, and how to replay one that fails. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/sim/measure.h"
#include "tests/sim/record.h"
#include "tests/sim/report.h"
#include "tests/sim/shrink.h"

#define LARGE_BYTES (1 << 20)

static void on_failure(const struct options *options, uint64_t seed, const struct scene *scene,
		       const struct world *world)
{
	struct scene small = *scene;

	printf("seed %llu FAILED at %llu us: %s\n", (unsigned long long)seed,
	       (unsigned long long)world->now_us, world->verdict);
	report_replay(options, seed, scene);
	fflush(stdout);
	if (!options->is_shrinking)
		return;
	if (shrink(seed, &small, world->verdict)) {
		printf("  the same judge objects to less:\n");
		report_replay(options, seed, &small);
	} else {
		printf("  it does not fail that way again\n");
	}
}

static void run(const struct options *options, uint64_t seed, const struct scene *scene,
		struct report *report)
{
	struct world *world = world_new(seed, scene, options->is_traced);
	bool is_good = world_run(world);

	report_add(report, scene, world);
	if (is_good && scene->writers > 0)
		measure_print(world);
	else if (is_good && !options->is_quiet)
		report_run(seed, scene, world);
	if (!is_good)
		on_failure(options, seed, scene, world);
	fflush(stdout);
	world_free(world);
}

/* How many disk jobs the node of the crash points has in a run without one. */
static uint64_t count_points(uint64_t seed, const struct scene *scene)
{
	struct world *world = world_new(seed, scene, false);
	uint64_t count;

	(void)world_run(world);
	count = world->nodes[scene->crash_point_node].disk_jobs;
	world_free(world);
	return count;
}

/* Restart from each prefix of what a node writes, to both of its stores. */
static void run_points(const struct options *options, uint64_t seed, struct scene *scene,
		       struct report *report)
{
	uint64_t count;

	scene->crash_point_node = (uint32_t)(seed % scene->nodes);
	count = count_points(seed, scene);
	scene->is_timely = false;
	for (uint64_t i = 1 + seed % options->stride; i <= count; i += options->stride) {
		for (unsigned variant = 0; variant < 4; variant++) {
			scene->crash_point = i;
			scene->is_point_before = (variant & 1) != 0;
			scene->is_point_all = (variant & 2) != 0;
			run(options, seed, scene, report);
		}
	}
}

int main(int argc, char **argv)
{
	struct options options;
	struct report report = {.runs = 0};
	struct scene base, scene;

	/* large tables come as untouched pages, however many lives begin */
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	mallopt(M_TRIM_THRESHOLD, 64 * LARGE_BYTES);
	options_take(&options, argc, argv);
	if (options.messages != NULL && !record_open(options.messages)) {
		fprintf(stderr, "sim: cannot write %s\n", options.messages);
		return 2;
	}
	for (uint64_t seed = options.first; seed <= options.last; seed++) {
		options_scene(&options, seed, &base, &scene);
		if (options.stride > 0)
			run_points(&options, seed, &scene, &report);
		else
			run(&options, seed, &scene, &report);
	}
	if (!record_close()) {
		fprintf(stderr, "sim: %s is not whole\n", options.messages);
		return 2;
	}
	return report_end(&options, &report, (double)clock() / CLOCKS_PER_SEC) ? 0 : 1;
}
