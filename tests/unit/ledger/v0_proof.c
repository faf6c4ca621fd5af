#include "tests/unit/ledger/v0_proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/merkle.h"
#include "ledger/ledger.h"
#include "proofs/shape.h"
#include "proto/rejected.h"
#include "proto/value.h"
#include "tests/unit/ledger/v0_item.h"
#include "tests/unit/ledger/v0_receipt.h"

#define SCRATCH_BYTES (4u * LIMIT_VALUE_BYTES)

/* An object of the kind under the view's newest height; gives that height. */
static enum err v0_begin(struct ledger_view *view, const char *kind, uint64_t height,
			    struct bytes set_text, json_t **out)
{
	json_t *object = json_object();
	enum err err;

	json_object_set_new(object, "stele_proof", json_integer(0));
	json_object_set_new(object, "kind", json_string(kind));
	err = cover_make(view, height, set_text, object);
	if (err != ERR_OK) {
		json_decref(object);
		return err;
	}
	*out = object;
	return ERR_OK;
}

static uint64_t tip_height(const struct ledger_view *view)
{
	struct ledger_tip tip;

	ledger_view_tip(view, &tip);
	return tip.height;
}

/* Appends the item of a key, whether it is there or not. */
static enum err add_item(struct ledger_view *view, const char *key, json_t *items,
			 struct bytes *value)
{
	struct smt_proof *proof = malloc(sizeof(*proof));
	struct bytes found;
	enum err err;

	if (proof == NULL)
		return ERR_MEMORY;
	view_prove(view, key, proof);
	err = view_value(view, key, &found);
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		json_array_append_new(items, state_item_json(key, err == ERR_OK ? &found : NULL,
							     proof));
	free(proof);
	if (err == ERR_OK && value != NULL)
		*value = found;
	return err;
}

/* The items of prefix/first … prefix/N, and the absence of prefix/N+1. */
static enum err add_list(struct ledger_view *view, const char *prefix, uint64_t first,
			 uint64_t count, json_t *items)
{
	char key[LIMIT_KEY_BYTES + 32];
	enum err err;

	for (uint64_t k = first; k <= count; k++) {
		(void)snprintf(key, sizeof(key), "%.255s/%llu", prefix, (unsigned long long)k);
		err = add_item(view, key, items, NULL);
		if (err != ERR_OK)
			return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	}
	(void)snprintf(key, sizeof(key), "%.255s/%llu", prefix, (unsigned long long)count + 1);
	err = add_item(view, key, items, NULL);
	return err == ERR_NOT_FOUND ? ERR_OK : err == ERR_OK ? ERR_STORE_DAMAGED : err;
}

enum err proof_state(struct ledger_view *view, const char *const *keys, size_t count,
		     struct bytes set_text, json_t **out)
{
	json_t *items = json_array();
	enum err err = v0_begin(view, "state", tip_height(view), set_text, out);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		err = add_item(view, keys[i], items, NULL);
		if (err == ERR_NOT_FOUND)
			err = ERR_OK;
		if (err != ERR_OK)
			json_decref(*out);
	}
	if (err != ERR_OK) {
		json_decref(items);
		return err;
	}
	json_object_set_new(*out, "items", items);
	return ERR_OK;
}

/* A proof that a head's whole list is given; the head's N comes from counted. */
typedef uint64_t list_count(const void *head);

