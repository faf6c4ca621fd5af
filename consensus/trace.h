/* Trace: one line a step, for people: what came, what became of it, what the
 * core wants done.  Scenes under tests/trace and the simulator compare it. */
#ifndef STELE_CONSENSUS_TRACE_H
#define STELE_CONSENSUS_TRACE_H

#include "consensus/core.h"

/* Appends "<event> = <verdict> : <effect>; <effect>" without an end of line.
 * Hashes are cut to eight digits; a peer is its index, "all" or "self". */
void core_trace(struct buf *out, const struct event *event, enum verdict verdict,
		const struct effects *effects);

#endif
