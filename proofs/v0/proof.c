#include "proofs/v0/proof.h"

#include <string.h>

#include "base/limits.h"
#include "proofs/shape.h"
#include "proofs/signer.h"
#include "proofs/v0/item.h"
#include "proto/value.h"

#define ITEMS_MAX 1000000u

static enum err read_items(const json_t *proof, struct proof_facts *out)
{
	const json_t *items = json_object_get(proof, "items");
	size_t count = json_array_size(items);

	if (!json_is_array(items) || count == 0 || count > ITEMS_MAX)
		return ERR_PROOF_FORM;
	out->entries = arena_alloc(&out->arena, count * sizeof(*out->entries));
	if (out->entries == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		struct v0_item item;
		enum err err = v0_item_check(json_array_get(items, i), &out->cover.last.state,
					     &out->arena, &item);

		if (err != ERR_OK)
			return err;
		out->entries[i] = (struct entry){
			.key = item.key, .is_present = item.is_present, .value = item.value};
	}
	out->entries_count = count;
	return ERR_OK;
}

/* A list is whole in this version, and its items stand in its order. */
static enum err check_list(const json_t *proof, const char *member, struct proof_facts *out)
{
	struct fact_source source = {.is_ordered = true};
	struct fact *fact = &out->facts[0];
	struct bytes subject = {NULL, 0};
	struct hash hash;
	enum err err = read_items(proof, out);

	if (err != ERR_OK)
		return err;
	if (member != NULL && (json_read_text(proof, member, &subject) != ERR_OK ||
			       !key_segment_is_valid(subject)))
		return ERR_PROOF_FORM;
	if (fact->kind == FACT_CLAIMS && !hex_decode(hash.b, sizeof(hash.b), subject))
		return ERR_PROOF_FORM;
	if (subject.len > 0)
		memcpy(fact->subject, subject.at, subject.len);
	source.entries = out->entries;
	source.count = out->entries_count;
	err = fact_check_list(fact, true, &source, &out->arena);
	return err == ERR_OK && source.next != source.count ? ERR_PROOF_FORM : err;
}

/* One fact for each of the keys. */
static enum err check_state(const json_t *proof, struct proof_facts *out)
{
	enum err err = read_items(proof, out);

	if (err != ERR_OK)
		return err;
	out->facts = arena_alloc(&out->arena, out->entries_count * sizeof(*out->facts));
	if (out->facts == NULL)
		return ERR_MEMORY;
	out->facts_count = out->entries_count;
	for (size_t i = 0; i < out->facts_count; i++) {
		struct fact *fact = &out->facts[i];

		fact->kind = FACT_STATE;
		fact->items = &out->entries[i];
		fact->items_count = 1;
		memcpy(fact->subject, out->entries[i].key, strlen(out->entries[i].key) + 1);
	}
	return ERR_OK;
}

/* Those that need no entries have the members of a fact of version 1 under other names. */
static enum err check_renamed(json_t *fact, struct proof_facts *out)
{
	struct fact_source none = {.entries = NULL};
	enum err err = fact_read(fact, &out->arena, &out->facts[0]);

	if (err == ERR_OK)
		err = fact_check(&out->facts[0], &none, &out->cover.last, &out->arena);
	json_decref(fact);
	return err == ERR_RECEIPT_FORM ? ERR_PROOF_FORM : err;
}

static void give(json_t *fact, const char *name, json_t *value)
{
	if (value != NULL)
		json_object_set(fact, name, value);
}

static enum err check_path(const json_t *proof, struct proof_facts *out)
{
	json_t *fact = json_object(), *entry = json_object_get(proof, "entry");

	if (out->facts[0].kind == FACT_REJECTED && json_is_object(entry))
		json_object_update(fact, entry);
	json_object_set_new(fact, "fact", json_string(fact_name(out->facts[0].kind)));
	if (out->facts[0].kind == FACT_INCLUSION) {
		give(fact, "log_index", json_object_get(proof, "log_index"));
		give(fact, "data", json_object_get(proof, "data"));
		give(fact, "path", json_object_get(proof, "path"));
	} else if (out->facts[0].kind == FACT_CONSISTENCY) {
		give(fact, "from", json_object_get(proof, "from"));
		give(fact, "root", json_object_get(proof, "from_root"));
		give(fact, "path", json_object_get(proof, "path"));
	}
	return check_renamed(fact, out);
}

static const char *const members[][4] = {
	/* besides those that every proof has; the subject is the second of a list */
	[FACT_STATE] = {"items"},
	[FACT_AWARDS] = {"items", "programme"},
	[FACT_ORG_AWARDS] = {"items", "organisation"},
	[FACT_CLAIMS] = {"items", "sha256"},
	[FACT_EVIDENCE] = {"items"},
	[FACT_INCLUSION] = {"log_index", "data", "path"},
	[FACT_CONSISTENCY] = {"from", "from_root", "path"},
	[FACT_REJECTED] = {"entry"},
};

/* Nothing but the members of its kind: what is not checked is not there. */
static bool has_members_of(const json_t *proof, enum fact_kind kind)
{
	const char *names[12] = {"stele_proof", "kind", "headers", "finalization", "set",
				 "set_changes"};
	size_t count = 6;

	for (size_t i = 0; i < 4 && members[kind][i] != NULL; i++)
		names[count++] = members[kind][i];
	return json_has_only(proof, names);
}

static enum err check_kind(const json_t *proof, struct proof_facts *out)
{
	switch (out->facts[0].kind) {
	case FACT_STATE:
		return check_state(proof, out);
	case FACT_AWARDS:
	case FACT_ORG_AWARDS:
	case FACT_CLAIMS:
	case FACT_EVIDENCE:
		return check_list(proof, members[out->facts[0].kind][1], out);
	case FACT_INCLUSION:
	case FACT_CONSISTENCY:
	case FACT_REJECTED:
		return check_path(proof, out);
	}
	UNREACHABLE();
}

enum err v0_proof_check(const json_t *proof, const struct trust *trust, struct proof_facts *out)
{
	const char *name = json_string_value(json_object_get(proof, "kind"));
	enum fact_kind kind;
	enum err err;

	if (name == NULL || !fact_kind_of(name, &kind))
		return ERR_PROOF_FORM;
	if (!has_members_of(proof, kind))
		return ERR_RECEIPT_FORM;
	err = v0_cover_check(proof, &out->arena, &out->cover);
	if (err == ERR_OK && trust != NULL)
		err = cover_check_trust(&out->cover, trust);
	if (err != ERR_OK)
		return err;
	out->is_trusted = trust != NULL;
	out->facts = arena_alloc(&out->arena, sizeof(*out->facts));
	if (out->facts == NULL)
		return ERR_MEMORY;
	out->facts[0].kind = kind;
	out->facts_count = 1;
	return check_kind(proof, out);
}
