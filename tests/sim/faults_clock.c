/* Wall clocks that jump, and nodes that stand still and go on. */
#include "tests/sim/faults.h"

static void set_right(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody;
	world->nodes[(uintptr_t)argument].jumped_ms = 0;
}

static void jump(struct world *world, uint32_t nobody, void *argument)
{
	uint32_t node = faults_node(world);
	int64_t most = world->scene.jump_max_ms;

	(void)nobody;
	(void)argument;
	if (world->is_calm)
		return;
	world->statistics.jumps++;
	world->nodes[node].jumped_ms =
		(int64_t)rng_below(&world->rng_fault, (uint64_t)(2 * most + 1)) - most;
	faults_end(world, world->scene.partition_max_us, set_right, node);
	faults_plan(world, world->scene.jump_every_us, jump);
}

static void pause(struct world *world, uint32_t nobody, void *argument)
{
	uint32_t node = faults_node(world);

	(void)nobody;
	(void)argument;
	if (world->is_calm)
		return;
	world->statistics.pauses++;
	world->nodes[node].paused_until_us =
		world->now_us + 1 + rng_below(&world->rng_fault, world->scene.pause_max_us);
	faults_plan(world, world->scene.pause_every_us, pause);
}

void faults_clock_begin(struct world *world)
{
	faults_plan(world, world->scene.jump_every_us, jump);
	faults_plan(world, world->scene.pause_every_us, pause);
}

void faults_clock_heal(struct world *world)
{
	for (uint32_t i = 0; i < world->count; i++)
		world->nodes[i].jumped_ms = 0;
}
