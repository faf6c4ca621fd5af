#include "consensus/leader.h"

#include "base/limits.h"
#include "base/mutant.h"
#include "consensus/blocks.h"
#include "consensus/justify.h"
#include "consensus/round.h"
#include "consensus/timeout.h"
#include "consensus/views.h"
#include "crypto/digest.h"

#define BUDGET_STEP (256u * 1024u)
#define BUDGET_MIN 4096u

bool leader_is_self(const struct core *core, uint64_t view)
{
	ASSERT(view > 0);
	return core_is_member(core) && core_leader(core, view) == core->config.self;
}

/* Section 5: with nothing to order it waits for the parent's finalization, then
 * up to t_idle for work. */
static bool must_wait(struct core *core, const struct block *parent)
{
	uint64_t wait_us;

	ASSERT(leader_is_self(core, core->cur));
	if (core->has_work || core->is_wait_over || core->idle == IDLE_ENDED)
		return false;
	if (core->idle == IDLE_NOW)
		wait_us = core->config.timers.idle_us;
	else if (mutant_on("empty_blocks_at_full_rate"))
		return false;
	else if (!hash_equal(&parent->hash, &core->final.block))
		wait_us = 2 * timeout_delta(core);
	else
		return false;
	if (!core->is_armed[TIMER_IDLE])
		timeout_arm(core, TIMER_IDLE, wait_us);
	ASSERT(core->is_armed[TIMER_IDLE]);
	return true;
}

static uint32_t body_budget(const struct core *core, const struct block *parent)
{
	ASSERT(parent->has_header);
	ASSERT(core->budget_bytes <= LIMIT_BLOCK_PAYLOAD_BYTES);
	/* section 8: far above committed a leader orders nothing */
	if (parent->header.height > core->committed.height + AHEAD_HEIGHTS &&
	    !mutant_on("bodies_far_ahead"))
		return 0;
	return core->budget_bytes;
}

void leader_propose(struct core *core)
{
	const struct view *view = view_find(core, core->cur);
	struct parent parent;
	struct effect *effect;

	if (!leader_is_self(core, core->cur) || core->is_tripped || core->built_view == core->cur)
		return;
	if (core->cur <= core->vote_floor)
		return;
	/* R6: once per view, if own[v] is empty */
	if (view != NULL && (view->own.has_notarize || view->own.has_nullify))
		return;
	ASSERT(core->built_view < core->cur);
	if (!justify_parent(core, core->cur, &parent)) {
		justify_ask_parent(core, core->cur); /* R6: ask for it and wait */
		return;
	}
	/* R6: built on the parent's overlay, so the parent is executed here */
	if (parent.block->verdict != BLOCK_OK || must_wait(core, parent.block))
		return;
	ASSERT(parent.block->has_header);
	core->built_view = core->cur;
	timeout_cancel(core, TIMER_IDLE);
	effect = effects_add(core->out, EFFECT_BUILD);
	effect->build.view = core->cur;
	effect->build.parent = parent.block->hash;
	effect->build.parent_view = parent.view;
	effect->build.parent_height = parent.block->header.height;
	effect->build.parent_time_ms = parent.block->header.time_ms;
	effect->build.payload_bytes_max = body_budget(core, parent.block);
}

enum verdict leader_on_built(struct core *core, const struct event_built *built)
{
	struct view *view;
	struct header header;
	struct hash hash;
	struct block *block;

	if (built->view != core->cur || core->built_view != core->cur || core->is_tripped)
		return IGNORED_OLD;
	ASSERT(leader_is_self(core, core->cur));
	view = view_get(core, core->cur);
	if (view->own.has_notarize || view->own.has_nullify || view->proposal != NULL)
		return IGNORED_OLD;
	if (!built->is_ok || header_parse(&header, built->header_text) != ERR_OK) {
		round_timeout(core); /* R7: build failed */
		return ACCEPTED;
	}
	ASSERT(header.view == core->cur);
	ASSERT(header.proposer == core->config.self);
	sha256(&hash, built->header_text.at, built->header_text.len);
	block = block_get(core, &hash, header.view);
	block_set_header(block, &header, built->header_text);
	block_set_body(block, built->body_text);
	/* its parcels are durable here, and building it was executing it */
	block->is_body_asked = true;
	block->is_body_complete = true;
	block->is_validate_asked = true;
	block->verdict = BLOCK_OK;
	view->proposal = block;
	return ACCEPTED;
}

void leader_send_proposal(struct core *core, struct block *block)
{
	struct effect *effect = effects_add(core->out, EFFECT_PROPOSE);

	ASSERT(leader_is_self(core, block->header.view));
	ASSERT(block->is_persisted);
	effect->to = PEER_ALL;
	block_describe(core, block, &effect->proposal.block);
	effect->proposal.has_vote = true;
	effect->proposal.vote = (struct vote){
		.kind = VOTE_NOTARIZE,
		.epoch = core->config.epoch,
		.view = block->header.view,
		.block = block->hash,
		.signer = core->config.self,
	};
	effect->proposal.justification =
		justify_list(core, block->header.view, block->header.parent_view,
			     &effect->proposal.justification_count);
}

void leader_on_view_ended(struct core *core, uint64_t view, bool was_notarized)
{
	ASSERT(view > 0);
	if (!leader_is_self(core, view))
		return;
	if (was_notarized) {
		core->budget_bytes += BUDGET_STEP;
		if (core->budget_bytes > LIMIT_BLOCK_PAYLOAD_BYTES)
			core->budget_bytes = LIMIT_BLOCK_PAYLOAD_BYTES;
	} else {
		core->budget_bytes /= 2;
		if (core->budget_bytes < BUDGET_MIN)
			core->budget_bytes = 0;
	}
	ASSERT(core->budget_bytes <= LIMIT_BLOCK_PAYLOAD_BYTES);
}
