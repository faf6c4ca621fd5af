#include "consensus/peers.h"

#include "base/mutant.h"
#include "consensus/blocks.h"
#include "consensus/justify.h"
#include "consensus/leader.h"
#include "consensus/recovery.h"
#include "consensus/tally.h"
#include "consensus/timeout.h"
#include "consensus/views.h"
#include "consensus/votes.h"

/* --- whom to ask ----------------------------------------------------------- */

bool peers_ask_due(const struct core *core, const struct ask *ask)
{
	ASSERT(ask->attempts > 0 || ask->at_us == 0);
	ASSERT(ask->at_us <= core->now_us);
	return ask->attempts == 0 || core->now_us - ask->at_us >= 2 * timeout_delta(core);
}

void peers_asked(struct core *core, struct ask *ask)
{
	ASSERT(ask->at_us <= core->now_us);
	ASSERT(ask->attempts < UINT32_MAX);
	ask->at_us = core->now_us;
	ask->attempts++;
	core->asks_total++;
}

/* The first validator from start on that can be asked, or SET_NO_INDEX. */
static uint32_t peer_from(const struct core *core, uint32_t start)
{
	ASSERT(start < UINT32_MAX - LIMIT_VALIDATORS);
	ASSERT(core->count > 0);
	for (uint32_t i = 0; i < core->count; i++) {
		uint32_t peer = (start % core->count + i) % core->count;

		if (peer != core->config.self && !core->is_down[peer])
			return peer;
	}
	return SET_NO_INDEX;
}

static uint32_t peers_targets(const struct core *core, const struct ask *ask, uint32_t first,
			      uint32_t targets[LIMIT_VALIDATORS])
{
	uint32_t count = 0;
	uint32_t wanted = ask->attempts == 0 ? 1 : core->faults + 1;
	uint32_t start = ask->attempts == 0 ? first : core->asks_total;
	uint32_t peer = peer_from(core, start);

	ASSERT(wanted <= core->count);
	while (peer != SET_NO_INDEX && count < wanted) {
		for (uint32_t i = 0; i < count; i++) {
			if (targets[i] == peer)
				return count; /* once round */
		}
		targets[count++] = peer;
		peer = peer_from(core, peer + 1);
	}
	ASSERT(count <= wanted);
	return count;
}

static void ask_request(struct core *core, const struct ask *ask, uint32_t first,
			enum effect_kind kind, const struct event_request *request)
{
	uint32_t targets[LIMIT_VALIDATORS];
	uint32_t count = peers_targets(core, ask, first, targets);

	ASSERT(kind == EFFECT_REQUEST_CERTIFICATE || kind == EFFECT_REQUEST_BLOCK);
	ASSERT(count <= core->count);
	for (uint32_t i = 0; i < count; i++) {
		struct effect *effect = effects_add(core->out, kind);

		effect->to = targets[i];
		effect->request = *request;
	}
}

void peers_ask_certificate(struct core *core, const struct ask *ask, uint32_t first,
			   enum vote_kind kind, uint64_t view)
{
	struct event_request request = {.kind = kind, .epoch = core->config.epoch, .view = view};

	ASSERT(kind >= VOTE_NOTARIZE && kind <= VOTE_FINALIZE);
	/* R12: of the kind needed; trap 13: another kind does not end the request */
	ASSERT(view > core->final.view);
	ask_request(core, ask, first, EFFECT_REQUEST_CERTIFICATE, &request);
}

void peers_ask_block(struct core *core, const struct ask *ask, uint32_t first,
		     const struct hash *block)
{
	struct event_request request = {.epoch = core->config.epoch, .block = *block};

	ASSERT(first < core->count);
	ASSERT(!hash_is_zero(block));
	ask_request(core, ask, first, EFFECT_REQUEST_BLOCK, &request);
}

/* --- R11: status ----------------------------------------------------------- */

