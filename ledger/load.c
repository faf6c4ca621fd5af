/* Start: what lives in memory is rebuilt from the store and checked against the
 * tip's header, so that a damaged store is refused before anything is signed. */
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "ledger/ledger_internal.h"

/* --- tip ----------------------------------------------------------------- */

static enum err tip_load(struct ledger *ledger, struct store_read *read)
{
	struct row_tip row;
	struct row_block block;
	struct bytes bytes;
	struct hash hash;
	enum err err = store_get(read, TABLE_META, bytes_text(META_TIP), &bytes);

	if (err == ERR_OK)
		err = row_tip_decode(&row, bytes);
	if (err == ERR_OK)
		err = row_block_get(read, row.height, &block);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	sha256(&hash, block.header_text.at, block.header_text.len);
	if (!hash_equal(&hash, &row.block) ||
	    header_parse(&ledger->tip.header, block.header_text) != ERR_OK ||
	    ledger->tip.header.height != row.height)
		return ERR_STORE_DAMAGED;
	ledger->tip.hash = row.block;
	ledger->tip.value_next = row.value_next;
	buf_reset(&ledger->tip.header_text);
	buf_add_bytes(&ledger->tip.header_text, block.header_text);
	return ledger->tip.header_text.has_failed ? ERR_MEMORY : ERR_OK;
}

/* --- tree ---------------------------------------------------------------- */

struct scan {
	struct state_change *changes;
	size_t count;
	size_t max;
	uint64_t low; /* leaf numbers met */
	uint64_t next;
};

static enum err scan_add(struct scan *scan, uint64_t number, struct bytes row)
{
	struct state_change *change;
	struct bytes key;
	struct bytes value;
	enum err err = row_value_decode(row, &key, &value);

	if (err != ERR_OK)
		return err;
	if (scan->count == scan->max) {
		size_t max = scan->max == 0 ? 4096 : scan->max * 2;
		struct state_change *changes = realloc(scan->changes, max * sizeof(*changes));

		if (changes == NULL)
			return ERR_MEMORY;
		scan->changes = changes;
		scan->max = max;
	}
	change = &scan->changes[scan->count++];
	sha256(&change->key_hash, key.at, key.len);
	sha256(&change->value_hash, value.at, value.len);
	change->leaf = number;
	return ERR_OK;
}

static enum err values_scan(struct store_read *read, uint64_t first, struct scan *scan)
{
	struct row_key from = row_key_u64(first);
	struct bytes key;
	struct bytes row;
	enum err err;

	for (;;) {
		err = store_seek(read, TABLE_VALUE, row_key_bytes(&from), false, &key, &row);
		if (err != ERR_OK)
			return err == ERR_NOT_FOUND ? ERR_OK : err;
		if (key.len != 8 || (scan->count > 0 && load_u64(key.at) != scan->next))
			return ERR_STORE_DAMAGED; /* numbers have no gap */
		if (scan->count == 0)
			scan->low = load_u64(key.at);
		scan->next = load_u64(key.at) + 1;
		err = scan_add(scan, scan->next - 1, row);
		if (err != ERR_OK)
			return err;
		from = row_key_u64(scan->next);
	}
}

static int by_key_and_number(const void *a, const void *b)
{
	const struct state_change *one = a;
	const struct state_change *two = b;
	int order = hash_compare(&one->key_hash, &two->key_hash);

	if (order != 0)
		return order;
	return one->leaf < two->leaf ? -1 : one->leaf > two->leaf;
}

/* Sorted by key, of each key the last number. */
static size_t newest_of_each(struct state_change *changes, size_t count)
{
	size_t kept = 0;

	qsort(changes, count, sizeof(*changes), by_key_and_number);
	for (size_t i = 0; i < count; i++) {
		if (i + 1 < count && hash_equal(&changes[i].key_hash, &changes[i + 1].key_hash))
			continue;
		changes[kept++] = changes[i];
	}
	return kept;
}

/* On top of a version that has all values below first. */
static enum err values_load(struct state_tree *tree, struct store_read *read,
			    state_version below, uint64_t first, struct values_loaded *out)
{
	struct scan scan = {.next = first};
	size_t count;
	enum err err = values_scan(read, first, &scan);

	*out = (struct values_loaded){.low = scan.low, .next = scan.next};
	if (err == ERR_OK) {
		count = scan.count > 0 ? newest_of_each(scan.changes, scan.count) : 0;
		err = state_update(tree, below, scan.changes, count, &out->version);
	}
	free(scan.changes);
	return err;
}

enum err ledger_load_values(struct state_tree *tree, struct store_read *read,
			    struct values_loaded *out)
{
	return values_load(tree, read, 0, 0, out);
}

