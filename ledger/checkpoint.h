/* A checkpoint: the state tree of one height, whole, in a store of its own, so that a start
 * reads it and the newer values instead of hashing every value there is.
 *
 * It is written behind the commit, in slices that follow the number of changes, while the
 * tree goes on; the one before stays until it is complete.  It is worth only time: one that
 * is missing, damaged or of another chain costs a longer start, and one that cannot be
 * written is given up.  What it says is held against its own hashes, and by who reads it
 * against the chain.
 *
 * One thread. */
#ifndef STELE_LEDGER_CHECKPOINT_H
#define STELE_LEDGER_CHECKPOINT_H

#include "ledger/state.h"
#include "ledger/store.h"

#define CHECKPOINT_CHANGES_MIN 250000 /* no checkpoint before so many are new */
#define CHECKPOINT_SHARE 8            /* nor before this share of the leaves is */

struct checkpoint_mark {
	uint64_t value_next; /* values from here on are newer */
	state_version version;
};

struct checkpoint;
/* store: the caller's, and nobody else writes to it.  NULL when memory is short. */
struct checkpoint *checkpoint_new(struct store *store, struct state_tree *tree);
void checkpoint_free(struct checkpoint *checkpoint);

/* The newest complete one; the version is the caller's to release.  ERR_NOT_FOUND: none;
 * ERR_STORE_DAMAGED; ERR_MEMORY. */
MUST_CHECK enum err checkpoint_load(struct checkpoint *checkpoint, struct checkpoint_mark *out);
/* The tip moved; begins a checkpoint when one is due and writes on at one that was begun.
 * It waits while the disk is nearly full; any other error of the store ends all writing. */
void checkpoint_tip_moved(struct checkpoint *checkpoint, const struct checkpoint_mark *tip);
/* Other than CHECKPOINT_CHANGES_MIN, and the leaves of a slice: for tests on small trees. */
void checkpoint_hurry(struct checkpoint *checkpoint, uint64_t changes_min, size_t slice_leaves);

#endif
