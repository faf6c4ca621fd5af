/* Judges of votes: 6 (the table of own votes, rebuilt from what was ever sent),
 * 7 (durable before sent), 10 (evidence), 18 (no view entered without a durable
 * certificate for the one before). */
#include <string.h>

#include "proto/peer.h"
#include "tests/sim/judge_state.h"

static bool is_durable(const struct seen_view *view, uint32_t node, enum vote_kind kind)
{
	return node_set_has(&view->durable[kind], node);
}

/* Section 6 of docs/protocol.md, over all lives. */
static void check_table(struct judge *judge, uint32_t node, const struct vote *vote,
			const struct said *sent, bool is_notarize_late)
{
	unsigned long long view = vote->view;

	switch (vote->kind) {
	case VOTE_NOTARIZE:
		if (sent->has_notarize && !hash_equal(&sent->notarize, &vote->block))
			world_fail(judge->world, "judge 6: node %u notarizes two blocks of view "
				   "%llu", node, view);
		if (is_notarize_late)
			world_fail(judge->world, "judge 6: node %u notarizes view %llu after its "
				   "nullify", node, view);
		return;
	case VOTE_NULLIFY:
		if (sent->has_finalize)
			world_fail(judge->world, "judge 6: node %u nullifies view %llu after its "
				   "finalize", node, view);
		return;
	case VOTE_FINALIZE:
		if (sent->has_nullify)
			world_fail(judge->world, "judge 6: node %u finalizes view %llu after its "
				   "nullify", node, view);
		if ((sent->has_finalize && !hash_equal(&sent->finalize, &vote->block)) ||
		    (sent->has_notarize && !hash_equal(&sent->notarize, &vote->block)))
			world_fail(judge->world, "judge 6: node %u finalizes another block of "
				   "view %llu", node, view);
		return;
	}
}

static bool has_said(const struct said *own, const struct vote *vote)
{
	switch (vote->kind) {
	case VOTE_NOTARIZE:
		return own->has_notarize && hash_equal(&own->notarize, &vote->block);
	case VOTE_NULLIFY:
		return own->has_nullify;
	case VOTE_FINALIZE:
		return own->has_finalize && hash_equal(&own->finalize, &vote->block);
	}
	return false;
}

static void check_body_durable(struct judge *judge, uint32_t node, const struct vote *vote)
{
	const struct seen_block *block = judge_block(judge, &vote->block);

	if (block == NULL || !node_set_has(&block->durable, node)) {
		world_fail(judge->world, "judge 7: node %u votes in view %llu before header and "
			   "body are durable", node, (unsigned long long)vote->view);
		return;
	}
	for (uint32_t i = 0; i < block->parcels_count; i++) {
		const struct seen_parcel *parcel = digests_get(judge->parcels, &block->parcels[i]);

		if (parcel == NULL || !node_set_has(&parcel->durable, node))
			world_fail(judge->world, "judge 7: node %u votes in view %llu before a "
				   "parcel is durable", node, (unsigned long long)vote->view);
	}
}

/* R2: every view that the block skips is nullified, for this node too. */
static void check_justified(struct judge *judge, uint32_t node, const struct vote *vote)
{
	const struct seen_block *block = judge_block(judge, &vote->block);

	if (block == NULL)
		return;
	for (uint64_t u = block->parent_view + 1; u < block->view; u++) {
		if (!is_durable(judge_view(judge, u), node, VOTE_NULLIFY)) {
			world_fail(judge->world, "judge 7: node %u notarizes view %llu over view "
				   "%llu, which it does not hold as nullified", node,
				   (unsigned long long)vote->view, (unsigned long long)u);
			return;
		}
	}
}

static void check_entered(struct judge *judge, uint32_t node, uint64_t view)
{
	const struct seen_view *before;

	if (view <= 1)
		return;
	before = judge_view(judge, view - 1);
	if (!is_durable(before, node, VOTE_NOTARIZE) && !is_durable(before, node, VOTE_NULLIFY) &&
	    !is_durable(before, node, VOTE_FINALIZE))
		world_fail(judge->world, "judge 18: node %u votes in view %llu without a durable "
			   "certificate for the view before", node, (unsigned long long)view);
}

static void enter(struct said *said, const struct vote *vote)
{
	switch (vote->kind) {
	case VOTE_NOTARIZE:
		said->has_notarize = true;
		said->notarize = vote->block;
		return;
	case VOTE_NULLIFY:
		said->has_nullify = true;
		return;
	case VOTE_FINALIZE:
		said->has_finalize = true;
		said->finalize = vote->block;
		return;
	}
}

