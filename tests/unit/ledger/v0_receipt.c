#include "tests/unit/ledger/v0_receipt.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "ledger/ledger.h"
#include "proofs/shape.h"
#include "tests/unit/ledger/v0_item.h"

static enum err header_text(struct ledger_view *view, uint64_t height, struct bytes *out)
{
	struct view_block block;
	enum err err = view_block(view, height, &block);

	if (err == ERR_OK)
		*out = block.header_text;
	return err;
}

enum err cover_make(struct ledger_view *view, uint64_t height, struct bytes set_text,
		    json_t *object)
{
	json_t *headers = json_array();
	struct view_block top;
	uint64_t finalized;
	enum err err = view_finalized(view, height, &finalized);

	if (err == ERR_OK && finalized - height >= LIMIT_RECEIPT_HEADERS)
		err = ERR_NOT_FOUND;
	for (uint64_t h = finalized; err == ERR_OK && h + 1 > height; h--) {
		struct bytes text;

		err = header_text(view, h, &text);
		if (err == ERR_OK)
			json_array_append_new(headers, json_of_text(text));
		if (h == 0)
			break;
	}
	if (err == ERR_OK)
		err = view_block(view, finalized, &top);
	if (err != ERR_OK) {
		json_decref(headers);
		return err;
	}
	json_object_set_new(object, "headers", headers);
	json_object_set_new(object, "finalization", json_of_base64(top.finalization));
	json_object_set_new(object, "set", json_of_text(set_text));
	json_object_set_new(object, "set_changes", json_array());
	return ERR_OK;
}

/* The log size of the header that the path leads to. */
static enum err top_size(struct ledger_view *view, uint64_t height, uint64_t *size)
{
	struct view_block block;
	struct header header;
	uint64_t finalized;
	enum err err = view_finalized(view, height, &finalized);

	if (err == ERR_OK)
		err = view_block(view, finalized, &block);
	if (err == ERR_OK)
		err = header_parse(&header, block.header_text);
	if (err == ERR_OK)
		*size = header.log_size;
	return err;
}

static enum err add_inclusion(struct ledger_view *view, uint64_t log_index, uint64_t height,
			      json_t *object)
{
	struct hash path[MERKLE_PATH_MAX];
	size_t path_count;
	uint64_t size;
	enum err err = top_size(view, height, &size);

	if (err == ERR_OK)
		err = view_inclusion(view, log_index, size, path, &path_count);
	if (err != ERR_OK)
		return err;
	json_object_set_new(object, "log_index", json_integer((json_int_t)log_index));
	json_object_set_new(object, "path", json_of_hashes(path, path_count));
	return ERR_OK;
}

static void add_subject(json_t *object, const uint8_t *sha256_of_content, uint64_t size)
{
	json_t *subject = json_object();
	struct hash hash;

	memcpy(hash.b, sha256_of_content, sizeof(hash.b));
	json_object_set_new(subject, "sha256", json_of_hash(&hash));
	json_object_set_new(subject, "size", json_integer((json_int_t)size));
	json_object_set_new(object, "subject", subject);
}

static enum err entry_path(const struct tx *tx, uint32_t entry, struct hash *path,
			   size_t *path_count)
{
	size_t count = tx->entries->n_entries;
	struct hash *leaves = malloc(count * sizeof(*leaves));
	struct merkle_array array = {.leaves = leaves, .count = count};
	struct bytes left = tx->attachment;
	enum err err;

	if (leaves == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		merkle_leaf(&leaves[i], batch_entry_next(&left));
	err = merkle_inclusion_path(merkle_array_subtree, &array, entry, count, path, path_count);
	free(leaves);
	return err;
}

static enum err add_entry(const struct tx *tx, uint32_t entry, json_t *object)
{
	struct hash path[MERKLE_PATH_MAX];
	size_t path_count;
	json_t *item;
	enum err err;

	if (tx->entries == NULL || entry >= tx->entries->n_entries)
		return ERR_NOT_FOUND;
	err = entry_path(tx, entry, path, &path_count);
	if (err != ERR_OK)
		return err;
	item = json_object();
	json_object_set_new(item, "index", json_integer(entry));
	json_object_set_new(item, "count", json_integer((json_int_t)tx->entries->n_entries));
	json_object_set_new(item, "data", json_of_base64(batch_entry_bytes(tx->attachment, entry)));
	json_object_set_new(item, "path", json_of_hashes(path, path_count));
	json_object_set_new(object, "entry", item);
	add_subject(object, tx->entries->entries[entry]->sha256.data,
		    tx->entries->entries[entry]->size);
	return ERR_OK;
}

static enum err add_record(struct ledger_view *view, uint64_t log_index, uint32_t entry,
			   json_t *object)
{
	struct bytes data, attachment;
	struct tx *tx;
	enum err err = view_leaf(view, log_index, &data, &attachment);

	if (err != ERR_OK)
		return err;
	if (data.len == 0 || data.at[0] != 0x01)
		return ERR_NOT_FOUND;
	err = tx_from_leaf(&tx, data, attachment, NULL);
	if (err != ERR_OK)
		return ERR_STORE_DAMAGED;
	json_object_set_new(object, "transaction",
			    json_of_base64(bytes_of(data.at + 1, data.len - 1)));
	if (entry != RECEIPT_NO_ENTRY)
		err = add_entry(tx, entry, object);
	else if (tx->operation == STELE__TRANSACTION_BODY__OPERATION_CONTENT_ANCHOR)
		add_subject(object, tx->message->content_anchor->sha256.data,
			    tx->message->content_anchor->size);
	tx_free(tx);
	return err;
}

enum err receipt_make(struct ledger_view *view, uint64_t log_index, uint32_t entry,
		      struct bytes set_text, json_t **out)
{
	json_t *object = json_object();
	struct bytes previous;
	uint64_t height;
	enum err err;

	json_object_set_new(object, "stele_receipt", json_integer(0));
	err = view_leaf_height(view, log_index, &height);
	if (err == ERR_OK && height == 0)
		err = ERR_NOT_FOUND;
	if (err == ERR_OK)
		err = add_record(view, log_index, entry, object);
	if (err == ERR_OK)
		err = add_inclusion(view, log_index, height, object);
	if (err == ERR_OK)
		err = cover_make(view, height, set_text, object);
	if (err == ERR_OK)
		err = header_text(view, height - 1, &previous);
	if (err != ERR_OK) {
		json_decref(object);
		return err;
	}
	json_object_set_new(object, "previous", json_of_text(previous));
	*out = object;
	return ERR_OK;
}
