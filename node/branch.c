/* Of the blocks on their way, those on the branch are always the tip and its parents one
 * after the other, down to the first that is not here. */
#include "node/branch.h"

#include "node/evidences.h"
#include "node/flight.h"
#include "node/pool.h"
#include "node/pump.h"

static bool may_carry(const struct node *node, const struct flight *block)
{
	if (block->is_left || block->stage == FLIGHT_INVALID)
		return false;
	return block->is_final ||
	       !core_wants_certificate(node->core, VOTE_NOTARIZE, node->epoch, block->view,
				       &block->hash) ||
	       core_wants_certificate(node->core, VOTE_NULLIFY, node->epoch, block->view, NULL);
}

static struct flight *find_tip(const struct node *node)
{
	struct flight *block, *tip = NULL;

	/* the newest came last, so few are asked about; of one view, the first to come counts */
	TAILQ_FOREACH_REVERSE(block, flights_list(node), flight_list, link) {
		if ((tip == NULL || block->view >= tip->view) && may_carry(node, block))
			tip = block;
	}
	return tip;
}

static void join(struct node *node, struct flight *block, struct flight *above)
{
	ASSERT(!block->is_on_branch);
	block->is_on_branch = true;
	block->above = above;
	for (uint32_t i = 0; i < block->count; i++)
		pool_join_branch(node, &block->lines[i].digest);
	for (uint32_t i = 0; i < block->evidence_count; i++) {
		if (block->has_evidence[i])
			evidences_join_branch(node, &block->evidence[i].text_hash);
	}
}

static void leave(struct node *node, struct flight *block)
{
	ASSERT(block->is_on_branch);
	block->is_on_branch = false;
	for (uint32_t i = 0; i < block->count; i++)
		pool_leave_branch(node, &block->lines[i].digest);
	for (uint32_t i = 0; i < block->evidence_count; i++) {
		if (block->has_evidence[i])
			evidences_leave_branch(node, &block->evidence[i].text_hash);
	}
}

/* What stands on the new tip leaves; NULL: all do. */
static void end_at(struct node *node, struct flight *tip)
{
	struct flight *block = node->branch_tip;

	while (block != tip) {
		leave(node, block);
		block = flight_find(node, &block->parent);
	}
	node->branch_tip = tip;
	if (tip != NULL)
		tip->above = NULL;
	else
		node->branch_lowest = NULL;
}

static void move_to(struct node *node, struct flight *tip)
{
	struct flight *fork = tip, *above = NULL;

	while (fork != NULL && !fork->is_on_branch)
		fork = flight_find(node, &fork->parent);
	end_at(node, fork);
	node->branch_tip = tip;
	for (struct flight *block = tip; block != fork; block = flight_find(node, &block->parent)) {
		join(node, block, above);
		above = block;
	}
	if (fork != NULL)
		fork->above = above;
	else
		node->branch_lowest = above;
}

/* Blocks below the branch may come after it, in a range. */
static void go_on_below(struct node *node)
{
	struct flight *above = node->branch_lowest, *block = NULL;

	if (above != NULL)
		block = flight_find(node, &above->parent);
	while (block != NULL) {
		join(node, block, above);
		node->branch_lowest = above = block;
		block = flight_find(node, &block->parent);
	}
}

void branch_update(struct node *node)
{
	struct flight *tip = find_tip(node);

	go_on_below(node);
	if (tip != node->branch_tip)
		move_to(node, tip);
}

void branch_leave(struct node *node, struct flight *block)
{
	if (!block->is_on_branch)
		return;
	if (block != node->branch_lowest) {
		/* what stands on it goes too, or is found again from where the branch ends now */
		end_at(node, flight_find(node, &block->parent));
		return;
	}
	leave(node, block);
	node->branch_lowest = block->above;
	if (block == node->branch_tip)
		node->branch_tip = NULL;
}
