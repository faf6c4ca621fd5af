/* Commit: an executed block's rows, then the tip, durably and at once; only
 * after that does memory follow. */
#include "ledger/chain.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "ledger/change.h"
#include "ledger/genesis_state.h"
#include "ledger/undo.h"

/* --- rows ---------------------------------------------------------------- */

static enum err row_write(struct ledger *ledger, struct store_write *write, enum table table,
			  struct row_key key)
{
	if (ledger->row.has_failed)
		return ERR_MEMORY;
	return row_put(write, table, key, buf_bytes(&ledger->row), true);
}

static enum err values_write(struct ledger *ledger, struct store_write *write,
			     const struct overlay_change *changes, size_t count)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		buf_reset(&ledger->row);
		row_value_encode(&ledger->row, changes[i].key, changes[i].value);
		err = row_write(ledger, write, TABLE_VALUE, row_key_u64(changes[i].change.leaf));
	}
	return err;
}

static enum err block_write(struct ledger *ledger, struct store_write *write, uint64_t height,
			    const struct hash *hash, const struct row_block *block)
{
	struct row_key key = row_key_u64(height);
	enum err err;

	buf_reset(&ledger->row);
	row_block_encode(&ledger->row, block);
	err = row_write(ledger, write, TABLE_BLOCK, key);
	if (err != ERR_OK)
		return err;
	return store_put(write, TABLE_BLOCK_HASH, bytes_of(hash->b, sizeof(hash->b)),
			 row_key_bytes(&key), false);
}

static enum err tip_write(struct ledger *ledger, struct store_write *write,
			  const struct row_tip *tip)
{
	buf_reset(&ledger->row);
	row_tip_encode(&ledger->row, tip);
	if (ledger->row.has_failed)
		return ERR_MEMORY;
	return store_put(write, TABLE_META, bytes_text(META_TIP), buf_bytes(&ledger->row), false);
}

/* The row of TABLE_CHANGE of an accepted transaction; empty: none. */
static struct bytes change_of(const struct executed *block, const struct decided *decided)
{
	if (decided->change_len == 0)
		return (struct bytes){NULL, 0};
	return bytes_of(block->changed.at + decided->change_at, decided->change_len);
}

static enum err accepted_write(struct store_write *write, const struct executed *block,
			       const struct decided *decided, uint64_t log_index)
{
	struct bytes change = change_of(block, decided);
	const struct tx *tx = decided->tx;
	enum err err;

	err = row_put(write, TABLE_LEAF, row_key_u64(log_index), tx->leaf_data, true);
	if (err == ERR_OK && tx->attachment.len > 0)
		err = row_put(write, TABLE_ATTACHMENT, row_key_u64(log_index), tx->attachment,
			      true);
	if (err == ERR_OK && change.len > 0)
		err = row_put(write, TABLE_CHANGE, row_key_u64(log_index), change, true);
	return err;
}

static enum err rejected_write(struct ledger *ledger, struct store_write *write,
			       const struct decided *decided, uint64_t height, uint32_t k)
{
	struct row_rejected row = {decided->tx->id, decided->reason, decided->parcel,
				   decided->position, decided->tx->raw};

	buf_reset(&ledger->row);
	row_rejected_encode(&ledger->row, &row);
	return row_write(ledger, write, TABLE_REJECTED, row_key_pair(height, k));
}

static enum err evidence_write(struct store_write *write, const struct executed *block,
			       uint64_t log_index)
{
	enum err err = ERR_OK;

	for (uint32_t i = 0; i < block->evidence_count && err == ERR_OK; i++)
		err = row_put(write, TABLE_LEAF, row_key_u64(log_index + i),
			      buf_bytes(&block->evidence[i].leaf), true);
	return err;
}

static enum err decided_write(struct ledger *ledger, struct store_write *write,
			      const struct executed *block)
{
	uint64_t log_index = ledger->edge->frontier.size + block->evidence_count;
	uint32_t k = 0;
	enum err err = evidence_write(write, block, ledger->edge->frontier.size);

	for (size_t i = 0; i < block->decided_count && err == ERR_OK; i++) {
		const struct decided *at = &block->decided[i];

		if (at->is_accepted)
			err = accepted_write(write, block, at, log_index++);
		else
			err = rejected_write(ledger, write, at, block->header.height, k++);
	}
	return err;
}

static enum err hashes_append(struct ledger *ledger, struct store_write *write,
			      const struct executed *block)
{
	struct hash *hashes = calloc((size_t)block->evidence_count + block->accepted + 1,
				     sizeof(*hashes));
	size_t count = 0;
	enum err err;

	if (hashes == NULL)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < block->evidence_count; i++)
		hashes[count++] = block->evidence[i].hash;
	for (size_t i = 0; i < block->decided_count; i++) {
		if (block->decided[i].is_accepted)
			hashes[count++] = block->decided[i].tx->leaf_hash;
	}
	err = log_append(ledger->edge, write, hashes, count, &block->frontier);
	free(hashes);
	return err;
}

