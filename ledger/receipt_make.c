#include "ledger/receipt_make.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mutant.h"
#include "crypto/merkle.h"
#include "ledger/cover_make.h"
#include "ledger/ledger.h"
#include "ledger/status_make.h"
#include "proofs/receipt.h"
#include "proofs/shape.h"
#include "proto/tx.h"
#include "proto/value.h"

#define SCRATCH_BYTES (4u * LIMIT_VALUE_BYTES)
#define SIZE_MAX_SAID ((UINT64_C(1) << 53) - 1) /* the largest number of a receipt */

#define OPERATION(name) STELE__TRANSACTION_BODY__OPERATION_##name

struct making {
	struct ledger_view *view;
	json_t *object;
	uint64_t record;     /* its log index */
	uint64_t opened;     /* that of the motion's opening; 0: not in the receipt */
	uint64_t height;     /* of the record */
	uint64_t top;        /* the height whose finalization covers it */
	uint64_t top_size;   /* of the log there */
	uint32_t entry;
	struct status_subject subject;
};

/* --- leaves ----------------------------------------------------------------- */

/* The transaction of a leaf, to be freed; its bytes without the leaf's first. */
static enum err read_transaction(struct ledger_view *view, uint64_t log_index, struct tx **tx,
				 struct bytes *raw)
{
	struct bytes data, attachment;
	enum err err = view_leaf(view, log_index, &data, &attachment);

	if (err != ERR_OK)
		return err;
	if (data.len == 0 || data.at[0] != 0x01)
		return ERR_NOT_FOUND; /* genesis, or evidence */
	*raw = bytes_of(data.at + 1, data.len - 1);
	return tx_from_leaf(tx, data, attachment, NULL) == ERR_OK ? ERR_OK : ERR_STORE_DAMAGED;
}

static enum err add_leaf(struct making *making, const char *name, uint64_t log_index,
			 struct bytes raw)
{
	struct hash path[MERKLE_PATH_MAX];
	uint64_t size = mutant_on("proof_at_another_size") ? log_index + 1 : making->top_size;
	size_t path_count;
	json_t *leaf;
	enum err err = view_inclusion(making->view, log_index, size, path, &path_count);

	if (err != ERR_OK)
		return err;
	leaf = json_object();
	json_object_set_new(leaf, "log_index", json_integer((json_int_t)log_index));
	json_object_set_new(leaf, "path", json_of_hashes(path, path_count));
	json_object_set_new(leaf, "transaction", json_of_base64(raw));
	json_object_set_new(making->object, name, leaf);
	return ERR_OK;
}

/* --- content ---------------------------------------------------------------- */