struct list_kind {
	const char *kind;
	const char *name;   /* the member that names the subject */
	const char *head;   /* key prefixes */
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

static enum err add_head_and_list(struct ledger_view *view, const struct list_kind *kind,
				  const char *subject, json_t *items)
{
	char key[LIMIT_KEY_BYTES + 32];
	struct arena arena;
	struct bytes value;
	void *head;
	uint64_t count = 0;
	enum err err;

	(void)snprintf(key, sizeof(key), "%s/%s", kind->head, subject);
	err = add_item(view, key, items, &value);
	if (err == ERR_NOT_FOUND && kind->may_be_absent)
		return ERR_OK;
	if (err != ERR_OK)
		return err;
	arena_init(&arena, SCRATCH_BYTES);
	err = value_decode(&arena, value, kind->type, &head);
	if (err == ERR_OK)
		count = kind->count(head);
	arena_release(&arena);
	if (err != ERR_OK)
		return err;
	(void)snprintf(key, sizeof(key), "%s/%s", kind->list, subject);
	return add_list(view, key, kind->first, count, items);
}

static enum err proof_list(struct ledger_view *view, const struct list_kind *kind,
			   const char *subject, struct bytes set_text, json_t **out)
{
	json_t *items = json_array();
	json_t *object;
	enum err err = v0_begin(view, kind->kind, tip_height(view), set_text, &object);

	if (err != ERR_OK) {
		json_decref(items);
		return err;
	}
	json_object_set_new(object, kind->name, json_string(subject));
	err = add_head_and_list(view, kind, subject, items);
	json_object_set_new(object, "items", items);
	if (err != ERR_OK) {
		json_decref(object);
		return err;
	}
	*out = object;
	return ERR_OK;
}

enum err proof_awards(struct ledger_view *view, const char *programme, struct bytes set_text,
		      json_t **out)
{
	static const struct list_kind kind = {
		"awards", "programme", "programme", "award", VALUE_PROGRAMME, count_of_programme,
		1,        false};

	return proof_list(view, &kind, programme, set_text, out);
}

enum err proof_org_awards(struct ledger_view *view, const char *org, struct bytes set_text,
			  json_t **out)
{
	static const struct list_kind kind = {
		"org-awards", "organisation", "org", "org-award", VALUE_ORG, count_of_org, 1, false};

	return proof_list(view, &kind, org, set_text, out);
}

enum err proof_claims(struct ledger_view *view, const struct hash *sha256_of_content,
		      struct bytes set_text, json_t **out)
{
	static const struct list_kind kind = {
		"claims", "sha256", "content", "claim", VALUE_CLAIM, count_of_content, 2, true};
	char hex[HASH_HEX_LEN + 1];

	hex_encode(hex, sha256_of_content->b, sizeof(sha256_of_content->b));
	return proof_list(view, &kind, hex, set_text, out);
}

static enum err add_evidence(struct ledger_view *view, json_t *items)
{
	struct arena arena;
	struct bytes value;
	uint64_t count = 0;
	void *head;
	enum err err = add_item(view, "count/evidence", items, &value);

	if (err == ERR_NOT_FOUND)
		return ERR_OK;
	if (err != ERR_OK)
		return err;
	arena_init(&arena, SCRATCH_BYTES);
	err = value_decode(&arena, value, VALUE_COUNT, &head);
	if (err == ERR_OK)
		count = ((const Stele__CountValue *)head)->count;
	arena_release(&arena);
	return err == ERR_OK ? add_list(view, "evidence", 1, count, items) : err;
}

enum err proof_evidence(struct ledger_view *view, struct bytes set_text, json_t **out)
{
	json_t *items = json_array();
	json_t *object;
	enum err err = v0_begin(view, "evidence", tip_height(view), set_text, &object);

