/* The log in the store: leaf data, attachments, and the hashes of the RFC 6962
 * tree in tiles of 256.
 *
 * Tile (level L, number n) holds the roots of perfect subtrees of 256^L leaves,
 * places 256 n … 256 n + 255; the last tile of a level is partial. */
#ifndef STELE_LEDGER_LOG_H
#define STELE_LEDGER_LOG_H

#include "base/bytes.h"
#include "base/err.h"
#include "crypto/merkle.h"
#include "ledger/store.h"

#define LOG_TILE_HASHES 256
#define LOG_TILE_LEVELS 8

/* The last tile of each level: what an append goes on from. */
struct log_edge {
	struct merkle_frontier frontier;
	struct hash tiles[LOG_TILE_LEVELS][LOG_TILE_HASHES];
};

/* Rebuilds the edge for a log of that size.  ERR_STORE_DAMAGED: tiles missing. */
MUST_CHECK enum err log_edge_load(struct log_edge *edge, struct store_read *read, uint64_t size);
/* Appends leaf hashes to the edge and writes the tiles that changed; after: the edge's frontier
 * with them, which whoever executed has. */
MUST_CHECK enum err log_append(struct log_edge *edge, struct store_write *write,
			       const struct hash *leaves, size_t count,
			       const struct merkle_frontier *after);

/* A merkle_subtree over the tiles of a struct store_read. */
enum err log_subtree(void *read, unsigned level, uint64_t index, struct hash *out);

#endif
