/* The equivocator: shows half of the others one proposal and the rest another,
 * withholds the certificates that justify it, votes for both, and adds a finalize
 * to its own nullify. */
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "proto/header.h"
#include "proto/peer.h"
#include "proto/vote.h"
#include "tests/sim/judge.h"
#include "tests/sim/villain.h"

#define ARENA_BYTES ((size_t)4 << 20)
#define SHARE_PPM 700000u /* of its proposals and votes that it twists */

/* The same block a millisecond later: as valid, and another one. */
static bool second_proposal(struct world *world, uint32_t from, uint32_t to,
			    Stele__ProposalMessage *message)
{
	struct header header;
	struct signature signature;
	struct hash block;
	struct buf text;

	if (message->vote == NULL || message->vote->signer != from ||
	    header_parse(&header, bytes_of(message->header.data, message->header.len)))
		return false;
	header.time_ms++;
	buf_init(&text, LIMIT_HEADER_BYTES);
	header_render(&text, &header);
	sha256(&block, text.at, text.len);
	message->header = (ProtobufCBinaryData){text.len, text.at};
	villain_sign(world, from, message->vote, &block, &signature);
	villain_post(world, from, to, PEER_PROPOSAL, message);
	buf_release(&text);
	judge_on_injection(world, message->vote->view);
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

static bool twist_proposal(struct world *world, uint32_t from, uint32_t to,
			   Stele__ProposalMessage *message)
{
	if (message->vote == NULL || !is_twisted(world, message->vote->view))
		return false;
	message->n_justification = 0;
	if (is_second(world, message->vote->view, to))
		return second_proposal(world, from, to, message);
	villain_post(world, from, to, PEER_PROPOSAL, message);
	return true;
}

static bool twist_vote(struct world *world, uint32_t from, uint32_t to, Stele__VoteMessage *vote)
{
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
	struct arena arena;
	void *message;
	bool is_done = false;

	if (type != PEER_PROPOSAL && type != PEER_VOTE)
		return false;
	arena_init(&arena, ARENA_BYTES);
	if (peer_decode(&arena, type, payload, &message) == ERR_OK) {
		if (type == PEER_VOTE)
			is_done = twist_vote(world, from, to, message);
		else
			is_done = twist_proposal(world, from, to, message);
	}
	arena_release(&arena);
	return is_done;
}
