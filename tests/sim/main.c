/* The simulator: runs seeds, says what they saw, and how to replay one that fails. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/record.h"
#include "tests/sim/villain.h"
#include "tests/sim/world.h"

#define LARGE_BYTES (1 << 20)
#define SETS_MAX 128u

struct options {
	uint64_t first, last;
	uint64_t heights;
	uint32_t nodes; /* 0: as the seed says */
	const char *scene;
	const char *messages; /* file for the record of a run; NULL: none */
	uint32_t villains; /* of the scene's kind; 0: as it says */
	bool is_above; /* more villains than may be faulty */
	const char *sets[SETS_MAX]; /* name=value, in this order */
	size_t sets_count;
	bool is_traced;
	bool is_quiet;
	uint64_t stride; /* of crash points; 0: none are tried */
	uint64_t point;  /* this one */
	bool is_point_before, is_point_all;
};

/* How many seeds saw each. */
struct summary {
	uint64_t runs, failed;
	uint64_t nullification, branch_switch, catch_up, crash_between, equivocation;
	uint64_t heights, steps;
	uint64_t villains[VILLAIN_COUNT]; /* seeds that had one */
	uint64_t broken, named;           /* above the threshold: safety broke; all was shown */
};

static void usage(void)
{
	fprintf(stderr, "sim --seed N | --seeds A..B  [--heights H] [--nodes 1..31] [--scene NAME] "
			"[--villains K] [--above-threshold] [--trace] [--quiet]\n"
			"    --messages FILE         the record of one seed, tests/sim/record.h\n"
			"    --crash-points STRIDE   every STRIDE-th disk job of a node, before and "
			"after, alone and with all others\n"
			"    --crash-point N --before|--after [--all]   one of them\n");
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
		if (strcmp(argv[i], "--above-threshold") == 0) {
			options->is_above = true;
			continue;
		}
		if (strcmp(argv[i], "--quiet") == 0) {
			options->is_quiet = true;
			continue;
		}
		if (strcmp(argv[i], "--before") == 0 || strcmp(argv[i], "--after") == 0) {
			options->is_point_before = argv[i][2] == 'b';
			continue;
		}
		if (strcmp(argv[i], "--all") == 0) {
			options->is_point_all = true;
			continue;
		}
		if (strcmp(argv[i], "--crash-points") == 0)
			options->stride = number(value);
		else if (strcmp(argv[i], "--crash-point") == 0)
			options->point = number(value);
		else if (strcmp(argv[i], "--seed") == 0)
			options->first = options->last = number(value);
		else if (strcmp(argv[i], "--seeds") == 0 && i + 1 < argc)
			take_seeds(options, argv[i + 1]);
		else if (strcmp(argv[i], "--heights") == 0)
			options->heights = number(value);
		else if (strcmp(argv[i], "--nodes") == 0)
			options->nodes = (uint32_t)number(value);
		else if (strcmp(argv[i], "--set") == 0 && options->sets_count < SETS_MAX)
			options->sets[options->sets_count++] = value;
		else if (strcmp(argv[i], "--villains") == 0)
			options->villains = (uint32_t)number(value);
		else if (strcmp(argv[i], "--scene") == 0 && i + 1 < argc)
			options->scene = value;
		else if (strcmp(argv[i], "--messages") == 0 && i + 1 < argc)
			options->messages = value;
		else
			usage();
		i++;
	}
	if (options->nodes >= WORLD_NODES_MAX || options->heights == 0 ||
	    (options->messages != NULL && options->first != options->last))
		usage();
}

/* Of the kind that the scene has, from the same node on. */
static void more_villains(struct scene *scene, uint32_t count)
{
	for (uint32_t i = 0; i < scene->nodes; i++) {
		if (scene->villains[i] != VILLAIN_NONE) {
			scene_villains(scene, scene->villains[i], i, count);
			return;
		}
	}
}

static void choose(struct scene *scene, const struct options *options, uint64_t seed)
{
	uint32_t nodes = options->nodes;

	if (nodes == 0)
		nodes = scene_nodes_of_seed(seed);
	if (options->scene == NULL)
		scene_of_seed(scene, seed, nodes, options->heights);
	else if (!scene_by_name(scene, options->scene, seed, nodes, options->heights))
		usage();
	if (options->is_above)
		scene_above(scene, seed, options->scene != NULL, options->villains);
	else if (options->villains > 0)
		more_villains(scene, options->villains);
	for (size_t i = 0; i < options->sets_count; i++) {
		if (!scene_set(scene, options->sets[i]))
			usage();
	}
	scene->crash_point_node = (uint32_t)(seed % nodes);
	scene->crash_point = options->point;
	scene->is_point_before = options->is_point_before;
	scene->is_point_all = options->is_point_all;
	if (options->point > 0)
		scene->is_timely = false;
}

