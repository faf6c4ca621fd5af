#include "consensus/round.h"

#include "base/mutant.h"
#include "consensus/blocks.h"
#include "consensus/catchup.h"
#include "consensus/certificates.h"
#include "consensus/evidence.h"
#include "consensus/justify.h"
#include "consensus/leader.h"
#include "consensus/peers.h"
#include "consensus/recovery.h"
#include "consensus/relay.h"
#include "consensus/reserve.h"
#include "consensus/tally.h"
#include "consensus/timeout.h"
#include "consensus/views.h"
#include "consensus/votes.h"
#include "crypto/digest.h"

enum readiness round_readiness(const struct core *core, const struct block *block)
{
	const struct header *header = &block->header;

	ASSERT(block->has_header);
	ASSERT(header->view > core->final.view);
	/* R2 */
	switch (justify_check(core, block)) {
	case JUSTIFIED_NEVER:
		return READY_NEVER;
	case JUSTIFIED_MISSING:
		return READY_MISSING;
	case JUSTIFIED:
		break;
	}
	if (block->verdict == BLOCK_INVALID || block->verdict == BLOCK_DIVERGED)
		return READY_NEVER;
	if (!block->is_body_complete || block->verdict != BLOCK_OK)
		/* fetching or executing is never invalid */
		return mutant_on("fetching_is_invalid") ? READY_NEVER : READY_PENDING;
	/* section 8, at vote time only */
	if (header->time_ms > core->wall_ms + core->config.timers.skew_ms)
		return READY_EARLY;
	if (header->time_ms + timeout_late_ms(core) < core->wall_ms)
		return READY_LATE;
	return READY;
}

/* It is looked at again at least this often: its time may be absurd. */
#define EARLY_WAIT_MS_MAX UINT64_C(60000)

static void wait_for_its_time(struct core *core, const struct block *block, uint64_t latest_ms)
{
	uint64_t wait_ms = block->header.time_ms - latest_ms;

	ASSERT(block->header.time_ms > latest_ms);
	ASSERT(core->cur == block->header.view);
	if (wait_ms > EARLY_WAIT_MS_MAX)
		wait_ms = EARLY_WAIT_MS_MAX;
	if (!core->is_armed[TIMER_EARLY])
		timeout_arm(core, TIMER_EARLY, wait_ms * 1000);
}

/* R2 for cur. */
static void try_notarize(struct core *core)
{
	const struct view *view = view_find(core, core->cur);
	struct block *block = view == NULL ? NULL : view->proposal;
	uint64_t latest = core->wall_ms + core->config.timers.skew_ms;

	if (block == NULL || view->own.has_notarize || view->own.has_nullify ||
	    !core_is_member(core))
		return;
	ASSERT(block->header.view == core->cur);
	switch (round_readiness(core, block)) {
	case READY:
		(void)may_vote(core, VOTE_NOTARIZE, core->cur, block);
		return;
	case READY_MISSING:
		justify_ask(core, block); /* R2: never a rejection */
		return;
	case READY_EARLY:
		wait_for_its_time(core, block, latest);
		return;
	case READY_NEVER:
		round_timeout(core); /* R7 */
		return;
	case READY_PENDING:
	case READY_LATE:
		return; /* t_view ends it */
	}
	UNREACHABLE();
}

/* R7, where the vote had to wait for its reservation. */
static void try_nullify(struct core *core)
{
	ASSERT(core->cur > core->final.view);
	ASSERT(core->out != NULL);
	if (core->is_armed[TIMER_RETRY])
		(void)may_vote(core, VOTE_NULLIFY, core->cur, NULL);
}

/* R8 for every view above last_final. */
static void try_finalize(struct core *core)
{
	ASSERT(core->cur > core->final.view);
	for (size_t i = core->views_count; i-- > 0 && core->views[i]->view > core->final.view;) {
		struct view *view = core->views[i];
		const struct slot *slot = &view->slots[VOTE_NOTARIZE - 1];

		if (slot->data.len == 0 || view->own.has_finalize)
			continue;
		ASSERT(view->view < core->cur);
		(void)may_vote(core, VOTE_FINALIZE, view->view, block_find(core, &slot->block));
	}
}

void round_advance(struct core *core)
{
	ASSERT(core->out != NULL);
	ASSERT(core->cur > core->final.view);
	recovery_advance(core);
	relay_advance(core); /* R10 */
	try_nullify(core);
	try_notarize(core);
	try_finalize(core);
	catchup_advance(core); /* R9 */
	blocks_advance(core);
	timeout_watch_idle(core);
	leader_propose(core); /* R6 */
	reserve_advance(core);
}

void round_enter(struct core *core, uint64_t view)
{
	ASSERT(core->cur > 0);
	/* R5 */
	if (view <= core->cur)
		return;
	ASSERT(view > core->final.view);
	core->cur = view;
	timeout_enter(core);
}

