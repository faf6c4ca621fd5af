/* What a new award must be: by itself and within its programme (rules
 * of docs/ledger.md), and for the proposal that it is granted on. */
#ifndef STELE_LEDGER_APPLY_GRANT_H
#define STELE_LEDGER_APPLY_GRANT_H

#include "ledger/apply/rules.h"

/* A-05…A-12 */
MUST_CHECK enum err grant_check(struct apply *apply, const Stele__ProgrammeCreate *programme,
				const Stele__AwardGrant *grant);
/* What an amendment is asked too: period and milestones, A-10 to A-12. */
MUST_CHECK enum err grant_check_terms(const Stele__ProgrammeCreate *programme,
				      const Stele__AwardGrant *grant);
/* …A-21: the selected proposal of a call that the award is for.  Both NULL
 * where it names none. */
MUST_CHECK enum err grant_find_proposal(struct apply *apply, const Stele__AwardGrant *grant,
					Stele__CallValue **call, Stele__ProposalValue **proposal);

#endif
