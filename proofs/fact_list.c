/* Lists whose members are numbered without gaps: what they stand under holds their number. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "proofs/fact.h"
#include "proofs/payable.h"
#include "proto/value.h"

#define KEY_MAX (LIMIT_KEY_BYTES + 64)
#define ITEMS_MAX 1000000u

static const struct {
	const char *head;  /* the key that holds the number; the subject follows */
	const char *items; /* keys of the members; subject and number follow */
	uint64_t first;    /* the first number that has such a key: the first claim is the head */
} rules[] = {
	[FACT_AWARDS] = {"programme/", "award/", 1},
	[FACT_ORG_AWARDS] = {"org/", "org-award/", 1},
	[FACT_CLAIMS] = {"content/", "claim/", 2},
	[FACT_EVIDENCE] = {"count/evidence", "evidence/", 1},
};

static void head_key(char out[KEY_MAX], const struct fact *fact)
{
	(void)snprintf(out, KEY_MAX, "%s%s", rules[fact->kind].head, fact->subject);
}

static void item_key(char out[KEY_MAX], const struct fact *fact, uint64_t number)
{
	(void)snprintf(out, KEY_MAX, "%s%s%s%" PRIu64, rules[fact->kind].items, fact->subject,
		       fact->kind == FACT_EVIDENCE ? "" : "/", number);
}

static void *decode(const struct entry *entry, enum value_type type, struct arena *arena)
{
	void *message = NULL;

	return entry->is_present && value_decode(arena, entry->value, type, &message) == ERR_OK
		       ? message
		       : NULL;
}

/* --- the head: how many there are ------------------------------------------------------------ */

static bool read_programme(struct fact *fact, const Stele__ProgrammeValue *value)
{
	if (value == NULL || value->programme == NULL ||
	    strcmp(value->programme->id, fact->subject) != 0)
		return false;
	fact->count = value->awards;
	fact->budget = value->programme->budget;
	fact->awards_max = value->programme->max_awards;
	fact->stated = (struct fact_totals){value->committed, value->paid, value->recovered,
					    value->live_awards};
	(void)snprintf(fact->currency, sizeof(fact->currency), "%.3s", value->programme->currency);
	return true;
}

/* A list that never began has no head: nothing is counted, and the head is absent. */
static bool read_head(struct fact *fact, const struct entry *head, struct arena *arena)
{
	const Stele__OrgValue *org;
	const Stele__ClaimValue *claim;
	const Stele__CountValue *count;

	switch (fact->kind) {
	case FACT_AWARDS:
		return read_programme(fact, decode(head, VALUE_PROGRAMME, arena));
	case FACT_ORG_AWARDS:
		org = decode(head, VALUE_ORG, arena);
		fact->count = org == NULL ? 0 : org->awards;
		return org != NULL;
	case FACT_CLAIMS:
		claim = decode(head, VALUE_CLAIM, arena);
		fact->count = claim == NULL ? 0 : claim->claims;
		return !head->is_present || fact->count > 0;
	case FACT_EVIDENCE:
		count = decode(head, VALUE_COUNT, arena);
		fact->count = count == NULL ? 0 : count->count;
		return !head->is_present || fact->count > 0;
	case FACT_STATE:
	case FACT_INCLUSION:
	case FACT_CONSISTENCY:
	case FACT_REJECTED:
		break;
	}
	UNREACHABLE();
}

/* --- the members ----------------------------------------------------------------------------- */

static bool take(struct fact *fact, struct fact_source *source, const char *key, bool is_present)
{
	const struct entry *entry = fact_take(source, key);

	if (entry == NULL || entry->is_present != is_present)
		return false;
	fact->items[fact->items_count++] = *entry;
	return true;
}

static enum err take_items(struct fact *fact, struct fact_source *source)
{
	char key[KEY_MAX];