/* Of a second ledger: what the next blocks read, and what is compared at the end. */
static enum err second_write(struct ledger *ledger, struct store_write *write,
			     const struct executed *block)
{
	uint64_t log_index = ledger->edge->frontier.size + block->evidence_count;
	enum err err = ERR_OK;

	for (size_t i = 0; i < block->decided_count && err == ERR_OK; i++) {
		struct bytes change = change_of(block, &block->decided[i]);

		if (change.len > 0)
			err = row_put(write, TABLE_CHANGE, row_key_u64(log_index), change, true);
		log_index += block->decided[i].is_accepted;
	}
	if (err == ERR_OK && block->header.height >= ledger->undo_first)
		err = undo_write(write, block);
	if (err == ERR_OK)
		err = hashes_append(ledger, write, block);
	return err == ERR_OK ? values_write(ledger, write, block->changes, block->changes_count) : err;
}

static enum err parcels_write(struct ledger *ledger, struct store_write *write,
			      const struct executed *block)
{
	enum err err = ERR_OK;

	for (uint32_t i = 0; i < block->parcels_count && err == ERR_OK; i++) {
		const struct parcel *parcel = block->parcels[i];
		struct row_parcel row = {parcel->text_bytes, parcel->signature, parcel->payload};

		buf_reset(&ledger->row);
		row_parcel_encode(&ledger->row, &row);
		err = row_write(ledger, write, TABLE_PARCEL,
				row_key_pair(block->header.height, i));
	}
	return err;
}

static enum err parcels_prune(struct store_write *write, uint64_t height)
{
	struct row_key key = row_key_u64(height);
	struct row_block block;
	struct bytes row;
	enum err err = store_write_get(write, TABLE_BLOCK, row_key_bytes(&key), &row);

	if (err == ERR_OK)
		err = row_block_decode(&block, row);
	for (uint32_t i = 0; err == ERR_OK && i < block.parcels; i++) {
		struct row_key parcel = row_key_pair(height, i);

		err = store_delete(write, TABLE_PARCEL, row_key_bytes(&parcel));
	}
	return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
}

/* --- commit -------------------------------------------------------------- */

static enum err all_write(struct ledger *ledger, struct store_write *write,
			  const struct executed *block, struct bytes finalization)
{
	uint64_t height = block->header.height;
	struct row_block row = {buf_bytes(&block->header_text),
				buf_bytes(&block->body_text),
				finalization,
				ledger->edge->frontier.size,
				block->evidence_count + block->accepted,
				block->rejected,
				block->parcels_count};
	struct row_tip tip = {height, block->hash, block->value_next};
	enum err err = block_write(ledger, write, height, &block->hash, &row);

	if (err == ERR_OK)
		err = decided_write(ledger, write, block);
	if (err == ERR_OK)
		err = hashes_append(ledger, write, block);
	if (err == ERR_OK)
		err = values_write(ledger, write, block->changes, block->changes_count);
	if (err == ERR_OK)
		err = undo_write(write, block);
	if (err == ERR_OK)
		err = compact_delete(ledger, write, block);
	if (err == ERR_OK)
		err = parcels_write(ledger, write, block);
	if (err == ERR_OK && height > LEDGER_PARCELS_KEPT)
		err = parcels_prune(write, height - LEDGER_PARCELS_KEPT);
	if (err == ERR_OK)
		err = tip_write(ledger, write, &tip);
	return err;
}

/* After this the store's tip is the block; the ledger's follows at once, and a
 * reader that comes in between waits for it. */
static enum err store_block(struct ledger *ledger, const struct executed *block,
			    struct bytes finalization)
{
	struct store_write *write;
	enum err err = store_write_begin(ledger->store, &write);

	if (err != ERR_OK)
		return err;
	err = ledger->is_second ? second_write(ledger, write, block)
				: all_write(ledger, write, block, finalization);
	if (err != ERR_OK) {
		store_abort(write);
		return err;
	}
	return store_commit(write);
}

/* Of the tip's version, which is about to be an older one; takes the place of one that
 * nobody asks for any more, which is given to be released. */
static struct kept_version version_keep(struct ledger *ledger)
{
	uint64_t height = ledger->tip.header.height;
	struct kept_version *place = &ledger->kept[height % LEDGER_VERSIONS_KEPT];
	struct kept_version now = {height, ledger->base.version, ledger->tip.value_low};
	struct kept_version before = *place;

	if (!ledger->keeps_versions || height == 0)
		return (struct kept_version){1, ledger->base.version, 0};
	*place = now;
	return before;
}

