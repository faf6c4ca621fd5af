/* verify-ledger: everything a store says, recomputed from raw bytes.
 *
 * Walks the chain from block 0: headers by parent hash, finalizations by their
 * signatures, leaves, log roots, rejected entries and the index; executes every
 * block anew into a second ledger as far as parcels reach back to height 1, and
 * compares what both stores hold; at the end tiles and state.  A damaged file
 * can make LMDB crash, so callers run this in a child process. */
#ifndef STELE_LEDGER_VERIFY_H
#define STELE_LEDGER_VERIFY_H

#include "base/bytes.h"
#include "base/err.h"
#include "ledger/store.h"
#include "proto/genesis.h"

struct verify_report {
	uint64_t heights;       /* the store's tip */
	uint64_t finalizations; /* checked */
	uint64_t finalized;     /* the height of the last of them; what lies above rests on none */
	uint64_t leaves;
	uint64_t rejected;
	uint64_t executed;      /* heights executed anew; 0: parcels of the first were pruned */
	uint64_t bad_height;    /* where ERR_STORE_DAMAGED was met first */
	const char *what;       /* and what differs, in words; NULL without one */
};

/* Called after each height. */
typedef void verify_progress(void *context, uint64_t height, uint64_t heights);

/* store is only read.  scratch: a folder of the caller's, empty or absent, that
 * the second store is made in.  ERR_STORE_DAMAGED with bad_height and what;
 * ERR_STORE_CHAIN, ERR_STORE_FORMAT; others: could not be concluded. */
MUST_CHECK enum err verify_ledger(struct store *store, const char *scratch,
				  const struct genesis *genesis, struct bytes genesis_text,
				  verify_progress *progress, void *context,
				  struct verify_report *out);

#endif