static void fill_bitmaps(struct core *core, struct event_status *status)
{
	uint64_t base = core->final.view + 1;
	uint64_t span;
	uint8_t *notarized;
	uint8_t *nullified;

	ASSERT(core->cur >= base);
	if (core->cur - base >= LIMIT_STATUS_VIEWS)
		base = core->cur - LIMIT_STATUS_VIEWS + 1;
	span = core->cur - base + 1;
	ASSERT(span <= LIMIT_STATUS_VIEWS);
	notarized = core_scratch(core, LIMIT_STATUS_VIEWS / 8);
	nullified = core_scratch(core, LIMIT_STATUS_VIEWS / 8);
	for (uint64_t i = 0; i < span; i++) {
		uint8_t bit = (uint8_t)(1u << (i % 8));

		if (view_slot(core, VOTE_NOTARIZE, base + i) != NULL)
			notarized[i / 8] |= bit;
		if (view_slot(core, VOTE_NULLIFY, base + i) != NULL)
			nullified[i / 8] |= bit;
	}
	status->bitmap_base = base;
	status->notarized = bytes_of(notarized, (size_t)(span + 7) / 8);
	status->nullified = bytes_of(nullified, (size_t)(span + 7) / 8);
}

void peers_send_status(struct core *core, uint32_t to)
{
	struct event_status status = {
		.epoch = core->config.epoch,
		.view = core->cur,
		.final_epoch = core->config.epoch,
		.final_view = core->final.view,
		.final_height = core->final.height,
		.committed_height = core->committed.height,
		.is_signing = core_is_signing(core),
	};
	size_t votes_count;
	const struct vote *votes = votes_signed(core, &votes_count);
	struct effect *effect;

	ASSERT(to != PEER_SELF);
	ASSERT(to != core->config.self || to == SET_NO_INDEX);
	fill_bitmaps(core, &status);
	effect = effects_add(core->out, EFFECT_STATUS);
	effect->to = to;
	effect->status.status = status;
	effect->status.votes = votes;
	effect->status.votes_count = votes_count;
}

static bool bit_of(struct bytes bitmap, uint64_t base, uint64_t view)
{
	ASSERT(bitmap.len == 0 || bitmap.at != NULL);
	ASSERT(bitmap.len < SIZE_MAX / 8);
	/* trap 15: bits are counted within the bytes that are there */
	if (view < base || view - base >= bitmap.len * 8)
		return false;
	return bitmap.at[(view - base) / 8] >> ((view - base) % 8) & 1;
}

static bool send_certificate(struct core *core, enum vote_kind kind, uint64_t view, uint32_t peer)
{
	const struct slot *slot = view_slot(core, kind, view);
	struct effect *effect;

	ASSERT(kind >= VOTE_NOTARIZE && kind <= VOTE_FINALIZE);
	ASSERT(peer != PEER_SELF);
	if (slot == NULL)
		return false;
	effect = effects_add(core->out, EFFECT_CERTIFICATE);
	effect->to = peer;
	effect->certificate = slot->data;
	return true;
}

/* What the peer lacks, newest first, at most 16. */
static void send_lacking(struct core *core, const struct event_status *status, uint32_t peer)
{
	size_t left = LIMIT_REPLY_CERTIFICATES;

	ASSERT(status->epoch == core->config.epoch);
	ASSERT(core->cur > core->final.view);
	if (status->final_view < core->final.view &&
	    send_certificate(core, VOTE_FINALIZE, core->final.view, peer))
		left--;
	for (size_t i = core->views_count; i-- > 0;) {
		uint64_t view = core->views[i]->view;

		if (view <= core->final.view || view <= status->final_view || left < 2)
			return;
		if (!bit_of(status->notarized, status->bitmap_base, view) &&
		    send_certificate(core, VOTE_NOTARIZE, view, peer))
			left--;
		if (!bit_of(status->nullified, status->bitmap_base, view) &&
		    send_certificate(core, VOTE_NULLIFY, view, peer))
			left--;
	}
}

static void request(struct core *core, enum vote_kind kind, uint64_t view, uint32_t peer)
{
	struct effect *effect = effects_add(core->out, EFFECT_REQUEST_CERTIFICATE);

	ASSERT(kind >= VOTE_NOTARIZE && kind <= VOTE_FINALIZE);
	ASSERT(view > core->final.view);
	effect->to = peer;
	effect->request.kind = kind;
	effect->request.epoch = core->config.epoch;
	effect->request.view = view;
}

