/* Motions: rules M. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world.h"

#define DAY_MS UINT64_C(86400000)

static void set_approvals(struct genesis *genesis, uint32_t operation, uint32_t approvals)
{
	for (uint32_t i = 0; i < genesis->rules_count; i++) {
		struct genesis_rule *rule = &genesis->rules[i];

		if (rule->operation != operation)
			continue;
		rule->approvals = approvals;
		rule->approvers = approvals > 0 ? STELE__ROLE__ROLE_VALIDATOR : STELE__ROLE__ROLE_NONE;
	}
}

static void grants_by_motion(struct genesis *genesis)
{
	set_approvals(genesis, OP(AWARD_GRANT), 2);
	set_approvals(genesis, OP(DISBURSEMENT_RECORD), 2);
}

static void one_approval(struct genesis *genesis)
{
	set_approvals(genesis, OP(ORG_REGISTER), 1);
}

static Stele__MotionOpen *org_motion(struct world *world, uint64_t seed)
{
	char code[20] = "91110000EXAMPLE70";

	code[16] = (char)('0' + seed % 10);
	return world_motion(world, OP(ORG_REGISTER), make_org(world, world_usci(code), seed));
}

static void approve(struct world *world, enum who who, uint64_t motion, enum err want)
{
	Stele__MotionApprove record = STELE__MOTION_APPROVE__INIT;

	record.motion = motion;
	world_expects(world, who, OP(MOTION_APPROVE), &record, want);
}

static void withdraw(struct world *world, enum who who, uint64_t motion, enum err want)
{
	Stele__MotionWithdraw record = STELE__MOTION_WITHDRAW__INIT;

	record.motion = motion;
	world_expects(world, who, OP(MOTION_WITHDRAW), &record, want);
}

static const Stele__MotionValue *motion_at(struct world *world, uint64_t number)
{
	return world_value(world, VALUE_MOTION, "motion/%d", (int)number);
}

UNIT_TEST(the_approval_that_reaches_m_executes)
{
	struct world *world = world_new(NULL);
	Stele__MotionOpen *open = org_motion(world, 1);
	const char *id = open->operation->org_register->id;
	uint64_t opened = world_accepts(world, AGENCY, OP(MOTION_OPEN), open);
	const Stele__MotionValue *motion = motion_at(world, 1);
	const Stele__OrgValue *org;

	ck_assert_int_eq(motion->state, STELE__MOTION_STATE__MOTION_OPEN);
	ck_assert_uint_eq(motion->n_approvals, 1); /* the opener's counts at once */
	ck_assert_str_eq(motion->approvals[0]->org, world_id(AGENCY));
	ck_assert_uint_eq(motion->operation, OP(ORG_REGISTER));
	ck_assert_uint_eq(motion->parts, 1);
	ck_assert(!world_has(world, "org/%s", id));
	approve(world, AUDITOR, 1, ERR_OK);
	org = world_value(world, VALUE_ORG, "org/%s", id);
	ck_assert_uint_eq(org->motion, 1);
	ck_assert_uint_eq(org->log_index, opened + 1);
	motion = motion_at(world, 1);
	ck_assert_int_eq(motion->state, STELE__MOTION_STATE__MOTION_EXECUTED);
	ck_assert_uint_eq(motion->log_index, opened);
	ck_assert_uint_eq(motion->executed_log_index, opened + 1);
	approve(world, FUNDER, 1, ERR_MOTION_CLOSED);
	withdraw(world, AGENCY, 1, ERR_MOTION_CLOSED);
	world_free(world);
}

UNIT_TEST(with_m_of_one_the_opener_executes_in_open)
{
	struct world *world = world_new(one_approval);
	Stele__MotionOpen *open = org_motion(world, 1);
	const Stele__MotionValue *motion;
	const Stele__OrgValue *org;
	uint64_t index = world_accepts(world, AGENCY, OP(MOTION_OPEN), open);

	motion = motion_at(world, 1);
	ck_assert_int_eq(motion->state, STELE__MOTION_STATE__MOTION_EXECUTED);
	ck_assert_uint_eq(motion->executed_log_index, index);
	org = world_value(world, VALUE_ORG, "org/%s", world_id(AGENCY));
	ck_assert_uint_eq(org->n_open_motions, 0);
	/* A rule that fails there: no motion exists. */
	world_refuses(world, AGENCY, OP(MOTION_OPEN), open, ERR_EXISTS_ORG);
	ck_assert(!world_has(world, "motion/2"));
	world_free(world);
}

