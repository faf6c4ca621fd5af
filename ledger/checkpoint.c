/* Two slots take turns: META says which one is complete, and the other one is being
 * written or is what was left of that.
 *
 *   META "format"        CHECKPOINT_FORMAT
 *   META "checkpoint"    u64 generation | u64 value_next | u32 rows
 *   RECORD u64 slot | u32 k -> H(u64 generation | u32 k | items) | items of ledger/state.h  */
#include "ledger/checkpoint.h"

#include <stdlib.h>

#include "crypto/digest.h"
#include "ledger/row.h"

#define CHECKPOINT_FORMAT "stele/v1 checkpoint 1\n"
#define META_CHECKPOINT "checkpoint"
#define SLOTS 2
#define ROW_LEAVES 500    /* of a row, some 54 kB */
#define SLICE_LEAVES 40000 /* of a transaction */
#define LEAVES_A_CHANGE 32 /* so that one is through before the next is due */
#define ROW_BYTES_MAX ((size_t)1 << 20)

struct checkpoint {
	struct store *store;
	struct state_tree *tree;
	uint64_t changes_min;
	size_t slice_leaves;
	uint64_t generation; /* of the complete one; 0: none */
	uint32_t rows;       /* its */
	uint64_t value_next; /* of the complete one or the one that is written */
	bool is_given_up;
	bool is_writing;
	struct checkpoint_mark mark; /* of the one that is written; its version is retained */
	struct state_walk walk;
	uint32_t written;    /* rows */
	uint64_t seen;       /* the tip's value_next of the last call */
	uint64_t owed;       /* leaves */
};

struct checkpoint *checkpoint_new(struct store *store, struct state_tree *tree)
{
	struct checkpoint *checkpoint = calloc(1, sizeof(*checkpoint));

	if (checkpoint == NULL)
		return NULL;
	checkpoint->store = store;
	checkpoint->tree = tree;
	checkpoint->changes_min = CHECKPOINT_CHANGES_MIN;
	checkpoint->slice_leaves = SLICE_LEAVES;
	return checkpoint;
}

void checkpoint_free(struct checkpoint *checkpoint)
{
	if (checkpoint == NULL)
		return;
	if (checkpoint->is_writing)
		state_release(checkpoint->tree, checkpoint->mark.version);
	free(checkpoint);
}

void checkpoint_hurry(struct checkpoint *checkpoint, uint64_t changes_min, size_t slice_leaves)
{
	checkpoint->changes_min = changes_min;
	checkpoint->slice_leaves = slice_leaves;
}

static void row_hash(struct hash *out, uint64_t generation, uint32_t k, struct bytes items)
{
	uint8_t place[12] = {0};
	struct bytes parts[2] = {bytes_of(place, sizeof(place)), items};

	store_u64(place, generation);
	store_u32(place + 8, k);
	sha256_parts(out, parts, 2);
}

/* --- reading ------------------------------------------------------------- */

static enum err meta_read(struct checkpoint *checkpoint, struct store_read *read,
			  struct checkpoint_mark *out)
{
	struct bytes row;
	struct cursor cursor;
	enum err err = store_get(read, TABLE_META, bytes_text(META_FORMAT), &row);

	if (err == ERR_OK && !bytes_equal(row, bytes_text(CHECKPOINT_FORMAT)))
		err = ERR_NOT_FOUND; /* of another version, which wrote one for itself */
	if (err == ERR_OK)
		err = store_get(read, TABLE_META, bytes_text(META_CHECKPOINT), &row);
	if (err != ERR_OK)
		return err;
	cursor = cursor_of(row);
	checkpoint->generation = cursor_u64(&cursor);
	out->value_next = cursor_u64(&cursor);
	checkpoint->rows = cursor_u32(&cursor);
	return cursor_is_done(&cursor) ? ERR_OK : ERR_STORE_DAMAGED;
}

static enum err row_read(struct checkpoint *checkpoint, struct store_read *read, uint32_t k,
			 struct state_rebuild *rebuild)
{
	struct bytes row, items;
	struct hash hash;
	enum err err = row_get(read, TABLE_RECORD,
			       row_key_pair(checkpoint->generation % SLOTS, k), &row);

	if (err == ERR_NOT_FOUND || (err == ERR_OK && row.len < sizeof(hash)))
		return ERR_STORE_DAMAGED;
	if (err != ERR_OK)
		return err;
	items = bytes_of(row.at + sizeof(hash), row.len - sizeof(hash));
	row_hash(&hash, checkpoint->generation, k, items);
	if (!bytes_equal(bytes_of(hash.b, sizeof(hash)), bytes_of(row.at, sizeof(hash))))
		return ERR_STORE_DAMAGED;
	return state_rebuild_add(checkpoint->tree, rebuild, items);
}

enum err checkpoint_load(struct checkpoint *checkpoint, struct checkpoint_mark *out)
{
	struct checkpoint_mark mark;
	struct state_rebuild rebuild;
	struct store_read *read;
	enum err err = store_read_begin(checkpoint->store, &read);

	if (err != ERR_OK)
		return err;
	state_rebuild_begin(&rebuild);
	err = meta_read(checkpoint, read, &mark);
	for (uint32_t k = 0; k < checkpoint->rows && err == ERR_OK; k++)
		err = row_read(checkpoint, read, k, &rebuild);
	store_read_end(read);
	if (err == ERR_OK)
		err = state_rebuild_end(checkpoint->tree, &rebuild, &mark.version);
	else
		state_rebuild_drop(checkpoint->tree, &rebuild);
	if (err != ERR_OK) {
		checkpoint->generation = 0;
		checkpoint->rows = 0;
		return err;
	}
	checkpoint->value_next = mark.value_next;
	*out = mark;
	return ERR_OK;
}

