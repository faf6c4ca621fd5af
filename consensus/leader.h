/* Leader: what the leader of a view does: whether it waits, what it builds on,
 * how large its block may be. */
#ifndef STELE_CONSENSUS_LEADER_H
#define STELE_CONSENSUS_LEADER_H

#include "consensus/state.h"

bool leader_is_self(const struct core *core, uint64_t view);
/* R6: asks for a block of cur when all is there for it. */
void leader_propose(struct core *core);
enum verdict leader_on_built(struct core *core, const struct event_built *built);
/* The block that this node leads with in the view, signed by the pump. */
void leader_send_proposal(struct core *core, struct block *block);
/* An own view ended: grow or halve the body budget. */
void leader_on_view_ended(struct core *core, uint64_t view, bool was_notarized);

#endif
