/* Transactions that passed admission here and wait to be packed and decided.
 * Bounded in count, bytes, and both per organisation, so that one's flood does
 * not starve the others: a full pool refuses the newcomer, it never evicts.
 * Pure: no clock, no disk, no socket.  One thread. */
#ifndef STELE_LEDGER_MEMPOOL_H
#define STELE_LEDGER_MEMPOOL_H

#include "base/bytes.h"
#include "base/err.h"
#include "proto/tx.h"

struct mempool;

struct mempool_bounds {
	uint32_t count_max;
	uint64_t bytes_max;
	uint32_t count_max_org; /* of one signer's organisation */
};

/* NULL when memory is short. */
struct mempool *mempool_new(const struct mempool_bounds *bounds, uint64_t hash_key);
void mempool_free(struct mempool *pool);
/* Takes tx on success.  One that is here already is a success too: *is_duplicate
 * is set and tx stays the caller's.  org groups the per-organisation bound.
 * ERR_POOL_FULL: the pool is as it was and tx stays the caller's. */
MUST_CHECK enum err mempool_add(struct mempool *pool, struct tx *tx, const char *org,
				bool *is_duplicate);
/* The next transactions to pack, round-robin over organisations, in order of
 * arrival within one: at most steps_max (tx_steps; one is taken in any case), and
 * bytes_max of payload (4 bytes and the transaction each).  They stay in the pool,
 * which keeps its references, marked as packed into the parcel of that sequence. */
size_t mempool_take(struct mempool *pool, uint64_t sequence, uint32_t steps_max,
		    uint64_t bytes_max, struct tx **out);
/* Marks those of a parcel that came to nothing as waiting again. */
void mempool_unpack(struct mempool *pool, uint64_t sequence);
/* Decided in a block: gone. */
void mempool_remove(struct mempool *pool, const struct hash *id);
/* Drops those whose valid_until is past. */
size_t mempool_expire(struct mempool *pool, uint64_t now_ms);
/* NULL if absent; lent. */
const struct tx *mempool_find(const struct mempool *pool, const struct hash *id);
uint32_t mempool_count(const struct mempool *pool);
uint32_t mempool_waiting(const struct mempool *pool); /* not packed */
uint64_t mempool_bytes(const struct mempool *pool);

#endif
