/* Lost sign state in the simulated world: up to f have it back, more refuse. */
#include "tests/lib/unit.h"
#include "tests/sim/faults.h"
#include "tests/sim/judge.h"
#include "tests/sim/sign_sim.h"

#define SECOND UINT64_C(1000000)

static uint32_t losers;
static uint64_t height;

static enum signing signing_of(const struct world *world, uint32_t node)
{
	struct node_status status;

	ck_assert_ptr_nonnull(world->nodes[node].node);
	node_status(world->nodes[node].node, &status);
	return status.core.signing;
}

static void ruin(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody;
	(void)argument;
	for (uint32_t i = 0; i < losers; i++)
		faults_sign_lose(world, i);
}

static void look(struct world *world, uint32_t nobody, void *argument)
{
	enum signing want = losers > world_faults(world->scene.nodes) ? SIGNING_REFUSED : SIGNING_YES;

	(void)nobody;
	(void)argument;
	height = judge_height(world);
	for (uint32_t i = 0; i < losers; i++)
		ck_assert_int_eq(signing_of(world, i), want);
}

static void end(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody;
	(void)argument;
	world->is_over = true;
}

/* The height when they were looked at, and five seconds later. */
static bool goes_on(uint32_t nodes, uint32_t count)
{
	struct scene scene;
	struct world *world;
	bool has_grown;

	losers = count;
	ck_assert(scene_by_name(&scene, "calm", nodes, nodes, 1000000));
	world = world_new(nodes, &scene, false);
	world_at(world, 2 * SECOND, WORLD_NODES_MAX, ruin, NULL, NULL);
	world_at(world, 9 * SECOND, WORLD_NODES_MAX, look, NULL, NULL);
	world_at(world, 14 * SECOND, WORLD_NODES_MAX, end, NULL, NULL);
	ck_assert_msg(world_run(world), "%s", world->verdict);
	has_grown = judge_height(world) > height;
	ck_assert_uint_eq(world->statistics.losses, count);
	world_free(world);
	return has_grown;
}

UNIT_TEST(sign_up_to_f_have_it_back)
{
	ck_assert(goes_on(4, 1));
	ck_assert(goes_on(7, 2));
}

UNIT_TEST(sign_more_than_f_refuse_and_the_network_stands)
{
	ck_assert(!goes_on(4, 2));
	ck_assert(!goes_on(7, 3));
}

UNIT_TEST(sign_scene_of_losses_breaks_nothing)
{
	struct scene scene;
	uint64_t losses = 0;

	for (uint64_t seed = 1; seed <= 6; seed++) {
		struct world *world;

		ck_assert(scene_by_name(&scene, "lost", seed, 4, 60));
		world = world_new(seed, &scene, false);
		ck_assert_msg(world_run(world), "seed %llu: %s", (unsigned long long)seed,
			      world->verdict);
		losses += world->statistics.losses;
		world_free(world);
	}
	ck_assert_uint_gt(losses, 0);
}

UNIT_MAIN("sign", sign_up_to_f_have_it_back, sign_more_than_f_refuse_and_the_network_stands,
	  sign_scene_of_losses_breaks_nothing)
