/* What verify-ledger looks at once the heights are through: tiles against
 * leaves, values against the tip's state root, and that nothing lies beyond. */
#include <string.h>

#include "base/mutant.h"
#include "ledger/verify_internal.h"

uint64_t verify_height_of(struct verify *verify, uint64_t log_index)
{
	uint64_t height = 0;
	struct row_block row;

	while (height < verify->report->heights &&
	       row_block_get(verify->read, height + 1, &row) == ERR_OK &&
	       row.log_first <= log_index)
		height++;
	return height;
}

/* What the hash at a place of a level must be. */
static enum err hash_expected(struct verify *verify, unsigned level, uint64_t place,
			      struct hash *out)
{
	struct log_tile below;
	struct bytes bytes;
	struct hash hashes[LOG_TILE_HASHES];
	enum err err;

	if (level == 0) {
		err = row_get(verify->read, TABLE_LEAF, row_key_u64(place), &bytes);
		if (err == ERR_OK)
			merkle_leaf(out, bytes);
		return err;
	}
	err = row_get(verify->read, TABLE_TILE, row_key_tile((uint8_t)(level - 1), place), &bytes);
	if (err == ERR_OK)
		err = log_tile_decode(&below, bytes);
	if (err != ERR_OK)
		return err;
	if (below.hashes.len != sizeof(hashes))
		return ERR_STORE_DAMAGED;
	memcpy(hashes, below.hashes.at, sizeof(hashes));
	merkle_root(out, hashes, LOG_TILE_HASHES);
	return ERR_OK;
}

/* Of the hashes, which are right. */
static enum err tile_groups_check(const struct log_tile *tile)
{
	size_t count = tile->groups.len / sizeof(struct hash);

	for (size_t i = 0; i < count; i++) {
		struct hash inside[LOG_GROUP_HASHES], want;

		memcpy(inside, tile->hashes.at + i * sizeof(inside), sizeof(inside));
		merkle_root(&want, inside, LOG_GROUP_HASHES);
		if (memcmp(tile->groups.at + i * sizeof(want), want.b, sizeof(want)) != 0)
			return ERR_STORE_DAMAGED;
	}
	return ERR_OK;
}

static enum err tile_hashes_check(struct verify *verify, unsigned level, uint64_t tile,
				  const struct log_tile *row)
{
	size_t count = row->hashes.len / sizeof(struct hash);
	enum err err = ERR_OK;

	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		struct hash want;

		err = hash_expected(verify, level, tile * LOG_TILE_HASHES + i, &want);
		if (err == ERR_OK &&
		    memcmp(row->hashes.at + i * sizeof(want), want.b, sizeof(want)) != 0)
			err = ERR_STORE_DAMAGED;
	}
	return err == ERR_OK ? tile_groups_check(row) : err;
}

/* As the second ledger has it; a row of before lacks the groups. */
static enum err tile_compare(struct store_read *again, struct row_key key, struct bytes row,
			     const struct log_tile *tile)
{
	struct log_tile made;
	struct bytes want;
	enum err err = row_get(again, TABLE_TILE, key, &want);

	if (err == ERR_OK)
		err = log_tile_decode(&made, want);
	if (err != ERR_OK)
		return err;
	if (row.len == tile->hashes.len)
		return bytes_equal(tile->hashes, made.hashes) ? ERR_OK : ERR_STORE_DAMAGED;
	return bytes_equal(row, want) ? ERR_OK : ERR_STORE_DAMAGED;
}

/* again: of the second ledger, whose tiles are those of the leaves; NULL: there is none. */
static enum err tile_check(struct verify *verify, struct store_read *again, unsigned level,
			   uint64_t tile, size_t count)
{
	struct row_key key = row_key_tile((uint8_t)level, tile);
	struct log_tile decoded;
	struct bytes row;
	enum err err = row_get(verify->read, TABLE_TILE, key, &row);

	if (err == ERR_OK)
		err = log_tile_decode(&decoded, row);
	if (err == ERR_OK && decoded.hashes.len != count * sizeof(struct hash))
		err = ERR_STORE_DAMAGED;
	if (err == ERR_OK)
		err = again == NULL ? tile_hashes_check(verify, level, tile, &decoded)
				    : tile_compare(again, key, row, &decoded);
	if (err == ERR_OK)
		return verify_alive(verify);
	return verify_row(verify, verify_height_of(verify, (tile * LOG_TILE_HASHES) << (8 * level)),
			  "a tile of the log is wrong", err);
}

static enum err levels_check(struct verify *verify, struct store_read *again)
{
	enum err err = ERR_OK;

	for (unsigned level = 0; level < LOG_TILE_LEVELS; level++) {
		uint64_t left = verify->parent.log_size >> (8 * level);

		for (uint64_t tile = 0; left > 0 && err == ERR_OK; tile++) {
			size_t count = left < LOG_TILE_HASHES ? (size_t)left : LOG_TILE_HASHES;

			err = tile_check(verify, again, level, tile, count);
			left -= count;
		}
	}
	return err;
}

