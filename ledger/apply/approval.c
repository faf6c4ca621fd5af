#include "ledger/apply/approval.h"

#include "base/mutant.h"
#include "ledger/apply/subject.h"
#include "ledger/apply/values.h"

#define APPROVALS_MAX LIMIT_VALIDATORS

/* The subject with the grant of the award that it names.  No such award: the
 * operation's own rule says so when it executes. */
static enum err find_subject(struct apply *apply, const Stele__MotionOperation *operation,
			     struct subject *out)
{
	Stele__AwardValue *award;
	enum err err;

	*out = subject_of(operation);
	if (out->programme == NULL || out->call != NULL)
		return ERR_OK;
	err = award_find(apply, out->programme, out->award, NULL, &award);
	if (err == ERR_OK)
		out->grant = award->grant; /* NULL where imported */
	return err == ERR_NOT_FOUND_PROGRAMME || err == ERR_NOT_FOUND_AWARD ? ERR_OK : err;
}

/* Whether the organisation has a part in what the operation decides about. */
static enum err has_part(struct apply *apply, const struct subject *subject, const char *org,
			 bool *out)
{
	Stele__PartyValue *party;
	enum err err;

	*out = subject->grant != NULL && award_has_recipient(subject->grant, org);
	if (subject->call == NULL)
		return ERR_OK;
	err = get_party(apply, key_of_party(subject->programme, subject->call, org), &party);
	if (err == ERR_OK)
		*out = party->revealed > 0;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err check_of(struct apply *apply, const Stele__PolicyRule *rule,
			 const struct subject *subject, const char *org_id)
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
	err = has_part(apply, subject, org_id, &is_own);
	if (err != ERR_OK)
		return err;
	return is_own ? ERR_MOTION_OWN_AWARD : ERR_OK; /* M-07 */
}

enum err approval_check(struct apply *apply, const Stele__PolicyRule *rule,
			const Stele__MotionOperation *operation, const char *org)
{
	struct subject subject;
	enum err err = find_subject(apply, operation, &subject);

	if (err != ERR_OK)
		return err;
	return check_of(apply, rule, &subject, org);
}

enum err approval_recount(struct apply *apply, const Stele__PolicyRule *rule,
			  const Stele__MotionOperation *operation,
			  const Stele__MotionValue *motion, bool *has_enough)
{
	struct subject subject;
	uint32_t count = 0;
	enum err err = find_subject(apply, operation, &subject);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < motion->n_approvals; i++) {
		err = check_of(apply, rule, &subject, motion->approvals[i]->org);
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
