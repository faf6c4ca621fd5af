/* Reserve: votes are given in reservations of at most 64 views and 10 s, each
 * durable in the journal and then in a file outside the home before its first
 * vote, so that a journal that was rolled back is noticed at the next start
 * (section 10 of docs/protocol.md).  The next one is made ahead. */
#ifndef STELE_CONSENSUS_RESERVE_H
#define STELE_CONSENSUS_RESERVE_H

#include "consensus/state.h"

#define RESERVE_VIEWS 64u
#define RESERVE_US UINT64_C(10000000)

/* What the journal held at the start: the next one stands above it. */
void reserve_load(struct core *core, const struct reservation *reservation);
/* Whether a vote of that view may be given now. */
bool reserve_covers(const struct core *core, uint64_t view);
/* A vote of that view was entered. */
void reserve_use(struct core *core, uint64_t view);
/* Makes the next reservation when it is time: by views, or by TIMER_RESERVE. */
void reserve_advance(struct core *core);
/* It is durable in both places. */
enum verdict reserve_on_durable(struct core *core, uint64_t stamp);
/* A clean stop: no vote from here on; the newest own vote exactly is written. */
void reserve_close(struct core *core);

#endif
