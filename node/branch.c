/* Of the blocks on their way, those on the branch are always the tip and its parents one
 * after the other, down to the first that is not here. */
#include "node/branch.h"

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

	/* the newest came last, so few are asked about */
	TAILQ_FOREACH_REVERSE(block, flights_list(node), flight_list, link) {
		if ((tip == NULL || block->view > tip->view) && may_carry(node, block))
			tip = block;
	}
	return tip;
}

static void mark(struct node *node, struct flight *block, bool is_on_branch)
{
	ASSERT(block->is_on_branch != is_on_branch);
	block->is_on_branch = is_on_branch;
	for (uint32_t i = 0; i < block->count; i++)
		pool_set_branch(node, &block->lines[i].digest, is_on_branch);
}

static void unmark_down_to(struct node *node, const struct flight *kept)
{
	struct flight *block = node->branch_tip;

	while (block != kept) {
		mark(node, block, false);
		block = flight_find(node, &block->parent);
	}
}

static void move_to(struct node *node, struct flight *tip)
{
	struct flight *block = tip, *last = NULL;

	while (block != NULL && !block->is_on_branch) {
		mark(node, block, true);
		last = block;
		block = flight_find(node, &block->parent);
	}
	/* below where the old and the new one fork, all is as before */
	unmark_down_to(node, block);
	node->branch_tip = tip;
	if (block == NULL)
		node->branch_lowest = last;
}

/* Blocks below the branch may come after it, in a range. */
static void go_on_below(struct node *node)
{
	struct flight *block = node->branch_lowest;

	while (block != NULL) {
		node->branch_lowest = block;
		block = flight_find(node, &block->parent);
		if (block != NULL)
			mark(node, block, true);
	}
}

void branch_update(struct node *node)
{
	struct flight *tip = find_tip(node);

	go_on_below(node);
	if (tip != node->branch_tip)
		move_to(node, tip);
}

static struct flight *child_of(const struct node *node, const struct flight *block)
{
	struct flight *child = node->branch_tip;

	while (!hash_equal(&child->parent, &block->hash))
		child = flight_find(node, &child->parent);
	return child;
}

void branch_leave(struct node *node, struct flight *block)
{
	if (!block->is_on_branch)
		return;
	if (block != node->branch_lowest) {
		/* what stands on it goes too, or is found again from where the branch ends now */
		struct flight *parent = flight_find(node, &block->parent);

		unmark_down_to(node, parent);
		node->branch_tip = parent;
		return;
	}
	mark(node, block, false);
	if (block == node->branch_tip)
		node->branch_tip = node->branch_lowest = NULL;
	else
		node->branch_lowest = child_of(node, block);
}
