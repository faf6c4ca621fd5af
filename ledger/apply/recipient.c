#include "ledger/apply/recipient.h"

#include <string.h>

#include "ledger/apply/eligibility.h"
#include "ledger/apply/values.h"

#define SHARES_WHOLE 10000

static enum err check_recipient(struct apply *apply, const Stele__Eligibility *eligibility,
				const char *id)
{
	Stele__OrgValue *org;
	enum err err = get_org(apply, key_of_org(id), &org);

	if (err == ERR_NOT_FOUND) /* A-06, PR-08 */
		return ERR_NOT_FOUND_ORG;
	if (err != ERR_OK)
		return err;
	if (org->status != STELE__ORG_STATUS__ORG_ACTIVE ||
	    !eligibility_admits(eligibility, id)) /* A-07, PR-08 */
		return ERR_ELIGIBILITY;
	return ERR_OK;
}

enum err recipients_check(struct apply *apply, const Stele__Eligibility *eligibility,
			  Stele__Recipient *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		enum err err;

		if (recipient_place(list, i, list[i]->org) != 0) /* A-06, PR-08 */
			return ERR_AREA_DUPLICATE;
		err = check_recipient(apply, eligibility, list[i]->org);
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

bool shares_are_valid(Stele__Recipient *const *list, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		if (list[i]->share == 0)
			return false;
		sum += list[i]->share;
	}
	return sum == SHARES_WHOLE;
}

uint32_t recipient_place(Stele__Recipient *const *list, size_t count, const char *org)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i]->org, org) == 0)
			return (uint32_t)i + 1;
	}
	return 0;
}
