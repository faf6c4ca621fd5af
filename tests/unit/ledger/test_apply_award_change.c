/* Every record about an award in every state: rules F, who acts, and the states. */
#include <string.h>

#include "tests/lib/unit.h"
#include "tests/unit/ledger/world_award.h"

/* Award 1 is of milestones of 400 and 600.  Once active, the first is met, 200 and 100 are
 * paid and 100 demanded, so that each record here breaks no rule but those about states. */
static Stele__AwardGrant *grant_1(void)
{
	static const uint64_t amounts[] = {400, 600};
	Stele__AwardGrant *grant = make_grant(1000);

	grant_milestones(grant, 2, amounts);
	return grant;
}

static void *accept_it(void) { return make_accept(1); }
static void *amend_it(void) { return make_amend(grant_1(), 1, 1); }
static void *claim_it(void) { return make_milestone_claim(1, 2, 1, 1); }
static void *assess_it(void) { return make_assess(1, 2, NOT_MET, 0); }
static void *pay_it(void) { return make_milestone_payment(1, 1, 50, 90); }
static void *reverse_it(void) { return make_reverse(1, 2); }
static void *step_it(void) { return make_step(1); }
static void *terminate_it(void) { return make_terminate(1, 0); }
static void *demand_it(void) { return make_demand(1, 50); }
static void *receive_it(void) { return make_receipt(1, 50, 91); }

enum place {
	GRANTED,
	ACTIVE,
	SUSPENDED,
	COMPLETED,
	TERMINATED,
	CLOSED,
	CLOSED_TERMINATED,
	IMPORTED,
	PLACES,
};

#define NO ERR_AWARD_STATE
#define ELSEWHERE ERR_AWARD_IMPORTED

static const struct {
	uint32_t operation;
	enum who by;
	enum err other; /* for somebody else */
	void *(*make)(void);
	Stele__AwardState to; /* 0: the state stays */
	enum err want[PLACES];
} operations[] = {
	{OP(AWARD_ACCEPT), LAB_1, ERR_AWARD_RECIPIENT, accept_it, STATE(ACTIVE),
	 {ERR_OK, ERR_AWARD_ACCEPTED, ERR_AWARD_ACCEPTED, ERR_AWARD_ACCEPTED, ERR_AWARD_ACCEPTED,
	  ERR_AWARD_ACCEPTED, ERR_AWARD_ACCEPTED, ELSEWHERE}},
	{OP(AWARD_AMEND), AGENCY, ERR_PROGRAMME_AGENCY, amend_it, 0,
	 {ERR_OK, ERR_OK, ERR_OK, NO, NO, NO, NO, ELSEWHERE}},
	{OP(MILESTONE_CLAIM), LAB_1, ERR_AWARD_RECIPIENT, claim_it, 0,
	 {NO, ERR_OK, NO, NO, NO, NO, NO, ELSEWHERE}},
	{OP(MILESTONE_ASSESS), AGENCY, ERR_PROGRAMME_AGENCY, assess_it, 0,
	 {NO, ERR_OK, ERR_OK, NO, NO, NO, NO, ELSEWHERE}},
	{OP(DISBURSEMENT_RECORD), FUNDER, ERR_PROGRAMME_AGENCY, pay_it, 0,
	 {ERR_AWARD_NOT_ACCEPTED, ERR_OK, NO, NO, NO, NO, NO, ELSEWHERE}},
	{OP(DISBURSEMENT_REVERSE), FUNDER, ERR_PROGRAMME_AGENCY, reverse_it, 0,
	 {ERR_NOT_FOUND_DISBURSEMENT, ERR_OK, ERR_OK, ERR_OK, ERR_OK, NO, NO, ELSEWHERE}},
	{OP(AWARD_SUSPEND), AGENCY, ERR_PROGRAMME_AGENCY, step_it, STATE(SUSPENDED),
	 {NO, ERR_OK, NO, NO, NO, NO, NO, ELSEWHERE}},
	{OP(AWARD_RESUME), AGENCY, ERR_PROGRAMME_AGENCY, step_it, STATE(ACTIVE),
	 {NO, NO, ERR_OK, NO, NO, NO, NO, ELSEWHERE}},
	{OP(AWARD_TERMINATE), AGENCY, ERR_PROGRAMME_AGENCY, terminate_it, STATE(TERMINATED),
	 {ERR_OK, ERR_OK, ERR_OK, NO, NO, NO, NO, ELSEWHERE}},
	{OP(AWARD_COMPLETE), AGENCY, ERR_PROGRAMME_AGENCY, step_it, 0,
	 {NO, ERR_MILESTONES_OPEN, NO, NO, NO, NO, NO, ELSEWHERE}},
	{OP(AWARD_CLOSE), AGENCY, ERR_PROGRAMME_AGENCY, step_it, STATE(CLOSED),
	 {NO, NO, NO, ERR_OK, ERR_OK, NO, NO, ELSEWHERE}},
	{OP(RECOVERY_DEMAND), FUNDER, ERR_PROGRAMME_AGENCY, demand_it, 0,
	 {NO, ERR_OK, ERR_OK, ERR_OK, ERR_OK, NO, NO, ELSEWHERE}},
	{OP(RECOVERY_RECEIVE), FUNDER, ERR_PROGRAMME_AGENCY, receive_it, 0,
	 {ERR_RECEIPT_OVER, ERR_OK, ERR_OK, ERR_OK, ERR_OK, ERR_OK, ERR_OK, ELSEWHERE}},
};

