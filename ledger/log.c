#include "ledger/log.h"

#include <string.h>

#include "ledger/row.h"

#define HASH_BYTES sizeof(struct hash)
#define GROUPS_TAG_BYTES 1
#define GROUPS_TAG 1

/* How many hashes a level has in a log of that size. */
static uint64_t level_count(uint64_t size, unsigned level)
{
	return size >> (8 * level);
}

enum err log_tile_decode(struct log_tile *out, struct bytes row)
{
	size_t count = row.len / HASH_BYTES;
	size_t groups = 0;

	if (row.len % HASH_BYTES == GROUPS_TAG_BYTES && row.at[row.len - 1] == GROUPS_TAG)
		groups = count / (LOG_GROUP_HASHES + 1); /* of 17 one is a group's */
	else if (row.len % HASH_BYTES != 0)
		return ERR_STORE_DAMAGED;
	*out = (struct log_tile){
		.hashes = bytes_of(row.at, (count - groups) * HASH_BYTES),
		.groups = bytes_of(row.at + (count - groups) * HASH_BYTES, groups * HASH_BYTES)};
	return ERR_OK;
}

static enum err tile_get(struct store_read *read, unsigned level, uint64_t tile,
			 struct log_tile *out)
{
	struct bytes row;
	enum err err = row_get(read, TABLE_TILE, row_key_tile((uint8_t)level, tile), &row);

	if (err == ERR_NOT_FOUND)
		return ERR_STORE_DAMAGED;
	return err == ERR_OK ? log_tile_decode(out, row) : err;
}

/* The root of the group that ends at offset. */
static void group_close(struct log_edge *edge, unsigned level, size_t offset)
{
	size_t first = offset + 1 - LOG_GROUP_HASHES;

	merkle_root(&edge->groups[level][first / LOG_GROUP_HASHES], &edge->tiles[level][first],
		    LOG_GROUP_HASHES);
}

static enum err edge_level_load(struct log_edge *edge, struct store_read *read, unsigned level,
				uint64_t size)
{
	uint64_t count = level_count(size, level);
	size_t partial = (size_t)(count % LOG_TILE_HASHES);
	struct log_tile tile;
	enum err err;

	if (partial == 0)
		return ERR_OK;
	err = tile_get(read, level, count / LOG_TILE_HASHES, &tile);
	if (err != ERR_OK)
		return err;
	if (tile.hashes.len != partial * HASH_BYTES)
		return ERR_STORE_DAMAGED;
	memcpy(edge->tiles[level], tile.hashes.at, tile.hashes.len);
	for (size_t end = LOG_GROUP_HASHES; end <= partial; end += LOG_GROUP_HASHES)
		group_close(edge, level, end - 1);
	return ERR_OK;
}

enum err log_edge_load(struct log_edge *edge, struct store_read *read, uint64_t size)
{
	enum err err = ERR_OK;

	memset(edge, 0, sizeof(*edge));
	for (unsigned level = 0; level < LOG_TILE_LEVELS && err == ERR_OK; level++)
		err = edge_level_load(edge, read, level, size);
	for (unsigned bit = 0; bit < 63 && err == ERR_OK; bit++) {
		if ((size >> bit & 1) != 0)
			err = log_subtree(read, bit, (size >> bit) - 1,
					  &edge->frontier.peaks[bit]);
	}
	edge->frontier.size = size;
	return err;
}

static enum err tile_put(const struct log_edge *edge, struct store_write *write, unsigned level,
			 uint64_t tile, size_t count)
{
	uint8_t row[(LOG_TILE_HASHES + LOG_TILE_GROUPS) * HASH_BYTES + GROUPS_TAG_BYTES];
	size_t groups = count / LOG_GROUP_HASHES;
	size_t len = (count + groups) * HASH_BYTES;

	memcpy(row, edge->tiles[level], count * HASH_BYTES);
	memcpy(row + count * HASH_BYTES, edge->groups[level], groups * HASH_BYTES);
	row[len] = GROUPS_TAG;
	return row_put(write, TABLE_TILE, row_key_tile((uint8_t)level, tile),
		       bytes_of(row, len + GROUPS_TAG_BYTES), false);
}

/* One hash at a level; a tile that is full goes to disk and its root up. */
static enum err level_append(struct log_edge *edge, struct store_write *write, unsigned level,
			     uint64_t place, const struct hash *hash)
{
	size_t offset = (size_t)(place % LOG_TILE_HASHES);
	struct hash root;
	enum err err;

	ASSERT(level < LOG_TILE_LEVELS);
	edge->tiles[level][offset] = *hash;
	if ((offset + 1) % LOG_GROUP_HASHES == 0)
		group_close(edge, level, offset);
	if (offset != LOG_TILE_HASHES - 1)
		return ERR_OK;
	err = tile_put(edge, write, level, place / LOG_TILE_HASHES, LOG_TILE_HASHES);
	if (err != ERR_OK)
		return err;
	merkle_root(&root, edge->groups[level], LOG_TILE_GROUPS);
	return level_append(edge, write, level + 1, place / LOG_TILE_HASHES, &root);
}

enum err log_append(struct log_edge *edge, struct store_write *write, const struct hash *leaves,
		    size_t count, const struct merkle_frontier *after)
{
	uint64_t before = edge->frontier.size;
	enum err err;

	ASSERT(after->size == before + count);
	for (size_t i = 0; i < count; i++) {
		err = level_append(edge, write, 0, before + i, &leaves[i]);
		if (err != ERR_OK)
			return err;
	}
	edge->frontier = *after;
	for (unsigned level = 0; level < LOG_TILE_LEVELS; level++) {
		uint64_t now = level_count(edge->frontier.size, level);

		if (now == level_count(before, level) || now % LOG_TILE_HASHES == 0)
			continue;
		err = tile_put(edge, write, level, now / LOG_TILE_HASHES,
			       (size_t)(now % LOG_TILE_HASHES));
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

/* Root of count hashes from offset on, if they are there. */
static enum err range_root(struct bytes hashes, size_t offset, size_t count, struct hash *out)
{
	struct hash inside[LOG_TILE_HASHES];

	if (hashes.len < (offset + count) * HASH_BYTES)
		return ERR_STORE_DAMAGED;
	memcpy(inside, hashes.at + offset * HASH_BYTES, count * HASH_BYTES);
	merkle_root(out, inside, count);
	return ERR_OK;
}

enum err log_subtree(void *read, unsigned level, uint64_t index, struct hash *out)
{
	unsigned tile_level = level / 8;
	unsigned rest = level % 8;
	uint64_t place = index << rest;
	size_t offset = (size_t)(place % LOG_TILE_HASHES);
	size_t count = (size_t)1 << rest;
	struct log_tile tile;
	enum err err = tile_get(read, tile_level, place / LOG_TILE_HASHES, &tile);

	if (err != ERR_OK)
		return err;
	if (count >= LOG_GROUP_HASHES && tile.groups.len > 0)
		return range_root(tile.groups, offset / LOG_GROUP_HASHES, count / LOG_GROUP_HASHES,
				  out);
	return range_root(tile.hashes, offset, count, out);
}
