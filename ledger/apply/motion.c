/* Motions: rules M of docs/ledger.md.
 *
 *   open --- approvals reach m, in motion.open or in motion.approve ---> executed
 *     |----- motion.withdraw ------------------------------------------> withdrawn
 *     '----- header time >= expires: derived, nothing is written */
#include <inttypes.h>
#include <string.h>

#include "ledger/apply/approval.h"
#include "ledger/apply/carried.h"
#include "ledger/apply/rules.h"
#include "ledger/apply/values.h"

#define DAY_MS UINT64_C(86400000)

/* --- the opener's list of open motions ------------------------------------ */

static bool is_dead(const struct apply *apply, const Stele__OpenMotion *place)
{
	return place->expires <= apply->time_ms;
}

/* M-03: takes a dead place, or a new one while there are fewer than 16. */
static enum err take_place(struct apply *apply, const Stele__MotionValue *motion)
{
	Stele__OpenMotion place = STELE__OPEN_MOTION__INIT;
	Stele__OpenMotion *list[LIMIT_MOTIONS_OPEN];
	Stele__OrgValue *org;
	size_t at = 0;
	enum err err = get_org(apply, key_of_org(motion->opener), &org);

	if (err != ERR_OK)
		return err;
	ASSERT(org->n_open_motions <= LIMIT_MOTIONS_OPEN);
	for (size_t i = 0; i < org->n_open_motions; i++)
		list[i] = org->open_motions[i];
	while (at < org->n_open_motions && !is_dead(apply, list[at]))
		at++;
	if (at == LIMIT_MOTIONS_OPEN)
		return ERR_MOTION_TOO_MANY;
	place.motion = motion->number;
	place.expires = motion->expires;
	list[at] = &place;
	org->open_motions = list;
	org->n_open_motions = at == org->n_open_motions ? at + 1 : org->n_open_motions;
	return put_org(apply, key_of_org(motion->opener), org);
}

/* The place of a motion that ended early is dead from now on. */
static enum err free_place(struct apply *apply, const Stele__MotionValue *motion)
{
	Stele__OrgValue *org;
	enum err err = get_org(apply, key_of_org(motion->opener), &org);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < org->n_open_motions; i++) {
		if (org->open_motions[i]->motion == motion->number)
			org->open_motions[i]->expires = 0;
	}
	return put_org(apply, key_of_org(motion->opener), org);
}

/* --- execution ------------------------------------------------------------ */

/* The operation in the name of the opener, who must still be able to (M-10). */
static enum err execute(struct apply *apply, Stele__MotionValue *motion,
			const Stele__MotionOperation *operation)
{
	struct apply carried = *apply;
	Stele__OrgValue *opener;
	enum err err = get_org(apply, key_of_org(motion->opener), &opener);

	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	if (opener->status != STELE__ORG_STATUS__ORG_ACTIVE)
		return ERR_ROLE;
	carried.motion = motion->number;
	carried.actor = motion->opener;
	carried.roles = role_bits(opener->roles, opener->n_roles);
	err = policy_check_opener(&carried, motion->operation);
	if (err == ERR_OK)
		err = carried_apply(&carried, operation);
	motion->state = STELE__MOTION_STATE__MOTION_EXECUTED;
	motion->executed_log_index = apply->log_index;
	return err;
}

/* --- the three operations ------------------------------------------------- */

/* The opener's approval counts at once where it counts at all. */
static enum err approve_as_opener(struct apply *apply, Stele__MotionValue *motion,
				  const Stele__MotionOperation *operation, bool *has_enough)
{
	const Stele__PolicyRule *rule;
	enum err err = policy_rule(apply, motion->operation, &rule);

	if (err != ERR_OK)
		return err;
	err = approval_check(apply, rule, operation, apply->actor);
	if (err == ERR_OK)
		err = approval_add(apply, motion, apply->actor);
	if (err != ERR_OK && err != ERR_MOTION_NOT_ELIGIBLE && err != ERR_MOTION_OWN_AWARD)
		return err;
	return approval_recount(apply, rule, operation, motion, has_enough);
}

enum err motion_open(struct apply *apply, const Stele__MotionOpen *record)
{
	Stele__MotionValue motion = STELE__MOTION_VALUE__INIT;
	bool has_enough = false;
	enum err err;