static void tip_move(struct ledger *ledger, struct executed *block)
{
	struct kept_version old;

	pthread_mutex_lock(&ledger->lock);
	old = version_keep(ledger);
	ledger->tip.hash = block->hash;
	ledger->tip.header = block->header;
	ledger->tip.value_low = block->value_low;
	ledger->tip.value_next = block->value_next;
	ledger->base.version = block->version;
	pthread_mutex_unlock(&ledger->lock);
	block->has_version = false; /* the tip's now */
	if (old.height > 0)
		state_release(ledger->tree, old.version);
	/* The texts change hands, so the lent header text lives on in the tip. */
	buf_release(&ledger->tip.header_text);
	ledger->tip.header_text = block->header_text;
	buf_init(&block->header_text, LIMIT_HEADER_BYTES);
	overlay_free(ledger->simulation);
	ledger->simulation = NULL;
}

static bool descends(const struct executed *block, const struct executed *from)
{
	while (block != NULL && block != from)
		block = block->parent;
	return block == from;
}

/* Children of the new tip stand on it; whatever does not descend from it goes. */
static void blocks_move(struct ledger *ledger, struct executed *tip)
{
	struct executed *at = ledger->blocks;
	struct executed *kept = NULL;
	struct executed *dropped = NULL;

	while (at != NULL) {
		struct executed *next = at->next;
		struct executed **list = at != tip && descends(at, tip) ? &kept : &dropped;

		at->next = *list;
		*list = at;
		at = next;
	}
	for (at = kept; at != NULL; at = at->next) {
		if (at->parent == tip) {
			at->parent = NULL;
			overlay_rebase(at->overlay);
		}
	}
	while (dropped != NULL) {
		struct executed *next = dropped->next;

		executed_free(ledger, dropped);
		dropped = next;
	}
	ledger->blocks = kept;
}

static enum err consumed_visit(void *context, const struct hash *id, uint64_t until_ms)
{
	struct ledger *ledger = context;

	return ids_add(ledger->consumed, id, until_ms);
}

static enum err ids_move(struct ledger *ledger, const struct executed *block)
{
	enum err err = overlay_each_consumed(block->overlay, consumed_visit, ledger);

	for (uint32_t i = 0; i < block->parcels_count && err == ERR_OK; i++)
		err = ids_add(ledger->referenced, &block->parcels[i]->digest,
			      block->header.height + LIMIT_PARCEL_EXPIRY);
	ids_expire(ledger->consumed, block->header.time_ms);
	ids_expire(ledger->referenced, block->header.height);
	return err;
}

static enum err outcomes_make(struct ledger *ledger, const struct executed *block,
			      uint64_t log_first)
{
	if (ledger->outcomes_max < block->decided_count) {
		struct ledger_outcome *outcomes =
			realloc(ledger->outcomes, block->decided_count * sizeof(*outcomes));

		if (outcomes == NULL)
			return ERR_MEMORY;
		ledger->outcomes = outcomes;
		ledger->outcomes_max = block->decided_count;
	}
	for (size_t i = 0; i < block->decided_count; i++) {
		const struct decided *at = &block->decided[i];

		ledger->outcomes[i] = (struct ledger_outcome){.id = at->tx->id,
							      .is_accepted = at->is_accepted,
							      .reason = at->reason};
		if (at->is_accepted)
			ledger->outcomes[i].log_index = log_first++;
	}
	return ERR_OK;
}

static enum err index_move(struct ledger *ledger, const struct executed *block)
{
	uint64_t height = block->header.height;
	uint32_t k = 0;
	enum err err = ERR_OK;

	for (size_t i = 0; i < block->decided_count && err == ERR_OK; i++) {
		const struct ledger_outcome *at = &ledger->outcomes[i];
		struct row_tx place = {at->is_accepted, height,
				       at->is_accepted ? at->log_index : k++};

		err = index_add(ledger->index, &at->id, &place);
	}
	return err == ERR_OK ? index_block_done(ledger->index, height, false) : err;
}

static enum err history_move(struct ledger *ledger, const struct executed *block)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < block->decided_count && err == ERR_OK; i++) {
		struct bytes change = change_of(block, &block->decided[i]);

		if (change.len > 0)
			err = history_add(ledger->history, ledger->outcomes[i].log_index, change);
	}
	return err == ERR_OK ? history_block_done(ledger->history, false) : err;
}

static void checkpoint_move(struct ledger *ledger)
{
	struct checkpoint_mark mark = {ledger->tip.value_next, ledger->base.version};

	if (ledger->checkpoint != NULL)
		checkpoint_tip_moved(ledger->checkpoint, &mark);
}

enum err ledger_commit(struct ledger *ledger, const struct hash *hash, struct bytes finalization,
		       struct ledger_committed *out)
{
	struct executed *block = ledger_find_block(ledger, hash);
	uint64_t log_first = ledger->edge->frontier.size;
	enum err err;

