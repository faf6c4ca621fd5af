/* There is work while a transaction waits to be packed, or a parcel or evidence
 * that no block of the branch (node/branch.h) references waits to be ordered; a parcel that
 * only a skipped block references waits again. */
#include "node/work.h"

#include "base/mutant.h"
#include "node/bodies.h"
#include "node/branch.h"
#include "node/evidences.h"
#include "node/flight.h"
#include "node/pool.h"
#include "node/pump.h"

/* What was sent to all is with the leader after one, and its proposal here after two. */
#define LEADER_DELTAS 2u

static bool has_proposal(const struct node *node, uint64_t view)
{
	const struct flight *block;

	TAILQ_FOREACH(block, flights_list(node), link) {
		if (block->view == view)
			return true;
	}
	return false;
}

/* Once in a view, from when there is something to order. */
static void watch_leader(struct node *node)
{
	struct core_status status;

	core_status(node->core, &status);
	if (status.view == node->work_view)
		return;
	node->work_view = status.view;
	io_arm(node->io, SLOT_REMIND, LEADER_DELTAS * node->config.genesis->timers.delta_us);
}

void work_on_timer(struct node *node)
{
	struct core_status status;

	core_status(node->core, &status);
	if (mutant_on("leader_not_told_of_work"))
		return;
	if (node->has_work && status.view == node->work_view && !has_proposal(node, status.view))
		bodies_remind(node, LEADER_DELTAS * node->config.genesis->timers.delta_us);
}

void work_update(struct node *node)
{
	struct event event = {.kind = EVENT_WORK};
	bool was_stale = node->is_work_stale, has_work;

	if (was_stale) {
		node->is_work_stale = false;
		branch_update(node);
	}
	has_work = mempool_waiting(node->mempool) > 0 || pool_unreferenced(node->pool) > 0 ||
		   evidences_unreferenced(node) > 0;
	if (!has_work)
		node->work_view = 0;
	else if (was_stale)
		watch_leader(node);
	if (has_work == node->has_work || mutant_on("work_not_told"))
		return;
	node->has_work = has_work;
	event.work.has_work = has_work;
	(void)pump_event(node, &event);
}
