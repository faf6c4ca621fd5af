/* Crashes of one, of all, and of one after the other. */
#include "tests/sim/faults.h"

#define ROLL_DOWN_US 300000u /* a restart that was asked for */
#define ROLL_NEXT_US 1500000u

static void restart(struct world *world, uint32_t nobody, void *argument)
{
	uint32_t node = (uint32_t)(uintptr_t)argument;

	(void)nobody;
	if (world->nodes[node].node != NULL || world->is_over)
		return;
	world->statistics.restarts++;
	world_start(world, node);
}

void faults_crash_one(struct world *world, uint32_t node)
{
	world_crash(world, node);
	faults_end(world, 1000 + world->scene.down_max_us, restart, node);
}

static void crash_now(struct world *world, uint32_t nobody, void *argument)
{
	uint32_t node = faults_node(world);

	(void)nobody;
	(void)argument;
	if (world->is_calm)
		return;
	if (world->nodes[node].node != NULL)
		faults_crash_one(world, node);
	faults_plan(world, world->scene.crash_every_us, crash_now);
}

static void crash_all(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody;
	(void)argument;
	if (world->is_calm)
		return;
	for (uint32_t i = 0; i < world->count; i++) {
		if (world->nodes[i].node != NULL)
			faults_crash_one(world, i);
	}
	faults_plan(world, world->scene.crash_all_every_us, crash_all);
}

static void roll(struct world *world, uint32_t nobody, void *argument)
{
	uint32_t node = (uint32_t)(uintptr_t)argument;

	(void)nobody;
	if (world->is_calm)
		return;
	if (node == world->count) {
		faults_plan(world, world->scene.rolling_every_us, roll);
		return;
	}
	if (world->nodes[node].node != NULL) {
		world_crash(world, node);
		faults_end(world, ROLL_DOWN_US, restart, node);
	}
	world_at(world, ROLL_NEXT_US, WORLD_NODES_MAX, roll, NULL, (void *)(uintptr_t)(node + 1));
}

void faults_crash_begin(struct world *world)
{
	faults_plan(world, world->scene.crash_every_us, crash_now);
	faults_plan(world, world->scene.crash_all_every_us, crash_all);
	faults_plan(world, world->scene.rolling_every_us, roll);
}

void faults_crash_heal(struct world *world)
{
	for (uint32_t i = 0; i < world->count && !world->has_failed; i++) {
		if (world->nodes[i].node == NULL)
			world_start(world, i);
	}
}
