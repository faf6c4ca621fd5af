#include "ledger/apply/approval.h"

#include "base/mutant.h"
#include "ledger/apply/values.h"

#define OPERATION_CASE(name) STELE__MOTION_OPERATION__OPERATION_##name
#define APPROVALS_MAX LIMIT_VALIDATORS

/* Whether the operation decides over an award, or a payment to one, of which the
 * organisation is a recipient. */
static enum err is_own_award(struct apply *apply, const Stele__MotionOperation *operation,
			     const char *org, bool *out)
{
	const Stele__DisbursementRecord *payment;
	Stele__AwardValue *award;
	enum err err;

	*out = false;
	if (operation->operation_case == OPERATION_CASE(AWARD_GRANT)) {
		*out = award_has_recipient(operation->award_grant, org);
		return ERR_OK;
	}
	if (operation->operation_case != OPERATION_CASE(DISBURSEMENT_RECORD))
		return ERR_OK;
	payment = operation->disbursement_record;
	err = award_find(apply, payment->programme, payment->award, NULL, &award);
	if (err == ERR_OK)
		*out = award->grant != NULL && award_has_recipient(award->grant, org);
	/* No such award: the operation's own rule says so when it executes. */
	return err == ERR_NOT_FOUND_PROGRAMME || err == ERR_NOT_FOUND_AWARD ? ERR_OK : err;
}

enum err approval_check(struct apply *apply, const Stele__PolicyRule *rule,
			const Stele__MotionOperation *operation, const char *org_id)
{
	Stele__OrgValue *org;
	bool is_own;
	enum err err = get_org(apply, key_of_org(org_id), &org);

	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	if (rule->approvers == STELE__ROLE__ROLE_NONE ||
	    org->status != STELE__ORG_STATUS__ORG_ACTIVE ||
	    (role_bits(org->roles, org->n_roles) & UINT64_C(1) << rule->approvers) == 0) /* M-06 */
		return ERR_MOTION_NOT_ELIGIBLE;
	if (mutant_on("approver_of_recipient"))
		return ERR_OK;
	err = is_own_award(apply, operation, org_id, &is_own);
	if (err != ERR_OK)
		return err;
	return is_own ? ERR_MOTION_OWN_AWARD : ERR_OK; /* M-07 */
}

enum err approval_recount(struct apply *apply, const Stele__PolicyRule *rule,
			  const Stele__MotionOperation *operation,
			  const Stele__MotionValue *motion, bool *has_enough)
{
	uint32_t count = 0;

	for (size_t i = 0; i < motion->n_approvals; i++) {
		enum err err = approval_check(apply, rule, operation, motion->approvals[i]->org);

		if (err == ERR_OK)
			count++;
		else if (err != ERR_MOTION_NOT_ELIGIBLE && err != ERR_MOTION_OWN_AWARD)
			return err;
	}
	*has_enough = rule->approvals > 0 && count >= rule->approvals;
	return ERR_OK;
}

enum err approval_add(struct apply *apply, Stele__MotionValue *motion, const char *org)
{
	size_t count = motion->n_approvals;
	Stele__Approval **list;
	Stele__Approval *mine;

	if (count >= APPROVALS_MAX) /* M-09 */
		return ERR_VALUE_SIZE;
	list = arena_alloc(apply->arena, (count + 1) * sizeof(*list));
	mine = arena_alloc(apply->arena, sizeof(*mine));
	if (list == NULL || mine == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		list[i] = motion->approvals[i];
	*mine = (Stele__Approval)STELE__APPROVAL__INIT;
	mine->org = (char *)org; /* only read */
	mine->log_index = apply->log_index;
	list[count] = mine;
	motion->approvals = list;
	motion->n_approvals = count + 1;
	return ERR_OK;
}
