/* Judge of sign state: no vote without a reservation that covers it (7), and after
 * a loss none in a view where one may have been given before (6). */
#include <string.h>

#include "tests/sim/judge.h"
#include "tests/sim/judge_state.h"
#include "tests/sim/sign_sim.h"

void judge_sign(struct judge *judge, uint32_t node, const struct vote *vote)
{
	const struct sign_file *file = judge->world->nodes[node].sign_file;
	struct seen_signer *signer = &judge->signers[node];

	if (!file->is_there || vote->view > file->reservation.view)
		world_fail(judge->world, "judge 7: node %u votes in view %llu, which no reservation "
			   "covers", node, (unsigned long long)vote->view);
	if (vote->view <= signer->unknown_view)
		world_fail(judge->world, "judge 6: node %u votes in view %llu, where it may have "
			   "voted before it lost its sign state", node,
			   (unsigned long long)vote->view);
	if (vote->view > signer->voted_view)
		signer->voted_view = vote->view;
}

void judge_sign_entered(struct judge *judge, uint32_t node, uint64_t view)
{
	const struct sim_node *sim = &judge->world->nodes[node];

	if (sim->sign_file->life != sim->life)
		world_fail(judge->world, "judge 7: node %u votes in view %llu before it has made a "
			   "reservation in this life", node, (unsigned long long)view);
}

/* Had back is what a crash does not take again: the floor is durable once the
 * reservation behind it is. */
void judge_signing(struct judge *judge, uint32_t node, const struct core_status *status)
{
	bool *is_lost = &judge->signers[node].is_lost;

	switch (status->signing) {
	case SIGNING_LOST:
	case SIGNING_REFUSED:
	case SIGNING_FLOOR:
		*is_lost = true;
		return;
	case SIGNING_YES:
	case SIGNING_OBSERVER:
	case SIGNING_TRIPPED:
	case SIGNING_CLOSED:
		*is_lost = *is_lost && status->reserved.stamp == 0;
		return;
	}
	UNREACHABLE();
}

bool judge_is_lost(const struct world *world, uint32_t node)
{
	const struct judge *judge = world->judge;

	/* before its first finalization a node may find the chain ahead of it, and asks too */
	return judge->signers[node].is_lost || judge->durable_final_view[node] == 0;
}

uint64_t judge_voted_view(const struct world *world, uint32_t node)
{
	return world->judge->signers[node].voted_view;
}

void judge_on_loss(struct world *world, uint32_t node)
{
	struct judge *judge = world->judge;

	judge->signers[node].is_lost = true;
	judge->signers[node].unknown_view = judge->signers[node].voted_view;
	judge->durable_final_view[node] = 0;
	judge->durable_view[node] = 0;
	/* evidence that it alone kept is gone with its journal */
	memset(judge->kept, 0, sizeof(judge->kept));
}
