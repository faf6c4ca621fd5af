/* References of payments: each is recorded once in its programme, whichever way the
 * money went. */
#ifndef STELE_LEDGER_APPLY_REFERENCE_H
#define STELE_LEDGER_APPLY_REFERENCE_H

#include "ledger/apply/values.h"

/* Where the reference is recorded.  ERR_EXISTS_REFERENCE: it is. */
MUST_CHECK enum err reference_check(struct apply *apply, struct state_key *out,
				    const char *programme, const ProtobufCBinaryData *hash);
/* number: of the payment that took it, in the award's list. */
MUST_CHECK enum err reference_take(struct apply *apply, struct state_key key, uint64_t number);

#endif
