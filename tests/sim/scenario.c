/* Scenes: what a seed does to its network, and when the run is over.
 *
 *   faults until the chain has its heights -> all heal -> every correct node
 *   catches up and goes on (judge 16) -> idle, woken three times (judge 20) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/judge.h"
#include "tests/sim/villain.h"
#include "tests/sim/world.h"

#define SECOND UINT64_C(1000000)
#define POLL_US 50000u
#define FAULTS_MAX_US (900 * SECOND)  /* then it heals, however far it came */
#define HEAL_BASE_US (100 * SECOND)   /* judge 16: a view of the greatest Delta_eff, its retries */
#define HEAL_VIEW_US (7 * SECOND)     /* and for each view: t_idle and the timeout */
#define IDLE_WAIT_US (2 * SECOND)
#define WAKE_MAX_US (2500 * SECOND / 1000) /* judge 20: below t_idle, above 2 views */
#define WAKES 3u
#define SET_MAX 31u

enum phase { PHASE_FAULTS, PHASE_HEALING, PHASE_IDLE, PHASE_WAKING };

static struct {
	enum phase phase;
	uint64_t since_us;
	uint64_t target;
	unsigned wakes;
} now; /* of the one world that runs */

/* --- seeds --------------------------------------------------------------- */

static void mild(struct scene *out, uint32_t nodes, uint64_t heights)
{
	*out = (struct scene){
		.nodes = nodes,
		.heights = heights,
		.delay_min_us = 500,
		.delay_max_us = 5000,
		.is_ordered = true,
		.load_every_us = 40000,
		.idle_us = 6 * SECOND,
		.disk_min_us = 100,
		.disk_max_us = 2000,
		.down_max_us = 5 * SECOND,
		.partition_max_us = 5 * SECOND,
	};
}

uint32_t scene_nodes_of_seed(uint64_t seed)
{
	struct rng rng;
	uint64_t roll;

	rng_init(&rng, seed * 8 + 6);
	roll = rng_below(&rng, 40);
	if (roll == 0)
		return (uint32_t)(1 + rng_below(&rng, SET_MAX));
	return roll < 7 ? 7 : 4;
}

void scene_villains(struct scene *scene, enum villain kind, uint32_t first, uint32_t count)
{
	for (uint32_t i = 0; i < scene->nodes; i++)
		scene->villains[i] = VILLAIN_NONE;
	for (uint32_t i = 0; i < count && i < scene->nodes; i++)
		scene->villains[(first + i) % scene->nodes] = kind;
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

void scene_of_seed(struct scene *out, uint64_t seed, uint32_t nodes, uint64_t heights)
{
	struct rng rng;

	rng_init(&rng, seed);
	mild(out, nodes, heights);
	out->delay_max_us = (uint32_t)(1000 + rng_below(&rng, 60000));
	out->is_ordered = rng_below(&rng, 3) != 0;
	out->slow_ppm = (uint32_t)rng_below(&rng, 20000);
	out->slow_max_us = (uint32_t)rng_below(&rng, 1000000);
	if (rng_below(&rng, 3) != 0)
		out->loss_ppm = (uint32_t)rng_below(&rng, 60000);
	if (rng_below(&rng, 3) == 0)
		out->duplicate_ppm = (uint32_t)rng_below(&rng, 100000);
	if (rng_below(&rng, 3) != 0)
		out->crash_every_us = SECOND + rng_below(&rng, 8 * SECOND);
	if (rng_below(&rng, 2) != 0)
		out->crash_written_ppm = (uint32_t)rng_below(&rng, 5000);
	if (rng_below(&rng, 2) != 0)
		out->mute_every_us = SECOND / 2 + rng_below(&rng, 5 * SECOND);
	if (rng_below(&rng, 6) == 0)
		out->crash_all_every_us = 5 * SECOND + rng_below(&rng, 20 * SECOND);
	out->down_max_us = 50000 + rng_below(&rng, 6 * SECOND);
	if (rng_below(&rng, 2) == 0)
		out->partition_every_us = SECOND + rng_below(&rng, 10 * SECOND);
	out->partition_max_us = 100000 + rng_below(&rng, 6 * SECOND);
	out->skew_max_ms = (int32_t)rng_below(&rng, 300);
	out->load_every_us = 5000 + rng_below(&rng, 200000);
	out->disk_max_us = 500 + rng_below(&rng, 15000);
	if (rng_below(&rng, 4) == 0)
		out->disk_fail_ppm = (uint32_t)rng_below(&rng, 3000);
	villains_by_chance(out, &rng);
}

void scene_above(struct scene *scene, uint64_t seed, bool has_kind, uint32_t count)
{
	static const enum villain kinds[] = {VILLAIN_COLLUDER, VILLAIN_EQUIVOCATOR,
					     VILLAIN_AMNESIAC, VILLAIN_CONFLICTER};
	enum villain kind = kinds[seed % (sizeof(kinds) / sizeof(kinds[0]))];
	uint32_t faults = world_faults(scene->nodes);

	for (uint32_t i = 0; has_kind && i < scene->nodes; i++) {
		if (scene->villains[i] != VILLAIN_NONE)
			kind = scene->villains[i];
	}
	if (count == 0)
		count = faults > 1 && seed % 2 == 0 ? 2 * faults : faults + 1;
	scene->is_above = true;
	scene_villains(scene, kind, (uint32_t)(seed % scene->nodes), count);
}

static const char *const names[] = {"timely", "calm", "crashes", "partitions", "lossy", "disk"};

/* What this villain needs to be seen at work. */
static void scene_of_villain(struct scene *out, enum villain kind, uint64_t seed)
{
	bool needs_laggard = kind == VILLAIN_LIAR || kind == VILLAIN_DRIPPER ||
			     kind == VILLAIN_PUSHER;
	bool needs_strife = kind == VILLAIN_AMNESIAC || kind == VILLAIN_HOARDER ||
			    kind == VILLAIN_SHIFTER; /* views that end in more ways than one */

	scene_villains(out, kind, (uint32_t)(seed % out->nodes), 1);
	if (needs_laggard)
		out->crash_every_us = SECOND;
	if (needs_laggard || kind == VILLAIN_FILLER)
		out->load_every_us = 5000;
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
	if (strcmp(name, "crashes") == 0) {
		out->crash_every_us = SECOND;
		out->crash_all_every_us = 10 * SECOND;
	} else if (strcmp(name, "partitions") == 0) {
		out->partition_every_us = 2 * SECOND;
	} else if (strcmp(name, "lossy") == 0) {
		out->loss_ppm = 100000;
		out->duplicate_ppm = 50000;
		out->is_ordered = false;
		out->delay_max_us = 80000;
	} else if (strcmp(name, "disk") == 0) {
		out->disk_fail_ppm = 3000;
	} else if (strcmp(name, "calm") == 0) {
		out->load_every_us = 20000;
	} else if (strcmp(name, "timely") == 0) {
		out->is_timely = true;
	} else if (villain_by_name(&kind, name) && kind != VILLAIN_NONE) {
		scene_of_villain(out, kind, seed);
	} else {
		return false;
	}
	return true;
}

void scene_names(void (*visit)(const char *name))
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		visit(names[i]);
	for (size_t i = VILLAIN_NONE + 1; i < VILLAIN_COUNT; i++)
		visit(villain_name((enum villain)i));
}

