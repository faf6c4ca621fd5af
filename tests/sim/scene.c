/* Scenes by seed and by name. */
#include "tests/sim/scene.h"

#include <string.h>

#include "base/rng.h"
#include "tests/sim/villain.h"
#include "tests/sim/world.h"

#define SECOND UINT64_C(1000000)
#define RING_MAX 5u /* in a larger one no vote reaches a quorum in time */
#define QUEUE_BYTES (UINT64_C(16) << 20)

static void mild(struct scene *out, uint32_t nodes, uint64_t heights)
{
	*out = (struct scene){
		.nodes = nodes,
		.heights = heights,
		.delay_min_us = 500,
		.delay_max_us = 5000,
		.is_ordered = true,
		.queue_bytes = QUEUE_BYTES,
		.load_every_us = 40000,
		.idle_us = 6 * SECOND,
		.disk_min_us = 100,
		.disk_max_us = 2000,
		.down_max_us = 5 * SECOND,
		.partition_max_us = 5 * SECOND,
		.partition_groups = 2,
	};
}

/* --- by seed ------------------------------------------------------------- */

uint32_t scene_nodes_of_seed(uint64_t seed)
{
	struct rng rng;
	uint64_t roll;

	rng_init(&rng, seed * 8 + 6);
	roll = rng_below(&rng, 100);
	if (roll == 0)
		return (uint32_t)(1 + rng_below(&rng, SCENE_SET_MAX));
	return roll < 12 ? 7 : 4;
}

/* Three in twenty have none; the equivocator and the shifter, who plays all parts,
 * come more often than each of the others. */
static enum villain villain_by_chance(struct rng *rng)
{
	uint64_t roll = rng_below(rng, 20);

	if (roll < 3)
		return VILLAIN_NONE;
	if (roll < 5)
		return VILLAIN_EQUIVOCATOR;
	if (roll < 10)
		return VILLAIN_SHIFTER;
	return (enum villain)(1 + rng_below(rng, VILLAIN_COUNT - 1));
}

/* At most as many as may be faulty. */
static void villains_by_chance(struct scene *scene, struct rng *rng)
{
	uint32_t faults = world_faults(scene->nodes);
	uint32_t first = (uint32_t)rng_below(rng, scene->nodes);
	uint32_t count = faults == 0 ? 0 : (uint32_t)(1 + rng_below(rng, faults));

	for (uint32_t i = 0; i < count; i++)
		scene->villains[(first + i) % scene->nodes] = villain_by_chance(rng);
}

static bool one_in(struct rng *rng, uint64_t count)
{
	return rng_below(rng, count) == 0;
}

static uint64_t between(struct rng *rng, uint64_t low, uint64_t high)
{
	return low + rng_below(rng, high - low + 1);
}

static void frames_by_chance(struct scene *out, struct rng *rng)
{
	out->delay_kind = (uint32_t)rng_below(rng, DELAY_COUNT + 1) % DELAY_COUNT;
	out->delay_max_us = (uint32_t)between(rng, 1000, 61000);
	out->is_ordered = !one_in(rng, 3);
	out->slow_ppm = (uint32_t)rng_below(rng, 20000);
	out->slow_max_us = (uint32_t)rng_below(rng, 1000000);
	if (!one_in(rng, 3))
		out->loss_ppm = (uint32_t)rng_below(rng, 60000);
	if (one_in(rng, 3))
		out->duplicate_ppm = (uint32_t)rng_below(rng, 100000);
}

static void lines_by_chance(struct scene *out, struct rng *rng)
{
	if (one_in(rng, 3))
		out->mute_every_us = between(rng, SECOND, 5 * SECOND);
	if (one_in(rng, 6))
		out->deaf_every_us = between(rng, SECOND, 10 * SECOND);
	if (one_in(rng, 5))
		out->oneway_every_us = between(rng, SECOND / 2, 4 * SECOND);
	if (one_in(rng, 5))
		out->reset_every_us = between(rng, SECOND / 2, 5 * SECOND);
	if (one_in(rng, 3))
		out->partition_every_us = between(rng, 2 * SECOND, 11 * SECOND);
	out->partition_max_us = between(rng, 100000, 5 * SECOND);
	out->partition_groups = one_in(rng, 4) ? 3 : 2;
	if (one_in(rng, 3))
		out->flap_us = between(rng, 50000, 2 * SECOND);
	if (one_in(rng, 10))
		out->mesh = out->nodes <= RING_MAX && one_in(rng, 2) ? MESH_RING : MESH_FEW;
	if (one_in(rng, 8)) {
		out->slow_every_us = between(rng, 2 * SECOND, 8 * SECOND);
		out->slow_frame_us = between(rng, 1000, 15000);
		out->queue_bytes = between(rng, 20000, 2000000);
	}
}

