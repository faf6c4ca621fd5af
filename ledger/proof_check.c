#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/merkle.h"
#include "ledger/payable.h"
#include "ledger/proof.h"
#include "ledger/proof_item.h"
#include "proto/rejected.h"
#include "proto/value.h"

#define FACTS_MEMORY (1u << 30)
#define ITEMS_MAX 1000000u

static enum err read_items(const json_t *proof, struct proof_facts *out)
{
	const json_t *items = json_object_get(proof, "items");
	size_t count = json_array_size(items);

	if (!json_is_array(items) || count == 0 || count > ITEMS_MAX)
		return ERR_PROOF_FORM;
	out->items = arena_alloc(&out->arena, count * sizeof(*out->items));
	if (out->items == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		struct state_item item;
		enum err err = state_item_check(json_array_get(items, i), &out->cover.last.state,
						&out->arena, &item);

		if (err != ERR_OK)
			return err;
		out->items[i] = (struct proof_item){item.key, item.is_present, item.value};
	}
	out->items_count = count;
	return ERR_OK;
}

/* subject NULL: a list that stands under nothing. */
static bool item_is(const struct proof_item *item, const char *prefix, const char *subject,
		    uint64_t number)
{
	char key[LIMIT_KEY_BYTES + 32];

	if (subject == NULL)
		(void)snprintf(key, sizeof(key), "%s/%llu", prefix, (unsigned long long)number);
	else if (number == 0)
		(void)snprintf(key, sizeof(key), "%s/%s", prefix, subject);
	else
		(void)snprintf(key, sizeof(key), "%s/%s/%llu", prefix, subject,
			       (unsigned long long)number);
	return strcmp(item->key, key) == 0;
}

/* Items after the head are list/first … list/N, present, then the absence of N+1:
 * nothing is left out and nothing is added. */
static enum err check_list(const struct proof_facts *facts, const char *list, const char *subject,
			   uint64_t first)
{
	const struct proof_item *item = facts->items + 1;
	const struct proof_item *end = facts->items + facts->items_count;

	for (uint64_t k = first; k <= facts->count; k++, item++)
		if (item >= end || !item->is_present || !item_is(item, list, subject, k))
			return ERR_PROOF_FORM;
	if (item + 1 != end || item->is_present || !item_is(item, list, subject, facts->count + 1))
		return ERR_PROOF_FORM;
	return ERR_OK;
}

static enum err decode_item(struct proof_facts *facts, const struct proof_item *item,
			    enum value_type type, void **message)
{
	if (!item->is_present)
		return ERR_PROOF_FORM;
	return value_decode(&facts->arena, item->value, type, message) == ERR_OK ? ERR_OK
										 : ERR_PROOF_FORM;
}

/* The totals that the programme states are those of its awards. */
static enum err check_totals(struct proof_facts *facts, const Stele__ProgrammeValue *programme)
{
	uint64_t live = 0;

	for (uint64_t k = 1; k <= facts->count; k++) {
		Stele__AwardValue *award;
		void *message;

		if (decode_item(facts, &facts->items[k], VALUE_AWARD, &message) != ERR_OK)
			return ERR_PROOF_FORM;
		award = message;
		/* each amount is below 2^63 and so is the sum before: no wrapping unseen */
		if (award->number != k || !award_adds_up(award))
			return ERR_PROOF_FORM;
		facts->committed += award->committed;
		facts->paid += award->paid;
		facts->recovered += award->received;
		live += !award->terminated;
		if (facts->committed > LIMIT_MONEY || facts->paid > LIMIT_MONEY)
			return ERR_PROOF_FORM;
	}
	if (facts->committed != programme->committed || facts->paid != programme->paid ||
	    facts->recovered != programme->recovered || live != programme->live_awards ||
	    facts->committed > facts->budget || live > programme->programme->max_awards)
		return ERR_PROOF_FORM;
	return ERR_OK;
}

static enum err check_awards(const json_t *proof, struct proof_facts *out)
{
	const char *subject = json_string_value(json_object_get(proof, "programme"));
	Stele__ProgrammeValue *programme;
	void *message;
	enum err err;

