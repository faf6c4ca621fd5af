/* Disks that fail, and disks that are full for a while. */
#include "tests/sim/faults.h"

static void set_full(struct world *world, uint32_t node, bool is_full)
{
	store_sim_fill(world->nodes[node].chain_store, is_full);
	store_sim_fill(world->nodes[node].journal_store, is_full);
}

static void make_room(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody;
	set_full(world, (uint32_t)(uintptr_t)argument, false);
}

/* Now and then on all at once: they were bought together. */
static void fill(struct world *world, uint32_t nobody, void *argument)
{
	uint32_t chosen = faults_node(world);
	bool is_all = rng_below(&world->rng_fault, 5) == 0;

	(void)nobody;
	(void)argument;
	if (world->is_calm)
		return;
	for (uint32_t i = 0; i < world->count; i++) {
		if (i != chosen && !is_all)
			continue;
		world->statistics.full_disks++;
		set_full(world, i, true);
		faults_end(world, world->scene.partition_max_us, make_room, i);
	}
	faults_plan(world, world->scene.full_every_us, fill);
}

void faults_disk_begin(struct world *world)
{
	faults_plan(world, world->scene.full_every_us, fill);
}

void faults_disk_heal(struct world *world)
{
	for (uint32_t i = 0; i < world->count; i++)
		set_full(world, i, false);
}

void faults_disk_on_job(struct world *world, uint32_t node, bool is_journal)
{
	struct sim_node *sim = &world->nodes[node];

	if (rng_chance(&world->rng_fault, world->scene.disk_fail_ppm))
		store_sim_break(is_journal ? sim->journal_store : sim->chain_store,
				rng_below(&world->rng_fault, 2) == 0);
}