void round_timeout(struct core *core)
{
	ASSERT(core->cur > core->final.view);
	/* R7 */
	if (!may_vote(core, VOTE_NULLIFY, core->cur, NULL) && core->is_armed[TIMER_RETRY])
		return;
	timeout_arm_retry(core);
	ASSERT(core->is_armed[TIMER_RETRY]);
}

void round_on_proposal_timer(struct core *core)
{
	const struct view *view = view_find(core, core->cur);

	ASSERT(core->cur > core->final.view);
	ASSERT(!core->is_armed[TIMER_PROPOSAL]);
	if (view == NULL || view->proposal == NULL)
		round_timeout(core); /* R7: no proposal at t_prop */
}

/* R3: f+1 peers ahead: something was missed. */
static void note_ahead(struct core *core, const struct vote *vote)
{
	struct view *view = view_get(core, core->cur);
	uint32_t ahead = 0;

	ASSERT(vote->signer < core->count);
	if (vote->view > core->ahead_view[vote->signer])
		core->ahead_view[vote->signer] = vote->view;
	for (uint32_t i = 0; i < core->count; i++)
		ahead += core->ahead_view[i] > core->cur + 1;
	ASSERT(ahead > 0);
	if (ahead <= core->faults || view->is_ahead_told)
		return;
	view->is_ahead_told = true;
	peers_send_status(core, PEER_ALL);
}

static enum verdict store_vote(struct core *core, const struct vote *vote)
{
	struct view *view = view_get(core, vote->view);

	ASSERT(vote->view <= core->cur + 1 || mutant_on("view_window_uncapped"));
	ASSERT(vote->signer < core->count);
	core->active_us[vote->signer] = core->now_us;
	switch (tally_add(core, view, vote)) {
	case TALLY_BEFORE:
		if (mutant_on("signer_counted_twice"))
			break;
		return IGNORED_DUPLICATE;
	case TALLY_FULL:
		return REJECTED_CONFLICT;
	case TALLY_CONFLICT:
		evidence_look(core, view, vote);
		certificate_try_form(core, vote->view, vote->kind, &vote->block);
		return REJECTED_CONFLICT;
	case TALLY_ADDED:
		evidence_look(core, view, vote);
		break;
	}
	certificate_try_form(core, vote->view, vote->kind, &vote->block);
	return ACCEPTED;
}

enum verdict round_on_vote(struct core *core, const struct vote *vote, uint32_t peer)
{
	bool is_timely = vote->view == core->cur;
	enum verdict verdict;

	ASSERT(core->out != NULL);
	if (vote->epoch != core->config.epoch || vote->view == 0 || vote->signer >= core->count ||
	    vote->kind < VOTE_NOTARIZE || vote->kind > VOTE_FINALIZE)
		return REJECTED_FORM;
	/* R3: v in [last_final.view + 1, cur + 1]; R views below it for evidence only */
	if (vote->view > core->cur + 1 && !mutant_on("view_window_uncapped")) {
		note_ahead(core, vote);
		return IGNORED_AHEAD;
	}
	if (vote->kind == VOTE_NULLIFY && vote->view < core->cur && peer != PEER_SELF)
		peers_answer_late(core, vote->view, peer);
	if (vote->view + EVIDENCE_VIEWS < core->final.view)
		return IGNORED_OLD;
	verdict = store_vote(core, vote);
	ASSERT(core->cur > core->final.view);
	/* R3: a nullify(v) from leader(v): R7 at once */
	if (vote->kind == VOTE_NULLIFY && is_timely && vote->view == core->cur &&
	    vote->signer == core_leader(core, core->cur) && verdict == ACCEPTED)
		round_timeout(core);
	return verdict;
}

/* What the leader's own words must say, whoever brings them. */
static enum verdict proposal_form(const struct core *core, const struct event_proposal *proposal)
{
	const struct header *header = proposal->header;
	const struct vote *vote = &proposal->vote;
	struct hash body;

	ASSERT(header != NULL);
	ASSERT(core->count > 0);
	if (proposal->header_text.len == 0 || proposal->header_text.len > LIMIT_HEADER_BYTES ||
	    proposal->body_text.len == 0 || proposal->body_text.len > LIMIT_BODY_BYTES)
		return REJECTED_FORM;
	sha256(&body, proposal->body_text.at, proposal->body_text.len);
	if (!hash_equal(&header->chain, &core->config.chain) ||
	    header->epoch != core->config.epoch || header->view == 0 ||
	    header->parent_view >= header->view || header->has_next_validators ||
	    !hash_equal(&header->validators, &core->config.set->hash) ||
	    !hash_equal(&header->body, &body))
		return REJECTED_FORM;
	if (header->proposer != core_leader(core, header->view))
		return REJECTED_LEADER;
	if (!proposal->has_vote)
		return ACCEPTED;
	if (vote->kind != VOTE_NOTARIZE || vote->view != header->view ||
	    vote->epoch != header->epoch || !hash_equal(&vote->block, &proposal->block))
		return REJECTED_FORM;
	return vote->signer == header->proposer ? ACCEPTED : REJECTED_LEADER;
}