/* --- faults -------------------------------------------------------------- */

static void plan(struct world *world, uint64_t mean_us,
		 void (*fn)(struct world *world, uint32_t nobody, void *argument))
{
	if (mean_us > 0)
		world_at(world, 1 + rng_below(&world->rng_fault, 2 * mean_us), WORLD_NODES_MAX, fn,
			 NULL, NULL);
}

static void restart(struct world *world, uint32_t nobody, void *argument)
{
	uint32_t node = (uint32_t)(uintptr_t)argument;

	(void)nobody;
	if (world->nodes[node].node != NULL || world->is_over)
		return;
	world->statistics.restarts++;
	world_start(world, node);
}

void scene_crash(struct world *world, uint32_t node)
{
	world_crash(world, node);
	world_at(world, 1000 + rng_below(&world->rng_fault, world->scene.down_max_us),
		 WORLD_NODES_MAX, restart, NULL, (void *)(uintptr_t)node);
}

static void crash_now(struct world *world, uint32_t nobody, void *argument)
{
	uint32_t node = (uint32_t)rng_below(&world->rng_fault, world->count);

	(void)nobody;
	(void)argument;
	if (world->is_calm)
		return;
	if (world->nodes[node].node != NULL)
		scene_crash(world, node);
	plan(world, world->scene.crash_every_us, crash_now);
}

static void unmute(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody;
	world->nodes[(uintptr_t)argument].is_mute = false;
}

static void mute(struct world *world, uint32_t nobody, void *argument)
{
	uint32_t node = (uint32_t)rng_below(&world->rng_fault, world->count);

	(void)nobody;
	(void)argument;
	if (world->is_calm)
		return;
	world->nodes[node].is_mute = true;
	world_at(world, 1 + rng_below(&world->rng_fault, world->scene.partition_max_us),
		 WORLD_NODES_MAX, unmute, NULL, (void *)(uintptr_t)node);
	plan(world, world->scene.mute_every_us, mute);
}

static void crash_all(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody;
	(void)argument;
	if (world->is_calm)
		return;
	for (uint32_t i = 0; i < world->count; i++) {
		if (world->nodes[i].node != NULL)
			scene_crash(world, i);
	}
	plan(world, world->scene.crash_all_every_us, crash_all);
}