UNIT_TEST(an_approval_whose_execution_fails_is_rejected_whole)
{
	struct world *world = world_new(NULL);
	Stele__MotionOpen *open = org_motion(world, 1);

	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN), open);
	(void)world_accepts(world, FUNDER, OP(MOTION_OPEN), open);
	approve(world, AUDITOR, 1, ERR_OK);
	approve(world, AUDITOR, 2, ERR_EXISTS_ORG);
	ck_assert_uint_eq(motion_at(world, 2)->n_approvals, 1);
	ck_assert_int_eq(motion_at(world, 2)->state, STELE__MOTION_STATE__MOTION_OPEN);
	world_free(world);
}

UNIT_TEST(who_may_not_approve_is_told_why_in_order)
{
	struct world *world = world_new(NULL);

	approve(world, AUDITOR, 1, ERR_NOT_FOUND_MOTION); /* M-04 */
	approve(world, AUDITOR, 0, ERR_NOT_FOUND_MOTION);
	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN), org_motion(world, 1));
	approve(world, LAB_2, 1, ERR_MOTION_NOT_ELIGIBLE);
	approve(world, AGENCY, 1, ERR_EXISTS_APPROVAL);
	world_pass(world, DAY_MS - 1);
	approve(world, LAB_2, 1, ERR_MOTION_NOT_ELIGIBLE);
	world_pass(world, 1); /* time = expires */
	approve(world, LAB_2, 1, ERR_MOTION_CLOSED);
	approve(world, AUDITOR, 1, ERR_MOTION_CLOSED);
	world_free(world);
}

static void without_govern(struct genesis *genesis)
{
	for (uint32_t i = 0; i < genesis->orgs_count; i++)
		if (strcmp(genesis->orgs[i].id, world_id(AUDITOR)) == 0)
			genesis->orgs[i].keys[0].purposes = 1u << STELE__PURPOSE__PURPOSE_GRANT;
}

UNIT_TEST(a_key_that_may_not_sign_the_operation_approves_no_motion_for_it)
{
	struct world *world = world_new(without_govern);

	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN), org_motion(world, 1));
	approve(world, AUDITOR, 1, ERR_MOTION_NOT_ELIGIBLE); /* M-14 */
	approve(world, FUNDER, 1, ERR_OK);
	world_free(world);
}

UNIT_TEST(expires_lies_between_now_and_ninety_days)
{
	struct world *world = world_new(NULL);
	Stele__MotionOpen *open = org_motion(world, 1);

	open->expires = world->time_ms;
	world_refuses(world, AGENCY, OP(MOTION_OPEN), open, ERR_MOTION_EXPIRES);
	open->expires = world->time_ms + 90 * DAY_MS + 1;
	world_refuses(world, AGENCY, OP(MOTION_OPEN), open, ERR_MOTION_EXPIRES);
	open->expires = world->time_ms + 90 * DAY_MS;
	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN), open);
	open->expires = world->time_ms + 1;
	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN), open);
	world_free(world);
}

UNIT_TEST(sixteen_are_open_and_dead_places_are_used_again)
{
	struct world *world = world_new(NULL);
	Stele__MotionOpen *open = org_motion(world, 1);
	const Stele__OrgValue *org;

	for (int i = 0; i < 16; i++)
		(void)world_accepts(world, AGENCY, OP(MOTION_OPEN), open);
	world_refuses(world, AGENCY, OP(MOTION_OPEN), open, ERR_MOTION_TOO_MANY);
	(void)world_accepts(world, FUNDER, OP(MOTION_OPEN), open);
	withdraw(world, AGENCY, 5, ERR_OK);
	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN), open); /* 18 */
	world_refuses(world, AGENCY, OP(MOTION_OPEN), open, ERR_MOTION_TOO_MANY);
	approve(world, AUDITOR, 7, ERR_OK); /* executed: its place is free */
	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN), open); /* 19 */
	org = world_value(world, VALUE_ORG, "org/%s", world_id(AGENCY));
	ck_assert_uint_eq(org->n_open_motions, 16);
	ck_assert_uint_eq(org->open_motions[4]->motion, 18);
	ck_assert_uint_eq(org->open_motions[6]->motion, 19);
	world_pass(world, DAY_MS);
	open->expires = world->time_ms + DAY_MS;
	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN), open); /* all expired */
	org = world_value(world, VALUE_ORG, "org/%s", world_id(AGENCY));
	ck_assert_uint_eq(org->n_open_motions, 16);
	ck_assert_uint_eq(org->open_motions[0]->motion, 20);
	world_free(world);
}

