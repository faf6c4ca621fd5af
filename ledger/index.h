/* The index of transactions: id -> where it was decided.
 *
 * Kept behind the commit: decided ids gather in memory (the tail) and go to
 * TABLE_TX in sorted bulk, in a transaction of their own, so that a commit never
 * writes at random places.  The tail grows with the table, to a sixteenth of it, and is
 * written part by part: the ids of one part lie side by side in the table, so that each
 * page that is written takes several of them, however large the table is.
 *
 * META "index" says for each part up to which height the table is complete; what is
 * above is gathered again at start.
 *
 * One thread adds and flushes, any thread finds. */
#ifndef STELE_LEDGER_INDEX_H
#define STELE_LEDGER_INDEX_H

#include "ledger/row.h"
#include "ledger/store.h"

#define INDEX_TAIL_MAX 8192 /* ids; of a large table, and of one step, see above */
#define INDEX_TAIL_SHARE 16 /* of the table */
#define INDEX_PARTS 256     /* by the first byte of the id */

struct index;

/* Up to which height the table is complete, for each part. */
struct index_heights {
	uint64_t of[INDEX_PARTS];
};
/* Of META "index"; a store of before has one number for all.  ERR_STORE_DAMAGED. */
MUST_CHECK enum err index_heights_decode(struct index_heights *out, struct bytes row);
/* The least and the greatest of them. */
uint64_t index_heights_low(const struct index_heights *heights);
uint64_t index_heights_high(const struct index_heights *heights);
/* Whether the table has the id of a block of that height. */
bool index_heights_cover(const struct index_heights *heights, const struct hash *id,
			 uint64_t height);

/* heights: of the table.  NULL when memory is short. */
struct index *index_new(struct store *store, const struct index_heights *heights);
void index_free(struct index *index);
/* Up to which height the whole table is complete. */
uint64_t index_height(const struct index *index);

/* Adds one decided id to the tail, if the table does not have it. */
MUST_CHECK enum err index_add(struct index *index, const struct hash *id,
			      const struct row_tx *place);
/* All of the block's ids are added; writes of the tail what is too long, if the disk has
 * room, or in any case all of it if must_write. */
MUST_CHECK enum err index_block_done(struct index *index, uint64_t height, bool must_write);

/* read may be older than the tail's last way to the table.  ERR_NOT_FOUND. */
MUST_CHECK enum err index_find(struct index *index, struct store_read *read,
			       const struct hash *id, struct row_tx *out);

#endif
