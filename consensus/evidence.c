#include "consensus/evidence.h"

#include "base/mutant.h"
#include "consensus/views.h"
#include "proto/certificate.h"

enum evidence_type evidence_of(const struct vote *a, const struct vote *b)
{
	bool is_same_block = hash_equal(&a->block, &b->block);

	ASSERT(a->epoch == b->epoch && a->view == b->view);
	ASSERT(a->signer == b->signer);
	if (a->kind == b->kind && is_same_block)
		return EVIDENCE_NONE;
	if (a->kind == VOTE_NOTARIZE && b->kind == VOTE_NOTARIZE)
		return EVIDENCE_E1;
	if (a->kind == VOTE_FINALIZE && b->kind == VOTE_FINALIZE)
		return EVIDENCE_E2;
	if (a->kind != VOTE_FINALIZE && b->kind != VOTE_FINALIZE)
		return EVIDENCE_NONE; /* notarize and nullify together are legal */
	if (a->kind == VOTE_NULLIFY || b->kind == VOTE_NULLIFY)
		return EVIDENCE_E3;
	return is_same_block ? EVIDENCE_NONE : EVIDENCE_E4;
}

/* The order of the signed texts: "finalize" < "notarize" < "nullify", then the block. */
static bool stands_before(const struct vote *a, const struct vote *b)
{
	static const int place[] = {
		[VOTE_FINALIZE] = 0, [VOTE_NOTARIZE] = 1, [VOTE_NULLIFY] = 2};

	ASSERT(a->signer == b->signer);
	ASSERT(a->kind != b->kind || !hash_equal(&a->block, &b->block));
	if (a->kind != b->kind)
		return place[a->kind] < place[b->kind];
	return hash_compare(&a->block, &b->block) < 0;
}

static void evidence_report(struct core *core, const struct vote *a, const struct vote *b)
{
	struct effect *effect = effects_add(core->out, EFFECT_EVIDENCE);
	bool in_order = stands_before(a, b);

	ASSERT(a->signer < core->count);
	ASSERT(evidence_of(a, b) != EVIDENCE_NONE);
	effect->evidence.first = in_order ? *a : *b;
	effect->evidence.second = in_order ? *b : *a;
}

void evidence_look(struct core *core, const struct view *view, const struct vote *vote)
{
	static const enum vote_kind kinds[] = {VOTE_NOTARIZE, VOTE_NULLIFY, VOTE_FINALIZE};

	ASSERT(vote->view == view->view);
	ASSERT(vote->signer < core->count);
	if (mutant_on("equivocation_unreported"))
		return;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct ballot *ballot = view_ballot(core, view, kinds[i], vote->signer);

		if (!ballot->is_cast)
			continue;
		/* the vote itself is stored already and makes no pair with itself */
		if (evidence_of(&ballot->first, vote) != EVIDENCE_NONE)
			evidence_report(core, &ballot->first, vote);
		else if (ballot->second != NULL &&
			 evidence_of(ballot->second, vote) != EVIDENCE_NONE)
			evidence_report(core, ballot->second, vote);
	}
}

static struct vote vote_in(const struct certificate *certificate, uint32_t signer, uint32_t place)
{
	ASSERT(place < certificate->signatures_count);
	return (struct vote){.kind = certificate->kind,
			     .epoch = certificate->epoch,
			     .view = certificate->view,
			     .block = certificate->block,
			     .signer = signer,
			     .signature = certificate->signatures[place]};
}

static void look_at_pair(struct core *core, const struct certificate *a,
			 const struct certificate *b)
{
	uint32_t place_a = 0, place_b = 0;

	for (uint32_t i = 0; i < core->count; i++) {
		bool is_in_a = certificate_has_signer(a, i);
		bool is_in_b = certificate_has_signer(b, i);

		if (is_in_a && is_in_b) {
			struct vote first = vote_in(a, i, place_a);
			struct vote second = vote_in(b, i, place_b);

			if (evidence_of(&first, &second) != EVIDENCE_NONE)
				evidence_report(core, &first, &second);
		}
		place_a += is_in_a;
		place_b += is_in_b;
	}
}

void evidence_look_at_certificate(struct core *core, const struct certificate *certificate)
{
	static const enum vote_kind kinds[] = {VOTE_NOTARIZE, VOTE_NULLIFY, VOTE_FINALIZE};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct slot *slot = view_slot(core, kinds[i], certificate->view);
		struct certificate held;

		if (slot != NULL && certificate_decode(&held, slot->data, core->count) == ERR_OK)
			look_at_pair(core, &held, certificate);
	}
}
