#include "ledger/undo.h"

#include <stdlib.h>
#include <string.h>

#include "base/mutant.h"
#include "crypto/digest.h"

/* A leaf with this bit is a value of struct undone; TABLE_VALUE never comes so far. */
#define UNDONE_LEAF ((uint64_t)1 << 63)
#define HELD_MIN 1024   /* changes that a view asks for at first */
#define UNDO_SLICE 256   /* changes under one hold of the tree's lock */

/* --- writing ------------------------------------------------------------- */

/* The rows of one block, one after the other. */
struct rows {
	struct store_write *write;
	uint64_t height;
	uint32_t k;
	struct buf row;   /* not yet written */
	struct buf entry; /* the newest change */
};

static enum err row_end(struct rows *rows)
{
	enum err err = rows->row.has_failed ? ERR_MEMORY : ERR_OK;

	if (err == ERR_OK)
		err = row_put(rows->write, TABLE_UNDO, row_key_pair(rows->height, rows->k++),
			      buf_bytes(&rows->row), true);
	buf_reset(&rows->row);
	return err;
}

static enum err rows_add(struct rows *rows, const struct hash *key_hash, struct bytes value)
{
	enum err err = ERR_OK;

	buf_reset(&rows->entry); /* a copy: a put ends what the value is lent for */
	row_undo_add(&rows->entry, key_hash, value);
	if (rows->entry.has_failed)
		return ERR_MEMORY;
	if (rows->row.len > 0 && rows->row.len + rows->entry.len > ROW_UNDO_BYTES)
		err = row_end(rows);
	buf_add_bytes(&rows->row, buf_bytes(&rows->entry));
	return err;
}

/* A change, and the leaf that it replaced: of the tip, so its row is in the store. */
static enum err change_write(struct rows *rows, const struct hash *key_hash, uint64_t former)
{
	struct row_key place = row_key_u64(former);
	struct bytes value = {NULL, 0};
	struct bytes row, key;
	enum err err;

	if (former == STATE_SAME || (former == STATE_NO_LEAF && mutant_on("undo_keeps_what_is_new")))
		return ERR_OK;
	if (former == STATE_NO_LEAF)
		return rows_add(rows, key_hash, value);
	err = store_write_get(rows->write, TABLE_VALUE, row_key_bytes(&place), &row);
	if (err == ERR_OK)
		err = row_value_decode(row, &key, &value);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	return rows_add(rows, key_hash, value);
}

/* A store of before becomes one of now; where it has no rows, they begin with this block. */
static enum err begin_write(struct store_write *write, uint64_t height)
{
	struct row_key first = row_key_u64(height);
	struct bytes row;
	enum err err = store_write_get(write, TABLE_META, bytes_text(META_FORMAT), &row);

	if (err == ERR_OK && bytes_equal(row, bytes_text(STORE_FORMAT)))
		return ERR_OK;
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		err = store_write_get(write, TABLE_META, bytes_text(META_UNDO), &row);
	if (err == ERR_NOT_FOUND)
		err = store_put(write, TABLE_META, bytes_text(META_UNDO), row_key_bytes(&first),
				false);
	if (err != ERR_OK)
		return err;
	return store_put(write, TABLE_META, bytes_text(META_FORMAT), bytes_text(STORE_FORMAT),
			 false);
}

static enum err rows_delete(struct store_write *write, uint64_t height)
{
	for (uint32_t k = 0;; k++) {
		struct row_key key = row_key_pair(height, k);
		struct bytes row;
		enum err err = store_write_get(write, TABLE_UNDO, row_key_bytes(&key), &row);

		if (err == ERR_OK)
			err = store_delete(write, TABLE_UNDO, row_key_bytes(&key));
		if (err != ERR_OK)
			return err == ERR_NOT_FOUND ? ERR_OK : err;
	}
}

enum err undo_write(struct store_write *write, const struct executed *block)
{
	uint64_t height = block->header.height;
	struct rows rows = {.write = write, .height = height};
	enum err err = begin_write(write, height);

