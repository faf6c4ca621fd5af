/* Organisations: rules O and OS of docs/ledger.md. */
#include <inttypes.h>
#include <string.h>

#include "ledger/apply/identifier.h"
#include "ledger/apply/rules.h"
#include "ledger/apply/values.h"

enum err org_add(struct apply *apply, Stele__OrgValue *org)
{
	struct state_key key = key_of_org(org->id);
	bool is_there;
	enum err err = state_has(apply, key, &is_there);

	if (err != ERR_OK)
		return err;
	if (is_there) /* O-03 */
		return ERR_EXISTS_ORG;
	err = count_next(apply, state_key("count/org"), &org->number);
	if (err == ERR_OK)
		err = put_place(apply, state_key("org-no/%" PRIu64, org->number), key);
	if (err == ERR_OK)
		err = put_org(apply, key, org);
	return err;
}

enum err org_register(struct apply *apply, const Stele__OrgRegister *record)
{
	Stele__OrgValue org = STELE__ORG_VALUE__INIT;
	enum err err = identifier_check(record->id); /* O-01, O-02 */

	org.id = record->id;
	org.names = record->names;
	org.roles = record->roles;
	org.n_roles = record->n_roles;
	org.status = STELE__ORG_STATUS__ORG_ACTIVE;
	org.log_index = apply->log_index;
	org.motion = apply->motion;
	if (err == ERR_OK)
		err = org_add(apply, &org);
	for (size_t i = 0; err == ERR_OK && i < record->n_keys; i++)
		err = key_register_proven(apply, &org, record->keys[i], apply->height);
	return err;
}

enum err org_status(struct apply *apply, const Stele__OrgStatusChange *record)
{
	struct state_key at = key_of_org(record->org);
	Stele__OrgValue *org;
	enum err err = get_org(apply, at, &org);

	if (err == ERR_NOT_FOUND) /* OS-01 */
		return ERR_NOT_FOUND_ORG;
	if (err != ERR_OK)
		return err;
	if (org->status == record->status ||
	    org->status == STELE__ORG_STATUS__ORG_DELISTED) /* OS-02 */
		return ERR_ORG_STATUS;
	if (org->status == STELE__ORG_STATUS__ORG_ACTIVE) /* OS-03 */
		err = policy_check_without(apply, org);
	if (err != ERR_OK)
		return err;
	org->status = record->status;
	org->status_log_index = apply->log_index;
	return put_org(apply, at, org);
}
