/* Block 0: what a genesis document makes, computed from it alone; a verifier
 * needs no store for it. */
#ifndef STELE_LEDGER_GENESIS_STATE_H
#define STELE_LEDGER_GENESIS_STATE_H

#include "ledger/overlay_internal.h"
#include "proto/genesis.h"
#include "proto/header.h"

/* text: the genesis document.  Errors of apply_genesis. */
MUST_CHECK enum err genesis_state_header(struct header *out, const struct genesis *genesis,
					 struct bytes text);

/* The same, with the values: changes are numbered from 0 and lie in the
 * overlay, which the caller frees, and the array. */
struct genesis_state {
	struct overlay *overlay;
	struct overlay_change *changes;
	size_t changes_count;
	struct header header;
};
MUST_CHECK enum err genesis_state_make(struct genesis_state *out, const struct genesis *genesis,
				       struct bytes text);
void genesis_state_release(struct genesis_state *state);
/* The data of leaf 0: 0x00 | the document. */
void genesis_leaf_data(struct buf *out, struct bytes text);

#endif
