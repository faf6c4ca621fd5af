/* Start: from the records of the journal back to the state before (section 10). */
#ifndef STELE_CONSENSUS_START_H
#define STELE_CONSENSUS_START_H

#include "consensus/state.h"

/* The first event of a life. */
void start_from(struct core *core, const struct event_start *start);

#endif
