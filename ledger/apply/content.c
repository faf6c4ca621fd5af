/* Content provenance: rules C (anchor), T (batch), CR (roll-up), S (supersede),
 * W (withdraw) and X (a link to an award) of docs/ledger.md.
 *
 * A claim says that an organisation claimed this content by then, no more; equal
 * hashes by several are claims side by side: 1 lies in content/<hash> with their
 * number N, k >= 2 in claim/<hash>/<k>. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mutant.h"
#include "ledger/apply/anchor.h"
#include "ledger/apply/rules.h"
#include "ledger/apply/values.h"

enum err claim_find(struct apply *apply, const ProtobufCBinaryData *content, uint64_t claim,
		    Stele__ClaimValue **out)
{
	enum err err = ERR_NOT_FOUND;

	ASSERT(content->len == sizeof(struct hash));
	if (claim > 0)
		err = get_claim(apply, key_of_claim(content->data, claim), out);
	return err == ERR_NOT_FOUND ? ERR_NOT_FOUND_CLAIM : err;
}

/* The next claim on the content, of the rank that it has: number gets its k. */
static enum err add_claim(struct apply *apply, const uint8_t content[32], Stele__ClaimValue *claim,
			  uint64_t *number)
{
	struct state_key head_key = key_of_claim(content, 1);
	Stele__ClaimValue *head;
	enum err err = get_claim(apply, head_key, &head);

	claim->org = (char *)apply->actor; /* only read */
	claim->log_index = apply->log_index;
	claim->time = apply->time_ms;
	if (err == ERR_NOT_FOUND) {
		*number = claim->claims = claim->first_claim = 1;
		claim->first_rank = claim->rank;
		return put_claim(apply, head_key, claim);
	}
	if (err != ERR_OK)
		return err;
	*number = ++head->claims;
	if (claim->rank < head->first_rank && !mutant_on("first_by_anchor")) {
		head->first_claim = *number;
		head->first_rank = claim->rank;
	}
	err = put_claim(apply, head_key, head);
	if (err != ERR_OK)
		return err;
	return put_claim(apply, key_of_claim(content, *number), claim);
}

enum err claims_read_ahead(struct overlay *overlay, const uint8_t *const *contents, size_t count)
{
	struct state_key keys[OVERLAY_AHEAD_MAX];
	const char *texts[OVERLAY_AHEAD_MAX];

	ASSERT(count <= OVERLAY_AHEAD_MAX);
	for (size_t i = 0; i < count; i++) {
		keys[i] = key_of_claim(contents[i], 1);
		texts[i] = keys[i].text;
	}
	return overlay_read_ahead(overlay, texts, count);
}

enum err award_link_check(struct apply *apply, const Stele__AwardLink *link)
{
	Stele__AwardValue *award;
	enum err err;

	if (link == NULL)
		return ERR_OK;
	err = award_find(apply, link->programme, link->award, NULL, &award);
	if (err != ERR_OK) /* */
		return err;
	if (award->grant == NULL || !award_has_recipient(award->grant, apply->actor)) /* */
		return ERR_AWARD_LINK;
	if (link->milestone > award->grant->n_milestones) /* */
		return ERR_NOT_FOUND_MILESTONE;
	return ERR_OK;
}

enum err content_anchor(struct apply *apply, const Stele__ContentAnchor *record)
{
	Stele__ClaimValue claim = STELE__CLAIM_VALUE__INIT;
	struct opening opening;
	uint64_t number;
	enum err err = anchor_check(apply, record, &opening);

	if (err != ERR_OK)
		return err;
	claim.size = record->size;
	claim.media_type = record->media_type;
	claim.rank = opening.commit != NULL ? opening.commit->log_index : apply->log_index;
	err = add_claim(apply, record->sha256.data, &claim, &number);
	if (err != ERR_OK || opening.commit == NULL)
		return err;
	return commit_open(apply, &opening, record->sha256, number);
}

static int compare_hashes(const void *a, const void *b)
{
	return hash_compare(a, b);
}

/* T-01, on a sorted copy, for there may be 4,096. */
static enum err check_distinct(struct apply *apply, const Stele__BatchEntries *entries)
{
	struct hash *hashes = arena_alloc(apply->arena, entries->n_entries * sizeof(*hashes));

	if (hashes == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < entries->n_entries; i++)
		memcpy(hashes[i].b, entries->entries[i]->sha256.data, sizeof(hashes[i].b));
	qsort(hashes, entries->n_entries, sizeof(*hashes), compare_hashes);
	for (size_t i = 1; i < entries->n_entries; i++) {
		if (hash_equal(&hashes[i - 1], &hashes[i]))
			return ERR_BATCH_DUPLICATE;
	}
	return ERR_OK;
}

