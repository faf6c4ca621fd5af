/* Recovery: a validator that may have signed what it does not remember follows
 * in silence and asks the others how far they are; above that it signs again
 * (section 10 of docs/protocol.md, "Lost sign state"). */
#ifndef STELE_CONSENSUS_RECOVERY_H
#define STELE_CONSENSUS_RECOVERY_H

#include "consensus/state.h"

/* The journal says that it is lost. */
void recovery_load_lost(struct core *core);
/* After all records are loaded: whether this key is new to the chain. */
void recovery_start(struct core *core);
/* The chain store holds blocks: who is new by its journal must ask. */
void recovery_on_chain(struct core *core);
/* A certificate of that view was seen.  Who is new joins a chain in its first views,
 * step by step; one above the own view tells of a chain that may have had votes of
 * this key: it must ask.  It is new no longer once one is of a view it voted in. */
void recovery_on_certificate(struct core *core, uint64_t view);
void recovery_on_status(struct core *core, const struct event_status *status, uint32_t peer);
/* Asks again when it is time; ends the silence when enough members were heard. */
void recovery_advance(struct core *core);
/* Members other than this one whose answers are needed, and those that count. */
uint32_t recovery_wanted(const struct core *core);
uint32_t recovery_heard(const struct core *core);
/* Fewer others say that they sign than answers are needed. */
bool recovery_is_refused(const struct core *core);

#endif