static void add(struct summary *summary, const struct scene *scene, const struct statistics *of)
{
	bool has[VILLAIN_COUNT] = {false};

	for (uint32_t i = 0; i < scene->nodes; i++)
		has[scene->villains[i]] = true;
	for (size_t kind = VILLAIN_NONE + 1; kind < VILLAIN_COUNT; kind++)
		summary->villains[kind] += has[kind];
	summary->broken += of->breaks > 0;
	summary->named += of->breaks > 0 && of->is_all_named;
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
	char villains[48] = "";

	if (options->is_above)
		snprintf(villains, sizeof(villains), " --above-threshold --villains %u",
			 options->villains);
	else if (options->villains > 0)
		snprintf(villains, sizeof(villains), " --villains %u", options->villains);
	printf("  replay: %s%s%sbuild/%s/sim --seed %llu --heights %llu --nodes %u%s%s%s --trace\n",
	       mutant == NULL ? "" : "STELE_MUTANT=", mutant == NULL ? "" : mutant,
	       mutant == NULL ? "" : " ", mutant == NULL ? "debug" : "mutants",
	       (unsigned long long)seed, (unsigned long long)options->heights, nodes,
	       options->scene == NULL ? "" : " --scene ",
	       options->scene == NULL ? "" : options->scene, villains);
	if (options->point > 0)
		printf("     with --crash-point %llu --%s%s\n", (unsigned long long)options->point,
		       options->is_point_before ? "before" : "after",
		       options->is_point_all ? " --all" : "");
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
	add(summary, &scene, &world->statistics);
	if (!is_good) {
		summary->failed++;
		printf("seed %llu FAILED at %llu us: %s\n", (unsigned long long)seed,
		       (unsigned long long)world->now_us, world->verdict);
		replay_line(options, seed, scene.nodes);
	} else if (!options->is_quiet) {
		const struct statistics *of = &world->statistics;

		printf("seed %llu n=%u heights %llu time %llu ms steps %llu txs %llu/%llu nullified "
		       "%llu switches %llu ranges %llu crashes %llu (%llu between) equivocations "
		       "%llu accusations %llu trace %016llx\n", (unsigned long long)seed, scene.nodes,
		       (unsigned long long)of->heights, (unsigned long long)world->now_us / 1000,
		       (unsigned long long)of->steps, (unsigned long long)of->committed_txs,
		       (unsigned long long)of->submitted, (unsigned long long)of->nullifications,
		       (unsigned long long)of->branch_switches, (unsigned long long)of->ranges,
		       (unsigned long long)of->crashes, (unsigned long long)of->crashes_between,
		       (unsigned long long)of->equivocations,
		       (unsigned long long)of->reports, (unsigned long long)world->trace);
	}
	fflush(stdout);
	world_free(world);
	return is_good;
}

/* How many disk jobs the node of the crash points has in a run without one. */
static uint64_t count_points(const struct options *options, uint64_t seed)
{
	struct scene scene;
	struct world *world;
	uint64_t count;

	choose(&scene, options, seed);
	world = world_new(seed, &scene, false);
	(void)world_run(world);
	count = world->nodes[scene.crash_point_node].disk_jobs;
	world_free(world);
	return count;
}

/* Restart from each prefix of what a node writes. */
static void run_points(struct options *options, uint64_t seed, struct summary *summary)
{
	uint64_t count;

	options->point = 0;
	count = count_points(options, seed);
	for (uint64_t i = 1 + seed % options->stride; i <= count; i += options->stride) {
		for (unsigned variant = 0; variant < 4; variant++) {
			options->point = i;
			options->is_point_before = (variant & 1) != 0;
			options->is_point_all = (variant & 2) != 0;
			(void)run(options, seed, summary);
		}
	}
}

static void print_villains(const struct summary *summary)
{
	printf("seeds with a villain:");
	for (size_t kind = VILLAIN_NONE + 1; kind < VILLAIN_COUNT; kind++)
		printf(" %s %llu", villain_name((enum villain)kind),
		       (unsigned long long)summary->villains[kind]);
	printf("\n");
}

int main(int argc, char **argv)
{
	struct options options = {.first = 1, .last = 1, .heights = 100};
	struct summary summary = {.runs = 0};

	/* large tables come as untouched pages, however many lives begin */
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	mallopt(M_TRIM_THRESHOLD, 64 * LARGE_BYTES);
	take_options(&options, argc, argv);
	if (options.messages != NULL && !record_open(options.messages)) {
		fprintf(stderr, "sim: cannot write %s\n", options.messages);
		return 2;
	}
	for (uint64_t seed = options.first; seed <= options.last; seed++)
		if (options.stride > 0)
			run_points(&options, seed, &summary);
		else
			(void)run(&options, seed, &summary);
	printf("%llu seeds, %llu heights, %llu steps; seeds that saw nullification %llu, branch "
	       "switch %llu, catch-up %llu, crash between persist and send %llu, equivocation %llu\n",
	       (unsigned long long)summary.runs, (unsigned long long)summary.heights,
	       (unsigned long long)summary.steps, (unsigned long long)summary.nullification,
	       (unsigned long long)summary.branch_switch, (unsigned long long)summary.catch_up,
	       (unsigned long long)summary.crash_between, (unsigned long long)summary.equivocation);
	if (!record_close()) {
		fprintf(stderr, "sim: %s is not whole\n", options.messages);
		return 2;
	}
	print_villains(&summary);
	if (options.is_above)
		printf("above the threshold: safety broke and a judge noticed in %llu of %llu, the "
		       "guilty were named in %llu\n", (unsigned long long)summary.broken,
		       (unsigned long long)summary.runs, (unsigned long long)summary.named);
	printf("sim: %llu passed, %llu failed\n",
	       (unsigned long long)(summary.runs - summary.failed),
	       (unsigned long long)summary.failed);
	return summary.failed == 0 ? 0 : 1;
}