	if (subject == NULL || !key_segment_is_valid(bytes_text(subject)) ||
	    !item_is(&out->items[0], "programme", subject, 0))
		return ERR_PROOF_FORM;
	err = decode_item(out, &out->items[0], VALUE_PROGRAMME, &message);
	if (err != ERR_OK)
		return err;
	programme = message;
	if (programme->programme == NULL || strcmp(programme->programme->id, subject) != 0)
		return ERR_PROOF_FORM;
	out->count = programme->awards;
	out->budget = programme->programme->budget;
	(void)snprintf(out->currency, sizeof(out->currency), "%.3s",
		       programme->programme->currency);
	err = check_list(out, "award", subject, 1);
	return err == ERR_OK ? check_totals(out, programme) : err;
}

static enum err check_org_awards(const json_t *proof, struct proof_facts *out)
{
	const char *subject = json_string_value(json_object_get(proof, "organisation"));
	void *message;
	enum err err;

	if (subject == NULL || !key_segment_is_valid(bytes_text(subject)) ||
	    !item_is(&out->items[0], "org", subject, 0))
		return ERR_PROOF_FORM;
	err = decode_item(out, &out->items[0], VALUE_ORG, &message);
	if (err != ERR_OK)
		return err;
	out->count = ((const Stele__OrgValue *)message)->awards;
	return check_list(out, "org-award", subject, 1);
}

static enum err check_claims(const json_t *proof, struct proof_facts *out)
{
	const char *subject = json_string_value(json_object_get(proof, "sha256"));
	struct hash hash;
	void *message;
	enum err err;

	if (subject == NULL || !hex_decode(hash.b, sizeof(hash.b), bytes_text(subject)) ||
	    !item_is(&out->items[0], "content", subject, 0))
		return ERR_PROOF_FORM;
	if (!out->items[0].is_present)
		return out->items_count == 1 ? ERR_OK : ERR_PROOF_FORM;
	err = decode_item(out, &out->items[0], VALUE_CLAIM, &message);
	if (err != ERR_OK)
		return err;
	out->count = ((const Stele__ClaimValue *)message)->claims;
	if (out->count == 0) /* the first claim counts itself */
		return ERR_PROOF_FORM;
	return check_list(out, "claim", subject, 2);
}

/* Each accuses somebody at a leaf of its own, in the order of the log. */
static enum err check_evidence(const json_t *proof, struct proof_facts *out)
{
	uint64_t log_index = 0;
	void *message;
	enum err err;

	(void)proof;
	if (strcmp(out->items[0].key, "count/evidence") != 0)
		return ERR_PROOF_FORM;
	if (!out->items[0].is_present)
		return out->items_count == 1 ? ERR_OK : ERR_PROOF_FORM;
	err = decode_item(out, &out->items[0], VALUE_COUNT, &message);
	if (err != ERR_OK)
		return err;
	out->count = ((const Stele__CountValue *)message)->count;
	if (out->count == 0)
		return ERR_PROOF_FORM;
	err = check_list(out, "evidence", NULL, 1);
	for (uint64_t k = 1; err == ERR_OK && k <= out->count; k++) {
		err = decode_item(out, &out->items[k], VALUE_EVIDENCE, &message);
		if (err == ERR_OK &&
		    ((const Stele__EvidenceValue *)message)->log_index <= log_index)
			err = ERR_PROOF_FORM;
		if (err == ERR_OK)
			log_index = ((const Stele__EvidenceValue *)message)->log_index;
	}
	return err;
}

static enum err check_inclusion(const json_t *proof, struct proof_facts *out)
{
	struct hash *path, leaf;
	struct bytes data;
	size_t path_count;

	if (json_read_number(proof, "log_index", &out->log_index) ||
	    json_read_base64(proof, "data", LIMIT_LEAF_BYTES, &out->arena, &data) ||
	    json_read_hashes(proof, "path", LIMIT_LOG_PATH, &out->arena, &path, &path_count))
		return ERR_PROOF_FORM;
	merkle_leaf(&leaf, data);
	return merkle_inclusion_check(&leaf, out->log_index, out->cover.last.log_size, path,
				      path_count, &out->cover.last.log_root);
}

static enum err check_consistency(const json_t *proof, struct proof_facts *out)
{
	struct hash *path, root;
	size_t path_count;

	if (json_read_number(proof, "from", &out->from_size) ||
	    json_read_hash(proof, "from_root", &root) ||
	    json_read_hashes(proof, "path", LIMIT_LOG_PATH, &out->arena, &path, &path_count))
		return ERR_PROOF_FORM;
	return merkle_consistency_check(out->from_size, &root, out->cover.last.log_size,
					&out->cover.last.log_root, path, path_count);
}

