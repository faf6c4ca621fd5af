/* What happens to lines: delay, partitions, lines that carry one way or not at
 * all, sessions that break, receivers that are slow. */
#include <string.h>

#include "tests/sim/faults.h"

#define US_PER_KB 10u /* 100 MB/s */
#define HEAVY_DOUBLINGS 8u
#define RECONNECT_MIN_US 50000u
#define RECONNECT_MAX_US 2000000u
#define PERMILLE_LN2 693u

/* --- delay --------------------------------------------------------------- */

/* Leading zeros: k with probability 2^-(k+1). */
static uint32_t doublings(uint64_t random)
{
	return random == 0 ? 63 : (uint32_t)__builtin_clzll(random);
}

/* Mean 1 as mean: a straight line in each halving, close enough to an exponential. */
static uint64_t exponential(struct world *world, uint64_t mean)
{
	uint64_t random = rng_u64(&world->rng_net);
	uint64_t permille = doublings(random) * 1000 + rng_below(&world->rng_net, 1000);

	return mean * permille / 1000 * PERMILLE_LN2 / 1000;
}

static uint64_t heavy(struct world *world, uint64_t span)
{
	uint32_t times = doublings(rng_u64(&world->rng_net)) / 2;
	uint64_t most = (span / 4) << (times < HEAVY_DOUBLINGS ? times : HEAVY_DOUBLINGS);

	return rng_below(&world->rng_net, most + 1);
}

static uint64_t own_delay(struct world *world)
{
	const struct scene *scene = &world->scene;
	uint64_t span = scene->delay_max_us - scene->delay_min_us;

	switch ((enum delay)scene->delay_kind) {
	case DELAY_UNIFORM:
	case DELAY_COUNT:
		break;
	case DELAY_EXPONENTIAL:
		return exponential(world, span / 2);
	case DELAY_HEAVY:
		return world->is_calm ? rng_below(&world->rng_net, span + 1) : heavy(world, span);
	}
	return rng_below(&world->rng_net, span + 1);
}

/* A slow receiver takes one frame after the other. */
static uint64_t until_taken(struct world *world, uint32_t to, uint64_t delay)
{
	struct sim_node *sim = &world->nodes[to];
	uint64_t at_us = world->now_us + delay;

	if (!sim->is_slow)
		return delay;
	if (at_us < sim->inbox_free_us)
		at_us = sim->inbox_free_us;
	sim->inbox_free_us = at_us + world->scene.slow_frame_us;
	return at_us - world->now_us;
}

uint64_t faults_net_delay(struct world *world, uint32_t to, size_t len)
{
	const struct scene *scene = &world->scene;
	uint64_t delay = scene->delay_min_us + own_delay(world);

	if (!world->is_calm && rng_chance(&world->rng_net, scene->slow_ppm))
		delay += rng_below(&world->rng_net, scene->slow_max_us + 1);
	return until_taken(world, to, delay + len / 1024 * US_PER_KB);
}

/* --- what carries -------------------------------------------------------- */

/* The places that a few-to-few mesh links: f+1 of the others at least. */
static bool is_near(uint32_t nodes, uint32_t a, uint32_t b)
{
	uint32_t distance = a > b ? a - b : b - a;

	if (distance > nodes - distance)
		distance = nodes - distance;
	return distance <= (world_faults(nodes) + 2) / 2;
}

bool faults_net_has_line(const struct world *world, uint32_t a, uint32_t b)
{
	const struct scene *scene = &world->scene;
	uint32_t nodes = scene->nodes;

	if (world->nodes[a].self == world->nodes[b].self)
		return false; /* itself, its twin, or observers both */
	if (a >= nodes || b >= nodes || (world->is_calm && !scene->is_mesh_kept))
		return true;
	switch ((enum mesh)scene->mesh) {
	case MESH_FULL:
	case MESH_COUNT:
		return true;
	case MESH_RING:
		return (a + 1) % nodes == b || (b + 1) % nodes == a;
	case MESH_FEW:
		return is_near(nodes, a, b);
	}
	return true;
}

bool faults_net_carries(const struct world *world, uint32_t from, uint32_t to)
{
	if (world->is_calm)
		return true;
	return !world->nodes[from].is_mute && !world->nodes[to].is_deaf &&
	       !node_set_has(&world->nodes[from].lost_to, to) &&
	       (world->is_flapped_up || world->group[from] == world->group[to]);
}

/* --- lines that do not carry --------------------------------------------- */

static void unmute(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody;
	world->nodes[(uintptr_t)argument].is_mute = false;
}

static void mute(struct world *world, uint32_t nobody, void *argument)
{
	uint32_t node = faults_node(world);

	(void)nobody;
	(void)argument;
	if (world->is_calm)
		return;
	world->nodes[node].is_mute = true;
	faults_end(world, world->scene.partition_max_us, unmute, node);
	faults_plan(world, world->scene.mute_every_us, mute);
}

