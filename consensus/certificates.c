#include "consensus/certificates.h"

#include "base/mutant.h"
#include "consensus/blocks.h"
#include "consensus/evidence.h"
#include "consensus/leader.h"
#include "consensus/recovery.h"
#include "consensus/relay.h"
#include "consensus/round.h"
#include "consensus/tally.h"
#include "consensus/timeout.h"
#include "consensus/views.h"
#include "consensus/votes.h"

/* A certificate of that kind is held in the view, for another block. */
static bool differs(const struct core *core, enum vote_kind kind, uint64_t view,
		    const struct hash *block)
{
	const struct slot *slot = view_slot(core, kind, view);

	ASSERT(block != NULL);
	ASSERT(kind != VOTE_NULLIFY);
	return slot != NULL && !hash_equal(&slot->block, block);
}

/* R4: two different N or F of a view, or X and F of one. */
static bool contradicts(const struct core *core, enum vote_kind kind, uint64_t view,
			const struct hash *block)
{
	ASSERT(view > 0);
	if (mutant_on("contradiction_unnoticed"))
		return false;
	switch (kind) {
	case VOTE_NULLIFY:
		return view_slot(core, VOTE_FINALIZE, view) != NULL;
	case VOTE_FINALIZE:
		if (view_slot(core, VOTE_NULLIFY, view) != NULL)
			return true;
		if (view == core->final.view && !hash_equal(block, &core->final.block))
			return true;
		return differs(core, VOTE_FINALIZE, view, block) ||
		       differs(core, VOTE_NOTARIZE, view, block);
	case VOTE_NOTARIZE:
		return differs(core, VOTE_NOTARIZE, view, block) ||
		       differs(core, VOTE_FINALIZE, view, block);
	}
	UNREACHABLE();
}

/* Two finalized blocks that cannot stand in one chain: heights must rise with views. */
static bool forks(const struct core *core, const struct certificate *certificate,
		  const struct header *header)
{
	ASSERT(certificate->view > 0);
	if (certificate->kind != VOTE_FINALIZE)
		return false;
	ASSERT(header != NULL);
	if (certificate->view > core->final.view)
		return header->height <= core->final.height;
	if (certificate->view < core->final.view && header->height >= core->final.height)
		return true;
	for (const struct block *block = core->blocks; block != NULL; block = block->next) {
		if (block->is_final && block->has_header &&
		    block->header.height == header->height)
			return !hash_equal(&block->hash, &certificate->block);
	}
	return false;
}

bool core_wants_certificate(const struct core *core, enum vote_kind kind, uint64_t epoch,
			    uint64_t view, const struct hash *block)
{
	const struct block *known;

	ASSERT(kind >= VOTE_NOTARIZE && kind <= VOTE_FINALIZE);
	ASSERT(kind == VOTE_NULLIFY || block != NULL);
	if (epoch != core->config.epoch || view == 0 || view + EVIDENCE_VIEWS < core->final.view)
		return false;
	if (contradicts(core, kind, view, block))
		return true;
	if (view_slot(core, kind, view) != NULL)
		return false;
	if (view > core->final.view)
		return true;
	if (kind != VOTE_FINALIZE)
		return false;
	/* a late finalization serves a block that waits for delivery, or shows a fork */
	known = block_find(core, block);
	return known == NULL || !known->is_final || !known->has_header ||
	       known->header.height > core->delivered.height;
}

void certificate_check_verdict(struct core *core, const struct block *block)
{
	ASSERT(block->verdict == BLOCK_OK || block->verdict == BLOCK_UNJUDGED ||
	       block->reason != ERR_OK);
	ASSERT(block->has_header);
	if ((block->verdict != BLOCK_INVALID && block->verdict != BLOCK_DIVERGED) ||
	    mutant_on("divergence_unnoticed"))
		return;
	/* R4: only for a verdict of execution, never for lateness or this node's progress */
	if (block->is_final || view_is_notarized(core, block->header.view, &block->hash))
		core_trip(core, block->reason, &block->hash, block->header.view);
}

