/* The status of a receipt as a node makes it; docs/receipt.md section 4. */
#ifndef STELE_LEDGER_STATUS_MAKE_H
#define STELE_LEDGER_STATUS_MAKE_H

#include <jansson.h>

#include "base/bytes.h"
#include "base/err.h"
#include "crypto/sign.h"

struct ledger;
struct ledger_view;

/* What it speaks of. */
struct status_subject {
	struct public_key signer;
	uint64_t log_index;
	bool has_claim;
	struct hash content; /* of the claim */
	uint64_t motion;     /* 0: of none */
};

/* Under the state of top where that is near the newest height, else, or where it is
 * wished, under the newest finalized header.  ERR_API_UNCOVERED: nothing from top on is
 * finalized; the view's errors. */
MUST_CHECK enum err status_make(struct ledger *ledger, struct ledger_view *view, uint64_t top,
				bool wants_newest, const struct status_subject *subject,
				json_t **out);

#endif