	buf_init(&rows.row, LEDGER_ROW_BYTES);
	buf_init(&rows.entry, LEDGER_ROW_BYTES);
	for (size_t i = 0; i < block->changes_count && err == ERR_OK; i++)
		err = change_write(&rows, &block->changes[i].change.key_hash, block->former[i]);
	if (err == ERR_OK && (rows.row.len > 0 || rows.k == 0))
		err = row_end(&rows);
	buf_release(&rows.row);
	buf_release(&rows.entry);
	if (err == ERR_OK && height > UNDO_HEIGHTS)
		err = rows_delete(write, height - UNDO_HEIGHTS);
	return err;
}

/* --- reading ------------------------------------------------------------- */

static enum err row_each(struct bytes row, const uint8_t **last, undo_visit *visit, void *context)
{
	struct row_undo change;
	enum err err = ERR_OK;

	while (err == ERR_OK && row_undo_next(&row, &change, &err)) {
		if (*last != NULL && memcmp(*last, change.key_hash, sizeof(struct hash)) >= 0)
			return ERR_STORE_DAMAGED;
		*last = change.key_hash;
		err = visit(context, &change);
	}
	return err;
}

enum err undo_each(struct store_read *read, uint64_t height, undo_visit *visit, void *context)
{
	const uint8_t *last = NULL;

	for (uint32_t k = 0;; k++) {
		struct bytes row;
		enum err err = row_get(read, TABLE_UNDO, row_key_pair(height, k), &row);

		if (err == ERR_NOT_FOUND)
			return k == 0 ? ERR_STORE_DAMAGED : ERR_OK;
		if (err == ERR_OK && row.len == 0 && k > 0)
			err = ERR_STORE_DAMAGED;
		if (err == ERR_OK)
			err = row_each(row, &last, visit, context);
		if (err != ERR_OK)
			return err;
	}
}

/* --- collecting ---------------------------------------------------------- */

/* Where a change stands; the one of the lowest height counts. */
struct item {
	uint64_t prefix; /* of H(key): most comparisons end here */
	uint64_t order;
	struct row_undo change;
};

struct items {
	struct undone *undone;
	struct item *at;
	size_t count;
};

/* More room, if all views together may hold that. */
static enum err items_grow(struct items *items)
{
	struct undone *undone = items->undone;
	struct ledger *ledger = undone->ledger;
	size_t max = undone->held == 0 ? HELD_MIN : undone->held * 2;
	struct item *at;
	bool has_room;

	if (max > UNDO_CHANGES_MAX)
		return ERR_API_HEIGHT_FAR;
	pthread_mutex_lock(&ledger->lock);
	has_room = max - undone->held <= UNDO_CHANGES_MAX - ledger->undone;
	if (has_room)
		ledger->undone += max - undone->held;
	pthread_mutex_unlock(&ledger->lock);
	if (!has_room)
		return ERR_API_BUSY;
	undone->held = max;
	at = realloc(items->at, max * sizeof(*at));
	if (at == NULL)
		return ERR_MEMORY;
	items->at = at;
	return ERR_OK;
}

static enum err items_add(void *context, const struct row_undo *change)
{
	struct items *items = context;
	enum err err = items->count < items->undone->held ? ERR_OK : items_grow(items);

	if (err != ERR_OK)
		return err;
	items->at[items->count] = (struct item){load_u64(change->key_hash), items->count, *change};
	items->count++;
	return ERR_OK;
}

static int by_key_and_order(const void *a, const void *b)
{
	const struct item *one = a;
	const struct item *two = b;
	int order;

	if (one->prefix != two->prefix)
		return one->prefix < two->prefix ? -1 : 1;
	order = memcmp(one->change.key_hash, two->change.key_hash, sizeof(struct hash));
	if (order != 0)
		return order;
	return one->order < two->order ? -1 : one->order > two->order;
}

/* Sorted by key, of each key the first. */
static void items_merge(struct items *items)
{
	size_t kept = 0;

	if (items->count == 0)
		return;
	qsort(items->at, items->count, sizeof(*items->at), by_key_and_order);
	for (size_t i = 0; i < items->count; i++) {
		if (i == 0 || memcmp(items->at[kept - 1].change.key_hash,
				     items->at[i].change.key_hash, sizeof(struct hash)) != 0)
			items->at[kept++] = items->at[i];
	}
	items->count = kept;
}

/* --- undoing ------------------------------------------------------------- */

static struct state_change change_of(struct undone *undone, const struct row_undo *undo)
{
	struct state_change change = {.leaf = STATE_NO_LEAF};

