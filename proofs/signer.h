/* Who vouches for it: the sets of a receipt or proof against the trust of whoever
 * checks it; docs/receipt.md section 7. */
#ifndef STELE_PROOFS_SIGNER_H
#define STELE_PROOFS_SIGNER_H

#include "proofs/cover.h"
#include "proofs/finding.h"
#include "proofs/status.h"
#include "proofs/trust.h"

struct signer_finding {
	enum finding finding;
	enum err code;
	uint32_t former; /* sets relied on that were replaced since, as far as is known here */
};

/* S1 to S5.  cover holds; status: NULL, or one that holds; trust: NULL where there is
 * none. */
struct signer_finding signer_judge(const struct cover *cover, const struct status *status,
				   const struct trust *trust);
/* The same as an error, ERR_OK where the signers pass: ERR_RECEIPT_SIGNER,
 * ERR_RECEIPT_REACH, ERR_RECEIPT_FORK. */
MUST_CHECK enum err cover_check_trust(const struct cover *cover, const struct trust *trust);

#endif
