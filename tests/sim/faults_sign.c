/* Sign state that is lost or put back: journals, and the files outside of homes.
 * With villains and all that have not had theirs back, at most f at a time. */
#include "tests/sim/faults.h"
#include "tests/sim/judge.h"
#include "tests/sim/sign_sim.h"

#define TRY_US 2000u /* how often it looks for a moment that hurts, */
#define TRIES 500u   /* and for how long */

enum loss {
	LOSS_JOURNAL,     /* gone; the file is there */
	LOSS_ROLLED_BACK, /* an older journal; the file is there */
	LOSS_BACK_BARE,   /* an older journal, and no file */
	LOSS_FILE,        /* gone; the journal is there */
	LOSS_BOTH,
	LOSS_COUNT
};

/* How many more may lose theirs now. */
static uint32_t room(const struct world *world)
{
	uint32_t left = world_faults(world->scene.nodes);

	for (uint32_t i = 0; i < world->scene.nodes && left > 0; i++)
		left -= !world_is_correct(world, i) || judge_is_lost(world, i);
	return left;
}

/* A copy that is newer than the file would pass for intact: inside one reservation
 * a roll-back is not noticed. */
static enum loss loss_of(struct world *world, const struct sim_node *sim)
{
	enum loss loss = (enum loss)rng_below(&world->rng_fault, LOSS_COUNT);

	if (loss != LOSS_ROLLED_BACK && loss != LOSS_BACK_BARE)
		return loss;
	if (sim->old_journal == NULL || sim->old_stamp >= sim->sign_file->reservation.stamp)
		return loss == LOSS_ROLLED_BACK ? LOSS_JOURNAL : LOSS_BOTH;
	return loss;
}

static void damage(struct sim_node *sim, enum loss loss)
{
	if (loss == LOSS_JOURNAL || loss == LOSS_BOTH)
		store_sim_replace(sim->journal_store, NULL);
	if (loss == LOSS_ROLLED_BACK || loss == LOSS_BACK_BARE)
		store_sim_replace(sim->journal_store, sim->old_journal);
	if (loss != LOSS_JOURNAL && loss != LOSS_ROLLED_BACK)
		sim->sign_file->is_there = false;
}

void faults_sign_lose(struct world *world, uint32_t node)
{
	struct sim_node *sim = &world->nodes[node];
	enum loss loss = loss_of(world, sim);

	if (sim->node != NULL)
		faults_crash_one(world, node);
	damage(sim, loss);
	judge_on_loss(world, node);
	world_mix(world, 0x105e0000u + node * 16 + (uint32_t)loss);
	world->statistics.losses++;
}

/* A correct node that has voted in a view which no other one that runs has entered,
 * or WORLD_NODES_MAX: what it said there nobody could tell it. */
static uint32_t ahead(const struct world *world)
{
	uint64_t highest = 0, second = 0;
	uint32_t found = WORLD_NODES_MAX;

	for (uint32_t i = 0; i < world->scene.nodes; i++) {
		struct node_status status;

		if (world->nodes[i].node == NULL)
			continue;
		node_status(world->nodes[i].node, &status);
		if (status.core.view > highest) {
			second = highest;
			highest = status.core.view;
			found = i;
		} else if (status.core.view > second) {
			second = status.core.view;
		}
	}
	if (highest == second || judge_is_lost(world, found) ||
	    !world_is_correct(world, found) ||
	    judge_voted_view(world, found) < highest)
		return WORLD_NODES_MAX;
	return found;
}

/* The power fails for all, and as many as may be come back without. */
static void lose_from(struct world *world, uint32_t first, bool is_alone)
{
	uint32_t left = room(world);

	for (uint32_t i = 0; i < world->scene.nodes; i++) {
		uint32_t node = (first + i) % world->scene.nodes;

		if (left > 0 && world_is_correct(world, node) && !judge_is_lost(world, node)) {
			faults_sign_lose(world, node);
			left = rng_below(&world->rng_fault, 2) == 0 ? 0 : left - 1;
		} else if (!is_alone && world->nodes[node].node != NULL) {
			faults_crash_one(world, node);
		}
	}
}

static void lose(struct world *world, uint32_t nobody, void *argument)
{
	uintptr_t tries = (uintptr_t)argument;
	uint32_t first;

	(void)nobody;
	if (world->is_calm)
		return;
	first = room(world) == 0 ? WORLD_NODES_MAX : ahead(world);
	if (first == WORLD_NODES_MAX && tries < TRIES) {
		world_at(world, TRY_US, WORLD_NODES_MAX, lose, NULL, (void *)(tries + 1));
		return;
	}
	if (first != WORLD_NODES_MAX)
		lose_from(world, first, false);
	else
		lose_from(world, (uint32_t)rng_below(&world->rng_fault, world->scene.nodes),
			  rng_below(&world->rng_fault, 2) == 0);
	faults_plan(world, world->scene.lose_every_us, lose);
}

/* Somebody copies a journal, as no operator should. */
static void keep(struct world *world, uint32_t nobody, void *argument)
{
	struct sim_node *sim = &world->nodes[rng_below(&world->rng_fault, world->scene.nodes)];

	(void)nobody;
	(void)argument;
	if (world->is_calm)
		return;
	if (sim->old_journal == NULL)
		sim->old_journal = store_sim_new(NULL, NULL);
	store_sim_replace(sim->old_journal, sim->journal_store);
	/* the journal's own is this one or newer */
	sim->old_stamp = sign_sim_stamp(sim);
	faults_plan(world, world->scene.lose_every_us / 4 + 1, keep);
}

void faults_sign_begin(struct world *world)
{
	if (world->scene.lose_every_us == 0 || world->scene.nodes < 4)
		return;
	faults_plan(world, world->scene.lose_every_us, lose);
	faults_plan(world, world->scene.lose_every_us / 4 + 1, keep);
}
