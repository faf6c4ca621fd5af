/* Receipts as a node makes them; docs/receipt.md sections 3 and 4. */
#ifndef STELE_LEDGER_RECEIPT_MAKE_H
#define STELE_LEDGER_RECEIPT_MAKE_H

#include <jansson.h>

#include "base/bytes.h"
#include "base/err.h"

struct ledger;
struct ledger_view;

#define RECEIPT_WHOLE UINT32_MAX

struct receipt_wish {
	uint64_t log_index;      /* of an accepted transaction */
	uint32_t entry;          /* place within a batch, or RECEIPT_WHOLE */
	bool wants_newest;       /* the status under the newest finalized header */
};

/* The receipt with its status: under the top's state root while that is near the newest
 * height, else under the newest finalized header.  Where a motion took effect, the
 * receipt of its opening is that of the approval that executed it.
 * ERR_NOT_FOUND: no such transaction or entry, or its content is larger than a
 * receipt can say.  ERR_API_UNCOVERED: no finalization covers it yet. */
MUST_CHECK enum err receipt_of(struct ledger *ledger, struct ledger_view *view,
			       const struct receipt_wish *wish, struct bytes set_text,
			       json_t **out);

#endif