static void undeafen(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody;
	world->nodes[(uintptr_t)argument].is_deaf = false;
}

static void deafen(struct world *world, uint32_t nobody, void *argument)
{
	uint32_t node = faults_node(world);

	(void)nobody;
	(void)argument;
	if (world->is_calm)
		return;
	world->nodes[node].is_deaf = true;
	faults_end(world, world->scene.partition_max_us, undeafen, node);
	faults_plan(world, world->scene.deaf_every_us, deafen);
}

static void lose_none(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody;
	world->nodes[(uintptr_t)argument].lost_to = (struct node_set){{0}};
}

static void lose_one_way(struct world *world, uint32_t nobody, void *argument)
{
	uint32_t node = faults_node(world);

	(void)nobody;
	(void)argument;
	if (world->is_calm)
		return;
	node_set_add(&world->nodes[node].lost_to, faults_node(world));
	faults_end(world, world->scene.partition_max_us, lose_none, node);
	faults_plan(world, world->scene.oneway_every_us, lose_one_way);
}

/* --- partitions ---------------------------------------------------------- */

static void part(struct world *world, uint32_t nobody, void *argument);

static void heal_partition(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody;
	(void)argument;
	memset(world->group, 0, sizeof(world->group));
	world->is_parted = false;
	if (!world->is_calm)
		faults_plan(world, world->scene.partition_every_us, part);
}

static void flap(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody;
	(void)argument;
	if (world->is_calm || !world->is_parted) {
		world->is_flapped_up = false;
		return;
	}
	world->is_flapped_up = !world->is_flapped_up;
	faults_plan(world, world->scene.flap_us, flap);
}

static void part(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody;
	(void)argument;
	if (world->is_calm)
		return;
	world->statistics.partitions++;
	world->is_parted = true;
	for (uint32_t i = 0; i < world->count; i++)
		world->group[i] =
			(uint32_t)rng_below(&world->rng_fault, world->scene.partition_groups);
	faults_end(world, world->scene.partition_max_us, heal_partition, 0);
	faults_plan(world, world->scene.flap_us, flap);
}

/* --- sessions and receivers ---------------------------------------------- */

static void reconnect(struct world *world, uint32_t nobody, void *argument)
{
	uint32_t pair = (uint32_t)(uintptr_t)argument;

	(void)nobody;
	net_sim_connect(world, pair / WORLD_NODES_MAX, pair % WORLD_NODES_MAX);
}

static void reset(struct world *world, uint32_t nobody, void *argument)
{
	uint32_t a = faults_node(world), b = faults_node(world);
	uint64_t delay = RECONNECT_MIN_US + rng_below(&world->rng_fault, RECONNECT_MAX_US);

	(void)nobody;
	(void)argument;
	if (world->is_calm)
		return;
	if (net_sim_reset(world, a, b))
		world_at(world, delay, WORLD_NODES_MAX, reconnect, NULL,
			 (void *)(uintptr_t)(a * WORLD_NODES_MAX + b));
	faults_plan(world, world->scene.reset_every_us, reset);
}

static void hurry(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody;
	world->nodes[(uintptr_t)argument].is_slow = false;
}

static void dawdle(struct world *world, uint32_t nobody, void *argument)
{
	uint32_t node = faults_node(world);

	(void)nobody;
	(void)argument;
	if (world->is_calm)
		return;
	world->nodes[node].is_slow = true;
	world->nodes[node].inbox_free_us = world->now_us;
	faults_end(world, world->scene.partition_max_us, hurry, node);
	faults_plan(world, world->scene.slow_every_us, dawdle);
}

/* --- begin and end ------------------------------------------------------- */

void faults_net_begin(struct world *world)
{
	const struct scene *scene = &world->scene;

	faults_plan(world, scene->partition_every_us, part);
	faults_plan(world, scene->mute_every_us, mute);
	faults_plan(world, scene->deaf_every_us, deafen);
	faults_plan(world, scene->oneway_every_us, lose_one_way);
	faults_plan(world, scene->reset_every_us, reset);
	faults_plan(world, scene->slow_every_us, dawdle);
}

void faults_net_heal(struct world *world)
{
	memset(world->group, 0, sizeof(world->group));
	for (uint32_t i = 0; i < world->count; i++) {
		world->nodes[i].is_mute = world->nodes[i].is_deaf = false;
		world->nodes[i].is_slow = false;
		world->nodes[i].lost_to = (struct node_set){{0}};
		for (uint32_t k = 0; k < i; k++)
			net_sim_connect(world, i, k);
	}
}
