/* Relay: R10, who hears of a certificate and how. */
#ifndef STELE_CONSENSUS_RELAY_H
#define STELE_CONSENSUS_RELAY_H

#include "consensus/state.h"

/* A certificate that is news here goes to all, or is announced to them. */
void relay_certificate(struct core *core, const struct certificate *certificate,
		       struct bytes data);
/* A peer says what it holds. */
enum verdict relay_on_announcement(struct core *core, const struct event_request *announced,
				   uint32_t peer);
/* After every event: asks for what was announced and is still lacking. */
void relay_advance(struct core *core);

#endif