#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

static void make_active(struct world *world)
{
	(void)world_accepts(world, LAB_1, OP(AWARD_ACCEPT), make_accept(1));
	(void)world_accepts(world, LAB_1, OP(MILESTONE_CLAIM), make_milestone_claim(1, 1, 1, 1));
	(void)world_accepts(world, AGENCY, OP(MILESTONE_ASSESS), make_assess(1, 1, MET, 400));
	(void)world_accepts(world, FUNDER, OP(DISBURSEMENT_RECORD),
			    make_milestone_payment(1, 1, 200, 1));
	(void)world_accepts(world, FUNDER, OP(DISBURSEMENT_RECORD),
			    make_milestone_payment(1, 1, 100, 2));
	(void)world_accepts(world, FUNDER, OP(RECOVERY_DEMAND), make_demand(1, 100));
}

static void make_completed(struct world *world)
{
	(void)world_accepts(world, AGENCY, OP(MILESTONE_ASSESS), make_assess(1, 2, NOT_MET, 0));
	world_step(world, OP(AWARD_COMPLETE));
}

static struct world *world_at(enum place place)
{
	struct world *world = world_of_anybody();

	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1));
	if (place == IMPORTED) {
		(void)world_accepts(world, AGENCY, OP(AWARD_IMPORT), make_import("x", 1000));
		return world;
	}
	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), grant_1());
	if (place != GRANTED)
		make_active(world);
	if (place == SUSPENDED)
		world_step(world, OP(AWARD_SUSPEND));
	if (place == COMPLETED || place == CLOSED)
		make_completed(world);
	if (place == TERMINATED || place == CLOSED_TERMINATED)
		(void)world_accepts(world, AGENCY, OP(AWARD_TERMINATE), make_terminate(1, 0));
	if (place == CLOSED || place == CLOSED_TERMINATED)
		world_step(world, OP(AWARD_CLOSE));
	return world;
}

UNIT_TEST(every_record_in_every_state)
{
	for (size_t i = 0; i < OPERATIONS; i++) {
		for (int place = 0; place < PLACES; place++) {
			struct world *world = world_at((enum place)place);
			Stele__AwardState before = world_award(world, 1)->state;
			Stele__AwardState after;
			bool moves = operations[i].want[place] == ERR_OK && operations[i].to != 0;

			world_expects(world, operations[i].by, operations[i].operation,
				      operations[i].make(), operations[i].want[place]);
			after = world_award(world, 1)->state;
			ck_assert_msg(after == (moves ? operations[i].to : before),
				      "operation %d at %d: state %d", (int)i, place, (int)after);
			world_free(world);
		}
	}
}

UNIT_TEST(a_record_about_an_award_asks_for_programme_award_and_actor_in_this_order)
{
	for (size_t i = 0; i < OPERATIONS; i++) {
		struct world *world = world_at(TERMINATED); /* a state comes after all that */
		Stele__AwardStep *record = operations[i].make(); /* all begin alike */

		record->programme = (char *)"P2";
		world_refuses(world, AUDITOR, operations[i].operation, record,
			      ERR_NOT_FOUND_PROGRAMME);
		record->programme = (char *)"P1";
		record->award = 0;
		world_refuses(world, AUDITOR, operations[i].operation, record, ERR_NOT_FOUND_AWARD);
		record->award = 2;
		world_refuses(world, AUDITOR, operations[i].operation, record, ERR_NOT_FOUND_AWARD);
		record->award = 1;
		world_refuses(world, AUDITOR, operations[i].operation, record, operations[i].other);
		world_free(world);
	}
}

/* But a payment, which asks for the actor first. */
UNIT_TEST(that_an_award_was_imported_comes_before_the_actor)
{
	for (size_t i = 0; i < OPERATIONS; i++) {
		struct world *world = world_at(IMPORTED);
		bool is_payment = operations[i].operation == OP(DISBURSEMENT_RECORD);

		world_refuses(world, AUDITOR, operations[i].operation, operations[i].make(),
			      is_payment ? ERR_PROGRAMME_AGENCY : ERR_AWARD_IMPORTED);
		world_free(world);
	}
}

UNIT_TEST(funder_and_agency_pay_reverse_and_recover_and_only_the_agency_decides)
{
	for (size_t i = 0; i < OPERATIONS; i++) {
		bool is_money = operations[i].by == FUNDER;
		struct world *world = world_at(ACTIVE);

		if (operations[i].by == LAB_1)
			world_refuses(world, AGENCY, operations[i].operation, operations[i].make(),
				      ERR_AWARD_RECIPIENT);
		else
			world_expects(world, is_money ? AGENCY : FUNDER, operations[i].operation,
				      operations[i].make(), is_money ? ERR_OK : ERR_PROGRAMME_AGENCY);
		world_free(world);
	}
}

