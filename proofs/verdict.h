/* The verdict on a receipt or a proof in one line, the same from every verifier:
 * docs/receipt.md sections 5 and 8. */
#ifndef STELE_PROOFS_VERDICT_H
#define STELE_PROOFS_VERDICT_H

#include "proofs/receipt.h"

/* Judges the receipt, of version 1 alone, and appends the line without its line feed.
 * trust: the text, empty where there is none; file: or NULL.  ERR_MEMORY: no verdict. */
MUST_CHECK enum err verdict_line(struct buf *out, struct bytes receipt, struct bytes trust,
				 const struct receipt_file *file);

/* The same on a proof: docs/receipt.md section 8. */
MUST_CHECK enum err verdict_proof_line(struct buf *out, struct bytes proof, struct bytes trust);

#endif
