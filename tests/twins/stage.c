/* The course of a drama, in the place of tests/sim/course.c: its rounds, then an
 * open network in which every correct node must go on (judge 16) and record what it
 * knows against the twins (judge 10). */
#include "tests/twins/stage.h"

#include "node/pump.h"
#include "tests/sim/judge.h"

#define POLL_US 4000u
#define ROUNDS_MAX_US UINT64_C(600000000)
#define OPEN_MAX_US UINT64_C(120000000)
#define HEIGHTS_MORE 2u
#define SETTLE_US 30000u

static struct {
	const struct drama *drama;
	uint64_t view[WORLD_NODES_MAX], entered_us[WORLD_NODES_MAX];
	bool is_open, is_settling;
	uint64_t since_us, target;
} now; /* of the one world that runs */

void stage_set(const struct drama *drama)
{
	now.drama = drama;
}

bool stage_leader(uint64_t view, uint32_t *leader)
{
	if (now.drama == NULL || view > now.drama->rounds)
		return false;
	*leader = now.drama->leader[view - 1];
	return true;
}

static uint64_t view_of(const struct world *world, uint32_t node)
{
	struct core_status status;

	core_status(world->nodes[node].node->core, &status);
	if (status.view != now.view[node]) {
		now.view[node] = status.view;
		now.entered_us[node] = world->now_us;
	}
	return status.view;
}

bool scene_passes(const struct world *world, uint32_t from, uint32_t to)
{
	uint64_t view = view_of(world, from);

	if (view > now.drama->rounds ||
	    world->now_us - now.entered_us[from] > now.drama->hold_us)
		return true;
	return now.drama->group[view - 1][from] == now.drama->group[view - 1][to];
}

static bool are_rounds_over(const struct world *world)
{
	for (uint32_t i = 0; i < world->count; i++) {
		if (world_is_correct(world, i) && view_of(world, i) <= now.drama->rounds)
			return false;
	}
	return true;
}

static void enter(const struct world *world, bool *phase)
{
	*phase = true;
	now.since_us = world->now_us;
	now.target = world->statistics.heights + HEIGHTS_MORE;
}

static void poll(struct world *world, uint32_t nobody, void *argument)
{
	uint64_t passed_us = world->now_us - now.since_us;
	char what[128];

	(void)nobody;
	(void)argument;
	if (now.is_settling && passed_us > SETTLE_US &&
	    !judge_awaits_evidence(world, what, sizeof(what)))
		world->is_over = true;
	else if (now.is_open && !now.is_settling && judge_height(world) >= now.target)
		enter(world, &now.is_settling);
	else if (!now.is_open && are_rounds_over(world))
		enter(world, &now.is_open);
	else if (passed_us > (now.is_open ? OPEN_MAX_US : ROUNDS_MAX_US))
		world_fail(world, "judge 16: %s", now.is_open ? "the open network does not go on"
							       : "the rounds do not end");
	if (!world->is_over)
		world_at(world, POLL_US, WORLD_NODES_MAX, poll, NULL, NULL);
}

void scene_begin(struct world *world)
{
	for (uint32_t i = 0; i < world->count; i++)
		now.view[i] = now.entered_us[i] = 0;
	now.is_open = now.is_settling = false;
	now.since_us = 0;
	world_at(world, POLL_US, WORLD_NODES_MAX, poll, NULL, NULL);
}

void scene_crash(struct world *world, uint32_t node)
{
	world_crash(world, node); /* nobody falls in a drama */
}