	ASSERT(block != NULL && block->parent == NULL);
	err = outcomes_make(ledger, block, log_first + block->evidence_count);
	if (err == ERR_OK)
		err = store_block(ledger, block, finalization);
	if (err != ERR_OK)
		return err;
	tip_move(ledger, block);
	err = ids_move(ledger, block);
	if (err == ERR_OK && !ledger->is_second)
		err = index_move(ledger, block);
	if (err == ERR_OK)
		err = history_move(ledger, block);
	if (err == ERR_OK)
		*out = (struct ledger_committed){block->header.height, block->hash,
						 block->header.time_ms, ledger->outcomes,
						 block->decided_count};
	blocks_move(ledger, block);
	if (err == ERR_OK)
		checkpoint_move(ledger);
	return err;
}

/* --- block 0 ------------------------------------------------------------- */

static enum err meta_write(struct ledger *ledger, struct store_write *write)
{
	const struct hash *chain = &ledger->genesis->chain;
	struct row_key first = row_key_u64(1);
	enum err err = store_put(write, TABLE_META, bytes_text(META_FORMAT),
				 bytes_text(STORE_FORMAT), false);

	if (err == ERR_OK)
		err = store_put(write, TABLE_META, bytes_text(META_UNDO), row_key_bytes(&first),
				false);
	if (err != ERR_OK)
		return err;
	return store_put(write, TABLE_META, bytes_text(META_CHAIN),
			 bytes_of(chain->b, sizeof(chain->b)), false);
}

static enum err leaf_zero_write(struct ledger *ledger, struct store_write *write)
{
	struct merkle_frontier after;
	struct hash leaf;
	enum err err;

	buf_reset(&ledger->row);
	genesis_leaf_data(&ledger->row, ledger->genesis_text);
	merkle_leaf(&leaf, buf_bytes(&ledger->row));
	merkle_frontier_init(&after);
	merkle_frontier_append(&after, &leaf);
	err = row_write(ledger, write, TABLE_LEAF, row_key_u64(0));
	return err == ERR_OK ? log_append(ledger->edge, write, &leaf, 1, &after) : err;
}

/* The genesis document made all that is there. */
static enum err change_zero_write(struct ledger *ledger, struct store_write *write,
				  const struct genesis_state *state)
{
	struct change change;
	enum err err = ERR_OK;

	change_init(&change);
	buf_reset(&ledger->row);
	for (size_t i = 0; i < state->changes_count && err == ERR_OK; i++)
		err = change_add(&change, state->changes[i].key);
	if (err == ERR_OK)
		err = change_row(&change, &ledger->row);
	change_release(&change);
	return err == ERR_OK ? row_write(ledger, write, TABLE_CHANGE, row_key_u64(0)) : err;
}

static enum err zero_write(struct ledger *ledger, struct store_write *write,
			   const struct genesis_state *state)
{
	uint8_t header_at[LIMIT_HEADER_BYTES];
	uint8_t body_at[64];
	struct buf text;
	struct body *body = calloc(1, sizeof(*body));
	struct row_block row = {.leaves = 1};
	struct row_tip tip = {.value_next = state->changes_count};
	enum err err;

	if (body == NULL)
		return ERR_MEMORY;
	buf_init(&text, LIMIT_HEADER_BYTES);
	header_render(&text, &state->header);
	ASSERT(!text.has_failed);
	memcpy(header_at, text.at, text.len);
	row.header_text = bytes_of(header_at, text.len);
	buf_reset(&text);
	body_render(&text, body);
	ASSERT(!text.has_failed && text.len <= sizeof(body_at));
	memcpy(body_at, text.at, text.len);
	row.body_text = bytes_of(body_at, text.len);
	sha256(&tip.block, row.header_text.at, row.header_text.len);
	err = block_write(ledger, write, 0, &tip.block, &row);
	if (err == ERR_OK)
		err = leaf_zero_write(ledger, write);
	if (err == ERR_OK)
		err = values_write(ledger, write, state->changes, state->changes_count);
	if (err == ERR_OK)
		err = change_zero_write(ledger, write, state);
	if (err == ERR_OK)
		err = tip_write(ledger, write, &tip);
	if (err == ERR_OK)
		err = meta_write(ledger, write);
	buf_release(&text);
	free(body);
	return err;
}

enum err chain_begin(struct ledger *ledger)
{
	struct genesis_state state;
	struct store_write *write;
	enum err err = genesis_state_make(&state, ledger->genesis, ledger->genesis_text);

	if (err != ERR_OK)
		return err;
	err = store_write_begin(ledger->store, &write);
	if (err == ERR_OK) {
		err = zero_write(ledger, write, &state);
		if (err == ERR_OK)
			err = store_commit(write);
		else
			store_abort(write);
	}
	genesis_state_release(&state);
	return err;
}
