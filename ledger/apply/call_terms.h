/* What the terms of a call must be, by themselves and within its programme: rules
 * CP-05 to CP-11 of docs/ledger.md, for call.publish and call.amend. */
#ifndef STELE_LEDGER_APPLY_CALL_TERMS_H
#define STELE_LEDGER_APPLY_CALL_TERMS_H

#include "ledger/apply/rules.h"

/* other_budgets: of the programme's other calls.  ERR_CALL_TIMES, ERR_AMOUNT,
 * ERR_ID_SCHEME, ERR_CALL_WIDER, ERR_AREA, ERR_AREA_DUPLICATE, ERR_CALL_TERMS,
 * ERR_BUDGET. */
MUST_CHECK enum err call_terms_check(const struct apply *apply,
				     const Stele__ProgrammeCreate *programme,
				     const Stele__CallTerms *terms, uint64_t other_budgets);

#endif