static enum err check_rejected(const json_t *proof, struct proof_facts *out)
{
	static const char *const members[] = {"id",    "code",  "parcel", "position",
					      "index", "count", "path",   NULL};
	const json_t *entry = json_object_get(proof, "entry");
	uint64_t code, parcel, position, index, count;
	struct hash *path, leaf;
	size_t path_count;

	if (!json_is_object(entry) || !json_has_only(entry, members) ||
	    json_read_hash(entry, "id", &out->rejected_id) ||
	    json_read_number(entry, "code", &code) || code > UINT16_MAX ||
	    json_read_number(entry, "parcel", &parcel) || parcel > UINT32_MAX ||
	    json_read_number(entry, "position", &position) || position > UINT32_MAX ||
	    json_read_number(entry, "index", &index) || json_read_number(entry, "count", &count) ||
	    json_read_hashes(entry, "path", LIMIT_LOG_PATH, &out->arena, &path, &path_count))
		return ERR_PROOF_FORM;
	out->rejected_code = (uint32_t)code;
	rejected_leaf(&leaf, &out->rejected_id, (uint16_t)code, (uint32_t)parcel,
		      (uint32_t)position);
	if (count != out->cover.last.rejected_count)
		return ERR_PROOF_FORM;
	return merkle_inclusion_check(&leaf, index, count, path, path_count,
				      &out->cover.last.rejected_root);
}

static const struct {
	const char *kind;
	enum err (*check)(const json_t *proof, struct proof_facts *out);
	const char *members[4]; /* besides those that every proof has */
} kinds[] = {
	{"state", NULL, {"items"}},
	{"awards", check_awards, {"items", "programme"}},
	{"org-awards", check_org_awards, {"items", "organisation"}},
	{"claims", check_claims, {"items", "sha256"}},
	{"evidence", check_evidence, {"items"}},
	{"inclusion", check_inclusion, {"log_index", "data", "path"}},
	{"consistency", check_consistency, {"from", "from_root", "path"}},
	{"rejected", check_rejected, {"entry"}},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static size_t kind_find(const json_t *proof)
{
	const char *kind = json_string_value(json_object_get(proof, "kind"));
	size_t at = 0;

	while (at < KINDS && (kind == NULL || strcmp(kind, kinds[at].kind) != 0))
		at++;
	return at;
}

/* Nothing but the members of its kind: what is not checked is not there. */
static bool has_members_of(const json_t *proof, size_t kind)
{
	const char *members[12] = {"stele_proof", "kind", "headers", "finalization", "set",
				   "set_changes"};
	size_t count = 6;

	for (size_t i = 0; i < 4 && kinds[kind].members[i] != NULL; i++)
		members[count++] = kinds[kind].members[i];
	return json_has_only(proof, members);
}

static enum err check_kind(const json_t *proof, size_t kind, struct proof_facts *out)
{
	enum err err = ERR_OK;

	(void)snprintf(out->kind, sizeof(out->kind), "%s", kinds[kind].kind);
	if (strcmp(kinds[kind].members[0], "items") == 0)
		err = read_items(proof, out);
	if (err == ERR_OK && kinds[kind].check != NULL)
		err = kinds[kind].check(proof, out);
	return err;
}

enum err proof_check(const json_t *proof, const struct trust *trust, struct proof_facts *out)
{
	const json_t *version = json_object_get(proof, "stele_proof");
	size_t kind = kind_find(proof);
	enum err err;

	memset(out, 0, sizeof(*out));
	arena_init(&out->arena, FACTS_MEMORY);
	if (!json_is_object(proof) || !json_is_integer(version))
		return ERR_RECEIPT_FORM;
	if (json_integer_value(version) != PROOF_VERSION)
		return ERR_RECEIPT_VERSION;
	if (kind == KINDS)
		return ERR_PROOF_FORM;
	if (!has_members_of(proof, kind))
		return ERR_RECEIPT_FORM;
	err = cover_check(proof, &out->arena, &out->cover);
	if (err == ERR_OK && trust != NULL)
		err = cover_check_trust(&out->cover, trust);
	if (err != ERR_OK)
		return err;
	out->is_trusted = trust != NULL;
	return check_kind(proof, kind, out);
}

void proof_facts_release(struct proof_facts *facts)
{
	arena_release(&facts->arena);
}
