/* The simulator: runs seeds, says what they saw, and how to replay one that fails. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/world.h"

struct options {
	uint64_t first, last;
	uint64_t heights;
	uint32_t nodes; /* 0: mostly 4, some 7 */
	const char *scene;
	bool is_traced;
	bool is_quiet;
};

/* How many seeds saw each. */
struct summary {
	uint64_t runs, failed;
	uint64_t nullification, branch_switch, catch_up, crash_between, equivocation;
	uint64_t heights, steps;
};

static void usage(void)
{
	fprintf(stderr, "sim --seed N | --seeds A..B  [--heights H] [--nodes 4|7] [--scene NAME] "
			"[--trace] [--quiet]\n");
	exit(2);
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 10);

	if (text[0] == '\0' || *end != '\0')
		usage();
	return value;
}

static void take_seeds(struct options *options, char *text)
{
	char *dots = strstr(text, "..");

	if (dots == NULL)
		usage();
	*dots = '\0';
	options->first = number(text);
	options->last = number(dots + 2);
	if (options->last < options->first)
		usage();
}

static void take_options(struct options *options, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(argv[i], "--trace") == 0) {
			options->is_traced = true;
			continue;
		}
		if (strcmp(argv[i], "--quiet") == 0) {
			options->is_quiet = true;
			continue;
		}
		if (strcmp(argv[i], "--seed") == 0)
			options->first = options->last = number(value);
		else if (strcmp(argv[i], "--seeds") == 0 && i + 1 < argc)
			take_seeds(options, argv[i + 1]);
		else if (strcmp(argv[i], "--heights") == 0)
			options->heights = number(value);
		else if (strcmp(argv[i], "--nodes") == 0)
			options->nodes = (uint32_t)number(value);
		else if (strcmp(argv[i], "--scene") == 0 && i + 1 < argc)
			options->scene = value;
		else
			usage();
		i++;
	}
	if (options->nodes > WORLD_NODES_MAX || options->heights == 0)
		usage();
}

static void choose(struct scene *scene, const struct options *options, uint64_t seed)
{
	uint32_t nodes = options->nodes;

	if (nodes == 0)
		nodes = seed % 5 == 4 ? 7 : 4;
	if (options->scene == NULL)
		scene_of_seed(scene, seed, nodes, options->heights);
	else if (!scene_by_name(scene, options->scene, seed, nodes, options->heights))
		usage();
}

static void add(struct summary *summary, const struct statistics *of)
{
	summary->nullification += of->nullifications > 0;
	summary->branch_switch += of->branch_switches > 0;
	summary->catch_up += of->ranges > 0;
	summary->crash_between += of->crashes_between > 0;
	summary->equivocation += of->equivocations > 0;
	summary->heights += of->heights;
	summary->steps += of->steps;
}

static void replay_line(const struct options *options, uint64_t seed, uint32_t nodes)
{
	const char *mutant = getenv("STELE_MUTANT");

	printf("  replay: %s%s%sbuild/%s/sim --seed %llu --heights %llu --nodes %u%s%s --trace\n",
	       mutant == NULL ? "" : "STELE_MUTANT=", mutant == NULL ? "" : mutant,
	       mutant == NULL ? "" : " ", mutant == NULL ? "debug" : "mutants",
	       (unsigned long long)seed, (unsigned long long)options->heights, nodes,
	       options->scene == NULL ? "" : " --scene ",
	       options->scene == NULL ? "" : options->scene);
}

static bool run(const struct options *options, uint64_t seed, struct summary *summary)
{
	struct scene scene;
	struct world *world;
	bool is_good;

	choose(&scene, options, seed);
	world = world_new(seed, &scene, options->is_traced);
	is_good = world_run(world);
	summary->runs++;
	add(summary, &world->statistics);
	if (!is_good) {
		summary->failed++;
		printf("seed %llu FAILED at %llu us: %s\n", (unsigned long long)seed,
		       (unsigned long long)world->now_us, world->verdict);
		replay_line(options, seed, scene.nodes);
	} else if (!options->is_quiet) {
		const struct statistics *of = &world->statistics;

		printf("seed %llu n=%u heights %llu time %llu ms steps %llu txs %llu/%llu nullified "
		       "%llu switches %llu ranges %llu crashes %llu (%llu between) equivocations "
		       "%llu trace %016llx\n", (unsigned long long)seed, scene.nodes,
		       (unsigned long long)of->heights, (unsigned long long)world->now_us / 1000,
		       (unsigned long long)of->steps, (unsigned long long)of->committed_txs,
		       (unsigned long long)of->submitted, (unsigned long long)of->nullifications,
		       (unsigned long long)of->branch_switches, (unsigned long long)of->ranges,
		       (unsigned long long)of->crashes, (unsigned long long)of->crashes_between,
		       (unsigned long long)of->equivocations, (unsigned long long)world->trace);
	}
	fflush(stdout);
	world_free(world);
	return is_good;
}

int main(int argc, char **argv)
{
	struct options options = {.first = 1, .last = 1, .heights = 100};
	struct summary summary = {.runs = 0};

	take_options(&options, argc, argv);
	for (uint64_t seed = options.first; seed <= options.last; seed++)
		(void)run(&options, seed, &summary);
	printf("%llu seeds, %llu heights, %llu steps; seeds that saw nullification %llu, branch "
	       "switch %llu, catch-up %llu, crash between persist and send %llu, equivocation %llu\n",
	       (unsigned long long)summary.runs, (unsigned long long)summary.heights,
	       (unsigned long long)summary.steps, (unsigned long long)summary.nullification,
	       (unsigned long long)summary.branch_switch, (unsigned long long)summary.catch_up,
	       (unsigned long long)summary.crash_between, (unsigned long long)summary.equivocation);
	printf("sim: %llu passed, %llu failed\n",
	       (unsigned long long)(summary.runs - summary.failed),
	       (unsigned long long)summary.failed);
	return summary.failed == 0 ? 0 : 1;
}
