/* Certificates: R4, what a certificate changes, formed here or received. */
#ifndef STELE_CONSENSUS_CERTIFICATES_H
#define STELE_CONSENSUS_CERTIFICATES_H

#include "consensus/state.h"

/* A verified certificate; header: parsed, NULL in nullify; data: encoded. */
enum verdict certificate_take(struct core *core, const struct certificate *certificate,
			      const struct header *header, struct bytes data);
/* Makes the certificate if the votes and the header are there. */
void certificate_try_form(struct core *core, uint64_t view, enum vote_kind kind,
			  const struct hash *block);
/* Trips when a block that this node found wrong is certified. */
void certificate_check_verdict(struct core *core, const struct block *block);

#endif