/* What I lack and the peer has, newest first, at most 16. */
static void ask_lacking(struct core *core, const struct event_status *status, uint32_t peer)
{
	uint64_t span = status->notarized.len > status->nullified.len ? status->notarized.len
									: status->nullified.len;
	size_t left = LIMIT_REPLY_CERTIFICATES;

	ASSERT(status->epoch == core->config.epoch);
	if (status->final_view > core->final.view) {
		request(core, VOTE_FINALIZE, status->final_view, peer);
		left--;
	}
	if (span > LIMIT_STATUS_VIEWS / 8)
		span = LIMIT_STATUS_VIEWS / 8;
	if (status->bitmap_base > UINT64_MAX - LIMIT_STATUS_VIEWS)
		return;
	for (uint64_t i = span * 8; i-- > 0 && left >= 2;) {
		uint64_t view = status->bitmap_base + i;

		if (view <= core->final.view)
			return;
		if (bit_of(status->notarized, status->bitmap_base, view) &&
		    view_slot(core, VOTE_NOTARIZE, view) == NULL) {
			request(core, VOTE_NOTARIZE, view, peer);
			left--;
		}
		if (bit_of(status->nullified, status->bitmap_base, view) &&
		    view_slot(core, VOTE_NULLIFY, view) == NULL) {
			request(core, VOTE_NULLIFY, view, peer);
			left--;
		}
	}
	ASSERT(left <= LIMIT_REPLY_CERTIFICATES);
}

enum verdict peers_on_status(struct core *core, const struct event_status *status, uint32_t peer)
{
	ASSERT(core->out != NULL);
	ASSERT(peer != PEER_SELF);
	if (status->epoch != core->config.epoch || status->final_epoch != core->config.epoch)
		return IGNORED_UNWANTED;
	recovery_on_status(core, status, peer);
	send_lacking(core, status, peer);
	ask_lacking(core, status, peer);
	return ACCEPTED;
}

/* R3: whoever still nullifies v gets the certificate that ends v. */
void peers_answer_late(struct core *core, uint64_t view, uint32_t peer)
{
	ASSERT(peer != PEER_SELF);
	ASSERT(view < core->cur);
	if (mutant_on("late_nullify_unanswered"))
		return;
	if (view <= core->final.view) {
		(void)send_certificate(core, VOTE_FINALIZE, core->final.view, peer);
		return;
	}
	if (!send_certificate(core, VOTE_NULLIFY, view, peer))
		(void)send_certificate(core, VOTE_NOTARIZE, view, peer);
}

static void ask_votes(struct core *core, enum vote_kind kind, uint64_t number, uint32_t peer)
{
	const struct view *view = view_get(core, number);
	uint8_t *have = core_scratch(core, LIMIT_QUORUM_BITMAP);
	struct effect *effect;

	ASSERT(number > core->final.view);
	ASSERT(peer < core->count);
	for (uint32_t i = 0; i < core->count; i++) {
		if (view_ballot(core, view, kind, i)->is_cast)
			have[i / 8] |= (uint8_t)(1u << (i % 8));
	}
	effect = effects_add(core->out, EFFECT_REQUEST_VOTES);
	effect->to = peer;
	effect->request.kind = kind;
	effect->request.epoch = core->config.epoch;
	effect->request.view = number;
	effect->request.have = bytes_of(have, (core->count + 7) / 8);
}

void peers_retry(struct core *core)
{
	uint32_t peer;

	ASSERT(core->cur > core->final.view);
	if (mutant_on("retry_dropped"))
		return;
	/* R11 */
	peers_send_status(core, PEER_ALL);
	peer = peer_from(core, core->asks_total++);
	if (peer == SET_NO_INDEX)
		return;
	/* R12: where not all reach all, votes come by way of others */
	ASSERT(peer != core->config.self);
	ask_votes(core, VOTE_NOTARIZE, core->cur, peer);
	ask_votes(core, VOTE_NULLIFY, core->cur, peer);
	if (core->cur - 1 > core->final.view &&
	    view_slot(core, VOTE_NOTARIZE, core->cur - 1) != NULL)
		ask_votes(core, VOTE_FINALIZE, core->cur - 1, peer);
}

