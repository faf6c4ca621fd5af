/* The conflicter: signs two votes that contradict each other, each of E1 to E4 in
 * turn, and shows a receiver the true one, the other one, or both. */
#include <string.h>

#include "proto/vote.h"
#include "tests/sim/judge.h"
#include "tests/sim/villain.h"

enum shown { SHOWN_TRUE, SHOWN_OTHER, SHOWN_BOTH, SHOWN_WAYS };

/* What stands beside the vote: of another kind, or for another block. */
static void make_other(const struct world *world, Stele__VoteMessage *vote, struct hash *block)
{
	bool is_crossed = (villain_dice(world, vote->view, vote->kind) & 1) != 0;

	memset(block->b, 0x44, sizeof(block->b));
	switch (vote->kind) {
	case VOTE_NOTARIZE: /* E1, E4 */
		vote->kind = is_crossed ? VOTE_FINALIZE : VOTE_NOTARIZE;
		return;
	case VOTE_FINALIZE: /* E3, E2 */
		vote->kind = is_crossed ? VOTE_NULLIFY : VOTE_FINALIZE;
		return;
	default: /* E3 */
		vote->kind = VOTE_FINALIZE;
		return;
	}
}

static bool twist(struct world *world, uint32_t from, uint32_t to, void *message)
{
	Stele__VoteMessage *vote = message;
	uint64_t shown = villain_dice(world, vote->view, vote->kind * 64 + to) % SHOWN_WAYS;
	struct signature signature;
	struct hash block;

	if (vote->signer != from || shown == SHOWN_TRUE)
		return false;
	if (shown == SHOWN_BOTH)
		villain_post(world, from, to, PEER_VOTE, vote);
	make_other(world, vote, &block);
	villain_sign(world, from, vote, &block, &signature);
	villain_post(world, from, to, PEER_VOTE, vote);
	judge_on_injection(world, vote->view);
	return true;
}

bool villain_conflicter(struct world *world, uint32_t from, uint32_t to, uint8_t type,
			struct bytes payload)
{
	return type == PEER_VOTE && villain_decoded(world, from, to, type, payload, twist);
}