static void part(struct world *world, uint32_t nobody, void *argument);

static void heal_partition(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody;
	(void)argument;
	memset(world->group, 0, sizeof(world->group));
	if (!world->is_calm)
		plan(world, world->scene.partition_every_us, part);
}

static void part(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody;
	(void)argument;
	if (world->is_calm)
		return;
	world->statistics.partitions++;
	for (uint32_t i = 0; i < world->count; i++)
		world->group[i] = (uint32_t)rng_below(&world->rng_fault, 2);
	world_at(world, 1 + rng_below(&world->rng_fault, world->scene.partition_max_us),
		 WORLD_NODES_MAX, heal_partition, NULL, NULL);
}

/* --- the course of a run ------------------------------------------------- */

static void enter(struct world *world, enum phase phase)
{
	now.phase = phase;
	now.since_us = world->now_us;
}

static void begin_healing(struct world *world)
{
	world->is_calm = true;
	memset(world->group, 0, sizeof(world->group));
	for (uint32_t i = 0; i < world->count && !world->has_failed; i++) {
		world->nodes[i].is_mute = false;
		if (world->nodes[i].node == NULL)
			world_start(world, i);
	}
	now.target = world->statistics.heights + 2 * world->count;
	enter(world, PHASE_HEALING);
}

/* 16: each of 2n heights may take an idle view, and one more for each villain that leads. */
static uint64_t heal_max_us(const struct world *world)
{
	uint64_t correct = 0;

	for (uint32_t i = 0; i < world->count; i++)
		correct += world_is_correct(world, i);
	return HEAL_BASE_US + 2 * world->count * world->count * HEAL_VIEW_US / correct;
}

static void wake(struct world *world)
{
	uint32_t node;

	do {
		node = (uint32_t)rng_below(&world->rng_load, world->count);
	} while (!world_is_correct(world, node));
	load_submit(world, node, true);
	enter(world, PHASE_WAKING);
}

static void poll_waking(struct world *world, uint64_t passed_us)
{
	char what[128];

	if (passed_us >= POLL_US && !judge_awaits_taken(world)) {
		/* what the last one was found to have done is on its way into a block */
		if (now.wakes + 1 < WAKES)
			enter(world, PHASE_IDLE);
		else if (!judge_awaits_evidence(world, what, sizeof(what)))
			world->is_over = true;
		else if (passed_us > heal_max_us(world))
			world_fail(world, "judge 10: at the end %s", what);
		now.wakes += now.phase == PHASE_IDLE;
	} else if (passed_us > WAKE_MAX_US) {
		world_fail(world, "judge 20: the idle network does not wake for a transaction");
	}
}

static void poll_healing(struct world *world, uint64_t passed_us)
{
	bool is_late = passed_us > heal_max_us(world);
	char what[128];

	if (judge_height(world) < now.target) {
		if (is_late)
			world_fail(world, "judge 16: after healing the lowest height is %llu, not "
				   "%llu", (unsigned long long)judge_height(world),
				   (unsigned long long)now.target);
	} else if (judge_awaits_evidence(world, what, sizeof(what))) {
		if (is_late)
			world_fail(world, "judge 10: after healing %s", what);
	} else {
		enter(world, PHASE_IDLE);
	}
}

static void poll(struct world *world, uint32_t nobody, void *argument)
{
	uint64_t passed_us = world->now_us - now.since_us;

	(void)nobody;
	(void)argument;
	switch (now.phase) {
	case PHASE_FAULTS:
		if (world->statistics.heights >= world->scene.heights ||
		    passed_us > FAULTS_MAX_US)
			begin_healing(world);
		break;
	case PHASE_HEALING:
		poll_healing(world, passed_us);
		break;
	case PHASE_IDLE:
		if (passed_us > IDLE_WAIT_US + rng_below(&world->rng_load, 3 * SECOND))
			wake(world);
		break;
	case PHASE_WAKING:
		poll_waking(world, passed_us);
		break;
	}
	if (!world->is_over)
		world_at(world, POLL_US, WORLD_NODES_MAX, poll, NULL, NULL);
}

bool scene_passes(const struct world *world, uint32_t from, uint32_t to)
{
	return world->group[from] == world->group[to];
}

void scene_begin(struct world *world)
{
	now.wakes = 0;
	enter(world, PHASE_FAULTS);
	plan(world, world->scene.crash_every_us, crash_now);
	plan(world, world->scene.crash_all_every_us, crash_all);
	plan(world, world->scene.partition_every_us, part);
	plan(world, world->scene.mute_every_us, mute);
	world_at(world, POLL_US, WORLD_NODES_MAX, poll, NULL, NULL);
}
