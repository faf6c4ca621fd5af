/* Who may not approve: rule M-07, for every operation that it names. */
#include <stdio.h>
#include <string.h>

#include "proto/tx.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/hearing.h"

#define MADE(type, INIT) \
	type *made = make_memory(sizeof(*made)); \
	*made = (type)INIT; \
	made->programme = (char *)"P1"

enum award { GRANTED_HERE = 1, IMPORTED, NO_AWARD };

/* Every motion needs three validators, and anybody opens one. */
static void by_motion(struct genesis *genesis)
{
	for (uint32_t i = 0; i < genesis->rules_count; i++) {
		if (!operation_is_motionable(genesis->rules[i].operation))
			continue;
		genesis->rules[i].openers = 0xfe;
		genesis->rules[i].approvals = 3;
		genesis->rules[i].approvers = STELE__ROLE__ROLE_VALIDATOR;
	}
}

/* P1 with an award to LAB_1 and one that was imported. */
static struct world *with_awards(void)
{
	struct world *world = world_new(by_motion);
	Stele__ProgrammeValue programme = STELE__PROGRAMME_VALUE__INIT;
	Stele__AwardValue granted = STELE__AWARD_VALUE__INIT;
	Stele__AwardValue imported = STELE__AWARD_VALUE__INIT;

	programme.programme = make_programme();
	world_put(world, "programme/P1", VALUE_PROGRAMME, &programme);
	granted.state = STELE__AWARD_STATE__AWARD_GRANTED;
	granted.grant = make_grant(1000);
	world_put(world, "award/P1/1", VALUE_AWARD, &granted);
	imported.state = STELE__AWARD_STATE__AWARD_IMPORTED;
	imported.import = make_import("X-1", 1000);
	world_put(world, "award/P1/2", VALUE_AWARD, &imported);
	return world;
}

static void approve(struct world *world, enum who who, uint64_t motion, enum err want)
{
	Stele__MotionApprove record = STELE__MOTION_APPROVE__INIT;

	record.motion = motion;
	world_expects(world, who, OP(MOTION_APPROVE), &record, want);
}

/* --- records about an award ------------------------------------------------------- */

typedef void *make(uint64_t award);

static void *grant(uint64_t award)
{
	(void)award;
	return make_grant(100);
}

static void *amend(uint64_t award)
{
	MADE(Stele__AwardAmend, STELE__AWARD_AMEND__INIT);
	made->award = award;
	made->version = 1;
	made->amount = 100;
	made->period = make_grant(1)->period;
	return made;
}

static void *assess(uint64_t award)
{
	MADE(Stele__MilestoneAssess, STELE__MILESTONE_ASSESS__INIT);
	made->award = award;
	made->milestone = 1;
	made->result = STELE__ASSESSMENT__ASSESSMENT_MET;
	return made;
}

static void *pay(uint64_t award)
{
	return make_payment(award, 1, 1);
}

static void *reverse(uint64_t award)
{
	MADE(Stele__DisbursementReverse, STELE__DISBURSEMENT_REVERSE__INIT);
	made->award = award;
	return made;
}

static void *step(uint64_t award)
{
	MADE(Stele__AwardStep, STELE__AWARD_STEP__INIT);
	made->award = award;
	return made;
}

static void *terminate(uint64_t award)
{
	MADE(Stele__AwardTerminate, STELE__AWARD_TERMINATE__INIT);
	made->award = award;
	return made;
}

static void *demand(uint64_t award)
{
	MADE(Stele__RecoveryDemand, STELE__RECOVERY_DEMAND__INIT);
	made->award = award;
	return made;
}

static void *receive(uint64_t award)
{
	MADE(Stele__RecoveryReceive, STELE__RECOVERY_RECEIVE__INIT);
	made->award = award;
	made->payer = (char *)world_id(LAB_1);
	made->value_date = (char *)"2027-03-01";
	made->reference_sha256 = world_hash(1);
	return made;
}

static void *call(uint64_t award)
{
	MADE(Stele__CallCancel, STELE__CALL_CANCEL__INIT);
	(void)award;
	made->call = (char *)"C1";
	return made;
}

static void *import(uint64_t award)
{
	(void)award;
	return make_import("X-2", 100);
}

static const struct {
	uint32_t operation;
	make *make;
} about_an_award[] = {
	{OP(AWARD_AMEND), amend},	  {OP(MILESTONE_ASSESS), assess},
	{OP(DISBURSEMENT_RECORD), pay},	  {OP(DISBURSEMENT_REVERSE), reverse},
	{OP(AWARD_SUSPEND), step},	  {OP(AWARD_RESUME), step},
	{OP(AWARD_TERMINATE), terminate}, {OP(AWARD_COMPLETE), step},
	{OP(AWARD_CLOSE), step},	  {OP(RECOVERY_DEMAND), demand},
	{OP(RECOVERY_RECEIVE), receive},
};
#define ABOUT_AN_AWARD (sizeof(about_an_award) / sizeof(about_an_award[0]))

static void open_and_approve(uint32_t operation, void *record, enum err want)
{
	struct world *world = with_awards();

	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN), world_motion(world, operation, record));
	approve(world, LAB_1, 1, want);
	world_free(world);
}