/* The tip's root is what the values must give. */
static bool is_tip(const struct ledger *ledger, const struct values_loaded *loaded)
{
	struct hash root;

	state_root(ledger->tree, loaded->version, &root);
	return loaded->next == ledger->tip.value_next &&
	       hash_equal(&root, &ledger->tip.header.state);
}

static enum err value_low(struct store_read *read, uint64_t *out)
{
	struct bytes key, row;
	enum err err = store_seek(read, TABLE_VALUE, bytes_of(NULL, 0), false, &key, &row);

	if (err == ERR_OK && key.len != 8)
		err = ERR_STORE_DAMAGED;
	if (err == ERR_OK)
		*out = load_u64(key.at);
	return err;
}

/* A store taken from another node may have the same values under other numbers, which no
 * root shows.  The newest number of a checkpoint of this store was its key's; where its row
 * is gone, compaction gave all values newer ones. */
static enum err numbers_check(const struct ledger *ledger, struct store_read *read,
			      const struct checkpoint_mark *mark)
{
	struct hash key_hash, value_hash, found;
	struct bytes row, key, value;
	uint64_t number;
	enum err err = row_get(read, TABLE_VALUE, row_key_u64(mark->value_next - 1), &row);

	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	err = row_value_decode(row, &key, &value);
	if (err != ERR_OK)
		return err;
	sha256(&key_hash, key.at, key.len);
	sha256(&value_hash, value.at, value.len);
	err = state_find(ledger->tree, mark->version, &key_hash, &number, &found);
	if (err != ERR_OK)
		return err;
	return number == mark->value_next - 1 && hash_equal(&value_hash, &found)
		       ? ERR_OK
		       : ERR_STORE_DAMAGED;
}

/* The checkpoint and the values that are newer; any error: it is of no use, which is also
 * how one of another chain shows. */
static enum err tree_resume(struct ledger *ledger, struct store_read *read,
			    struct values_loaded *out)
{
	struct checkpoint_mark mark;
	struct values_loaded loaded;
	enum err err;

	if (ledger->checkpoint == NULL)
		return ERR_NOT_FOUND;
	err = checkpoint_load(ledger->checkpoint, &mark);
	if (err != ERR_OK)
		return err;
	err = numbers_check(ledger, read, &mark);
	if (err == ERR_OK)
		err = values_load(ledger->tree, read, mark.version, mark.value_next, &loaded);
	state_release(ledger->tree, mark.version);
	if (err != ERR_OK)
		return err;
	err = is_tip(ledger, &loaded) ? value_low(read, &loaded.low) : ERR_STORE_DAMAGED;
	if (err == ERR_OK)
		*out = loaded;
	else
		state_release(ledger->tree, loaded.version);
	return err;
}

static enum err tree_load(struct ledger *ledger, struct store_read *read)
{
	struct values_loaded loaded;
	enum err err = tree_resume(ledger, read, &loaded);

	if (err != ERR_OK && err != ERR_MEMORY)
		err = ledger_load_values(ledger->tree, read, &loaded);
	if (err != ERR_OK)
		return err;
	ledger->base.version = loaded.version;
	ledger->tip.value_low = loaded.low;
	return is_tip(ledger, &loaded) ? ERR_OK : ERR_STORE_DAMAGED;
}

/* --- log ----------------------------------------------------------------- */

static enum err log_load(struct ledger *ledger, struct store_read *read)
{
	struct hash root;
	enum err err = log_edge_load(ledger->edge, read, ledger->tip.header.log_size);

	if (err != ERR_OK)
		return err;
	merkle_frontier_root(&ledger->edge->frontier, &root);
	return hash_equal(&root, &ledger->tip.header.log_root) ? ERR_OK : ERR_STORE_DAMAGED;
}

/* --- ids ----------------------------------------------------------------- */

