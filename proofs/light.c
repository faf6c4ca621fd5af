#include "proofs/light.h"

/* Whether there is a consistency fact from the size that is known. */
static bool begins_at(const struct proof_facts *facts, uint64_t size)
{
	for (size_t i = 0; i < facts->facts_count; i++)
		if (facts->facts[i].kind == FACT_CONSISTENCY && facts->facts[i].from_size == size)
			return true;
	return false;
}

/* Below what is known: in height, or in an epoch whose keys may have been given up since. */
static bool goes_back(const struct header *last, const struct trust *trust)
{
	return (trust->has_head && last->height < trust->head.height) ||
	       last->epoch < trust_epoch_last(trust);
}

enum err light_step(const struct proof_facts *facts, const struct trust *trust, struct trust *out)
{
	const struct header *last = &facts->cover.last;

	if (facts->finality != FINDING_PASS)
		return facts->finality_code;
	if (facts->signer != FINDING_PASS)
		return facts->signer_code;
	if (!begins_at(facts, trust->has_head ? trust->head.log_size : 1) ||
	    goes_back(last, trust))
		return ERR_PROOF_FORM;
	if (facts->promises != FINDING_PASS)
		return facts->promises_code;
	*out = *trust;
	for (uint64_t epoch = trust_epoch_last(trust) + 1; epoch <= facts->cover.top.epoch; epoch++)
		trust_add_set(out, &cover_set(&facts->cover, epoch)->hash);
	out->has_head = true;
	out->head = (struct trust_head){last->height, facts->cover.last_block, last->log_size,
					last->log_root};
	return ERR_OK;
}
