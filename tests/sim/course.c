/* The course of a run:
 *
 *   faults until the chain has its heights -> all heal -> every correct node
 *   catches up and goes on (judge 16) -> idle, woken three times (judge 20) */
#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/faults.h"
#include "tests/sim/judge.h"

#define SECOND UINT64_C(1000000)
#define POLL_US 50000u
#define ABOVE_MAX_US (60 * SECOND)    /* with too many villains it may stand at once */
#define FAULTS_MAX_US (400 * SECOND)  /* then it heals, however far it came */
#define HEAL_BASE_US (100 * SECOND)   /* judge 16: a view of the greatest Delta_eff, its retries */
#define HEAL_VIEW_US (7 * SECOND)     /* and for each view: t_idle and the timeout */
#define IDLE_WAIT_US (2 * SECOND)
#define WAKE_MAX_US (2500 * SECOND / 1000) /* judge 20: below t_idle, above 2 views */
#define WAKES 3u

enum phase { PHASE_FAULTS, PHASE_HEALING, PHASE_IDLE, PHASE_WAKING };

static struct {
	enum phase phase;
	uint64_t since_us;
	uint64_t target;
	unsigned wakes;
} now; /* of the one world that runs */

static void enter(struct world *world, enum phase phase)
{
	now.phase = phase;
	now.since_us = world->now_us;
}

static void begin_healing(struct world *world)
{
	world->is_calm = true;
	for (uint32_t i = 0; i < world->count; i++)
		world->nodes[i].paused_until_us = 0;
	faults_disk_heal(world);
	faults_clock_heal(world);
	faults_crash_heal(world);
	faults_net_heal(world);
	now.target = world->statistics.heights + 2 * world->scene.nodes;
	enter(world, PHASE_HEALING);
}

/* 16: each of 2n heights may take an idle view, and one more for each villain that leads. */
static uint64_t heal_max_us(const struct world *world)
{
	uint64_t correct = 0;

	for (uint32_t i = 0; i < world->scene.nodes; i++)
		correct += world_is_correct(world, i);
	return HEAL_BASE_US + 2 * world->scene.nodes * world->scene.nodes * HEAL_VIEW_US / correct;
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
		if (world->scene.writers > 0)
			world->is_over = world->statistics.heights >= world->scene.heights;
		else if (world->statistics.heights >= world->scene.heights ||
		    passed_us > (world->scene.is_above ? ABOVE_MAX_US : FAULTS_MAX_US))
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
	return faults_net_carries(world, from, to);
}

void scene_crash(struct world *world, uint32_t node)
{
	faults_crash_one(world, node);
}

void scene_begin(struct world *world)
{
	now.wakes = 0;
	enter(world, PHASE_FAULTS);
	faults_crash_begin(world);
	faults_net_begin(world);
	faults_disk_begin(world);
	faults_sign_begin(world);
	faults_clock_begin(world);
	world_at(world, POLL_US, WORLD_NODES_MAX, poll, NULL, NULL);
}
