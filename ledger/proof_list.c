/* Facts of lists: a head that counts them, and its parts. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "ledger/proof_make.h"
#include "proto/value.h"

#define SCRATCH_BYTES (4u * LIMIT_VALUE_BYTES)
#define KEY_BYTES (LIMIT_KEY_BYTES + 32)

/* The head's N. */
typedef uint64_t list_count(const void *head);

struct list_kind {
	const char *fact;
	const char *name; /* the member that names the subject; NULL: there is but one list */
	const char *head; /* key prefixes, or the key where there is but one */
	const char *list;
	enum value_type type;
	list_count *count;
	uint64_t first;     /* number of the first item that is not the head itself */
	bool may_be_absent; /* absence of the head is an answer */
};

static uint64_t count_of_programme(const void *head)
{
	return ((const Stele__ProgrammeValue *)head)->awards;
}

static uint64_t count_of_org(const void *head)
{
	return ((const Stele__OrgValue *)head)->awards;
}

static uint64_t count_of_content(const void *head)
{
	return ((const Stele__ClaimValue *)head)->claims;
}

static uint64_t count_of_evidence(const void *head)
{
	return ((const Stele__CountValue *)head)->count;
}

/* Key of the head, or of the k-th item. */
static void key_of(char key[KEY_BYTES], const char *prefix, const char *subject, uint64_t k)
{
	int len = subject == NULL ? snprintf(key, KEY_BYTES, "%s", prefix)
				  : snprintf(key, KEY_BYTES, "%s/%.255s", prefix, subject);

	if (k > 0 && len > 0)
		(void)snprintf(key + len, KEY_BYTES - (size_t)len, "/%llu", (unsigned long long)k);
}

static enum err add_head(struct proof_make *proof, const struct list_kind *kind,
			 const char *subject, uint64_t *count)
{
	char key[KEY_BYTES];
	struct arena arena;
	struct bytes value;
	void *head;
	enum err err;

	*count = 0;
	key_of(key, kind->head, subject, 0);
	err = entries_add(&proof->entries, key, &value);
	if (err != ERR_OK)
		return err;
	arena_init(&arena, SCRATCH_BYTES);
	err = value_decode(&arena, value, kind->type, &head);
	if (err == ERR_OK)
		*count = kind->count(head);
	arena_release(&arena);
	return err;
}

/* The items of the part, as far as they fit where its end is open: *to is the last. */
static enum err add_items(struct proof_make *proof, const struct list_kind *kind,
			  const char *subject, uint64_t from, uint64_t *to, bool is_open)
{
	char key[KEY_BYTES];

	for (uint64_t k = from < kind->first ? kind->first : from; k <= *to; k++) {
		enum err err;

		key_of(key, kind->list, subject, k);
		err = entries_add(&proof->entries, key, NULL);
		if (err == ERR_API_PROOF_SIZE && is_open && k > from) {
			*to = k - 1;
			return ERR_OK;
		}
		if (err != ERR_OK)
			return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	}
	return ERR_OK;
}

/* That there is no further one. */
static enum err add_end(struct proof_make *proof, const struct list_kind *kind,
			const char *subject, uint64_t count)
{
	char key[KEY_BYTES];
	enum err err;

	key_of(key, kind->list, subject, count + 1);
	err = entries_add(&proof->entries, key, NULL);
	return err == ERR_NOT_FOUND ? ERR_OK : err == ERR_OK ? ERR_STORE_DAMAGED : err;
}

/* Ends that were not asked for are set; whether the list has the part. */
static bool settle_part(struct proof_part *part, uint64_t count)
{
	if (part->from == 0)
		part->from = 1;
	if (count == 0)
		return part->from == 1 && part->to == 0;
	if (part->to == 0) {
		part->to = part->from - 1 + LIMIT_PROOF_PART;
		if (part->to > count)
			part->to = count;
	}
	return part->from <= part->to && part->to <= count;
}

static enum err add_part(struct proof_make *proof, const struct list_kind *kind,
			 const char *subject, struct proof_part *part, uint64_t count)
{
	bool is_open = part->to == 0;
	enum err err;

	if (!settle_part(part, count))
		return ERR_API_PROOF_RANGE;
	err = add_items(proof, kind, subject, part->from, &part->to, is_open);
	if (err == ERR_OK && part->to == count)
		err = add_end(proof, kind, subject, count);
	return err;
}

static enum err add_list(struct proof_make *proof, const struct list_kind *kind,
			 const char *subject, struct proof_part part)
{
	uint64_t count;
	json_t *fact;
	enum err err = add_head(proof, kind, subject, &count);

	if (err == ERR_OK)
		err = add_part(proof, kind, subject, &part, count);
	else if (err == ERR_NOT_FOUND && kind->may_be_absent)
		err = settle_part(&part, 0) ? ERR_OK : ERR_API_PROOF_RANGE;
	if (err != ERR_OK)
		return err;
	fact = json_pack("{s:I, s:I}", "from", (json_int_t)part.from, "to", (json_int_t)part.to);
	if (kind->name != NULL)
		json_object_set_new(fact, kind->name, json_string(subject));
	return proof_add_fact(proof, kind->fact, fact);
}

enum err proof_add_awards(struct proof_make *proof, const char *programme, struct proof_part part)
{
	static const struct list_kind kind = {
		"awards", "programme", "programme", "award", VALUE_PROGRAMME, count_of_programme,
		1,        false};

	return add_list(proof, &kind, programme, part);
}

enum err proof_add_org_awards(struct proof_make *proof, const char *org, struct proof_part part)
{
	static const struct list_kind kind = {
		"org-awards", "organisation", "org", "org-award", VALUE_ORG, count_of_org, 1, false};

	return add_list(proof, &kind, org, part);
}

enum err proof_add_claims(struct proof_make *proof, const struct hash *content,
			  struct proof_part part)
{
	static const struct list_kind kind = {
		"claims", "sha256", "content", "claim", VALUE_CLAIM, count_of_content, 2, true};
	char hex[HASH_HEX_LEN + 1];

	hex_encode(hex, content->b, sizeof(content->b));
	return add_list(proof, &kind, hex, part);
}

enum err proof_add_evidence(struct proof_make *proof, struct proof_part part)
{
	static const struct list_kind kind = {
		"evidence", NULL, "count/evidence", "evidence", VALUE_COUNT, count_of_evidence, 1, true};

	return add_list(proof, &kind, NULL, part);
}
