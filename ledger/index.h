/* The index of transactions: id -> where it was decided.
 *
 * Kept behind the commit: decided ids gather in memory (the tail) and go to
 * TABLE_TX in sorted bulk, in a transaction of their own, so that a commit never
 * writes at random places.  META "index" says up to which height the table is
 * complete; what is above is gathered again at start.
 *
 * One thread adds and flushes, any thread finds. */
#ifndef STELE_LEDGER_INDEX_H
#define STELE_LEDGER_INDEX_H

#include "ledger/row.h"
#include "ledger/store.h"

#define INDEX_TAIL_MAX 8192

struct index;

/* height: up to which the table is complete.  NULL when memory is short. */
struct index *index_new(struct store *store, uint64_t height);
void index_free(struct index *index);
uint64_t index_height(const struct index *index);

/* Adds one decided id to the tail. */
MUST_CHECK enum err index_add(struct index *index, const struct hash *id,
			      const struct row_tx *place);
/* All of the block's ids are added; writes the tail once it is long enough and the
 * disk has room, or in any case if must_write. */
MUST_CHECK enum err index_block_done(struct index *index, uint64_t height, bool must_write);

/* read may be older than the tail's last way to the table.  ERR_NOT_FOUND. */
MUST_CHECK enum err index_find(struct index *index, struct store_read *read,
			       const struct hash *id, struct row_tx *out);

#endif
