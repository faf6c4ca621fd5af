/* Receipts of version 0, read and written no more: docs/receipt-v0.md. */
#ifndef STELE_PROOFS_V0_RECEIPT_H
#define STELE_PROOFS_V0_RECEIPT_H

#include "proofs/receipt.h"

/* receipt_check of an object that says version 0; out is empty but for its arena. */
MUST_CHECK enum err v0_receipt_check(const json_t *receipt, const struct receipt_file *file,
				     const struct trust *trust, struct receipt_findings *out);

#endif
