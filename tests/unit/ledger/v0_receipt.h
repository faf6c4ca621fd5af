/* Receipts of version 0, as nodes made them: docs/receipt-v0.md. */
#ifndef STELE_TESTS_UNIT_LEDGER_V0_RECEIPT_H
#define STELE_TESTS_UNIT_LEDGER_V0_RECEIPT_H

#include <jansson.h>

#include "base/bytes.h"
#include "base/err.h"

struct ledger_view;

/* The four members of a cover for the state or record of that height, into the
 * object.  ERR_NOT_FOUND: no height from there on has its own finalization yet. */
MUST_CHECK enum err cover_make(struct ledger_view *view, uint64_t height, struct bytes set_text,
			       json_t *object);
/* The receipt of an accepted transaction; entry: position within a batch, or
 * RECEIPT_NO_ENTRY.  ERR_NOT_FOUND: not accepted, no such entry, or not yet
 * finalized. */
#define RECEIPT_NO_ENTRY UINT32_MAX
MUST_CHECK enum err receipt_make(struct ledger_view *view, uint64_t log_index, uint32_t entry,
				 struct bytes set_text, json_t **out);

#endif