void judge_vote(struct judge *judge, uint32_t node, const struct vote *vote)
{
	struct seen_view *view = judge_view(judge, vote->view);

	/* the very same again says nothing new: a proposal that others gave back is relayed */
	if (!has_said(&view->sent[node], vote))
		judge_sign(judge, node, vote);
	check_table(judge, node, vote, &view->sent[node],
		    view->durable_own[node].is_notarize_late);
	if (!has_said(&view->durable_own[node], vote))
		world_fail(judge->world, "judge 7: node %u sends a vote of kind %d in view %llu "
			   "before its record is durable", node, (int)vote->kind,
			   (unsigned long long)vote->view);
	if (vote->kind == VOTE_NOTARIZE && !view->sent[node].has_notarize) {
		check_body_durable(judge, node, vote);
		check_justified(judge, node, vote);
	}
	if (vote->kind == VOTE_FINALIZE && !view->sent[node].has_finalize) {
		check_body_durable(judge, node, vote);
		if (!is_durable(view, node, VOTE_NOTARIZE))
			world_fail(judge->world, "judge 7: node %u finalizes view %llu before its "
				   "notarization is durable", node, (unsigned long long)vote->view);
	}
	if (vote->kind != VOTE_FINALIZE)
		check_entered(judge, node, vote->view);
	enter(&judge_view(judge, vote->view)->sent[node], vote);
}

bool judge_vote_of(struct vote *out, const Stele__VoteMessage *message)
{
	memset(out, 0, sizeof(*out));
	if (message->kind < VOTE_NOTARIZE || message->kind > VOTE_FINALIZE ||
	    message->signature.len != sizeof(out->signature.b) ||
	    (message->block.len != 0 && message->block.len != sizeof(out->block.b)))
		return false;
	out->kind = (enum vote_kind)message->kind;
	out->epoch = message->epoch;
	out->view = message->view;
	out->signer = message->signer;
	memcpy(out->signature.b, message->signature.data, sizeof(out->signature.b));
	if (message->block.len > 0)
		memcpy(out->block.b, message->block.data, sizeof(out->block.b));
	return true;
}

/* --- evidence ------------------------------------------------------------ */

/* E1 … E4 of docs/protocol.md section 12. */
static bool contradicts(const struct said *said, const struct vote *vote)
{
	switch (vote->kind) {
	case VOTE_NOTARIZE:
		return (said->has_notarize && !hash_equal(&said->notarize, &vote->block)) ||
		       (said->has_finalize && !hash_equal(&said->finalize, &vote->block));
	case VOTE_NULLIFY:
		return said->has_finalize;
	case VOTE_FINALIZE:
		return said->has_nullify ||
		       (said->has_notarize && !hash_equal(&said->notarize, &vote->block)) ||
		       (said->has_finalize && !hash_equal(&said->finalize, &vote->block));
	}
	return false;
}

void judge_twin_vote(struct judge *judge, uint32_t node, const struct vote *vote)
{
	struct world *world = judge->world;
	struct said *said = judge_view(judge, vote->view)->sent;

	for (uint32_t i = vote->signer; i < world->count; i += world->scene.nodes) {
		if (i == node || !contradicts(&said[i], vote))
			continue;
		world->statistics.twin_forks += !said[node].is_contradicted;
		said[node].is_contradicted = said[i].is_contradicted = true;
	}
	enter(&said[node], vote);
}

void judge_heard(struct judge *judge, uint32_t node, const struct vote *vote)
{
	const struct life *life = &judge->lives[node];
	struct said *heard;

	/* what lies outside of the window may be dropped */
	if (!life->has_status || vote->view <= life->final_view || vote->view > life->view + 1)
		return;
	heard = judge_heard_by(judge, vote->view, vote->signer, node);
	heard->heard_us = judge->world->now_us;
	if (!contradicts(heard, vote)) {
		enter(heard, vote);
	} else if (!heard->is_contradicted) {
		heard->is_contradicted = true;
		heard->contradicted_us = judge->world->now_us;
	}
}

void judge_evidence(struct judge *judge, uint32_t node, const struct vote *first,
		    const struct vote *second)
{
	struct world *world = judge->world;
	struct said said = {.has_notarize = false};

	enter(&said, first);
	if (first->signer != second->signer || first->view != second->view ||
	    !contradicts(&said, second) ||
	    vote_check(first, &world->genesis->chain, &world->genesis->set) ||
	    vote_check(second, &world->genesis->chain, &world->genesis->set)) {
		world_fail(world, "judge 10: node %u reports what is no evidence, view %llu", node,
			   (unsigned long long)first->view);
		return;
	}
	if (world_is_correct(world, first->signer))
		world_fail(world, "judge 10: node %u accuses the correct node %u in view %llu", node,
			   first->signer, (unsigned long long)first->view);
	world->statistics.reports++;
	judge_found(judge, node, first, second);
	node_set_add(&judge_view(judge, first->view)->reported, first->signer);
}
