/* Votes: the one place that decides whether this node may sign, and the queue
 * of what waits for its record to be durable. */
#ifndef STELE_CONSENSUS_VOTES_H
#define STELE_CONSENSUS_VOTES_H

#include "consensus/state.h"

/* Section 6.  If the vote is permitted it is entered into own[view] in the same
 * step, its record (and those it stands on) goes to the journal, and it leaves
 * once that is durable.  block: NULL for nullify. */
bool may_vote(struct core *core, enum vote_kind kind, uint64_t view, struct block *block);
/* RECORD_FINAL of last_final was written: delivery waits for it. */
void votes_await_final(struct core *core, uint64_t sequence);
/* Lets go what was waiting for that sequence. */
void votes_on_durable(struct core *core, uint64_t sequence);
/* After a restart: every own vote above last_final leaves again. */
void votes_replay(struct core *core);
/* The signed own votes above last_final, newest first; scratch memory. */
const struct vote *votes_signed(struct core *core, size_t *count);

#endif
