/* Catch-up: from last_final back to what was delivered, fetching what is
 * missing: single blocks for a short gap, ranges for a long one (R9). */
#ifndef STELE_CONSENSUS_CATCHUP_H
#define STELE_CONSENSUS_CATCHUP_H

#include "consensus/state.h"

/* Delivers what can be delivered, asks for what is missing. */
void catchup_advance(struct core *core);
enum verdict catchup_on_range(struct core *core, const struct event_range *range);
enum verdict catchup_on_committed(struct core *core, uint64_t height, const struct hash *block);

#endif
