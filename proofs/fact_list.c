/* Lists whose members are numbered without gaps: what they stand under holds their number. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "proofs/fact.h"
#include "proofs/walk.h"
#include "proto/value.h"

#define KEY_MAX (LIMIT_KEY_BYTES + 64)

static const struct {
	const char *head;  /* the key that holds the number; the subject follows */
	const char *items; /* keys of the members; subject and number follow */
	enum value_type type; /* of their values */
	uint64_t first;    /* the first number that has such a key: the first claim is the head */
} rules[] = {
	[FACT_AWARDS] = {"programme/", "award/", VALUE_AWARD, 1},
	[FACT_ORG_AWARDS] = {"org/", "org-award/", VALUE_NAME, 1},
	[FACT_CLAIMS] = {"content/", "claim/", VALUE_CLAIM, 2},
	[FACT_EVIDENCE] = {"count/evidence", "evidence/", VALUE_EVIDENCE, 1},
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

#define NUMBER(field) {.number = (field), .type = WALK_NUMBER, .most = UINT64_MAX}
#define MESSAGE(field) {.number = (field), .type = WALK_BYTES, .most = UINT64_MAX}

/* --- the head: how many there are ------------------------------------------------------------ */

/* For whoever shows amounts; a verifier compares them and needs no currency. */
static void read_currency(struct fact *fact, const struct entry *head, struct arena *arena)
{
	void *message;

	if (value_decode(arena, head->value, VALUE_PROGRAMME, &message) == ERR_OK)
		(void)snprintf(fact->currency, sizeof(fact->currency), "%.3s",
			       ((const Stele__ProgrammeValue *)message)->programme->currency);
}

static bool read_programme(struct fact *fact, const struct entry *head, struct arena *arena)
{
	struct walk_field fields[] = {MESSAGE(1), NUMBER(2), NUMBER(3), NUMBER(4), NUMBER(5), NUMBER(6)};
	struct walk_field bounds[] = {NUMBER(6), NUMBER(7)};

	fields[0].is_needed = true;
	if (!entry_walk(head, VALUE_PROGRAMME, fields, 6) ||
	    !walk_message(fields[0].bytes, bounds, 2))
		return false;
	fact->count = fields[1].value;
	fact->stated.live = fields[2].value;
	fact->stated.committed = fields[3].value;
	fact->stated.paid = fields[4].value;
	fact->stated.recovered = fields[5].value;
	fact->budget = bounds[0].value;
	fact->awards_max = bounds[1].value;
	read_currency(fact, head, arena);
	return true;
}

static bool read_count(struct fact *fact, const struct entry *head, enum value_type type,
		       uint32_t number)
{
	struct walk_field field = NUMBER(number);

	if (!entry_walk(head, type, &field, 1))
		return false;
	fact->count = field.value;
	return true;
}

/* A list that never began has no head: nothing is counted, and the head is absent. */
static bool read_head(struct fact *fact, const struct entry *head, struct arena *arena)
{
	switch (fact->kind) {
	case FACT_AWARDS:
		return read_programme(fact, head, arena);
	case FACT_ORG_AWARDS:
		return read_count(fact, head, VALUE_ORG, 6);
	case FACT_CLAIMS:
		return !head->is_present ||
		       (read_count(fact, head, VALUE_CLAIM, 9) && fact->count > 0);
	case FACT_EVIDENCE:
		return !head->is_present ||
		       (read_count(fact, head, VALUE_COUNT, 1) && fact->count > 0);
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
		if (!take(fact, source, key, true) ||
		    !entry_walk(&fact->items[fact->items_count - 1], rules[fact->kind].type, NULL, 0))
			return ERR_PROOF_FORM;
	}
	if (fact->to < fact->count || !fact->items[0].is_present)
		return ERR_OK;
	item_key(key, fact, fact->count + 1);
	return take(fact, source, key, false) ? ERR_OK : ERR_PROOF_FORM;
}

static bool amounts_add(struct fact_totals *sums, const struct fact_totals *more)
{
	return !__builtin_add_overflow(sums->committed, more->committed, &sums->committed) &&
	       !__builtin_add_overflow(sums->paid, more->paid, &sums->paid) &&
	       !__builtin_add_overflow(sums->recovered, more->recovered, &sums->recovered) &&
	       !__builtin_add_overflow(sums->live, more->live, &sums->live);
}

/* The award's own figures fit each other. */
static bool add_award(struct fact *fact, const struct entry *entry)
{
	struct walk_field fields[] = {MESSAGE(1), MESSAGE(2), NUMBER(5),  NUMBER(6),
				      NUMBER(7),  NUMBER(8),  NUMBER(14), NUMBER(15)};
	struct walk_field terms[] = {NUMBER(6), MESSAGE(9)};
	uint64_t amount, payable, committed, paid, demanded, received;

	fields[5].least = fields[5].most = 1;
	terms[1].is_repeated = true;
	if (!entry_walk(entry, VALUE_AWARD, fields, 8) || fields[0].is_there == fields[1].is_there ||
	    !walk_message(fields[fields[0].is_there ? 0 : 1].bytes, terms,
			  fields[0].is_there ? 2 : 1))
		return false;
	amount = terms[0].value;
	committed = fields[2].value;
	paid = fields[3].value;
	payable = terms[1].is_there ? fields[4].value : amount;
	demanded = fields[6].value;
	received = fields[7].value;
	if (paid > payable || payable > amount || received > demanded || demanded > paid ||
	    committed != (fields[5].is_there ? paid : amount))
		return false;
	return amounts_add(&fact->sums, &(struct fact_totals){committed, paid, received,
							      !fields[5].is_there});
}

/* The totals that the programme states are those of its awards. */
static bool totals_fit(const struct fact *fact, const struct fact_totals *sums)
{
	const struct fact_totals *stated = &fact->stated;

	return sums->committed == stated->committed && sums->paid == stated->paid &&
	       sums->recovered == stated->recovered && sums->live == stated->live &&
	       sums->committed <= fact->budget && sums->live <= fact->awards_max;
}

static enum err check_awards(struct fact *fact)
{
	for (uint64_t k = fact->from; k <= fact->to; k++)
		if (!add_award(fact, &fact->items[1 + k - fact->from]))
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
	    fact->to - fact->from + 1 > source->count) /* each takes an entry */
		return ERR_PROOF_FORM;
	fact->items = arena_alloc(arena, (fact->to - fact->from + 3) * sizeof(*fact->items));
	if (fact->items == NULL)
		return ERR_MEMORY;
	fact->items[0] = *head;
	fact->items_count = 1;
	err = take_items(fact, source);
	if (err == ERR_OK && fact->kind == FACT_AWARDS)
		err = check_awards(fact);
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
		if (!amounts_add(&sums, &part->sums))
			return false;
	}
	return count > 0 && next == parts[0]->count + 1 &&
	       (parts[0]->kind != FACT_AWARDS || totals_fit(parts[0], &sums));
}
