/* Recovery: a validator that may have signed what it does not remember follows
 * in silence and asks the others how far they are; above that it signs again
 * (section 10 of docs/protocol.md, "Lost sign state"). */
#ifndef STELE_CONSENSUS_RECOVERY_H
#define STELE_CONSENSUS_RECOVERY_H

#include "consensus/state.h"

/* The journal says that it is lost. */
void recovery_load_lost(struct core *core);
/* After all records are loaded: whether this key never voted. */
void recovery_start(struct core *core);
/* A certificate of this chain was seen: who has not voted before it must ask. */
void recovery_on_certificate(struct core *core);
void recovery_on_status(struct core *core, const struct event_status *status, uint32_t peer);
/* Asks again when it is time; ends the silence when enough members were heard. */
void recovery_advance(struct core *core);
/* Members other than this one whose answers are needed, and those that count. */
uint32_t recovery_wanted(const struct core *core);
uint32_t recovery_heard(const struct core *core);
/* Fewer others say that they sign than answers are needed. */
bool recovery_is_refused(const struct core *core);

#endif
