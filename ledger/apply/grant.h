/* What a new award must be, by itself and within its programme: rules A-04 to
 * A-12 of docs/ledger.md. */
#ifndef STELE_LEDGER_APPLY_GRANT_H
#define STELE_LEDGER_APPLY_GRANT_H

#include "ledger/apply/rules.h"

MUST_CHECK enum err grant_check(struct apply *apply, const Stele__ProgrammeCreate *programme,
				const Stele__AwardGrant *grant);

#endif