static void crashes_by_chance(struct scene *out, struct rng *rng)
{
	if (!one_in(rng, 3))
		out->crash_every_us = between(rng, 3 * SECOND / 2, 9 * SECOND);
	if (one_in(rng, 2))
		out->crash_written_ppm = (uint32_t)rng_below(rng, 5000);
	if (one_in(rng, 2))
		out->crash_kept_ppm = 500000;
	if (one_in(rng, 6))
		out->crash_all_every_us = between(rng, 5 * SECOND, 25 * SECOND);
	if (one_in(rng, 12))
		out->rolling_every_us = between(rng, 10 * SECOND, 30 * SECOND);
	out->down_max_us = between(rng, 50000, 6 * SECOND);
}

static void disks_by_chance(struct scene *out, struct rng *rng)
{
	out->disk_max_us = between(rng, 500, 15000);
	if (one_in(rng, 4))
		out->disk_fail_ppm = (uint32_t)rng_below(rng, 3000);
	if (one_in(rng, 8)) {
		out->disk_slow_node = (uint32_t)rng_below(rng, out->nodes);
		out->disk_slow_times = 50;
	}
	if (one_in(rng, 6))
		out->full_every_us = between(rng, 3 * SECOND, 20 * SECOND);
}

static void clocks_by_chance(struct scene *out, struct rng *rng)
{
	out->skew_max_ms = (uint32_t)rng_below(rng, 300);
	if (one_in(rng, 6)) {
		out->jump_every_us = between(rng, 2 * SECOND, 20 * SECOND);
		out->jump_max_ms = (uint32_t)between(rng, 10, 30000);
	}
	if (one_in(rng, 6)) {
		out->pause_every_us = between(rng, 2 * SECOND, 20 * SECOND);
		out->pause_max_us = between(rng, 100000, 8 * SECOND);
	}
}

void scene_of_seed(struct scene *out, uint64_t seed, uint32_t nodes, uint64_t heights)
{
	struct rng rng;

	rng_init(&rng, seed);
	mild(out, nodes, heights);
	out->load_every_us = between(&rng, 15000, 205000);
	frames_by_chance(out, &rng);
	lines_by_chance(out, &rng);
	crashes_by_chance(out, &rng);
	disks_by_chance(out, &rng);
	clocks_by_chance(out, &rng);
	villains_by_chance(out, &rng);
	if (one_in(&rng, 6) && nodes < SCENE_SET_MAX)
		out->observers = 1;
	if (one_in(&rng, 3))
		out->lose_every_us = between(&rng, 2 * SECOND, 12 * SECOND);
}

void scene_villains(struct scene *scene, enum villain kind, uint32_t first, uint32_t count)
{
	for (uint32_t i = 0; i < scene->nodes; i++)
		scene->villains[i] = VILLAIN_NONE;
	for (uint32_t i = 0; i < count && i < scene->nodes; i++)
		scene->villains[(first + i) % scene->nodes] = kind;
}

void scene_above(struct scene *scene, uint64_t seed, bool has_kind, uint32_t count)
{
	static const enum villain kinds[] = {VILLAIN_COLLUDER, VILLAIN_EQUIVOCATOR,
					     VILLAIN_AMNESIAC, VILLAIN_CONFLICTER};
	enum villain kind = kinds[seed % (sizeof(kinds) / sizeof(kinds[0]))];
	uint32_t faults = world_faults(scene->nodes);

	if (has_kind && scene->villains[seed % scene->nodes] != VILLAIN_NONE)
		kind = scene->villains[seed % scene->nodes];
	if (count == 0)
		count = faults > 1 && seed % 2 == 0 ? 2 * faults : faults + 1;
	scene->is_above = true;
	scene_villains(scene, kind, (uint32_t)(seed % scene->nodes), count);
}

/* --- by name ------------------------------------------------------------- */

struct named {
	const char *name;
	void (*make)(struct scene *out);
};

static void timely(struct scene *out)
{
	out->is_timely = true;
}

static void calm(struct scene *out)
{
	out->load_every_us = 20000;
}

/* Machines of their own on one network; the figures are those of bench_costs. */
static void measured(struct scene *out)
{
	out->is_timely = true;
	out->delay_min_us = out->delay_max_us = 50;
	out->load_every_us = 0;
	out->disk_min_us = out->disk_max_us = 230;
	out->cores = 4;
	out->check_ns = 38000;
	out->sign_ns = 31000;
	out->row_ns = 3800;
	out->commit_ns = 50000;
	out->frame_in_ns = 5000;
	out->frame_out_ns = 5000;
	out->kb_ns = 460;
	out->job_ns = 1500;
	out->wake_ns = 3000;
	out->line_mbit = 1000;
	out->writers = 1;
	out->pause_us = 5000;
}

static void crashes(struct scene *out)
{
	out->crash_every_us = SECOND;
	out->crash_all_every_us = 10 * SECOND;
	out->crash_kept_ppm = 500000;
}

static void rolling(struct scene *out)
{
	out->rolling_every_us = 3 * SECOND;
}

static void partitions(struct scene *out)
{
	out->partition_every_us = 2 * SECOND;
}

static void flapping(struct scene *out)
{
	out->partition_every_us = SECOND;
	out->flap_us = 300000;
}

static void oneway(struct scene *out)
{
	out->oneway_every_us = 200000;
	out->deaf_every_us = 2 * SECOND;
}