static enum err each_accepted(struct store_read *read, const struct row_block *block,
			      uint64_t height, uint64_t until_min, stored_visit *visit,
			      void *context)
{
	uint64_t first = block->log_first + body_evidence_count(block->body_text);

	for (uint64_t i = first; i < block->log_first + block->leaves; i++) {
		struct stored_id id = {.place = {true, height, i}};
		struct bytes leaf;
		enum err err = row_get(read, TABLE_LEAF, row_key_u64(i), &leaf);

		if (err == ERR_OK)
			err = row_leaf_peek(leaf, NULL, &id.until_ms);
		if (err == ERR_OK && id.until_ms < until_min)
			continue; /* its id would cost a hash */
		if (err == ERR_OK)
			err = row_leaf_peek(leaf, &id.id, &id.until_ms);
		if (err == ERR_OK)
			err = visit(context, &id);
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

static enum err each_rejected(struct store_read *read, const struct row_block *block,
			      uint64_t height, uint64_t time_ms, stored_visit *visit,
			      void *context)
{
	for (uint32_t k = 0; k < block->rejected; k++) {
		struct stored_id id = {.until_ms = time_ms + LIMIT_REJECTED_HOLD_MS,
				       .place = {false, height, k}};
		struct row_rejected rejected;
		struct bytes row;
		enum err err = row_get(read, TABLE_REJECTED, row_key_pair(height, k), &row);

		if (err == ERR_OK)
			err = row_rejected_decode(&rejected, row);
		if (err == ERR_OK) {
			id.id = rejected.id;
			err = visit(context, &id);
		}
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

enum err ledger_each_id(struct store_read *read, uint64_t height, uint64_t until_min,
			stored_visit *visit, void *context)
{
	struct row_block block;
	struct header header;
	enum err err;

	if (height == 0)
		return ERR_OK; /* its leaf is the genesis document */
	err = row_block_get(read, height, &block);
	if (err == ERR_OK && header_parse(&header, block.header_text) != ERR_OK)
		err = ERR_STORE_DAMAGED;
	if (err == ERR_OK)
		err = each_accepted(read, &block, height, until_min, visit, context);
	if (err == ERR_OK && header.time_ms + LIMIT_REJECTED_HOLD_MS >= until_min)
		err = each_rejected(read, &block, height, header.time_ms, visit, context);
	return err;
}

static enum err referenced_add(struct ledger *ledger, const struct body *body, uint64_t height)
{
	enum err err = ERR_OK;

	for (uint32_t i = 0; i < body->parcels_count && err == ERR_OK; i++)
		err = ids_add(ledger->referenced, &body->parcels[i].digest,
			      height + LIMIT_PARCEL_EXPIRY);
	return err;
}

static enum err referenced_load(struct ledger *ledger, struct store_read *read)
{
	uint64_t tip = ledger->tip.header.height;
	uint64_t first = tip > LIMIT_PARCEL_EXPIRY ? tip - LIMIT_PARCEL_EXPIRY : 1;
	struct body *body = calloc(1, sizeof(*body));
	enum err err = body != NULL ? ERR_OK : ERR_MEMORY;

	for (uint64_t h = first; h <= tip && err == ERR_OK; h++) {
		struct row_block block;

		err = row_block_get(read, h, &block);
		if (err == ERR_OK && body_parse(body, block.body_text) != ERR_OK)
			err = ERR_STORE_DAMAGED;
		if (err == ERR_OK)
			err = referenced_add(ledger, body, h);
	}
	free(body);
	return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
}

/* --- index --------------------------------------------------------------- */

struct wanted {
	struct store_read *read;
	bool has_any;
};

static enum err indexed_visit(void *context, const struct stored_id *id)
{
	struct wanted *wanted = context;
	uint8_t place[ROW_TX_BYTES];
	struct bytes row;
	enum err err = store_get(wanted->read, TABLE_TX, bytes_of(id->id.b, sizeof(id->id.b)), &row);

	wanted->has_any = true;
	row_tx_encode(place, &id->place);
	if (err == ERR_OK && !bytes_equal(row, bytes_of(place, sizeof(place))))
		err = ERR_NOT_FOUND;
	return err;
}

/* Whether the table has what it claims to have, by the newest block that decided anything:
 * false where the table was lost or is another one's. */
static enum err index_check(struct store_read *read, uint64_t height, bool *is_whole)
{
	struct wanted wanted = {.read = read};
	enum err err = ERR_OK;

	for (uint64_t h = height; h > 0 && !wanted.has_any && err == ERR_OK; h--)
		err = ledger_each_id(read, h, 0, indexed_visit, &wanted);
	*is_whole = err == ERR_OK;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* What META says, and whether to rely on it. */
static enum err index_look(const struct ledger *ledger, struct store_read *read,
			   struct index_heights *heights, bool *is_whole)
{
	struct bytes row, key;
	enum err err = store_get(read, TABLE_META, bytes_text(META_INDEX), &row);

	memset(heights, 0, sizeof(*heights));
	*is_whole = false;
	if (err == ERR_OK && index_heights_decode(heights, row) == ERR_OK &&
	    index_heights_high(heights) <= ledger->tip.header.height)
		return index_check(read, index_heights_low(heights), is_whole);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	err = store_seek(read, TABLE_TX, bytes_of(NULL, 0), false, &key, &row);
	*is_whole = err == ERR_NOT_FOUND; /* of nothing */
	memset(heights, 0, sizeof(*heights));
	return err == ERR_NOT_FOUND || err == ERR_STORE_DAMAGED ? ERR_OK : err;
}

static enum err index_drop(struct ledger *ledger)
{
	struct store_write *write;
	enum err err = store_write_begin(ledger->store, &write);

	if (err != ERR_OK)
		return err;
	err = store_clear(write, TABLE_TX);
	if (err == ERR_OK)
		err = store_delete(write, TABLE_META, bytes_text(META_INDEX));
	if (err == ERR_OK)
		return store_commit(write);
	store_abort(write);
	return err;
}

/* One that is missing or does not fit is made again, of the records. */
static enum err index_load(struct ledger *ledger)
{
	struct index_heights heights;
	struct store_read *read;
	bool is_whole;
	enum err err = store_read_begin(ledger->store, &read);

	if (err != ERR_OK)
		return err;
	err = index_look(ledger, read, &heights, &is_whole);
	store_read_end(read);
	if (err == ERR_OK && !is_whole) {
		memset(&heights, 0, sizeof(heights));
		err = index_drop(ledger);
	}
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	ledger->index = index_new(ledger->store, &heights);
	return ledger->index != NULL ? ERR_OK : ERR_MEMORY;
}

/* --- ids of both --------------------------------------------------------- */

static enum err decided_visit(void *context, const struct stored_id *id)
{
	struct ledger *ledger = context;
	enum err err = index_add(ledger->index, &id->id, &id->place);

	if (err != ERR_OK || id->until_ms < ledger->tip.header.time_ms)
		return err;
	return ids_add(ledger->consumed, &id->id, id->until_ms);
}

/* The lowest height whose block may hold an id that is still consumed: an accepted one
 * lasts at most the window past its block's time, a rejected one as long. */
static enum err consumed_first(struct ledger *ledger, struct store_read *read, uint64_t *height)
{
	uint64_t tip_ms = ledger->tip.header.time_ms;

	for (*height = ledger->tip.header.height; *height > 1; (*height)--) {
		struct row_block block;
		struct header header;
		enum err err = row_block_get(read, *height - 1, &block);

		if (err == ERR_OK && header_parse(&header, block.header_text) != ERR_OK)
			err = ERR_STORE_DAMAGED;
		if (err != ERR_OK || tip_ms - header.time_ms > LIMIT_REJECTED_HOLD_MS)
			return err;
	}
	return ERR_OK;
}

/* The reader ends around each write, so that the map may grow. */
static enum err decided_block_load(struct ledger *ledger, uint64_t height)
{
	bool is_indexed = height <= index_height(ledger->index);
	uint64_t until_min = is_indexed ? ledger->tip.header.time_ms : 0;
	struct store_read *read;
	enum err err = store_read_begin(ledger->store, &read);

	if (err != ERR_OK)
		return err;
	err = ledger_each_id(read, height, until_min, decided_visit, ledger);
	store_read_end(read);
	return err == ERR_OK ? index_block_done(ledger->index, height, false) : err;
}

/* Consumed ids, and those that the index does not have yet: one walk over the blocks. */
static enum err decided_load(struct ledger *ledger)
{
	uint64_t indexed = index_height(ledger->index);
	struct store_read *read;
	uint64_t first;
	enum err err = store_read_begin(ledger->store, &read);

	if (err != ERR_OK)
		return err;
	err = consumed_first(ledger, read, &first);
	store_read_end(read);
	if (indexed < first)
		first = indexed + 1;
	for (uint64_t h = first; h <= ledger->tip.header.height && err == ERR_OK; h++)
		err = decided_block_load(ledger, h);
	return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
}

static enum err histories_load(struct ledger *ledger)
{
	enum err err;

	ledger->history = history_new(ledger->store);
	if (ledger->history == NULL)
		return ERR_MEMORY;
	err = history_load(ledger->history);
	return err == ERR_OK ? history_block_done(ledger->history, false) : err;
}

/* --- all ----------------------------------------------------------------- */

static enum err state_load(struct ledger *ledger)
{
	struct store_read *read;
	enum err err = store_read_begin(ledger->store, &read);

	if (err != ERR_OK)
		return err;
	err = tip_load(ledger, read);
	if (err == ERR_OK)
		err = tree_load(ledger, read);
	if (err == ERR_OK)
		err = log_load(ledger, read);
	if (err == ERR_OK)
		err = referenced_load(ledger, read);
	store_read_end(read);
	return err;
}

enum err ledger_load(struct ledger *ledger)
{
	enum err err = state_load(ledger);

	if (err == ERR_OK)
		err = index_load(ledger);
	if (err == ERR_OK)
		err = decided_load(ledger);
	return err == ERR_OK ? histories_load(ledger) : err;
}
