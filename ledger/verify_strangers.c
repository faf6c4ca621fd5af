/* Which row of a table is none of the chain's, once it is known that there is one: each
 * key is held against the block that it claims to belong to, and the height is that
 * block's, or the tip's where it claims to lie beyond. */
#include <string.h>

#include "base/mutant.h"
#include "crypto/digest.h"
#include "ledger/verify_internal.h"

static const char *const findings[TABLE_COUNT] = {
	[TABLE_META] = "the store says what no store says",
	[TABLE_BLOCK] = "there are more blocks than the chain has",
	[TABLE_BLOCK_HASH] = "more is found by a block's hash than the chain has",
	[TABLE_LEAF] = "there are more leaves than the log has",
	[TABLE_ATTACHMENT] = "there are more attachments than the log has",
	[TABLE_TILE] = "there are more tiles than the log has",
	[TABLE_VALUE] = "there are other values than the tip counts",
	[TABLE_REJECTED] = "there are more rejected entries than the blocks have",
	[TABLE_PARCEL] = "there are more parcels than the blocks have",
	[TABLE_TX] = "the index of transactions names what was not decided",
	[TABLE_RECORD] = "there are rows of a journal",
};

/* The block, where the height is one of the chain's. */
static bool block_at(struct verify *verify, uint64_t height, struct row_block *out)
{
	return height <= verify->report->heights && row_block_get(verify->read, height, out) == ERR_OK;
}

static bool by_hash_belongs(struct verify *verify, struct bytes key, uint64_t height)
{
	struct row_block block;
	struct hash hash;

	if (!block_at(verify, height, &block))
		return false;
	sha256(&hash, block.header_text.at, block.header_text.len);
	return bytes_equal(key, bytes_of(hash.b, sizeof(hash.b)));
}

static bool attachment_belongs(struct verify *verify, uint64_t log_index, struct bytes row)
{
	struct bytes leaf;
	struct tx *tx;
	enum err err = row_get(verify->read, TABLE_LEAF, row_key_u64(log_index), &leaf);

	if (err == ERR_OK)
		err = tx_from_leaf(&tx, leaf, row, &verify->order->genesis->chain);
	if (err == ERR_OK)
		tx_free(tx);
	return err == ERR_OK;
}

static bool tile_belongs(const struct verify *verify, struct bytes key)
{
	uint64_t hashes;

	if (key.len != 9 || key.at[0] >= LOG_TILE_LEVELS)
		return false;
	hashes = verify->parent.log_size >> (8 * key.at[0]);
	return load_u64(key.at + 1) < (hashes + LOG_TILE_HASHES - 1) / LOG_TILE_HASHES;
}

static bool tx_belongs(struct verify *verify, struct bytes key, const struct row_tx *place)
{
	struct row_rejected rejected;
	struct bytes row;
	struct hash id;
	uint64_t until;
	enum err err;

	if (key.len != sizeof(id.b))
		return false;
	memcpy(id.b, key.at, key.len);
	if (!index_heights_cover(&verify->index_heights, &id, place->height))
		return false;
	if (place->is_accepted) {
		err = row_get(verify->read, TABLE_LEAF, row_key_u64(place->place), &row);
		if (err == ERR_OK)
			err = row_leaf_peek(row, &id, &until);
	} else {
		err = row_get(verify->read, TABLE_REJECTED,
			      row_key_pair(place->height, (uint32_t)place->place), &row);
		if (err == ERR_OK)
			err = row_rejected_decode(&rejected, row);
		if (err == ERR_OK)
			id = rejected.id;
	}
	return err == ERR_OK && bytes_equal(key, bytes_of(id.b, sizeof(id.b)));
}

/* Whether the row is the chain's; *height: where it claims to be, if it does. */
static bool belongs(struct verify *verify, enum table table, struct bytes key, struct bytes row,
		    uint64_t *height)
{
	uint64_t number = key.len >= 8 ? load_u64(key.at) : UINT64_MAX;
	struct row_block block;
	struct row_tx place;

	switch (table) {
	case TABLE_BLOCK:
		*height = number;
		return key.len == 8 && number <= verify->report->heights;
	case TABLE_BLOCK_HASH:
		*height = row.len == 8 ? load_u64(row.at) : UINT64_MAX;
		return by_hash_belongs(verify, key, *height);
	case TABLE_LEAF:
		return key.len == 8 && number < verify->parent.log_size;
	case TABLE_ATTACHMENT:
		*height = verify_height_of(verify, number);
		return key.len == 8 && attachment_belongs(verify, number, row);
	case TABLE_TILE:
		return tile_belongs(verify, key);
	case TABLE_VALUE:
		return key.len == 8 && number >= verify->value_low && number < verify->value_next;
	case TABLE_REJECTED:
		*height = number;
		return key.len == 12 && block_at(verify, number, &block) &&
		       load_u32(key.at + 8) < block.rejected;
	case TABLE_PARCEL:
		*height = number;
		return key.len == 12 && block_at(verify, number, &block) &&
		       load_u32(key.at + 8) < block.parcels;
	case TABLE_TX:
		if (row_tx_decode(&place, row) != ERR_OK)
			return false;
		*height = place.height;
		return tx_belongs(verify, key, &place);
	case TABLE_RECORD:
		return false;
	case TABLE_META:
	case TABLE_UNDO:
	case TABLE_CHANGE:
	case TABLE_HISTORY:
	case TABLE_COUNT:
		break;
	}
	return true; /* not told apart here */
}

enum err verify_stranger(struct verify *verify, enum table table)
{
	uint64_t tip = verify->report->heights;
	struct row_key from = {.len = 0};
	struct bytes key, row;

	if (mutant_on("audit_trusts_counts"))
		return ERR_OK;
	while (store_seek(verify->read, table, row_key_bytes(&from), false, &key, &row) == ERR_OK &&
	       key.len < sizeof(from.b)) {
		uint64_t height = tip;

		if (!belongs(verify, table, key, row, &height))
			return verify_bad(verify, height < tip ? height : tip, findings[table]);
		memcpy(from.b, key.at, key.len);
		from.b[key.len] = 0; /* the next key above */
		from.len = key.len + 1;
	}
	return verify_bad(verify, tip, findings[table]);
}