static void resets(struct scene *out)
{
	out->reset_every_us = 200000;
}

static void ring(struct scene *out)
{
	out->mesh = MESH_RING;
}

static void few(struct scene *out)
{
	out->mesh = MESH_FEW;
}

static void slow(struct scene *out)
{
	out->slow_every_us = SECOND;
	out->slow_frame_us = 20000;
	out->queue_bytes = 100000;
	out->load_every_us = 5000;
}

static void heavy(struct scene *out)
{
	out->delay_kind = DELAY_HEAVY;
	out->delay_max_us = 40000;
	out->is_ordered = false;
}

static void lossy(struct scene *out)
{
	out->loss_ppm = 100000;
	out->duplicate_ppm = 50000;
	out->is_ordered = false;
	out->delay_max_us = 80000;
}

static void disk(struct scene *out)
{
	out->disk_fail_ppm = 3000;
}

static void slowdisk(struct scene *out)
{
	out->disk_slow_times = 50;
	out->disk_max_us = 10000;
}

static void full(struct scene *out)
{
	out->full_every_us = 2 * SECOND;
}

static void lost(struct scene *out)
{
	out->lose_every_us = SECOND / 2;
	out->crash_every_us = 3 * SECOND;
	out->partition_every_us = 3 * SECOND;
}

static void clocks(struct scene *out)
{
	out->skew_max_ms = 300;
	out->jump_every_us = SECOND;
	out->jump_max_ms = 10000;
}

static void pauses(struct scene *out)
{
	out->pause_every_us = 2 * SECOND;
	out->pause_max_us = 5 * SECOND;
}

static void observer(struct scene *out)
{
	out->observers = 1;
	out->crash_every_us = 3 * SECOND;
}

static const struct named list[] = {
	{"timely", timely},     {"calm", calm},         {"crashes", crashes},
	{"measured", measured},
	{"rolling", rolling},   {"partitions", partitions}, {"flapping", flapping},
	{"oneway", oneway},     {"resets", resets},     {"ring", ring},
	{"few", few},           {"slow", slow},         {"heavy", heavy},
	{"lossy", lossy},       {"disk", disk},         {"slowdisk", slowdisk},
	{"full", full},         {"clocks", clocks},     {"pauses", pauses},
	{"observer", observer}, {"lost", lost},
};

#define LIST_COUNT (sizeof(list) / sizeof(list[0]))

/* One that begins when the others have come far, or any that fall for a while. */
static void laggard(struct scene *out, uint64_t seed)
{
	if (seed / 4 % 2 == 0) {
		out->late_us = SECOND + SECOND / 2;
		out->late_node = (uint32_t)((seed + world_faults(out->nodes)) % out->nodes);
		out->heights += 150;
	} else {
		out->crash_every_us = SECOND / 4;
		out->down_max_us = SECOND;
	}
}

/* What this villain needs to be seen at work, and beside it as many others of any kind
 * as may be faulty. */
static void scene_of_villain(struct scene *out, enum villain kind, uint64_t seed)
{
	bool needs_laggard = kind == VILLAIN_LIAR || kind == VILLAIN_DRIPPER ||
			     kind == VILLAIN_PUSHER;
	bool needs_strife = kind == VILLAIN_AMNESIAC || kind == VILLAIN_HOARDER ||
			    kind == VILLAIN_SHIFTER; /* views that end in more ways than one */
	struct rng rng;

	rng_init(&rng, seed * 8 + 7);
	scene_villains(out, kind, (uint32_t)(seed % out->nodes), 1);
	for (uint32_t i = 1; i < world_faults(out->nodes); i++)
		out->villains[(seed + i) % out->nodes] =
			(enum villain)(1 + rng_below(&rng, VILLAIN_COUNT - 1));
	if (needs_laggard) /* behind by many heights, while the rest go on */
		laggard(out, seed);
	if (needs_laggard || kind == VILLAIN_FILLER)
		out->load_every_us = 5000;
	/* alone it may cost no view: the judges look for that */
	out->is_timely = kind == VILLAIN_CRAMMER && world_faults(out->nodes) == 1;
	if (needs_strife) {
		out->partition_every_us = 2 * SECOND;
		out->crash_every_us = 2 * SECOND;
	}
}

bool scene_by_name(struct scene *out, const char *name, uint64_t seed, uint32_t nodes,
		   uint64_t heights)
{
	enum villain kind;

	mild(out, nodes, heights);
	for (size_t i = 0; i < LIST_COUNT; i++) {
		if (strcmp(list[i].name, name) == 0) {
			list[i].make(out);
			return true;
		}
	}
	if (!villain_by_name(&kind, name) || kind == VILLAIN_NONE)
		return false;
	scene_of_villain(out, kind, seed);
	return true;
}

void scene_names(void (*visit)(const char *name))
{
	for (size_t i = 0; i < LIST_COUNT; i++)
		visit(list[i].name);
	for (size_t i = VILLAIN_NONE + 1; i < VILLAIN_COUNT; i++)
		visit(villain_name((enum villain)i));
}
