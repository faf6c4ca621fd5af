/* verify-ledger: everything a store says, recomputed from raw bytes.
 *
 * Walks the chain from block 0: headers by parent hash, finalizations by their
 * signatures, leaves, log roots, rejected entries and the index; executes every
 * block anew into a second ledger as far as parcels reach back to height 1, and
 * compares what both stores hold; at the end tiles and state.  A damaged file
 * can make LMDB crash, so callers run this in a child process.
 *
 * The work may be shared: one process walks without checking signatures, others
 * check the signatures of ranges of heights.  Both give a hash over what they
 * looked at in each range; where the two agree, what was executed is what was
 * signed. */
#ifndef STELE_LEDGER_VERIFY_H
#define STELE_LEDGER_VERIFY_H

#include "base/bytes.h"
#include "base/err.h"
#include "ledger/store.h"
#include "proto/genesis.h"

/* Heights of one range: 0 … 3, 4 … 7, …  Few, so that at the end nobody waits for long. */
#define VERIFY_RANGE 4

struct verify_report {
	uint64_t heights;       /* the store's tip */
	uint64_t finalizations; /* checked */
	uint64_t finalized;     /* the height of the last of them; what lies above rests on none */
	uint64_t leaves;
	uint64_t rejected;
	uint64_t executed;      /* heights executed anew; 0: parcels of the first were pruned */
	uint64_t parcels;       /* looked at */
	uint64_t unparcelled;   /* heights whose parcels were pruned */
	uint64_t signatures;    /* of transactions, parcels and votes, checked */
	bool has_all_values;    /* no value row was compacted: each was compared */
	uint64_t bad_height;    /* where ERR_STORE_DAMAGED was met first */
	const char *what;       /* and what differs, in words; NULL without one */
};

/* Called after each height, and as a sign of life between; false: go no further. */
typedef bool verify_progress(void *context, uint64_t height, uint64_t heights);
/* Called after the last height of each range. */
typedef void verify_bound(void *context, uint64_t range, const struct hash *bound);

struct verify_order {
	const struct genesis *genesis;
	struct bytes genesis_text;
	const char *scratch;       /* a folder of the caller's, empty or absent, for a second store */
	bool is_export;            /* the store has the records alone: no index, no state */
	bool is_eager;             /* a test's ledger, which compacts without any slack */
	verify_progress *progress; /* may be NULL */
	verify_bound *bound;       /* NULL: signatures are checked here */
	void *context;             /* of both */
};

/* store is only read.  ERR_STORE_DAMAGED with bad_height and what; ERR_STORE_CHAIN,
 * ERR_STORE_FORMAT; ERR_INTERRUPTED: by progress; others: could not be concluded. */
MUST_CHECK enum err verify_ledger(struct store *store, const struct verify_order *order,
				  struct verify_report *out);

/* --- signatures of ranges ------------------------------------------------- */

struct verify_signatures;

/* report gets, over all ranges, signatures and what was found, as above.  Of order,
 * scratch and bound are not looked at.  Errors as of verify_ledger. */
MUST_CHECK enum err verify_signatures_open(struct verify_signatures **out, struct store *store,
					   const struct verify_order *order,
					   struct verify_report *report);
MUST_CHECK enum err verify_signatures_range(struct verify_signatures *signatures, uint64_t range,
					    struct hash *bound);
void verify_signatures_close(struct verify_signatures *signatures);

#endif
