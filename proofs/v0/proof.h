/* Proofs of version 0, read and written no more: docs/receipt-v0.md. */
#ifndef STELE_PROOFS_V0_PROOF_H
#define STELE_PROOFS_V0_PROOF_H

#include "proofs/proof.h"

/* proof_check of an object that says version 0; out is empty but for its arena. */
MUST_CHECK enum err v0_proof_check(const json_t *proof, const struct trust *trust,
				   struct proof_facts *out);

#endif
