#include "ledger/apply/grant.h"

#include <string.h>

#include "ledger/apply/date.h"
#include "ledger/apply/identifier.h"
#include "ledger/apply/values.h"

#define SHARES_WHOLE 10000

/* A programme with areas takes awards in one of them only; one without, in none. */
static bool has_area(const Stele__ProgrammeCreate *programme, const char *area)
{
	for (size_t i = 0; i < programme->n_areas; i++) {
		if (strcmp(programme->areas[i]->code, area) == 0)
			return true;
	}
	return programme->n_areas == 0 && area[0] == '\0';
}

static bool is_eligible(const Stele__Eligibility *eligibility, const char *org)
{
	const char *code;

	if (eligibility == NULL)
		return true;
	if (eligibility->scheme[0] != '\0' &&
	    scheme_find(eligibility->scheme) != identifier_scheme(org, &code))
		return false;
	return eligibility->division_prefix[0] == '\0' ||
	       identifier_has_division(org, eligibility->division_prefix);
}

/* of the recipient at this place */
static enum err check_recipient(struct apply *apply, const Stele__ProgrammeCreate *programme,
				const Stele__AwardGrant *grant, size_t place)
{
	const char *id = grant->recipients[place]->org;
	Stele__OrgValue *org;
	enum err err;

	for (size_t i = 0; i < place; i++) {
		if (strcmp(grant->recipients[i]->org, id) == 0) /* */
			return ERR_AREA_DUPLICATE;
	}
	err = get_org(apply, key_of_org(id), &org);
	if (err == ERR_NOT_FOUND) /* */
		return ERR_NOT_FOUND_ORG;
	if (err != ERR_OK)
		return err;
	if (org->status != STELE__ORG_STATUS__ORG_ACTIVE ||
	    !is_eligible(programme->eligibility, id)) /* */
		return ERR_ELIGIBILITY;
	return ERR_OK;
}

/* shares above zero that add up to the whole. */
static bool shares_are_valid(const Stele__AwardGrant *grant)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < grant->n_recipients; i++) {
		if (grant->recipients[i]->share == 0)
			return false;
		sum += grant->recipients[i]->share;
	}
	return sum == SHARES_WHOLE;
}

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

enum err grant_check(struct apply *apply, const Stele__ProgrammeCreate *programme,
		     const Stele__AwardGrant *grant)
{
	enum err err = ERR_OK;

	if (grant->call[0] != '\0' || grant->proposal != 0) /* */
		return ERR_NOT_FOUND_CALL;
	if (!has_area(programme, grant->area)) /* */
		return ERR_AREA;
	for (size_t i = 0; err == ERR_OK && i < grant->n_recipients; i++)
		err = check_recipient(apply, programme, grant, i);
	if (err != ERR_OK)
		return err;
	if (!amount_is_valid(grant->amount)) /* */
		return ERR_AMOUNT;
	if (!shares_are_valid(grant)) /* */
		return ERR_SHARES;
	if (!period_is_valid(grant->period)) /* */
		return ERR_DATE;
	if (!period_is_within(grant->period, programme->period)) /* */
		return ERR_PERIOD;
	return check_milestones(grant);
}
