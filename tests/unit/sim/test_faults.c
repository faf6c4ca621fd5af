/* Each kind of fault happens where its scene asks for it, and the network lives. */
#include "tests/lib/unit.h"
#include "tests/sim/faults.h"

static struct world *run(const char *name, uint32_t nodes, uint64_t heights)
{
	struct scene scene;
	struct world *world;

	ck_assert(scene_by_name(&scene, name, 1, nodes, heights));
	world = world_new(1, &scene, false);
	ck_assert_msg(world_run(world), "%s: %s", name, world->verdict);
	ck_assert_uint_ge(world->statistics.heights, heights);
	return world;
}

UNIT_TEST(faults_resets_partitions_and_pauses_happen)
{
	struct world *world = run("resets", 4, 100);

	ck_assert_uint_gt(world->statistics.resets, 10);
	world_free(world);
	world = run("flapping", 4, 100);
	ck_assert_uint_gt(world->statistics.partitions, 0);
	world_free(world);
	world = run("pauses", 4, 100);
	ck_assert_uint_gt(world->statistics.pauses, 0);
	world_free(world);
}

UNIT_TEST(faults_disks_fill_and_clocks_jump)
{
	struct world *world = run("full", 4, 200);

	ck_assert_uint_gt(world->statistics.full_disks, 0);
	world_free(world);
	world = run("clocks", 4, 100);
	ck_assert_uint_gt(world->statistics.jumps, 0);
	world_free(world);
	world = run("slowdisk", 4, 40);
	ck_assert_uint_gt(world->statistics.nullifications, 0);
	world_free(world);
}

UNIT_TEST(faults_rolling_restart_takes_all)
{
	struct world *world = run("rolling", 4, 400);

	ck_assert_uint_ge(world->statistics.restarts, 4);
	world_free(world);
}

/* Votes and proposals come by way of others. */
UNIT_TEST(faults_partial_meshes_make_progress)
{
	world_free(run("ring", 4, 40));
	world_free(run("few", 7, 40));
	world_free(run("few", 13, 20));
}

UNIT_TEST(faults_observer_follows)
{
	world_free(run("observer", 4, 100));
	world_free(run("observer", 1, 100));
}

static uint64_t mean_delay(uint32_t kind)
{
	struct scene scene;
	struct world *world;
	uint64_t sum = 0;

	ck_assert(scene_by_name(&scene, "calm", 1, 4, 10));
	scene.delay_kind = kind;
	scene.delay_min_us = 1000;
	scene.delay_max_us = 101000;
	world = world_new(1, &scene, false);
	for (unsigned i = 0; i < 20000; i++) {
		uint64_t delay = faults_net_delay(world, 1, 0);

		ck_assert_uint_ge(delay, 1000);
		sum += delay - 1000;
	}
	world_free(world);
	return sum / 20000;
}

UNIT_TEST(faults_delays_have_their_means)
{
	ck_assert_uint_ge(mean_delay(DELAY_UNIFORM), 49000);
	ck_assert_uint_le(mean_delay(DELAY_UNIFORM), 51000);
	ck_assert_uint_ge(mean_delay(DELAY_EXPONENTIAL), 49000);
	ck_assert_uint_le(mean_delay(DELAY_EXPONENTIAL), 53000);
	ck_assert_uint_ge(mean_delay(DELAY_HEAVY), 10000);
	ck_assert_uint_le(mean_delay(DELAY_HEAVY), 40000);
}

UNIT_MAIN("faults", faults_resets_partitions_and_pauses_happen, faults_disks_fill_and_clocks_jump,
	  faults_rolling_restart_takes_all, faults_partial_meshes_make_progress,
	  faults_observer_follows, faults_delays_have_their_means)