	for (uint64_t k = fact->from; k <= fact->to; k++) {
		if (k < rules[fact->kind].first)
			continue;
		item_key(key, fact, k);
		if (!take(fact, source, key, true))
			return ERR_PROOF_FORM;
	}
	if (fact->to < fact->count || !fact->items[0].is_present)
		return ERR_OK;
	item_key(key, fact, fact->count + 1);
	return take(fact, source, key, false) ? ERR_OK : ERR_PROOF_FORM;
}

static bool add_award(struct fact *fact, const struct entry *entry, uint64_t number,
		      struct arena *arena)
{
	const Stele__AwardValue *award = decode(entry, VALUE_AWARD, arena);
	struct fact_totals *sums = &fact->sums;

	if (award == NULL || award->number != number || !award_adds_up(award))
		return false;
	/* each amount is below 2^63 and so is the sum before: no wrapping unseen */
	sums->committed += award->committed;
	sums->paid += award->paid;
	sums->recovered += award->received;
	sums->live += !award->terminated;
	return sums->committed <= LIMIT_MONEY && sums->paid <= LIMIT_MONEY;
}

/* The totals that the programme states are those of its awards. */
static bool totals_fit(const struct fact *fact, const struct fact_totals *sums)
{
	const struct fact_totals *stated = &fact->stated;

	return sums->committed == stated->committed && sums->paid == stated->paid &&
	       sums->recovered == stated->recovered && sums->live == stated->live &&
	       sums->committed <= fact->budget && sums->live <= fact->awards_max;
}

static enum err check_awards(struct fact *fact, struct arena *arena)
{
	for (uint64_t k = fact->from; k <= fact->to; k++)
		if (!add_award(fact, &fact->items[1 + k - fact->from], k, arena))
			return ERR_PROOF_FORM;
	return !fact_is_whole(fact) || totals_fit(fact, &fact->sums) ? ERR_OK : ERR_PROOF_FORM;
}

enum err fact_check_list(struct fact *fact, bool is_all, struct fact_source *source,
			 struct arena *arena)
{
	const struct entry *head;
	char key[KEY_MAX];
	enum err err;

	head_key(key, fact);
	head = fact_take(source, key);
	if (head == NULL || !read_head(fact, head, arena))
		return ERR_PROOF_FORM;
	if (is_all) {
		fact->from = 1;
		fact->to = fact->count;
	}
	if (fact->from == 0 || fact->to > fact->count ||
	    (fact->from > fact->to && (fact->count > 0 || fact->from != 1)) ||
	    fact->to - fact->from + 1 > ITEMS_MAX)
		return ERR_PROOF_FORM;
	fact->items = arena_alloc(arena, (fact->to - fact->from + 3) * sizeof(*fact->items));
	if (fact->items == NULL)
		return ERR_MEMORY;
	fact->items[0] = *head;
	fact->items_count = 1;
	err = take_items(fact, source);
	if (err == ERR_OK && fact->kind == FACT_AWARDS)
		err = check_awards(fact, arena);
	return err;
}

bool fact_is_whole(const struct fact *fact)
{
	return fact->from == 1 && fact->to == fact->count;
}

bool facts_join(const struct fact *const *parts, size_t count)
{
	struct fact_totals sums = {0, 0, 0, 0};
	uint64_t next = 1;

	for (size_t i = 0; i < count; i++) {
		const struct fact *part = parts[i];

		if (part->kind != parts[0]->kind ||
		    strcmp(part->subject, parts[0]->subject) != 0 || part->from != next)
			return false;
		next = part->to + 1;
		sums.committed += part->sums.committed;
		sums.paid += part->sums.paid;
		sums.recovered += part->sums.recovered;
		sums.live += part->sums.live;
		if (sums.committed > LIMIT_MONEY || sums.paid > LIMIT_MONEY)
			return false;
	}
	return count > 0 && next == parts[0]->count + 1 &&
	       (parts[0]->kind != FACT_AWARDS || totals_fit(parts[0], &sums));
}
