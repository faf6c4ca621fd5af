/* What verify-ledger looks at once the heights are through: tiles against
 * leaves, values against the tip's state root, and that nothing lies beyond. */
#include <string.h>

#include "ledger/verify_internal.h"

/* The height of a log index, for naming it. */
static uint64_t height_of(struct verify *verify, uint64_t log_index)
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
	if (err != ERR_OK)
		return err;
	if (bytes.len != sizeof(hashes))
		return ERR_STORE_DAMAGED;
	memcpy(hashes, bytes.at, sizeof(hashes));
	merkle_root(out, hashes, LOG_TILE_HASHES);
	return ERR_OK;
}

static enum err tile_check(struct verify *verify, unsigned level, uint64_t tile, size_t count)
{
	struct bytes row;
	enum err err = row_get(verify->read, TABLE_TILE, row_key_tile((uint8_t)level, tile), &row);

	if (err == ERR_OK && row.len != count * sizeof(struct hash))
		err = ERR_STORE_DAMAGED;
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		struct hash want;

		err = hash_expected(verify, level, tile * LOG_TILE_HASHES + i, &want);
		if (err == ERR_OK &&
		    memcmp(row.at + i * sizeof(want), want.b, sizeof(want)) != 0)
			err = ERR_STORE_DAMAGED;
	}
	if (err == ERR_OK)
		return ERR_OK;
	return verify_row(verify, height_of(verify, (tile * LOG_TILE_HASHES) << (8 * level)),
			  "a tile of the log is wrong", err);
}

static enum err tiles_check(struct verify *verify)
{
	enum err err = ERR_OK;

	for (unsigned level = 0; level < LOG_TILE_LEVELS; level++) {
		uint64_t left = verify->frontier.size >> (8 * level);

		for (uint64_t tile = 0; left > 0 && err == ERR_OK; tile++) {
			size_t count = left < LOG_TILE_HASHES ? (size_t)left : LOG_TILE_HASHES;

			err = tile_check(verify, level, tile, count);
			left -= count;
		}
	}
	return err;
}

static enum err state_check(struct verify *verify)
{
	struct state_tree *tree = state_tree_new();
	struct values_loaded loaded;
	struct hash root;
	enum err err = tree != NULL ? ledger_load_values(tree, verify->read, &loaded) : ERR_MEMORY;

	if (err == ERR_OK)
		state_root(tree, loaded.version, &root);
	state_tree_free(tree);
	if (err == ERR_OK && !hash_equal(&root, &verify->parent.state))
		err = ERR_STORE_DAMAGED;
	return verify_row(verify, verify->report->heights,
			  "the values do not give the tip's state root", err);
}

/* The last key of a table is at most the one given. */
static enum err last_check(struct verify *verify, enum table table, uint64_t last)
{
	struct row_key end = row_key_u64(UINT64_MAX);
	struct bytes key;
	struct bytes row;
	enum err err = store_seek(verify->read, table, row_key_bytes(&end), true, &key, &row);

	if (err == ERR_NOT_FOUND)
		return ERR_OK;
	if (err == ERR_OK && (key.len < 8 || load_u64(key.at) > last))
		err = ERR_STORE_DAMAGED;
	return verify_row(verify, verify->report->heights, "a table holds more than the chain",
			  err);
}

/* Every id's row was looked at, so as many rows as ids leave no room for more. */
static enum err index_count_check(struct verify *verify)
{
	struct bytes key;
	struct bytes row;
	struct row_key from = {.len = 0};
	uint64_t count = 0;
	enum err err;

	for (;; count++) {
		err = store_seek(verify->read, TABLE_TX, row_key_bytes(&from), false, &key, &row);
		if (err != ERR_OK)
			break;
		if (key.len != sizeof(struct hash))
			return verify_bad(verify, verify->report->heights,
					  "the index holds what is no id");
		memcpy(from.b, key.at, key.len);
		from.b[key.len] = 0; /* the next key above */
		from.len = key.len + 1;
	}
	if (err == ERR_NOT_FOUND)
		err = count == verify->indexed ? ERR_OK : ERR_STORE_DAMAGED;
	return verify_row(verify, verify->report->heights, "the index holds more than the chain",
			  err);
}

enum err verify_tables(struct verify *verify)
{
	uint64_t tip = verify->report->heights;
	enum err err = tiles_check(verify);

	if (err == ERR_OK)
		err = state_check(verify);
	if (err == ERR_OK)
		err = last_check(verify, TABLE_BLOCK, tip);
	if (err == ERR_OK)
		err = last_check(verify, TABLE_LEAF, verify->frontier.size - 1);
	if (err == ERR_OK)
		err = last_check(verify, TABLE_ATTACHMENT, verify->frontier.size - 1);
	if (err == ERR_OK)
		err = last_check(verify, TABLE_REJECTED, tip);
	if (err == ERR_OK)
		err = index_count_check(verify);
	return err;
}
