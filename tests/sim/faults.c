#include "tests/sim/faults.h"

void faults_plan(struct world *world, uint64_t mean_us, fault *fn)
{
	if (mean_us > 0)
		world_at(world, 1 + rng_below(&world->rng_fault, 2 * mean_us), WORLD_NODES_MAX, fn,
			 NULL, NULL);
}

void faults_end(struct world *world, uint64_t max_us, fault *fn, uint32_t node)
{
	world_at(world, 1 + rng_below(&world->rng_fault, max_us), WORLD_NODES_MAX, fn, NULL,
		 (void *)(uintptr_t)node);
}

uint32_t faults_node(struct world *world)
{
	return (uint32_t)rng_below(&world->rng_fault, world->count);
}