	if (err != ERR_OK) {
		json_decref(items);
		return err;
	}
	err = add_evidence(view, items);
	json_object_set_new(object, "items", items);
	if (err != ERR_OK) {
		json_decref(object);
		return err;
	}
	*out = object;
	return ERR_OK;
}

/* Log proofs stand under the last header, which is the view's tip. */
static uint64_t tip_size(const struct ledger_view *view)
{
	struct ledger_tip tip;

	ledger_view_tip(view, &tip);
	return tip.log_size;
}

enum err proof_inclusion(struct ledger_view *view, uint64_t log_index, struct bytes set_text,
			 json_t **out)
{
	struct hash path[MERKLE_PATH_MAX];
	struct bytes data, attachment;
	size_t path_count;
	enum err err;

	if (log_index >= tip_size(view))
		return ERR_NOT_FOUND;
	err = view_leaf(view, log_index, &data, &attachment);
	if (err == ERR_OK)
		err = view_inclusion(view, log_index, tip_size(view), path, &path_count);
	if (err == ERR_OK)
		err = v0_begin(view, "inclusion", tip_height(view), set_text, out);
	if (err != ERR_OK)
		return err;
	json_object_set_new(*out, "log_index", json_integer((json_int_t)log_index));
	json_object_set_new(*out, "data", json_of_base64(data));
	json_object_set_new(*out, "path", json_of_hashes(path, path_count));
	return ERR_OK;
}

enum err proof_consistency(struct ledger_view *view, uint64_t from, struct bytes set_text,
			   json_t **out)
{
	struct hash path[MERKLE_PATH_MAX], root;
	size_t path_count;
	enum err err;

	if (from == 0 || from > tip_size(view))
		return ERR_NOT_FOUND;
	err = view_log_root(view, from, &root);
	if (err == ERR_OK)
		err = view_consistency(view, from, tip_size(view), path, &path_count);
	if (err == ERR_OK)
		err = v0_begin(view, "consistency", tip_height(view), set_text, out);
	if (err != ERR_OK)
		return err;
	json_object_set_new(*out, "from", json_integer((json_int_t)from));
	json_object_set_new(*out, "from_root", json_of_hash(&root));
	json_object_set_new(*out, "path", json_of_hashes(path, path_count));
	return ERR_OK;
}

/* The leaf hashes of a block's rejected entries. */
static enum err rejected_leaves(struct ledger_view *view, uint64_t height, uint32_t count,
				struct hash *leaves)
{
	for (uint32_t i = 0; i < count; i++) {
		struct view_rejected found;
		enum err err = view_rejected(view, height, i, &found);

		if (err != ERR_OK)
			return err;
		rejected_leaf(&leaves[i], &found.id, (uint16_t)found.reason, found.parcel,
			      found.position);
	}
	return ERR_OK;
}

static enum err rejected_path(struct ledger_view *view, uint64_t height, uint32_t k,
			      uint32_t count, struct hash *path, size_t *path_count)
{
	struct hash *leaves = malloc(count * sizeof(*leaves));
	struct merkle_array array = {.leaves = leaves, .count = count};
	enum err err;

	if (leaves == NULL)
		return ERR_MEMORY;
	err = rejected_leaves(view, height, count, leaves);
	if (err == ERR_OK)
		err = merkle_inclusion_path(merkle_array_subtree, &array, k, count, path,
					    path_count);
	free(leaves);
	return err;
}

enum err proof_rejected(struct ledger_view *view, uint64_t height, uint32_t k,
			struct bytes set_text, json_t **out)
{
	struct hash path[MERKLE_PATH_MAX];
	struct view_rejected found;
	struct view_block block;
	size_t path_count;
	json_t *entry;
	enum err err = view_block(view, height, &block);

	if (err == ERR_OK && k >= block.rejected)
		err = ERR_NOT_FOUND;
	if (err == ERR_OK)
		err = view_rejected(view, height, k, &found);
	if (err == ERR_OK)
		err = rejected_path(view, height, k, block.rejected, path, &path_count);
	if (err == ERR_OK)
		err = v0_begin(view, "rejected", height, set_text, out);
	if (err != ERR_OK)
		return err;
	entry = json_object();
	json_object_set_new(entry, "id", json_of_hash(&found.id));
	json_object_set_new(entry, "code", json_integer((json_int_t)found.reason));
	json_object_set_new(entry, "parcel", json_integer(found.parcel));
	json_object_set_new(entry, "position", json_integer(found.position));
	json_object_set_new(entry, "index", json_integer(k));
	json_object_set_new(entry, "count", json_integer(block.rejected));
	json_object_set_new(entry, "path", json_of_hashes(path, path_count));
	json_object_set_new(*out, "entry", entry);
	return ERR_OK;
}