	if (record->expires <= apply->time_ms ||
	    record->expires - apply->time_ms > LIMIT_MOTION_DAYS * DAY_MS) /* M-01 */
		return ERR_MOTION_EXPIRES;
	motion.opener = (char *)apply->actor; /* only read */
	motion.operation = (uint32_t)record->operation->operation_case;
	motion.expires = record->expires;
	motion.log_index = apply->log_index;
	err = count_next(apply, state_key("count/motion"), &motion.number);
	if (err == ERR_OK)
		err = carried_put(apply, &motion, record->operation);
	if (err == ERR_OK)
		err = approve_as_opener(apply, &motion, record->operation, &has_enough);
	if (err == ERR_OK)
		err = has_enough ? execute(apply, &motion, record->operation)
				 : take_place(apply, &motion);
	if (err != ERR_OK)
		return err;
	return put_motion(apply, key_of_motion(motion.number), &motion);
}

static enum err find_motion(struct apply *apply, uint64_t number, Stele__MotionValue **out)
{
	enum err err = get_motion(apply, key_of_motion(number), out);

	return err == ERR_NOT_FOUND ? ERR_NOT_FOUND_MOTION : err;
}

static bool is_open(const struct apply *apply, const Stele__MotionValue *motion)
{
	return motion->state == STELE__MOTION_STATE__MOTION_OPEN && apply->time_ms < motion->expires;
}

static bool has_approved(const Stele__MotionValue *motion, const char *org)
{
	for (size_t i = 0; i < motion->n_approvals; i++) {
		if (strcmp(motion->approvals[i]->org, org) == 0)
			return true;
	}
	return false;
}

static enum err approve_open(struct apply *apply, Stele__MotionValue *motion)
{
	Stele__MotionOperation *operation;
	const Stele__PolicyRule *rule;
	bool has_enough = false;
	enum err err = carried_get(apply, motion, &operation);

	if (err == ERR_OK)
		err = policy_rule(apply, motion->operation, &rule);
	if (err == ERR_OK)
		err = approval_check(apply, rule, operation, apply->actor);
	if (err != ERR_OK)
		return err;
	if (has_approved(motion, apply->actor)) /* M-08 */
		return ERR_EXISTS_APPROVAL;
	err = approval_add(apply, motion, apply->actor);
	if (err == ERR_OK)
		err = approval_recount(apply, rule, operation, motion, &has_enough);
	if (err == ERR_OK && has_enough)
		err = execute(apply, motion, operation);
	if (err == ERR_OK && has_enough)
		err = free_place(apply, motion);
	return err;
}

/* Whoever may not sign the operation may not carry it through a motion either. */
static bool may_sign(const struct apply *apply, const Stele__MotionValue *motion)
{
	uint32_t purposes = operation_carried_purposes(motion->operation) |
			    operation_purposes(STELE__TRANSACTION_BODY__OPERATION_MOTION_OPEN);

	return (apply->purposes & purposes) != 0;
}

enum err motion_approve(struct apply *apply, const Stele__MotionApprove *record)
{
	Stele__MotionValue *motion;
	enum err err = find_motion(apply, record->motion, &motion); /* M-04 */

	if (err != ERR_OK)
		return err;
	if (!is_open(apply, motion)) /* M-05 */
		return ERR_MOTION_CLOSED;
	if (!may_sign(apply, motion)) /* M-14 */
		return ERR_MOTION_NOT_ELIGIBLE;
	err = approve_open(apply, motion);
	if (err != ERR_OK)
		return err;
	return put_motion(apply, key_of_motion(motion->number), motion);
}

enum err motion_withdraw(struct apply *apply, const Stele__MotionWithdraw *record)
{
	Stele__MotionValue *motion;
	enum err err = find_motion(apply, record->motion, &motion); /* M-11 */

	if (err != ERR_OK)
		return err;
	if (strcmp(motion->opener, apply->actor) != 0) /* M-12 */
		return ERR_MOTION_NOT_OPENER;
	if (!is_open(apply, motion)) /* M-13 */
		return ERR_MOTION_CLOSED;
	motion->state = STELE__MOTION_STATE__MOTION_WITHDRAWN;
	err = free_place(apply, motion);
	if (err != ERR_OK)
		return err;
	return put_motion(apply, key_of_motion(motion->number), motion);
}

enum err motion_foresee(struct apply *apply, uint64_t number)
{
	Stele__MotionOperation *operation;
	Stele__MotionValue *motion;
	enum err err = get_motion(apply, key_of_motion(number), &motion);

	if (err == ERR_OK && !is_open(apply, motion))
		err = ERR_NOT_FOUND;
	if (err == ERR_OK)
		err = carried_get(apply, motion, &operation);
	if (err == ERR_OK)
		err = execute(apply, motion, operation);
	if (err == ERR_OK)
		err = free_place(apply, motion);
	return err == ERR_OK ? put_motion(apply, key_of_motion(number), motion) : err;
}
