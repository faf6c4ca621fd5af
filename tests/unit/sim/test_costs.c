/* Work costs time where a scene says so, the same each time, and else nothing. */
#include "tests/lib/unit.h"
#include "tests/sim/scene.h"
#include "tests/sim/world.h"

struct outcome {
	uint64_t trace, us;
	struct spent spent; /* by node 0 */
};

static struct outcome run(const char *first, const char *second, const char *third)
{
	struct scene scene;
	struct world *world;
	struct outcome outcome;

	ck_assert(scene_by_name(&scene, "measured", 1, 4, 20));
	ck_assert(first == NULL || scene_set(&scene, first));
	ck_assert(second == NULL || scene_set(&scene, second));
	ck_assert(third == NULL || scene_set(&scene, third));
	world = world_new(1, &scene, false);
	ck_assert_msg(world_run(world), "%s", world->verdict);
	outcome = (struct outcome){world->trace, world->now_us, world->nodes[0].worker.spent};
	world_free(world);
	return outcome;
}

UNIT_TEST(costs_the_same_scene_gives_the_same_run)
{
	ck_assert_uint_eq(run(NULL, NULL, NULL).trace, run(NULL, NULL, NULL).trace);
}

UNIT_TEST(costs_dearer_checks_take_the_loop_longer_and_are_no_more)
{
	struct outcome cheap = run("check_ns=10000", NULL, NULL);
	struct outcome dear = run("check_ns=1000000", NULL, NULL);

	ck_assert_uint_gt(cheap.spent.checks, 0);
	ck_assert_uint_lt(dear.spent.checks, 2 * cheap.spent.checks);
	ck_assert_uint_gt(dear.spent.loop_ns, 5 * cheap.spent.loop_ns);
	ck_assert_uint_gt(dear.us, cheap.us);
}

UNIT_TEST(costs_one_core_for_all_nodes_is_slower_than_cores_for_each)
{
	ck_assert_uint_gt(run("check_ns=500000", "machines=1", "cores=1").us,
			  run("check_ns=500000", "machines=0", "cores=4").us);
}

UNIT_TEST(costs_a_thin_line_is_slower_than_a_thick_one)
{
	ck_assert_uint_gt(run("line_mbit=1", NULL, NULL).us, run("line_mbit=1000", NULL, NULL).us);
}

UNIT_TEST(costs_nothing_is_spent_where_nothing_costs)
{
	ck_assert_uint_eq(run("cores=0", "is_timely=0", NULL).spent.loop_ns, 0);
}

UNIT_MAIN("costs", costs_the_same_scene_gives_the_same_run,
	  costs_dearer_checks_take_the_loop_longer_and_are_no_more,
	  costs_one_core_for_all_nodes_is_slower_than_cores_for_each,
	  costs_a_thin_line_is_slower_than_a_thick_one, costs_nothing_is_spent_where_nothing_costs)