static enum err add_subject(struct making *making, const ProtobufCBinaryData *content,
			    uint64_t size)
{
	json_t *subject;

	if (size > SIZE_MAX_SAID)
		return ERR_NOT_FOUND;
	subject = json_object();
	memcpy(making->subject.content.b, content->data, sizeof(making->subject.content.b));
	making->subject.has_claim = true;
	json_object_set_new(subject, "sha256", json_of_hash(&making->subject.content));
	json_object_set_new(subject, "size", json_integer((json_int_t)size));
	json_object_set_new(making->object, "subject", subject);
	return ERR_OK;
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

static enum err add_entry(struct making *making, const struct tx *tx)
{
	struct hash path[MERKLE_PATH_MAX];
	const Stele__BatchEntry *entry;
	size_t path_count;
	json_t *item;
	enum err err;

	if (tx->entries == NULL || making->entry >= tx->entries->n_entries)
		return ERR_NOT_FOUND;
	entry = tx->entries->entries[making->entry];
	err = entry_path(tx, making->entry, path, &path_count);
	if (err != ERR_OK)
		return err;
	item = json_object();
	json_object_set_new(item, "index", json_integer(making->entry));
	json_object_set_new(item, "data",
			    json_of_base64(batch_entry_bytes(tx->attachment, making->entry)));
	json_object_set_new(item, "path", json_of_hashes(path, path_count));
	json_object_set_new(making->object, "entry", item);
	return add_subject(making, &entry->sha256, entry->size);
}

static enum err add_content(struct making *making, const struct tx *tx)
{
	const Stele__ContentAnchor *anchor;

	if (making->entry != RECEIPT_WHOLE)
		return add_entry(making, tx);
	if (tx->operation != OPERATION(CONTENT_ANCHOR))
		return ERR_OK;
	anchor = tx->message->content_anchor;
	return add_subject(making, &anchor->sha256, anchor->size);
}

/* --- motions ---------------------------------------------------------------- */

/* What of a motion a receipt needs. */
struct motion {
	uint64_t opened;
	uint64_t executed; /* 0: it is not */
};

static enum err read_motion(struct ledger_view *view, uint64_t number, struct motion *out)
{
	char key[LIMIT_KEY_BYTES + 1];
	Stele__MotionValue *motion;
	struct arena arena;
	struct bytes value;
	enum err err;

	(void)snprintf(key, sizeof(key), "motion/%" PRIu64, number);
	err = view_value(view, key, &value);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	arena_init(&arena, SCRATCH_BYTES);
	err = value_decode(&arena, value, VALUE_MOTION, (void **)&motion);
	if (err == ERR_OK)
		*out = (struct motion){motion->log_index, motion->executed_log_index};
	arena_release(&arena);
	return err;
}

static enum err count_motions(struct ledger_view *view, uint64_t *out)
{
	Stele__CountValue *count;
	struct arena arena;
	struct bytes value;
	enum err err = view_value(view, "count/motion", &value);

	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	arena_init(&arena, SCRATCH_BYTES);
	err = value_decode(&arena, value, VALUE_COUNT, (void **)&count);
	if (err == ERR_OK)
		*out = count->count;
	arena_release(&arena);
	return err;
}

/* Motions are numbered in the order of their openings. */
static enum err find_motion(struct ledger_view *view, uint64_t opened, uint64_t *number,
			    struct motion *out)
{
	uint64_t low = 1, high;
	enum err err = count_motions(view, &high);

	while (err == ERR_OK && low < high) {
		uint64_t middle = low + (high - low + 1) / 2;

		err = read_motion(view, middle, out);
		if (out->opened <= opened)
			low = middle;
		else
			high = middle - 1;
	}
	if (err == ERR_OK)
		err = read_motion(view, low, out);
	if (err == ERR_OK && out->opened != opened)
		err = ERR_STORE_DAMAGED;
	*number = low;
	return err;
}

/* The record of a motion that took effect is the approval that executed it. */
static enum err settle_motion(struct making *making, const struct tx *tx)
{
	struct motion motion = {0, 0};
	enum err err = ERR_OK;

	if (tx->operation == OPERATION(MOTION_OPEN)) {
		err = find_motion(making->view, making->record, &making->subject.motion, &motion);
	} else if (tx->operation == OPERATION(MOTION_APPROVE)) {
		making->subject.motion = tx->message->motion_approve->motion;
		err = read_motion(making->view, making->subject.motion, &motion);
		if (motion.executed != making->record)
			return err; /* one of those before */
	} else if (tx->operation == OPERATION(MOTION_WITHDRAW)) {
		making->subject.motion = tx->message->motion_withdraw->motion;
	}
	if (motion.executed != 0 && motion.executed != motion.opened) {
		making->record = motion.executed;
		making->opened = motion.opened;
	}
	return err;
}

/* --- the whole -------------------------------------------------------------- */

/* Where it stands, and under what; the record's own transaction. */
static enum err find_record(struct making *making, uint64_t log_index, struct tx **tx,
			    struct bytes *raw)
{
	enum err err = read_transaction(making->view, log_index, tx, raw);

	making->record = log_index;
	if (err == ERR_OK)
		err = settle_motion(making, *tx);
	if (err == ERR_OK && making->record != log_index) {
		tx_free(*tx);
		*tx = NULL;
		err = read_transaction(making->view, making->record, tx, raw);
	}
	if (err == ERR_OK)
		err = view_leaf_height(making->view, making->record, &making->height);
	if (err == ERR_OK && making->height == 0)
		err = ERR_NOT_FOUND;
	if (err == ERR_OK && view_finalized(making->view, making->height, &making->top) != ERR_OK)
		return ERR_API_UNCOVERED;
	return err == ERR_OK ? cover_log_size(making->view, making->top, &making->top_size) : err;
}

static enum err add_opened(struct making *making)
{
	struct bytes raw;
	struct tx *tx = NULL;
	enum err err;

	if (making->opened == 0)
		return ERR_OK;
	err = read_transaction(making->view, making->opened, &tx, &raw);
	if (err == ERR_OK)
		err = add_leaf(making, "opened", making->opened, raw);
	tx_free(tx);
	return err;
}

static enum err add_record(struct making *making, uint64_t log_index)
{
	struct tx *tx = NULL;
	struct bytes raw;
	enum err err = find_record(making, log_index, &tx, &raw);

	if (err == ERR_OK) {
		making->subject.signer = tx->signer;
		making->subject.log_index = making->record;
		err = add_leaf(making, "record", making->record, raw);
	}
	if (err == ERR_OK)
		err = add_content(making, tx);
	tx_free(tx);
	return err == ERR_OK ? add_opened(making) : err;
}

static enum err add_previous(struct making *making)
{
	struct bytes text;
	enum err err = cover_header_text(making->view, making->height - 1, &text);

	if (err == ERR_OK)
		json_object_set_new(making->object, "previous", json_of_text(text));
	return err;
}

static enum err make(struct making *making, struct ledger *ledger, const struct receipt_wish *wish,
		     struct bytes set_text)
{
	json_t *status;
	enum err err = add_record(making, wish->log_index);

	if (err == ERR_OK)
		err = cover_add(making->view, making->height, set_text, making->object);
	if (err == ERR_OK)
		err = add_previous(making);
	if (err == ERR_OK)
		err = status_make(ledger, making->view, making->top, wish->wants_newest,
				  &making->subject, &status);
	if (err == ERR_OK)
		json_object_set_new(making->object, "status", status);
	return err;
}

enum err receipt_of(struct ledger *ledger, struct ledger_view *view,
		    const struct receipt_wish *wish, struct bytes set_text, json_t **out)
{
	struct making making = {.view = view, .object = json_object(), .entry = wish->entry};
	enum err err;

	json_object_set_new(making.object, "stele_receipt", json_integer(RECEIPT_VERSION));
	err = make(&making, ledger, wish, set_text);
	if (err != ERR_OK) {
		json_decref(making.object);
		return err;
	}
	*out = making.object;
	return ERR_OK;
}
