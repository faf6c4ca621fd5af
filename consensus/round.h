/* Round: what happens to votes and proposals of a view, R1 to R8. */
#ifndef STELE_CONSENSUS_ROUND_H
#define STELE_CONSENSUS_ROUND_H

#include "consensus/state.h"

/* R2 as an answer. */
enum readiness {
	READY,
	READY_PENDING, /* body or verdict are on their way */
	READY_MISSING, /* justification is not complete */
	READY_EARLY,   /* its time lies ahead of the clock */
	READY_LATE,    /* its time lies too far behind */
	READY_NEVER,   /* permanently invalid */
};

enum readiness round_readiness(const struct core *core, const struct block *block);

enum verdict round_on_vote(struct core *core, const struct vote *vote, uint32_t peer);
enum verdict round_on_proposal(struct core *core, const struct event_proposal *proposal);
enum verdict round_on_verdict(struct core *core, const struct event_verdict *verdict);
enum verdict round_on_body(struct core *core, const struct hash *hash);

/* R5 */
void round_enter(struct core *core, uint64_t view);
/* R7 */
void round_timeout(struct core *core);
/* The proposal timer: R7 unless a proposal is here. */
void round_on_proposal_timer(struct core *core);
/* After every event: R2 and R6 for cur, R8, R9; what waits gets its next try. */
void round_advance(struct core *core);

#endif