UNIT_TEST(only_the_opener_withdraws)
{
	struct world *world = world_new(NULL);

	withdraw(world, AGENCY, 1, ERR_NOT_FOUND_MOTION);
	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN), org_motion(world, 1));
	withdraw(world, FUNDER, 1, ERR_MOTION_NOT_OPENER);
	withdraw(world, AGENCY, 1, ERR_OK);
	ck_assert_int_eq(motion_at(world, 1)->state, STELE__MOTION_STATE__MOTION_WITHDRAWN);
	withdraw(world, AGENCY, 1, ERR_MOTION_CLOSED);
	approve(world, AUDITOR, 1, ERR_MOTION_CLOSED);
	world_free(world);
}

static void three_approvals(struct genesis *genesis)
{
	set_approvals(genesis, OP(ORG_REGISTER), 3);
}

UNIT_TEST(earlier_approvals_are_recounted_by_the_current_state)
{
	struct world *world = world_new(three_approvals);

	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN), org_motion(world, 1));
	approve(world, AUDITOR, 1, ERR_OK);
	world_set_status(world, AUDITOR, STELE__ORG_STATUS__ORG_SUSPENDED);
	approve(world, FUNDER, 1, ERR_OK);
	ck_assert_int_eq(motion_at(world, 1)->state, STELE__MOTION_STATE__MOTION_OPEN);
	ck_assert_uint_eq(motion_at(world, 1)->n_approvals, 3);
	approve(world, LAB_1, 1, ERR_OK);
	ck_assert_int_eq(motion_at(world, 1)->state, STELE__MOTION_STATE__MOTION_EXECUTED);
	world_free(world);
}

UNIT_TEST(a_suspended_opener_executes_nothing)
{
	struct world *world = world_new(NULL);

	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN), org_motion(world, 1));
	world_set_status(world, AGENCY, STELE__ORG_STATUS__ORG_SUSPENDED);
	approve(world, AUDITOR, 1, ERR_OK); /* one that counts */
	approve(world, FUNDER, 1, ERR_ROLE);
	world_set_status(world, AGENCY, STELE__ORG_STATUS__ORG_ACTIVE);
	approve(world, FUNDER, 1, ERR_OK);
	world_free(world);
}

UNIT_TEST(nobody_approves_for_an_award_of_the_own_organisation)
{
	struct world *world = world_new(grants_by_motion);
	Stele__AwardAccept *accept = make_accept(1);
	const Stele__AwardValue *award;

	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	world_refuses(world, AGENCY, OP(AWARD_GRANT), make_grant(500), ERR_NEEDS_MOTION);
	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN),
			    world_motion(world, OP(AWARD_GRANT), make_grant(500)));
	approve(world, LAB_1, 1, ERR_MOTION_OWN_AWARD);
	approve(world, AUDITOR, 1, ERR_OK);
	award = world_value(world, VALUE_AWARD, "award/P1/1");
	ck_assert_uint_eq(award->motion, 1);
	(void)world_accepts(world, LAB_1, OP(AWARD_ACCEPT), accept);
	/* And for a payment to it. */
	(void)world_accepts(world, FUNDER, OP(MOTION_OPEN),
			    world_motion(world, OP(DISBURSEMENT_RECORD), make_payment(1, 10, 1)));
	approve(world, LAB_1, 2, ERR_MOTION_OWN_AWARD);
	approve(world, AUDITOR, 2, ERR_OK);
	ck_assert(world_has(world, "disbursement/P1/1/1"));
	world_free(world);
}