/* What the next entries will ask for. */
static enum err entries_read_ahead(struct apply *apply, const Stele__BatchEntries *entries,
				   size_t first)
{
	const uint8_t *contents[OVERLAY_AHEAD_MAX];
	size_t count = 0;

	while (count < OVERLAY_AHEAD_MAX && first + count < entries->n_entries) {
		contents[count] = entries->entries[first + count]->sha256.data;
		count++;
	}
	return claims_read_ahead(apply->overlay, contents, count);
}

enum err content_batch(struct apply *apply, const Stele__ContentBatch *record)
{
	const Stele__BatchEntries *entries = apply->tx->entries;
	enum err err;

	ASSERT(entries != NULL && entries->n_entries == record->count); /* tx_decode saw to it */
	err = check_distinct(apply, entries);
	if (err == ERR_OK)
		err = award_link_check(apply, record->award);
	for (size_t i = 0; err == ERR_OK && i < entries->n_entries; i++) {
		const Stele__BatchEntry *entry = entries->entries[i];
		Stele__ClaimValue claim = STELE__CLAIM_VALUE__INIT;
		uint64_t number;

		claim.size = entry->size;
		claim.media_type = entry->media_type;
		claim.entry = (uint32_t)i + 1;
		claim.rank = apply->log_index;
		if (i % OVERLAY_AHEAD_MAX == 0)
			err = entries_read_ahead(apply, entries, i);
		if (err == ERR_OK)
			err = add_claim(apply, entry->sha256.data, &claim, &number);
	}
	return err;
}

enum err content_rollup(struct apply *apply, const Stele__ContentRollup *record)
{
	struct state_key list = state_key("rollup/%s", apply->actor);
	Stele__RollupValue value = STELE__ROLLUP_VALUE__INIT;
	uint64_t number;
	enum err err;

	if (record->count > LIMIT_ROLLUP_ITEMS) /* CR-01 */
		return ERR_ROLLUP_COUNT;
	err = count_next(apply, list, &number);
	if (err != ERR_OK)
		return err;
	value.record = (Stele__ContentRollup *)record; /* only read */
	value.log_index = apply->log_index;
	value.time = apply->time_ms;
	return put_rollup(apply, state_key("%s/%" PRIu64, list.text, number), &value);
}

/* A live claim of the actor: what it may end. */
static enum err find_own(struct apply *apply, const Stele__ContentRef *target,
			 Stele__ClaimValue **out)
{
	enum err err = claim_find(apply, &target->sha256, target->claim, out);

	if (err != ERR_OK) /* S-01, W-01 */
		return err;
	if (strcmp((*out)->org, apply->actor) != 0) /* S-02, W-02 */
		return ERR_CLAIM_NOT_OWN;
	if ((*out)->state != STELE__CLAIM_STATE__CLAIM_LIVE) /* S-03, W-03 */
		return ERR_CLAIM_ENDED;
	return ERR_OK;
}

bool content_ref_equal(const Stele__ContentRef *a, const Stele__ContentRef *b)
{
	return a->claim == b->claim && memcmp(a->sha256.data, b->sha256.data, a->sha256.len) == 0;
}

enum err content_supersede(struct apply *apply, const Stele__ContentSupersede *record)
{
	const Stele__ContentRef *target = record->target;
	Stele__ClaimValue *claim;
	Stele__ClaimValue *by;
	enum err err = find_own(apply, target, &claim);

	if (err != ERR_OK)
		return err;
	err = find_own(apply, record->by, &by);
	/* S-04: ended claims replace nothing, so replacements never run in a circle. */
	if (err == ERR_NOT_FOUND_CLAIM || err == ERR_CLAIM_NOT_OWN || err == ERR_CLAIM_ENDED ||
	    (err == ERR_OK && content_ref_equal(target, record->by)))
		return ERR_SUPERSEDE_TARGET;
	if (err != ERR_OK)
		return err;
	claim->state = STELE__CLAIM_STATE__CLAIM_SUPERSEDED;
	claim->superseded_by = record->by;
	claim->changed_log_index = apply->log_index;
	return put_claim(apply, key_of_claim(target->sha256.data, target->claim), claim);
}

enum err content_withdraw(struct apply *apply, const Stele__ContentWithdraw *record)
{
	const Stele__ContentRef *target = record->target;
	Stele__ClaimValue *claim;
	enum err err = find_own(apply, target, &claim);

	if (err != ERR_OK)
		return err;
	claim->state = STELE__CLAIM_STATE__CLAIM_WITHDRAWN;
	claim->changed_log_index = apply->log_index;
	return put_claim(apply, key_of_claim(target->sha256.data, target->claim), claim);
}
