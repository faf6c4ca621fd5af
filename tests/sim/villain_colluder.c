/* The colluder: with the others of its kind it shows each half of the network a
 * block of its own and votes for it there, notarize and finalize, as if the other
 * did not exist. */
#include <string.h>

#include "proto/vote.h"
#include "tests/sim/judge.h"
#include "tests/sim/villain.h"

#define PLOTS 64u

/* What they agreed on for a view: the leader's true block, and the second. */
static struct plot {
	uint64_t seed, view;
	struct hash blocks[2];
} plots[PLOTS];

static struct plot *plot_of(const struct world *world, uint64_t view)
{
	struct plot *plot = &plots[view % PLOTS];

	return plot->seed == world->seed && plot->view == view ? plot : NULL;
}

static size_t side_of(const struct world *world, uint64_t view, uint32_t to)
{
	return (villain_dice(world, view, 0) >> to) & 1;
}

static bool twist_proposal(struct world *world, uint32_t from, uint32_t to, void *message)
{
	Stele__ProposalMessage *proposal = message;
	struct resigned resigned;
	struct header header;
	struct plot *plot;

	if (proposal->vote == NULL || proposal->vote->signer != from ||
	    header_parse(&header, bytes_of(proposal->header.data, proposal->header.len)))
		return false;
	plot = &plots[header.view % PLOTS];
	plot->seed = world->seed;
	plot->view = header.view;
	memcpy(plot->blocks[0].b, proposal->vote->block.data, sizeof(plot->blocks[0].b));
	header.time_ms++;
	if (side_of(world, header.view, to) == 0)
		villain_post(world, from, to, PEER_PROPOSAL, proposal);
	villain_resign(world, from, proposal, &header, &resigned);
	plot->blocks[1] = resigned.block;
	if (side_of(world, header.view, to) != 0)
		villain_post(world, from, to, PEER_PROPOSAL, proposal);
	buf_release(&resigned.text);
	judge_on_injection(world, header.view);
	return true;
}

static void post_vote(struct world *world, uint32_t from, uint32_t to, Stele__VoteMessage *vote,
		      enum vote_kind kind, const struct plot *plot)
{
	struct hash block = plot->blocks[side_of(world, plot->view, to)];
	struct signature signature;

	vote->kind = kind;
	villain_sign(world, from, vote, &block, &signature);
	villain_post(world, from, to, PEER_VOTE, vote);
}

static bool twist_vote(struct world *world, uint32_t from, uint32_t to, void *message)
{
	Stele__VoteMessage *vote = message;
	const struct plot *plot = plot_of(world, vote->view);

	if (vote->signer != from || plot == NULL)
		return false;
	post_vote(world, from, to, vote, VOTE_NOTARIZE, plot);
	post_vote(world, from, to, vote, VOTE_FINALIZE, plot);
	return true;
}

/* What would tell one half of the other. */
static bool is_telling(uint8_t type)
{
	return type == PEER_CERTIFICATE || type == PEER_STATUS || type == PEER_VOTES;
}

bool villain_colluder(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		      struct bytes payload)
{
	if (type == PEER_PROPOSAL)
		return villain_decoded(world, from, to, type, payload, twist_proposal);
	if (type == PEER_VOTE)
		return villain_decoded(world, from, to, type, payload, twist_vote);
	return is_telling(type) && !world->is_calm;
}
