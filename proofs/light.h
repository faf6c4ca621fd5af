/* A light client's step: what a reader relies on, moved to a newer header by one proof;
 * docs/receipt.md section 8.  Pure. */
#ifndef STELE_PROOFS_LIGHT_H
#define STELE_PROOFS_LIGHT_H

#include "proofs/proof.h"

/* The proof, judged by proof_findings with that trust, has a consistency fact from the head's
 * log size (from 1 where there is no head), to a header that is not below the head, of an epoch
 * that is not below the newest known.  *out is
 * then the trust with the sets that follow and the last header as its head; the oldest sets
 * go where there are more than a pin holds.
 * ERR_RECEIPT_FINALITY, _SIGNER, _REACH, _FORK as the findings have them; ERR_PROOF_FORM: no
 * such fact, or a lower header or epoch; ERR_PROOF_ROOT: the newer log does not go on from the head's. */
MUST_CHECK enum err light_step(const struct proof_facts *facts, const struct trust *trust,
			       struct trust *out);

#endif