UNIT_TEST(what_changes_state_or_terms_leaves_its_index)
{
	static const struct {
		uint32_t operation;
		enum place place;
	} changes[] = {
		{OP(AWARD_AMEND), GRANTED},     {OP(AWARD_SUSPEND), ACTIVE},
		{OP(AWARD_RESUME), SUSPENDED},  {OP(AWARD_CLOSE), COMPLETED},
		{OP(AWARD_TERMINATE), ACTIVE},  {OP(AWARD_ACCEPT), GRANTED},
	};

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct world *world = world_at(changes[i].place);
		uint64_t made = world_award(world, 1)->log_index, index;
		size_t at = 0;

		while (operations[at].operation != changes[i].operation)
			at++;
		index = world_accepts(world, operations[at].by, operations[at].operation,
				      operations[at].make());
		ck_assert_uint_eq(world_award(world, 1)->changed_log_index, index);
		ck_assert_uint_eq(world_award(world, 1)->log_index, made);
		world_free(world);
	}
}

UNIT_TEST(totals_and_claims_leave_no_index)
{
	static const uint32_t others[] = {OP(MILESTONE_CLAIM), OP(MILESTONE_ASSESS),
					  OP(DISBURSEMENT_RECORD), OP(DISBURSEMENT_REVERSE),
					  OP(RECOVERY_DEMAND), OP(RECOVERY_RECEIVE)};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct world *world = world_at(ACTIVE);
		uint64_t before = world_award(world, 1)->changed_log_index;
		size_t at = 0;

		while (operations[at].operation != others[i])
			at++;
		(void)world_accepts(world, operations[at].by, others[i], operations[at].make());
		ck_assert_uint_eq(world_award(world, 1)->changed_log_index, before);
		world_free(world);
	}
}

/* --- by motion ----------------------------------------------------------------- */

/* Grants and money need one approval of an agency: the opener's own. */
static void agency_approves(struct genesis *genesis)
{
	for (uint32_t i = 0; i < genesis->rules_count; i++) {
		uint32_t operation = genesis->rules[i].operation;

		if (operation < OP(AWARD_GRANT) || operation > OP(RECOVERY_RECEIVE) ||
		    operation == OP(AWARD_ACCEPT) || operation == OP(MILESTONE_CLAIM))
			continue;
		genesis->rules[i].approvals = 1;
		genesis->rules[i].approvers = STELE__ROLE__ROLE_AGENCY;
	}
}

static void by_motion(struct world *world, uint32_t operation, void *record)
{
	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN), world_motion(world, operation, record));
}

UNIT_TEST(what_a_motion_makes_names_the_motion)
{
	struct world *world = world_new(agency_approves);
	const Stele__DisbursementValue *payment;
	const Stele__RecoveryValue *receipt;
	const Stele__MilestoneValue *milestone;

	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	by_motion(world, OP(AWARD_GRANT), grant_1());
	(void)world_accepts(world, LAB_1, OP(AWARD_ACCEPT), make_accept(1));
	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1));
	(void)world_accepts(world, LAB_1, OP(MILESTONE_CLAIM), make_milestone_claim(1, 1, 1, 1));
	by_motion(world, OP(MILESTONE_ASSESS), make_assess(1, 1, MET, 400));
	by_motion(world, OP(DISBURSEMENT_RECORD), make_milestone_payment(1, 1, 300, 1));
	by_motion(world, OP(DISBURSEMENT_RECORD), make_milestone_payment(1, 1, 100, 2));
	by_motion(world, OP(DISBURSEMENT_REVERSE), make_reverse(1, 2));
	by_motion(world, OP(RECOVERY_DEMAND), make_demand(1, 300));
	by_motion(world, OP(RECOVERY_RECEIVE), make_receipt(1, 300, 3));
	by_motion(world, OP(AWARD_TERMINATE), make_terminate(1, 0));
	milestone = world_value(world, VALUE_MILESTONE, "milestone/P1/1/1");
	payment = world_value(world, VALUE_DISBURSEMENT, "disbursement/P1/1/2");
	receipt = world_value(world, VALUE_RECOVERY, "recovery/P1/1/2");
	ck_assert_uint_eq(world_award(world, 1)->motion, 1);
	ck_assert_uint_eq(milestone->motion, 2);
	ck_assert_uint_eq(payment->motion, 4);
	ck_assert_uint_eq(payment->reverse_motion, 5);
	ck_assert_uint_eq(receipt->motion, 7);
	world_free(world);
}

UNIT_MAIN("apply_award_change", every_record_in_every_state,
	  a_record_about_an_award_asks_for_programme_award_and_actor_in_this_order,
	  that_an_award_was_imported_comes_before_the_actor,
	  funder_and_agency_pay_reverse_and_recover_and_only_the_agency_decides,
	  what_changes_state_or_terms_leaves_its_index, totals_and_claims_leave_no_index,
	  what_a_motion_makes_names_the_motion)