/* --- R12: answers ---------------------------------------------------------- */

enum verdict peers_on_certificate_request(struct core *core, const struct event_request *request,
					  uint32_t peer)
{
	ASSERT(peer != PEER_SELF);
	if (request->epoch != core->config.epoch || request->view == 0)
		return IGNORED_UNWANTED;
	if (request->kind < VOTE_NOTARIZE || request->kind > VOTE_FINALIZE)
		return REJECTED_FORM;
	if (send_certificate(core, request->kind, request->view, peer))
		return ACCEPTED;
	/* pruned below last_final: that one proves more */
	if (request->view < core->final.view &&
	    send_certificate(core, VOTE_FINALIZE, core->final.view, peer))
		return ACCEPTED;
	return IGNORED_UNWANTED;
}

enum verdict peers_on_votes_request(struct core *core, const struct event_request *request,
				    uint32_t peer)
{
	const struct view *view = view_find(core, request->view);
	struct vote *votes;
	size_t count = 0;
	struct effect *effect;

	ASSERT(peer != PEER_SELF);
	if (request->epoch != core->config.epoch || view == NULL)
		return IGNORED_UNWANTED;
	if (request->kind < VOTE_NOTARIZE || request->kind > VOTE_FINALIZE)
		return REJECTED_FORM;
	votes = core_scratch(core, core->count * sizeof(*votes));
	for (uint32_t i = 0; i < core->count; i++) {
		const struct ballot *ballot = view_ballot(core, view, request->kind, i);

		if (ballot->is_cast && !bit_of(request->have, 0, i))
			votes[count++] = ballot->first;
	}
	if (count == 0)
		return ACCEPTED;
	ASSERT(count <= core->count);
	effect = effects_add(core->out, EFFECT_VOTES);
	effect->to = peer;
	effect->votes.votes = votes;
	effect->votes.votes_count = count;
	return ACCEPTED;
}

static void send_block(struct core *core, const struct block *block, uint32_t peer)
{
	struct effect *effect = effects_add(core->out, EFFECT_BLOCK);
	const struct view *view = view_find(core, block->header.view);
	const struct vote *vote = NULL;

	ASSERT(block->has_header);
	ASSERT(block->has_body);
	effect->to = peer;
	block_describe(core, block, &effect->proposal.block);
	if (view != NULL)
		vote = tally_vote(core, view, VOTE_NOTARIZE, block->header.proposer, &block->hash);
	if (vote == NULL)
		return;
	/* with the leader's signature it is a relayed proposal (R1) */
	effect->proposal.has_vote = true;
	effect->proposal.vote = *vote;
	if (block->header.view > core->final.view)
		effect->proposal.justification =
			justify_list(core, block->header.view, block->header.parent_view,
				     &effect->proposal.justification_count);
}

enum verdict peers_on_block_request(struct core *core, const struct event_request *request,
				    uint32_t peer)
{
	const struct block *block = block_find(core, &request->block);

	ASSERT(peer != PEER_SELF);
	if (block == NULL || !block->has_body)
		return IGNORED_UNWANTED;
	ASSERT(block->has_header);
	send_block(core, block, peer);
	return ACCEPTED;
}

enum verdict peers_on_change(struct core *core, uint32_t peer, bool is_up)
{
	const struct view *view = view_find(core, core->cur);

	ASSERT(peer != PEER_ALL);
	ASSERT(peer != core->config.self || peer == SET_NO_INDEX);
	if (peer < core->count)
		core->is_down[peer] = !is_up;
	if (!is_up)
		return ACCEPTED;
	peers_send_status(core, peer);
	/* what it may have missed of this view */
	if (view != NULL && view->proposal != NULL &&
	    tally_vote(core, view, VOTE_NOTARIZE, view->proposal->header.proposer,
		       &view->proposal->hash) != NULL)
		send_block(core, view->proposal, peer);
	return ACCEPTED;
}
