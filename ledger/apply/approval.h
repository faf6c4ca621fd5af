/* Approvals of a motion: whose count, and whether they are enough now. */
#ifndef STELE_LEDGER_APPLY_APPROVAL_H
#define STELE_LEDGER_APPLY_APPROVAL_H

#include "ledger/apply/rules.h"

/* ERR_OK, or why the organisation's approval does not count:
 * ERR_MOTION_NOT_ELIGIBLE, ERR_MOTION_OWN_AWARD.  Others: the disk's. */
MUST_CHECK enum err approval_check(struct apply *apply, const Stele__PolicyRule *rule,
				   const Stele__MotionOperation *operation, const char *org);
/* Puts the organisation's approval at the end of the list.  ERR_VALUE_SIZE: full. */
MUST_CHECK enum err approval_add(struct apply *apply, Stele__MotionValue *motion, const char *org);
/* Whether the approvals, each judged by the current state, reach the rule's number. */
MUST_CHECK enum err approval_recount(struct apply *apply, const Stele__PolicyRule *rule,
				     const Stele__MotionOperation *operation,
				     const Stele__MotionValue *motion, bool *has_enough);

#endif
