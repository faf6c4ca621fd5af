#include "consensus/votes.h"

#include <stdlib.h>
#include <string.h>

#include "base/mutant.h"
#include "consensus/blocks.h"
#include "consensus/leader.h"
#include "consensus/reserve.h"
#include "consensus/round.h"
#include "consensus/tally.h"
#include "consensus/views.h"

static bool may_notarize(const struct core *core, const struct view *view,
			 const struct block *block)
{
	ASSERT(block->has_header);
	ASSERT(block != NULL);
	return view->view == core->cur && !view->own.has_notarize && !view->own.has_nullify &&
	       block->header.view == view->view &&
	       round_readiness(core, block) == READY; /* R2 */
}

static bool may_nullify(const struct core *core, const struct view *view)
{
	ASSERT(core_is_member(core));
	ASSERT(view->view > core->final.view);
	/* it may follow a notarize */
	return view->view == core->cur && !view->own.has_finalize &&
	       (!view->own.has_nullify || mutant_on("nullified_twice"));
}

/* R8; allowed after leaving the view. */
static bool may_finalize(const struct core *core, const struct view *view,
			 const struct block *block)
{
	const struct slot *slot = view_slot(core, VOTE_NOTARIZE, view->view);

	ASSERT(view->view > core->final.view);
	ASSERT(block != NULL);
	if (view->own.has_finalize || slot == NULL || !hash_equal(&slot->block, &block->hash))
		return false;
	if (view->own.has_nullify && !mutant_on("finalize_after_nullify"))
		return false;
	if (view_slot(core, VOTE_NULLIFY, view->view) != NULL && !mutant_on("finalize_after_nullify"))
		return false;
	if (view->own.has_notarize && !hash_equal(&view->own.notarize, &block->hash))
		return false;
	return block->is_body_complete && block->verdict == BLOCK_OK;
}

static bool is_permitted(const struct core *core, enum vote_kind kind, const struct view *view,
			 const struct block *block)
{
	ASSERT((kind == VOTE_NULLIFY) == (block == NULL));
	/* R13: never at or below last_final, never at or below vote_floor */
	if (!core_is_member(core) || core->is_tripped || view->view <= core->vote_floor ||
	    view->view <= core->final.view || !reserve_covers(core, view->view))
		return false;
	switch (kind) {
	case VOTE_NOTARIZE:
		return may_notarize(core, view, block);
	case VOTE_NULLIFY:
		return may_nullify(core, view);
	case VOTE_FINALIZE:
		return may_finalize(core, view, block);
	}
	UNREACHABLE();
}

static void own_enter(struct own *own, enum vote_kind kind, const struct block *block)
{
	switch (kind) {
	case VOTE_NOTARIZE:
		ASSERT(!own->has_notarize && !own->has_nullify);
		own->has_notarize = true;
		own->notarize = block->hash;
		return;
	case VOTE_NULLIFY:
		ASSERT(!own->has_finalize);
		ASSERT(!own->has_nullify || mutant_on("nullified_twice"));
		own->has_nullify = true;
		return;
	case VOTE_FINALIZE:
		ASSERT(!own->has_finalize);
		ASSERT(!own->has_nullify || mutant_on("finalize_after_nullify"));
		own->has_finalize = true;
		own->finalize = block->hash;
		return;
	}
	UNREACHABLE();
}

static struct release *release_add(struct core *core, uint64_t sequence, enum release_kind kind)
{
	struct release *release;

	ASSERT(sequence > core->durable || mutant_on("own_vote_not_persisted"));
	ASSERT(core->releases_count == 0 ||
	       core->releases[core->releases_count - 1].sequence <= sequence);
	if (core->releases_count == core->releases_capacity) {
		size_t capacity = core->releases_capacity == 0 ? 16 : 2 * core->releases_capacity;
		struct release *releases = realloc(core->releases, capacity * sizeof(*releases));

		ASSERT(releases != NULL);
		core->releases = releases;
		core->releases_capacity = capacity;
	}
	release = &core->releases[core->releases_count++];
	*release = (struct release){.sequence = sequence, .kind = kind};
	return release;
}

/* An entered, durable vote leaves for the signer.  The leader's notarize vote is
 * its proposal. */
static void vote_leave(struct core *core, enum vote_kind kind, const struct view *view)
{
	static const struct hash nothing;
	const struct hash *hash = &nothing;
	struct block *block;
	struct effect *effect;

	ASSERT(core_is_member(core) && !core->is_tripped);
	if (kind == VOTE_NOTARIZE) {
		ASSERT(view->own.has_notarize);
		hash = &view->own.notarize;
		block = block_find(core, hash);
		if (leader_is_self(core, view->view) && block != NULL && block->has_body) {
			leader_send_proposal(core, block);
			return;
		}
	} else if (kind == VOTE_FINALIZE) {
		ASSERT(view->own.has_finalize);
		hash = &view->own.finalize;
	} else {
		ASSERT(view->own.has_nullify);
	}
	effect = effects_add(core->out, EFFECT_VOTE);
	effect->to = PEER_ALL;
	effect->vote = (struct vote){.kind = kind,
				     .epoch = core->config.epoch,
				     .view = view->view,
				     .block = *hash,
				     .signer = core->config.self};
}

