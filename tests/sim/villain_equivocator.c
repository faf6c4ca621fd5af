/* The equivocator: shows half of the others one proposal and the rest another,
 * withholds the certificates that justify it, votes for both, and adds a finalize
 * to its own nullify. */
#include <string.h>

#include "proto/header.h"
#include "proto/vote.h"
#include "tests/sim/judge.h"
#include "tests/sim/villain.h"

#define SHARE_PPM 700000u /* of its proposals and votes that it twists */

/* The same block a millisecond later: as valid, and another one. */
static bool second_proposal(struct world *world, uint32_t from, uint32_t to,
			    Stele__ProposalMessage *proposal)
{
	struct resigned resigned;
	struct header header;

	if (proposal->vote->signer != from ||
	    header_parse(&header, bytes_of(proposal->header.data, proposal->header.len)))
		return false;
	header.time_ms++;
	villain_resign(world, from, proposal, &header, &resigned);
	villain_post(world, from, to, PEER_PROPOSAL, proposal);
	buf_release(&resigned.text);
	judge_on_injection(world, proposal->vote->view);
	return true;
}

/* Which of the two worlds a node is shown: fixed by view and seed. */
static bool is_second(const struct world *world, uint64_t view, uint32_t to)
{
	return (((world->seed ^ view * 0x9e3779b97f4a7c15u) >> (to + 8)) & 1) != 0;
}

static bool is_twisted(const struct world *world, uint64_t view)
{
	return (world->seed * 31 + view * 0xbf58476d1ce4e5b9u) % 1000000 < SHARE_PPM;
}

static bool twist_proposal(struct world *world, uint32_t from, uint32_t to, void *message)
{
	Stele__ProposalMessage *proposal = message;

	if (proposal->vote == NULL || !is_twisted(world, proposal->vote->view))
		return false;
	proposal->n_justification = 0;
	if (is_second(world, proposal->vote->view, to))
		return second_proposal(world, from, to, proposal);
	villain_post(world, from, to, PEER_PROPOSAL, proposal);
	return true;
}

static bool twist_vote(struct world *world, uint32_t from, uint32_t to, void *message)
{
	Stele__VoteMessage *vote = message;
	struct hash block;
	struct signature signature;

	if (vote->signer != from || !is_twisted(world, vote->view))
		return false;
	if (vote->kind == VOTE_NULLIFY) {
		/* E3, towards some: a finalize for nothing in particular beside it */
		villain_post(world, from, to, PEER_VOTE, vote);
		if (!is_second(world, vote->view, to))
			return true;
		vote->kind = VOTE_FINALIZE;
		memset(block.b, 0x33, sizeof(block.b));
	} else {
		/* E1, E2, E4: another block of the same view, to the same one */
		villain_post(world, from, to, PEER_VOTE, vote);
		if (!is_second(world, vote->view, to))
			return true;
		memcpy(block.b, vote->block.data, sizeof(block.b));
		block.b[0] ^= 1;
	}
	villain_sign(world, from, vote, &block, &signature);
	villain_post(world, from, to, PEER_VOTE, vote);
	judge_on_injection(world, vote->view);
	return true;
}

bool villain_equivocator(struct world *world, uint32_t from, uint32_t to, uint8_t type,
			 struct bytes payload)
{
	if (type == PEER_VOTE)
		return villain_decoded(world, from, to, type, payload, twist_vote);
	return type == PEER_PROPOSAL && villain_decoded(world, from, to, type, payload, twist_proposal);
}