UNIT_TEST(a_recipient_approves_nothing_about_its_award)
{
	for (size_t i = 0; i < ABOUT_AN_AWARD; i++)
		open_and_approve(about_an_award[i].operation, about_an_award[i].make(GRANTED_HERE),
				 ERR_MOTION_OWN_AWARD);
	open_and_approve(OP(AWARD_GRANT), grant(0), ERR_MOTION_OWN_AWARD);
}

UNIT_TEST(it_approves_what_is_about_another_award_or_none)
{
	Stele__AwardGrant *to_others = make_grant(100);
	Stele__Recipient *other = make_recipient(world_id(LAB_2), 10000);

	for (size_t i = 0; i < ABOUT_AN_AWARD; i++) {
		open_and_approve(about_an_award[i].operation, about_an_award[i].make(IMPORTED),
				 ERR_OK);
		open_and_approve(about_an_award[i].operation, about_an_award[i].make(NO_AWARD),
				 ERR_OK);
	}
	grant_recipients(to_others, 1, &other);
	open_and_approve(OP(AWARD_GRANT), to_others, ERR_OK);
	open_and_approve(OP(AWARD_IMPORT), import(0), ERR_OK);
	open_and_approve(OP(CALL_CANCEL), call(0), ERR_OK);
}

UNIT_TEST(its_own_motion_about_it_begins_without_an_approval)
{
	for (size_t i = 0; i < ABOUT_AN_AWARD; i++) {
		struct world *world = with_awards();
		void *record = about_an_award[i].make(GRANTED_HERE);
		const Stele__MotionValue *motion;

		(void)world_accepts(world, LAB_1, OP(MOTION_OPEN),
				    world_motion(world, about_an_award[i].operation, record));
		motion = world_value(world, VALUE_MOTION, "motion/1");
		ck_assert_uint_eq(motion->n_approvals, 0);
		world_free(world);
	}
}

UNIT_TEST(whose_role_does_not_count_is_told_so_first)
{
	struct world *world = with_awards();
	Stele__OrgValue org;
	char path[80];

	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN),
			    world_motion(world, OP(AWARD_SUSPEND), step(GRANTED_HERE)));
	snprintf(path, sizeof(path), "org/%s", world_id(LAB_1));
	org = *(const Stele__OrgValue *)world_value(world, VALUE_ORG, "%s", path);
	org.n_roles--; /* validator is the last */
	world_put(world, path, VALUE_ORG, &org);
	approve(world, LAB_1, 1, ERR_MOTION_NOT_ELIGIBLE); /* M-06 */
	world_free(world);
}

/* --- decisions and objections ------------------------------------------------------- */

static void *decision(void)
{
	Stele__DecisionPublish *record = make_decision();

	decision_add(record, BOTH_LABS, STELE__OUTCOME__OUTCOME_DECLINED, 0);
	return record;
}

static void *resolution(void)
{
	return make_resolution(1, true);
}

static void party_approves(void *(*record)(void), uint32_t operation)
{
	struct world *world = with_awards();

	for (int i = 0; i < 3; i++)
		(void)world_accepts(world, AGENCY, OP(MOTION_OPEN),
				    world_motion(world, operation, record()));
	approve(world, LAB_1, 1, ERR_OK); /* no part in the call */
	hearing_put_party(world, LAB_1, 0);
	approve(world, LAB_1, 2, ERR_OK); /* a sealed proposal */
	hearing_put_party(world, LAB_1, 1);
	approve(world, LAB_1, 3, ERR_MOTION_OWN_AWARD);
	approve(world, LAB_1, 2, ERR_MOTION_OWN_AWARD); /* before M-08 */
	hearing_put_party(world, AUDITOR, 0);
	approve(world, AUDITOR, 3, ERR_OK);
	world_free(world);
}

UNIT_TEST(a_party_to_a_call_approves_no_decision_of_it)
{
	party_approves(decision, OP(DECISION_PUBLISH));
	party_approves(resolution, OP(OBJECTION_RESOLVE));
}

UNIT_TEST(a_party_to_one_call_approves_decisions_of_another)
{
	struct world *world = with_awards();
	Stele__DecisionPublish *record = decision();

	hearing_put_party(world, LAB_1, 1);
	record->call = (char *)"C2";
	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN),
			    world_motion(world, OP(DECISION_PUBLISH), record));
	record->call = (char *)"C1";
	record->programme = (char *)"P2";
	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN),
			    world_motion(world, OP(DECISION_PUBLISH), record));
	approve(world, LAB_1, 1, ERR_OK);
	approve(world, LAB_1, 2, ERR_OK);
	world_free(world);
}

UNIT_TEST(who_became_a_party_since_is_not_counted)
{
	struct world *world = with_awards();

	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN),
			    world_motion(world, OP(DECISION_PUBLISH), decision()));
	approve(world, LAB_1, 1, ERR_OK);
	hearing_put_party(world, LAB_1, 1);
	approve(world, AUDITOR, 1, ERR_OK);		  /* two that count */
	approve(world, FUNDER, 1, ERR_NOT_FOUND_CALL); /* three: the decision's own rule */
	world_free(world);
}

UNIT_MAIN("apply_approval", a_recipient_approves_nothing_about_its_award,
	  it_approves_what_is_about_another_award_or_none,
	  its_own_motion_about_it_begins_without_an_approval,
	  whose_role_does_not_count_is_told_so_first,
	  a_party_to_a_call_approves_no_decision_of_it,
	  a_party_to_one_call_approves_decisions_of_another,
	  who_became_a_party_since_is_not_counted)
