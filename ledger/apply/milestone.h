/* What was claimed and assessed of an award's milestone. */
#ifndef STELE_LEDGER_APPLY_MILESTONE_H
#define STELE_LEDGER_APPLY_MILESTONE_H

#include "ledger/apply/values.h"

/* The value of the milestone, and its key; one that says nothing where none was put. */
MUST_CHECK enum err milestone_find(struct apply *apply, const Stele__AwardValue *award,
				   uint32_t number, struct state_key *key,
				   Stele__MilestoneValue **out);
bool milestone_is_assessed(const Stele__MilestoneValue *value);

#endif