	memcpy(change.key_hash.b, undo->key_hash, sizeof(change.key_hash.b));
	if (undo->value.len == 0)
		return change;
	sha256(&change.value_hash, undo->value.at, undo->value.len);
	change.leaf = UNDONE_LEAF | undone->values_count;
	undone->values[undone->values_count++] = undo->value;
	return change;
}

/* Commits wait no longer than for a slice. */
static enum err go_on(struct store_read *read)
{
	return store_read_is_waited_for(read) ? ERR_API_BUSY : ERR_OK;
}

static enum err slice_apply(struct undone *undone, const struct item *items, size_t count)
{
	struct state_change changes[UNDO_SLICE];
	state_version below = undone->version;
	enum err err;

	for (size_t i = 0; i < count; i++)
		changes[i] = change_of(undone, &items[i].change);
	err = state_update(undone->ledger->tree, below, changes, count, &undone->version);
	if (err == ERR_OK)
		state_release(undone->ledger->tree, below);
	return err;
}

/* On a version of its own, which so far is the newest. */
static enum err items_apply(struct undone *undone, const struct items *items,
			    struct store_read *read)
{
	enum err err = ERR_OK;

	undone->values = calloc(items->count + 1, sizeof(*undone->values));
	if (undone->values == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < items->count && err == ERR_OK; i += UNDO_SLICE) {
		size_t left = items->count - i;

		err = go_on(read);
		if (err == ERR_OK)
			err = slice_apply(undone, &items->at[i],
					  left < UNDO_SLICE ? left : UNDO_SLICE);
	}
	return err;
}

static enum err items_collect(struct items *items, struct store_read *read, uint64_t newest_height,
			      uint64_t height)
{
	enum err err = ERR_OK;

	for (uint64_t h = height + 1; h <= newest_height && err == ERR_OK; h++) {
		err = go_on(read);
		if (err == ERR_OK)
			err = undo_each(read, h, items_add, items);
	}
	return err;
}

/* How far back the rows reach. */
static enum err reach_check(struct store_read *read, uint64_t newest_height, uint64_t height)
{
	struct bytes row;
	uint64_t first = newest_height + 1;
	enum err err = store_get(read, TABLE_META, bytes_text(META_UNDO), &row);

	if (err == ERR_OK && row.len != 8)
		err = ERR_STORE_DAMAGED;
	if (err == ERR_OK)
		first = load_u64(row.at);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	return height + 1 < first || newest_height - height > UNDO_HEIGHTS ? ERR_API_HEIGHT_GONE
									     : ERR_OK;
}

static enum err root_check(const struct undone *undone, const struct header *at)
{
	struct hash root;

	state_root(undone->ledger->tree, undone->version, &root);
	return hash_equal(&root, &at->state) ? ERR_OK : ERR_STORE_DAMAGED;
}

enum err undone_make(struct undone *out, struct ledger *ledger, struct store_read *read,
		     state_version newest, uint64_t newest_height, const struct header *at)
{
	struct undone undone = {.ledger = ledger, .version = newest};
	struct items items = {.undone = &undone};
	enum err err = reach_check(read, newest_height, at->height);

	state_retain(ledger->tree, newest);
	if (err == ERR_OK)
		err = items_collect(&items, read, newest_height, at->height);
	if (err == ERR_OK) {
		items_merge(&items);
		err = items_apply(&undone, &items, read);
	}
	free(items.at);
	if (err == ERR_OK)
		err = root_check(&undone, at);
	if (err == ERR_OK)
		*out = undone;
	else
		undone_release(&undone);
	return err;
}

void undone_release(struct undone *undone)
{
	struct ledger *ledger = undone->ledger;

	if (ledger == NULL)
		return; /* none was made */
	state_release(ledger->tree, undone->version);
	free(undone->values);
	pthread_mutex_lock(&ledger->lock);
	ledger->undone -= undone->held;
	pthread_mutex_unlock(&ledger->lock);
}

bool undone_value(const struct undone *undone, uint64_t leaf, struct bytes *value)
{
	if ((leaf & UNDONE_LEAF) == 0)
		return false;
	ASSERT((leaf & ~UNDONE_LEAF) < undone->values_count);
	*value = undone->values[leaf & ~UNDONE_LEAF];
	return true;
}
