/* Recipients: the list of organisations and shares that an award and a proposal
 * have alike. */
#ifndef STELE_LEDGER_APPLY_RECIPIENT_H
#define STELE_LEDGER_APPLY_RECIPIENT_H

#include "ledger/apply/rules.h"

/* and PR-08 of each in turn: not named before, registered, active and
 * eligible.  ERR_AREA_DUPLICATE, ERR_NOT_FOUND_ORG, ERR_ELIGIBILITY. */
MUST_CHECK enum err recipients_check(struct apply *apply, const Stele__Eligibility *eligibility,
				     Stele__Recipient *const *list, size_t count);
/* Whether the shares are above zero and add up to the whole. */
bool shares_are_valid(Stele__Recipient *const *list, size_t count);
/* The place of the organisation in the list, from 1; 0: none. */
uint32_t recipient_place(Stele__Recipient *const *list, size_t count, const char *org);

#endif