bool may_vote(struct core *core, enum vote_kind kind, uint64_t view_number, struct block *block)
{
	struct view *view = view_get(core, view_number);
	struct hash tag = {{(uint8_t)kind}};
	struct bytes data = {NULL, 0};
	struct release *release;
	uint64_t sequence;

	ASSERT(view_number > 0);
	ASSERT((kind == VOTE_NULLIFY) == (block == NULL));
	if (!is_permitted(core, kind, view, block))
		return false;
	own_enter(&view->own, kind, block);
	reserve_use(core, view_number);
	if (block != NULL) {
		/* section 10: header and body before notarize and before finalize */
		block_persist(core, block);
		data = core_scratch_copy(core, bytes_of(block->hash.b, sizeof(block->hash.b)));
	}
	if (mutant_on("own_vote_not_persisted"))
		sequence = core->sequence;
	else
		sequence = core_persist(core, RECORD_OWN, view_number, &tag, data);
	if (mutant_on("vote_before_durable")) {
		vote_leave(core, kind, view);
		return true;
	}
	release = release_add(core, sequence, RELEASE_VOTE);
	release->vote = kind;
	release->view = view_number;
	return true;
}

void votes_await_final(struct core *core, uint64_t sequence)
{
	struct release *release = release_add(core, sequence, RELEASE_FINAL);

	ASSERT(core->final.height > core->final_durable_height);
	ASSERT(core->final.height > 0);
	release->height = core->final.height;
}

static void release_go(struct core *core, const struct release *release)
{
	const struct view *view;

	switch (release->kind) {
	case RELEASE_FINAL:
		ASSERT(release->height > core->final_durable_height);
		core->final_durable_height = release->height;
		return;
	case RELEASE_VOTE:
		/* R13: finalization may have overtaken it, or the floor */
		if (core->is_tripped || release->view <= core->final.view ||
		    release->view <= core->vote_floor)
			return;
		view = view_find(core, release->view);
		ASSERT(view != NULL);
		vote_leave(core, release->vote, view);
		return;
	}
	UNREACHABLE();
}

void votes_on_durable(struct core *core, uint64_t sequence)
{
	size_t count = 0;

	ASSERT(sequence <= core->sequence);
	if (sequence > core->durable)
		core->durable = sequence;
	while (count < core->releases_count && core->releases[count].sequence <= core->durable)
		release_go(core, &core->releases[count++]);
	core->releases_count -= count;
	if (count > 0)
		memmove(core->releases, core->releases + count,
			core->releases_count * sizeof(*core->releases));
	ASSERT(core->releases_count == 0 || core->releases[0].sequence > core->durable);
}

void votes_replay(struct core *core)
{
	ASSERT(core->has_started);
	ASSERT(core_is_member(core));
	if (core->is_tripped)
		return;
	/* section 10: all of it was durable before it first left */
	for (size_t i = 0; i < core->views_count; i++) {
		struct view *view = core->views[i];

		if (view->view <= core->final.view || view->view <= core->vote_floor)
			continue;
		if (mutant_on("finalize_on_replay") && view->own.has_notarize) {
			view->own.has_finalize = true;
			view->own.finalize = view->own.notarize;
		}
		if (view->own.has_notarize)
			vote_leave(core, VOTE_NOTARIZE, view);
		if (view->own.has_nullify && !mutant_on("own_nullify_not_replayed"))
			vote_leave(core, VOTE_NULLIFY, view);
		if (view->own.has_finalize)
			vote_leave(core, VOTE_FINALIZE, view);
	}
}

const struct vote *votes_signed(struct core *core, size_t *count)
{
	static const enum vote_kind kinds[] = {VOTE_FINALIZE, VOTE_NULLIFY, VOTE_NOTARIZE};
	struct vote *votes = core_scratch(core, OWN_VOTES_MAX * sizeof(*votes));
	size_t used = 0;
	/* after a loss others may give this node's old votes back to it */
	uint64_t low = core->final.view > core->vote_floor ? core->final.view : core->vote_floor;

	ASSERT(core->out != NULL);
	*count = 0;
	if (!core_is_member(core))
		return votes;
	for (size_t i = core->views_count; i-- > 0 && core->views[i]->view > low;) {
		for (size_t k = 0; k < 3 && used < OWN_VOTES_MAX; k++) {
			const struct ballot *ballot = view_ballot(core, core->views[i], kinds[k],
								  core->config.self);

			/* trap 1: only what may_vote entered and the signer gave back */
			if (ballot->is_cast)
				votes[used++] = ballot->first;
		}
	}
	ASSERT(used <= OWN_VOTES_MAX);
	*count = used;
	return votes;
}
