#include "ledger/apply/grant.h"

#include "ledger/apply/date.h"
#include "ledger/apply/recipient.h"
#include "ledger/apply/values.h"

/* */
static enum err check_milestones(const Stele__AwardGrant *grant)
{
	uint64_t left = grant->amount;

	for (size_t i = 0; i < grant->n_milestones; i++) {
		const Stele__Milestone *milestone = grant->milestones[i];

		if (milestone->number != i + 1)
			return ERR_MILESTONES_ORDER;
		if (milestone->due[0] != '\0' && !date_is_valid(milestone->due))
			return ERR_DATE;
		if (!amount_is_valid(milestone->amount))
			return ERR_AMOUNT;
		if (milestone->amount > left)
			return ERR_MILESTONES_SUM;
		left -= milestone->amount;
	}
	return grant->n_milestones > 0 && left > 0 ? ERR_MILESTONES_SUM : ERR_OK;
}

enum err grant_check_terms(const Stele__ProgrammeCreate *programme, const Stele__AwardGrant *grant)
{
	if (!period_is_valid(grant->period)) /* A-10, AA-06 */
		return ERR_DATE;
	if (!period_is_within(grant->period, programme->period)) /* A-11, AA-07 */
		return ERR_PERIOD;
	return check_milestones(grant); /* A-12, AA-08 */
}

enum err grant_check(struct apply *apply, const Stele__ProgrammeCreate *programme,
		     const Stele__AwardGrant *grant)
{
	enum err err;

	if (!programme_has_area(programme, grant->area)) /* */
		return ERR_AREA;
	err = recipients_check(apply, programme->eligibility, grant->recipients,
			       grant->n_recipients); /* */
	if (err != ERR_OK)
		return err;
	if (!amount_is_valid(grant->amount)) /* */
		return ERR_AMOUNT;
	if (!shares_are_valid(grant->recipients, grant->n_recipients)) /* */
		return ERR_SHARES;
	return grant_check_terms(programme, grant); /* A-10…A-12 */
}