static enum err tiles_check(struct verify *verify)
{
	struct store_read *again = NULL;
	enum err err = ERR_OK;

	if (verify->again != NULL)
		err = store_read_begin(verify->again->store, &again);
	if (err == ERR_OK)
		err = levels_check(verify, again);
	if (again != NULL)
		store_read_end(again);
	return err;
}

/* Where each value was compared with what execution gave, their number says the rest. */
static enum err state_check(struct verify *verify)
{
	struct state_tree *tree;
	struct values_loaded loaded;
	struct hash root;
	enum err err;

	if (verify->again != NULL && verify->report->has_all_values)
		return verify->value_next == verify->again->tip.value_next
			       ? ERR_OK
			       : verify_bad(verify, verify->report->heights,
					    "the tip counts other values than execution gives");
	tree = state_tree_new();
	err = tree != NULL ? ledger_load_values(tree, verify->read, &loaded) : ERR_MEMORY;
	if (err == ERR_OK)
		state_root(tree, loaded.version, &root);
	state_tree_free(tree);
	if (err == ERR_OK && (!hash_equal(&root, &verify->parent.state) ||
			      loaded.next != verify->value_next) &&
	    !mutant_on("audit_trusts_values"))
		err = ERR_STORE_DAMAGED;
	return verify_row(verify, verify->report->heights,
			  "the values do not give the tip's state root", err);
}

static uint64_t tiles_count(const struct verify *verify)
{
	uint64_t count = 0;

	for (unsigned level = 0; level < LOG_TILE_LEVELS; level++) {
		uint64_t hashes = verify->parent.log_size >> (8 * level);

		count += (hashes + LOG_TILE_HASHES - 1) / LOG_TILE_HASHES;
	}
	return count;
}

/* The meta rows that a store has; others would say nothing, and none are known. */
static enum err meta_check(struct verify *verify, uint64_t *count)
{
	struct index_heights heights;
	struct bytes row;
	enum err err = store_get(verify->read, TABLE_META, bytes_text(META_INDEX), &row);

	*count = 3; /* format, chain and tip were read */
	if (err == ERR_OK) {
		err = index_heights_decode(&heights, row);
		if (err == ERR_OK && index_heights_high(&heights) > verify->report->heights)
			err = ERR_STORE_DAMAGED;
		(*count)++;
	}
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	err = store_get(verify->read, TABLE_META, bytes_text(META_UNDO), &row);
	if (err == ERR_OK && (row.len != 8 || load_u64(row.at) > verify->report->heights + 1))
		err = ERR_STORE_DAMAGED;
	*count += err == ERR_OK;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err count_check(struct verify *verify, enum table table, uint64_t want)
{
	uint64_t count;
	enum err err = store_count(verify->read, table, want, &count);

	if (err == ERR_OK)
		err = verify_tell(verify, verify->report->heights);
	if (err != ERR_OK)
		return verify_row(verify, verify->report->heights, "a table cannot be read", err);
	return count == want ? ERR_OK : verify_stranger(verify, table);
}

/* Every row of the chain was looked at, so as many rows as were looked at leave no
 * room for others. */
static enum err counts_check(struct verify *verify)
{
	const struct verify_report *report = verify->report;
	bool is_export = verify->order->is_export;
	const struct {
		enum table table;
		uint64_t count;
	} tables[] = {
		{TABLE_BLOCK, report->heights + 1},
		{TABLE_BLOCK_HASH, is_export ? 0 : report->heights + 1},
		{TABLE_LEAF, verify->parent.log_size},
		{TABLE_ATTACHMENT, verify->attachments},
		{TABLE_TILE, is_export ? 0 : tiles_count(verify)},
		{TABLE_VALUE, is_export ? 0 : verify->value_next - verify->value_low},
		{TABLE_REJECTED, report->rejected},
		{TABLE_PARCEL, report->parcels},
		{TABLE_TX, verify->indexed},
		{TABLE_RECORD, 0},
	};
	uint64_t metas;
	enum err err = meta_check(verify, &metas);

	if (err != ERR_OK)
		return verify_row(verify, report->heights, "the store says wrongly how far it is", err);
	err = count_check(verify, TABLE_META, metas);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]) && err == ERR_OK; i++)
		err = count_check(verify, tables[i].table, tables[i].count);
	return err;
}

/* What follows from the records, and what an export of them leaves out. */
static enum err derived_check(struct verify *verify)
{
	enum err err = tiles_check(verify);

	if (err == ERR_OK)
		err = state_check(verify);
	if (err == ERR_OK)
		err = verify_history(verify);
	return err == ERR_OK ? verify_undo(verify) : err;
}

enum err verify_tables(struct verify *verify)
{
	enum err err = verify->order->is_export ? ERR_OK : derived_check(verify);

	return err == ERR_OK ? counts_check(verify) : err;
}
