/* The log in the store: leaf data, attachments, and the hashes of the RFC 6962
 * tree in tiles of 256.
 *
 * Tile (level L, number n) holds the roots of perfect subtrees of 256^L leaves,
 * places 256 n … 256 n + 255; the last tile of a level is partial.  Behind them
 * stand the roots of each full sixteen of them, so that a path takes some twenty
 * hashes of a tile rather than all; rows of before have none. */
#ifndef STELE_LEDGER_LOG_H
#define STELE_LEDGER_LOG_H

#include "base/bytes.h"
#include "base/err.h"
#include "crypto/merkle.h"
#include "ledger/store.h"

#define LOG_TILE_HASHES 256
#define LOG_TILE_LEVELS 8
#define LOG_GROUP_HASHES 16
#define LOG_TILE_GROUPS (LOG_TILE_HASHES / LOG_GROUP_HASHES)

/* The last tile of each level: what an append goes on from. */
struct log_edge {
	struct merkle_frontier frontier;
	struct hash tiles[LOG_TILE_LEVELS][LOG_TILE_HASHES];
	struct hash groups[LOG_TILE_LEVELS][LOG_TILE_GROUPS]; /* of those that are full */
};

/* Rebuilds the edge for a log of that size.  ERR_STORE_DAMAGED: tiles missing. */
MUST_CHECK enum err log_edge_load(struct log_edge *edge, struct store_read *read, uint64_t size);
/* Appends leaf hashes to the edge and writes the tiles that changed; after: the edge's frontier
 * with them, which whoever executed has. */
MUST_CHECK enum err log_append(struct log_edge *edge, struct store_write *write,
			       const struct hash *leaves, size_t count,
			       const struct merkle_frontier *after);

/* A tile's row: its hashes, then the roots of its groups and the byte 1, or neither. */
struct log_tile {
	struct bytes hashes;
	struct bytes groups; /* empty in a row of before */
};
MUST_CHECK enum err log_tile_decode(struct log_tile *out, struct bytes row);

/* A merkle_subtree over the tiles of a struct store_read. */
enum err log_subtree(void *read, unsigned level, uint64_t index, struct hash *out);

#endif