static void take_justification(struct core *core, const struct event_proposal *proposal)
{
	ASSERT(core->out != NULL);
	for (size_t i = 0; i < proposal->justification_count && i < LIMIT_JUSTIFICATION; i++) {
		const struct certificate *certificate = &proposal->justification[i];
		struct header header;
		bool has_header = certificate->kind != VOTE_NULLIFY;

		ASSERT(certificate != NULL);
		if (has_header && header_parse(&header, certificate->header) != ERR_OK)
			return; /* the first bad one ends it */
		(void)certificate_take(core, certificate, has_header ? &header : NULL,
				       proposal->justification_bytes[i]);
	}
}

/* The text of a block that was asked for, or that a certificate names. */
static bool fill_block(struct core *core, const struct event_proposal *proposal)
{
	struct block *block = block_find(core, &proposal->block);

	ASSERT(proposal->body_text.len > 0);
	ASSERT(proposal->header != NULL);
	if (block == NULL || block->has_body)
		return false;
	block_set_header(block, proposal->header, proposal->header_text);
	block_set_body(block, proposal->body_text);
	if (block->view <= core->final.view || block->view > core->cur + 1)
		return true;
	/* a quorum of votes may have waited for this header */
	(void)view_get(core, block->view);
	certificate_try_form(core, block->view, VOTE_NOTARIZE, &block->hash);
	certificate_try_form(core, block->view, VOTE_FINALIZE, &block->hash);
	return true;
}

/* R1: the first for v is taken. */
static enum verdict take_proposal(struct core *core, const struct event_proposal *proposal)
{
	uint64_t number = proposal->header->view;
	struct view *view;
	struct block *block;

	ASSERT(proposal->has_vote);
	if (number < core->cur || number <= core->final.view)
		return IGNORED_OLD;
	if (number > core->cur + 1)
		return IGNORED_AHEAD;
	view = view_get(core, number);
	if (view->proposal != NULL && !mutant_on("second_proposal_overrides"))
		return hash_equal(&view->proposal->hash, &proposal->block) ? IGNORED_DUPLICATE
									     : REJECTED_CONFLICT;
	block = block_get(core, &proposal->block, number);
	block_set_header(block, proposal->header, proposal->header_text);
	block_set_body(block, proposal->body_text);
	view->proposal = block;
	ASSERT(view->proposal->header.view == number);
	if (number == core->cur)
		timeout_cancel(core, TIMER_PROPOSAL);
	certificate_try_form(core, number, VOTE_NOTARIZE, &block->hash);
	certificate_try_form(core, number, VOTE_FINALIZE, &block->hash);
	return ACCEPTED;
}

enum verdict round_on_proposal(struct core *core, const struct event_proposal *proposal)
{
	enum verdict form = proposal_form(core, proposal);
	enum verdict taken;

	ASSERT(form == ACCEPTED || form == REJECTED_FORM || form == REJECTED_LEADER);
	/* R1 */
	if (form != ACCEPTED)
		return form;
	take_justification(core, proposal);
	if (proposal->has_vote && proposal->header->view <= core->cur + 1)
		(void)round_on_vote(core, &proposal->vote, PEER_SELF); /* R3; E1 shows here */
	taken = fill_block(core, proposal) ? ACCEPTED : IGNORED_UNWANTED;
	if (!proposal->has_vote)
		return taken;
	ASSERT(proposal->vote.signer == core_leader(core, proposal->header->view));
	if (taken == ACCEPTED) {
		(void)take_proposal(core, proposal);
		return ACCEPTED;
	}
	return take_proposal(core, proposal);
}

enum verdict round_on_body(struct core *core, const struct hash *hash)
{
	struct block *block = block_find(core, hash);

	if (block == NULL)
		return IGNORED_OLD;
	ASSERT(block->is_body_asked);
	ASSERT(block->has_body);
	block->is_body_complete = true;
	return ACCEPTED;
}

enum verdict round_on_verdict(struct core *core, const struct event_verdict *verdict)
{
	struct block *block = block_find(core, &verdict->block);

	if (block == NULL)
		return IGNORED_OLD;
	ASSERT(block->has_header);
	ASSERT(core->out != NULL);
	if (block->verdict != BLOCK_UNJUDGED && block->verdict != BLOCK_OK)
		return IGNORED_DUPLICATE;
	switch (verdict->execution) {
	case EXECUTION_OK:
		block->verdict = BLOCK_OK;
		break;
	case EXECUTION_INVALID:
		block->verdict = BLOCK_INVALID;
		block->reason = verdict->reason;
		break;
	case EXECUTION_DIVERGED:
		block->verdict = BLOCK_DIVERGED;
		block->reason = verdict->reason;
		break;
	}
	certificate_check_verdict(core, block);
	return ACCEPTED;
}
