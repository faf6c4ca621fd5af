/* The verdict on a receipt in one line, the same from every verifier: docs/receipt.md
 * section 5. */
#ifndef STELE_PROOFS_VERDICT_H
#define STELE_PROOFS_VERDICT_H

#include "proofs/receipt.h"

/* Judges the receipt, of version 1 alone, and appends the line without its line feed.
 * trust: the text, empty where there is none; file: or NULL.  ERR_MEMORY: no verdict. */
MUST_CHECK enum err verdict_line(struct buf *out, struct bytes receipt, struct bytes trust,
				 const struct receipt_file *file);

#endif