static void on_finalization(struct core *core, struct view *view, struct block *block)
{
	uint64_t sequence;
	static const struct hash nothing;

	ASSERT(block->has_header);
	block_set_finalization(block, view->slots[VOTE_FINALIZE - 1].data);
	if (view->view <= core->final.view)
		return; /* a late one, for a block below last_final */
	ASSERT(block->header.height > core->final.height);
	core->final = (struct place){view->view, block->header.height, block->hash};
	sequence = core_persist(core, RECORD_FINAL, 0, &nothing,
				view->slots[VOTE_FINALIZE - 1].data);
	votes_await_final(core, sequence);
	round_enter(core, view->view + 1);
	timeout_shorten(core);
	timeout_arm_stand(core);
}

static void certificate_apply(struct core *core, const struct certificate *certificate,
			      struct view *view, struct block *block)
{
	ASSERT((certificate->kind == VOTE_NULLIFY) == (block == NULL));
	ASSERT(view->view == certificate->view);
	switch (certificate->kind) {
	case VOTE_NOTARIZE:
		leader_on_view_ended(core, view->view, true);
		certificate_check_verdict(core, block);
		round_enter(core, view->view + 1);
		return;
	case VOTE_NULLIFY:
		core->nullified_views++;
		if (view_slot(core, VOTE_NOTARIZE, view->view) == NULL)
			leader_on_view_ended(core, view->view, false);
		round_enter(core, view->view + 1);
		return;
	case VOTE_FINALIZE:
		on_finalization(core, view, block);
		certificate_check_verdict(core, block);
		return;
	}
	UNREACHABLE();
}

enum verdict certificate_take(struct core *core, const struct certificate *certificate,
			      const struct header *header, struct bytes data)
{
	struct hash tag = {{(uint8_t)certificate->kind}};
	struct block *block = NULL;
	struct view *view;

	ASSERT((certificate->kind == VOTE_NULLIFY) == (header == NULL));
	if (certificate->epoch != core->config.epoch || certificate->view == 0)
		return IGNORED_UNWANTED;
	if (certificate->view + EVIDENCE_VIEWS < core->final.view)
		return IGNORED_OLD;
	if (contradicts(core, certificate->kind, certificate->view, &certificate->block) ||
	    forks(core, certificate, header)) {
		if (!core->is_tripped)
			evidence_look_at_certificate(core, certificate);
		core_trip(core, ERR_FORK, &certificate->block, certificate->view);
		return REJECTED_CONFLICT;
	}
	if (view_slot(core, certificate->kind, certificate->view) != NULL)
		return IGNORED_DUPLICATE;
	if (certificate->view <= core->final.view && certificate->kind != VOTE_FINALIZE)
		return IGNORED_OLD;
	recovery_on_certificate(core, certificate->view);
	if (mutant_on("late_notarization_dropped") && certificate->kind == VOTE_NOTARIZE &&
	    view_slot(core, VOTE_NULLIFY, certificate->view) != NULL)
		return IGNORED_OLD;
	view = view_get(core, certificate->view);
	view_keep(view, certificate->kind, &certificate->block, data);
	data = view->slots[certificate->kind - 1].data;
	if (header != NULL) {
		block = block_get(core, &certificate->block, header->view);
		block_set_header(block, header, certificate->header);
	}
	/* section 10: before any vote that stands on it */
	core_persist(core, RECORD_CERTIFICATE, certificate->view, &tag, data);
	relay_certificate(core, certificate, data);
	certificate_apply(core, certificate, view, block);
	ASSERT(core->cur > core->final.view);
	return ACCEPTED;
}

void certificate_try_form(struct core *core, uint64_t view_number, enum vote_kind kind,
			  const struct hash *hash)
{
	const struct view *view = view_find(core, view_number);
	struct bytes header_text = {NULL, 0};
	const struct header *header = NULL;
	struct certificate certificate;
	struct buf data;

	ASSERT(view != NULL);
	if (view_number <= core->final.view || view_slot(core, kind, view_number) != NULL ||
	    !tally_has_quorum(core, view, kind, hash))
		return;
	if (kind != VOTE_NULLIFY) {
		/* a quorum names the block; without its header it is fetched first */
		const struct block *block = block_get(core, hash, view_number);

		if (!block->has_header)
			return;
		header = &block->header;
		header_text = block->header_text;
	}
	tally_certificate(core, view, kind, hash, header_text, &certificate);
	buf_init(&data, LIMIT_CERTIFICATE_BYTES);
	certificate_encode(&data, &certificate, core->count);
	ASSERT(!data.has_failed);
	(void)certificate_take(core, &certificate, header, buf_bytes(&data));
	buf_release(&data);
}
