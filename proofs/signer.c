#include "proofs/signer.h"

#include <string.h>

static bool is_other_at(const struct block *block, const struct trust_head *head)
{
	return block->header.height == head->height && !hash_equal(&block->hash, &head->block);
}

static bool changes_contradict(const struct set_change *changes, size_t count,
			       const struct trust_head *head)
{
	for (size_t k = 0; k < count; k++)
		if (is_other_at(&changes[k].ended, head))
			return true;
	return false;
}

/* S2: another block at the height of the head. */
static bool contradicts(const struct cover *cover, const struct status *status,
			const struct trust_head *head)
{
	for (size_t i = 0; i < cover->headers_count; i++)
		if (is_other_at(&cover->headers[i], head))
			return true;
	if (changes_contradict(cover->changes, cover->changes_count, head))
		return true;
	return status != NULL &&
	       (changes_contradict(status->changes, status->changes_count, head) ||
		is_other_at(&status->newest, head));
}

static const struct hash *set_of(const struct cover *cover, const struct status *status,
				 uint64_t epoch)
{
	if (epoch <= cover->top.epoch)
		return &cover_set(cover, epoch)->hash;
	return &status->changes[epoch - cover->top.epoch - 1].set->hash;
}

/* S3, S4: of the epochs that both tell of.  Nobody vouches for the sets before the first known
 * one: those of the status alone do not reach it. */
static enum err compare_sets(const struct cover *cover, const struct status *status,
			     uint64_t epoch_last, const struct trust *trust)
{
	bool is_reached = false, is_other = false;

	for (uint64_t epoch = cover->epoch; epoch <= epoch_last; epoch++) {
		const struct hash *known = trust_set(trust, epoch);

		if (known == NULL)
			continue;
		is_reached = is_reached || epoch <= cover->top.epoch;
		is_other = is_other || !hash_equal(known, set_of(cover, status, epoch));
	}
	if (!is_reached)
		return ERR_RECEIPT_REACH;
	return is_other ? ERR_RECEIPT_SIGNER : ERR_OK;
}

/* Of the epoch of the top, and of those from the newest known one on: how many are below
 * the newest of all. */
static uint32_t count_former(uint64_t top, uint64_t told, uint64_t known)
{
	uint64_t newest = known > told ? known : told;
	uint64_t from = known < told ? known : told;
	uint32_t former = 0;

	for (uint64_t epoch = from; epoch <= told; epoch++)
		former += epoch < newest;
	return former + (top < from && top < newest);
}

struct signer_finding signer_judge(const struct cover *cover, const struct status *status,
				   const struct trust *trust)
{
	struct signer_finding out = {FINDING_NOT_CHECKED, ERR_RECEIPT_UNPINNED, 0};
	uint64_t epoch_last = cover->top.epoch + (status == NULL ? 0 : status->changes_count);

	if (trust == NULL)
		return out;
	if (!hash_equal(&cover->top.chain, &trust->chain) ||
	    strcmp(cover->top.origin, trust->origin) != 0)
		out.code = ERR_RECEIPT_SIGNER;
	else if (trust->has_head && contradicts(cover, status, &trust->head))
		out.code = ERR_RECEIPT_FORK;
	else
		out.code = compare_sets(cover, status, epoch_last, trust);
	if (out.code == ERR_OK)
		out.former = count_former(cover->top.epoch, epoch_last, trust_epoch_last(trust));
	if (out.code != ERR_RECEIPT_REACH)
		out.finding = out.code == ERR_OK ? FINDING_PASS : FINDING_FAIL;
	return out;
}

enum err cover_check_trust(const struct cover *cover, const struct trust *trust)
{
	return signer_judge(cover, NULL, trust).code;
}
