#include "consensus/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/mutant.h"
#include "consensus/views.h"

enum tally_result tally_add(const struct core *core, struct view *view, const struct vote *vote)
{
	struct ballot *ballot = view_ballot(core, view, vote->kind, vote->signer);

	ASSERT(vote->view == view->view);
	ASSERT(vote->epoch == core->config.epoch);
	if (!ballot->is_cast) {
		ballot->is_cast = true;
		ballot->first = *vote;
		return TALLY_ADDED;
	}
	if (hash_equal(&ballot->first.block, &vote->block)) {
		ballot->repeats++;
		return TALLY_BEFORE;
	}
	if (ballot->second != NULL)
		return hash_equal(&ballot->second->block, &vote->block) ? TALLY_BEFORE : TALLY_FULL;
	ballot->second = malloc(sizeof(*ballot->second));
	ASSERT(ballot->second != NULL);
	*ballot->second = *vote;
	return TALLY_CONFLICT;
}

const struct vote *tally_vote(const struct core *core, const struct view *view,
			      enum vote_kind kind, uint32_t signer, const struct hash *block)
{
	const struct ballot *ballot = view_ballot(core, view, kind, signer);

	ASSERT(signer < core->count);
	ASSERT(block != NULL);
	if (ballot->is_cast && hash_equal(&ballot->first.block, block))
		return &ballot->first;
	if (ballot->second != NULL && hash_equal(&ballot->second->block, block))
		return ballot->second;
	return NULL;
}

uint32_t tally_count(const struct core *core, const struct view *view, enum vote_kind kind,
		     const struct hash *block)
{
	uint32_t count = 0;

	ASSERT(kind >= VOTE_NOTARIZE && kind <= VOTE_FINALIZE);
	for (uint32_t signer = 0; signer < core->count; signer++) {
		const struct vote *vote = tally_vote(core, view, kind, signer, block);

		if (vote == NULL)
			continue;
		count++;
		if (mutant_on("signer_counted_twice"))
			count += view_ballot(core, view, kind, signer)->repeats;
	}
	ASSERT(count <= core->count || mutant_on("signer_counted_twice"));
	return count;
}

bool tally_has_quorum(const struct core *core, const struct view *view, enum vote_kind kind,
		      const struct hash *block)
{
	uint32_t quorum = core->quorum;

	ASSERT(2 * quorum > core->count + core->faults);
	ASSERT(quorum > 0 && quorum <= core->count);
	if (mutant_on("quorum_2f") && core->faults > 0)
		quorum = 2 * core->faults;
	if (mutant_on("quorum_exceeded"))
		quorum++;
	return tally_count(core, view, kind, block) >= quorum;
}

void tally_certificate(const struct core *core, const struct view *view, enum vote_kind kind,
		       const struct hash *block, struct bytes header, struct certificate *out)
{
	ASSERT(tally_has_quorum(core, view, kind, block));
	ASSERT((kind == VOTE_NULLIFY) == (header.len == 0));
	memset(out, 0, sizeof(*out));
	out->kind = kind;
	out->epoch = core->config.epoch;
	out->set_hash = core->config.set->hash;
	out->view = view->view;
	out->block = *block;
	out->header = header;
	for (uint32_t signer = 0; signer < core->count; signer++) {
		const struct vote *vote = tally_vote(core, view, kind, signer, block);

		if (vote == NULL)
			continue;
		out->signers[signer / 8] |= (uint8_t)(1u << (signer % 8));
		out->signatures[out->signatures_count++] = vote->signature;
	}
}