/* --- writing ------------------------------------------------------------- */

/* *leaves: at most so many; gets how many there were. */
static enum err row_write(struct checkpoint *checkpoint, struct store_write *write,
			  size_t *leaves)
{
	uint64_t generation = checkpoint->generation + 1;
	struct hash hash = {{0}};
	struct buf row;
	enum err err;

	buf_init(&row, ROW_BYTES_MAX);
	buf_hash(&row, &hash); /* its place */
	*leaves = state_walk_next(checkpoint->tree, &checkpoint->walk, *leaves, &row);
	if (row.has_failed) {
		buf_release(&row);
		return ERR_MEMORY;
	}
	row_hash((struct hash *)row.at, generation, checkpoint->written,
		 bytes_of(row.at + sizeof(hash), row.len - sizeof(hash)));
	err = row_put(write, TABLE_RECORD, row_key_pair(generation % SLOTS, checkpoint->written++),
		      buf_bytes(&row), false);
	buf_release(&row);
	return err;
}

/* The one before is not needed any more. */
static enum err former_delete(const struct checkpoint *checkpoint, struct store_write *write)
{
	enum err err = ERR_OK;

	for (uint32_t k = 0; k < checkpoint->rows && err == ERR_OK; k++) {
		struct row_key key = row_key_pair(checkpoint->generation % SLOTS, k);

		err = store_delete(write, TABLE_RECORD, row_key_bytes(&key));
	}
	return err;
}

static enum err end_write(const struct checkpoint *checkpoint, struct store_write *write)
{
	struct buf row;
	enum err err = former_delete(checkpoint, write);

	buf_init(&row, 128);
	buf_u64(&row, checkpoint->generation + 1);
	buf_u64(&row, checkpoint->mark.value_next);
	buf_u32(&row, checkpoint->written);
	if (row.has_failed)
		err = ERR_MEMORY;
	if (err == ERR_OK)
		err = store_put(write, TABLE_META, bytes_text(META_FORMAT),
				bytes_text(CHECKPOINT_FORMAT), false);
	if (err == ERR_OK)
		err = store_put(write, TABLE_META, bytes_text(META_CHECKPOINT), buf_bytes(&row),
				false);
	buf_release(&row);
	return err;
}

static enum err slice_write(struct checkpoint *checkpoint)
{
	struct store_write *write;
	size_t slice = checkpoint->slice_leaves, leaves = 0, part;
	enum err err = store_write_begin(checkpoint->store, &write);

	if (err != ERR_OK)
		return err;
	while (checkpoint->walk.count > 0 && leaves < slice && err == ERR_OK) {
		part = slice - leaves < ROW_LEAVES ? slice - leaves : ROW_LEAVES;
		err = row_write(checkpoint, write, &part);
		leaves += part;
	}
	if (err == ERR_OK && checkpoint->walk.count == 0)
		err = end_write(checkpoint, write);
	if (err == ERR_OK)
		return store_commit(write);
	store_abort(write);
	return err;
}

static void writing_end(struct checkpoint *checkpoint)
{
	state_release(checkpoint->tree, checkpoint->mark.version);
	checkpoint->is_writing = false;
	checkpoint->generation++;
	checkpoint->rows = checkpoint->written;
}

static void writing_begin(struct checkpoint *checkpoint, const struct checkpoint_mark *tip)
{
	uint64_t leaves = state_count(checkpoint->tree, tip->version);
	uint64_t due = leaves / CHECKPOINT_SHARE;

	due = due > checkpoint->changes_min ? due : checkpoint->changes_min;
	if (tip->value_next - checkpoint->value_next < due)
		return;
	state_retain(checkpoint->tree, tip->version);
	state_walk_begin(&checkpoint->walk, tip->version);
	checkpoint->mark = *tip;
	checkpoint->value_next = tip->value_next;
	checkpoint->written = 0;
	checkpoint->owed = 0;
	checkpoint->is_writing = true;
}

void checkpoint_tip_moved(struct checkpoint *checkpoint, const struct checkpoint_mark *tip)
{
	enum err err = ERR_OK;

	if (checkpoint->is_given_up)
		return;
	if (!checkpoint->is_writing)
		writing_begin(checkpoint, tip);
	else
		checkpoint->owed += LEAVES_A_CHANGE * (tip->value_next - checkpoint->seen);
	checkpoint->seen = tip->value_next;
	while (checkpoint->is_writing && checkpoint->owed >= checkpoint->slice_leaves &&
	       err == ERR_OK) {
		err = slice_write(checkpoint);
		if (err == ERR_OK)
			checkpoint->owed -= checkpoint->slice_leaves;
		if (err == ERR_OK && checkpoint->walk.count == 0)
			writing_end(checkpoint);
	}
	if (err == ERR_DISK_LOW) { /* nothing was begun: one slice waits for room */
		checkpoint->owed = checkpoint->slice_leaves;
		return;
	}
	if (err == ERR_OK)
		return;
	state_release(checkpoint->tree, checkpoint->mark.version);
	checkpoint->is_writing = false;
	checkpoint->is_given_up = true;
}