static void applicants_open_grants(struct genesis *genesis)
{
	grants_by_motion(genesis);
	for (uint32_t i = 0; i < genesis->rules_count; i++) {
		if (genesis->rules[i].operation == OP(AWARD_GRANT))
			genesis->rules[i].openers |= 1u << STELE__ROLE__ROLE_APPLICANT;
	}
}

UNIT_TEST(an_opener_that_is_recipient_does_not_count)
{
	struct world *world = world_new(applicants_open_grants);

	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	(void)world_accepts(world, LAB_1, OP(MOTION_OPEN),
			    world_motion(world, OP(AWARD_GRANT), make_grant(500)));
	ck_assert_uint_eq(motion_at(world, 1)->n_approvals, 0);
	approve(world, AUDITOR, 1, ERR_OK);
	approve(world, FUNDER, 1, ERR_PROGRAMME_AGENCY); /* the actor is the opener */
	world_free(world);
}

UNIT_TEST(what_a_motion_carries_comes_back_whole)
{
	struct world *world = world_new(NULL);
	Stele__OrgRegister *record = make_org(world, world_usci("91110000EXAMPLE77"), 9);
	Stele__MotionOpen *open = world_motion(world, OP(ORG_REGISTER), record);
	const Stele__OrgValue *org;

	record->names->zh = make_memory(257);
	memset(record->names->zh, 'z', 256);
	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN), open);
	ck_assert_uint_eq(motion_at(world, 1)->operation_sha256.len, 32);
	approve(world, AUDITOR, 1, ERR_OK);
	org = world_value(world, VALUE_ORG, "org/%s", record->id);
	ck_assert_str_eq(org->names->zh, record->names->zh);
	world_free(world);
}

/* 32 areas of 64 + 2 × 256: > 16,000 bytes. */
static Stele__ProgrammeCreate *large_programme(void)
{
	Stele__ProgrammeCreate *record = make_programme();
	char *text = make_memory(257);

	memset(text, 'x', 256);
	record->n_areas = 32;
	record->areas = make_memory(32 * sizeof(*record->areas));
	for (int i = 0; i < 32; i++) {
		Stele__Area *area = make_memory(sizeof(*area));
		char *code = make_memory(65);

		*area = (Stele__Area)STELE__AREA__INIT;
		memset(code, 'a', 64);
		code[0] = (char)('A' + i % 26);
		code[1] = (char)('A' + i / 26);
		area->code = code;
		area->names = make_memory(sizeof(*area->names));
		*area->names = (Stele__Names)STELE__NAMES__INIT;
		area->names->en = text;
		area->names->zh = text;
		record->areas[i] = area;
	}
	return record;
}

static void programmes_by_motion(struct genesis *genesis)
{
	set_approvals(genesis, OP(PROGRAMME_CREATE), 2);
}

UNIT_TEST(what_would_not_fit_a_value_is_refused_when_it_executes)
{
	struct world *world = world_new(programmes_by_motion);

	(void)world_accepts(world, FUNDER, OP(MOTION_OPEN),
			    world_motion(world, OP(PROGRAMME_CREATE), large_programme()));
	ck_assert_uint_eq(motion_at(world, 1)->parts, 2);
	ck_assert(world_has(world, "motion/1/part/2"));
	ck_assert(!world_has(world, "motion/1/part/3"));
	approve(world, AUDITOR, 1, ERR_VALUE_SIZE);
	world_free(world);
}

UNIT_MAIN("apply_motion", the_approval_that_reaches_m_executes,
	  with_m_of_one_the_opener_executes_in_open,
	  an_approval_whose_execution_fails_is_rejected_whole,
	  who_may_not_approve_is_told_why_in_order,
	  a_key_that_may_not_sign_the_operation_approves_no_motion_for_it,
	  expires_lies_between_now_and_ninety_days,
	  sixteen_are_open_and_dead_places_are_used_again, only_the_opener_withdraws,
	  earlier_approvals_are_recounted_by_the_current_state,
	  a_suspended_opener_executes_nothing,
	  nobody_approves_for_an_award_of_the_own_organisation,
	  an_opener_that_is_recipient_does_not_count,
	  what_a_motion_carries_comes_back_whole,
	  what_would_not_fit_a_value_is_refused_when_it_executes)
