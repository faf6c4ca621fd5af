/* Awards on a proposal of a call: rules. */
#include <string.h>

#include "base/limits.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world_award.h"

/* Proposal 1 of C1 is selected with 1,000, and nobody can object any more. */
static struct world *with_selected(void)
{
	struct world *world = world_of_anybody();

	world_put_selected(world, 1000);
	world_pass(world, WORLD_OBJECTION_MS);
	return world;
}

static void grant(struct world *world, Stele__AwardGrant *record, enum err want)
{
	world_expects(world, AGENCY, OP(AWARD_GRANT), record, want);
}

static const Stele__ProposalValue *proposal(struct world *world)
{
	return world_value(world, VALUE_PROPOSAL, "proposal/P1/C1/1");
}

UNIT_TEST(an_award_counts_in_its_call_and_the_proposal_names_it)
{
	struct world *world = with_selected();

	(void)world_accepts(world, AGENCY, OP(AWARD_IMPORT), make_import("x", 1));
	grant(world, make_grant_on(1000), ERR_OK);
	ck_assert_uint_eq(world_call(world)->awards, 1);
	ck_assert_uint_eq(world_call(world)->live_awards, 1);
	ck_assert_uint_eq(world_call(world)->committed, 1000);
	ck_assert_uint_eq(proposal(world)->award, 2);
	ck_assert_int_eq(proposal(world)->state, STELE__PROPOSAL_STATE__PROPOSAL_SELECTED);
	ck_assert_uint_eq(proposal(world)->changed_log_index, 0);
	ck_assert_uint_eq(world_programme(world)->committed, 1001);
	ck_assert_uint_eq(world_programme(world)->live_awards, 2);
	ck_assert_uint_eq(world_programme(world)->open_awards, 1);
	world_free(world);
}

UNIT_TEST(an_award_without_a_call_leaves_calls_alone)
{
	struct world *world = with_selected();

	grant(world, make_grant(1000), ERR_OK);
	ck_assert_uint_eq(world_call(world)->awards, 0);
	ck_assert_uint_eq(proposal(world)->award, 0);
	world_free(world);
}

UNIT_TEST(a_proposal_has_one_award_also_when_that_ended)
{
	struct world *world = with_selected();

	grant(world, make_grant_on(400), ERR_OK);
	grant(world, make_grant_on(400), ERR_NOT_SELECTED);
	(void)world_accepts(world, AGENCY, OP(AWARD_TERMINATE), make_terminate(1, 0));
	grant(world, make_grant_on(400), ERR_NOT_SELECTED);
	ck_assert_uint_eq(world_call(world)->awards, 1);
	ck_assert_uint_eq(world_call(world)->live_awards, 0);
	world_free(world);
}

/* --- what is spoiled: the grant, the proposal or the call --------------------- */

static void no_call(Stele__AwardGrant *record) { record->call = (char *)""; }
static void no_proposal(Stele__AwardGrant *record) { record->proposal = 0; }
static void other_call(Stele__AwardGrant *record) { record->call = (char *)"C2"; }
static void other_proposal(Stele__AwardGrant *record) { record->proposal = 2; }
static void area_b(Stele__AwardGrant *record) { record->area = (char *)"B"; }
static void no_area(Stele__AwardGrant *record) { record->area = (char *)""; }
static void amount_decided(Stele__AwardGrant *record) { record->amount = 1000; }
static void amount_below(Stele__AwardGrant *record) { record->amount = 999; }
static void amount_above(Stele__AwardGrant *record) { record->amount = 1001; }
static void amount_zero(Stele__AwardGrant *record) { record->amount = 0; }
static void other_recipient(Stele__AwardGrant *record)
{
	Stele__Recipient *list = make_recipient(world_id(LAB_2), 10000);

	grant_recipients(record, 1, &list);
}
static void other_share(Stele__AwardGrant *record) { record->recipients[0]->share = 9999; }
static void one_more(Stele__AwardGrant *record)
{
	Stele__Recipient *list[] = {make_recipient(world_id(LAB_1), 10000),
				    make_recipient(world_id(LAB_2), 1)};

	grant_recipients(record, 2, list);
}
static void all_of_the_grant(Stele__AwardGrant *record)
{
	other_recipient(record);
	area_b(record);
	amount_above(record);
}
static void area_and_amount(Stele__AwardGrant *record)
{
	area_b(record);
	amount_above(record);
}
static void amount_and_period(Stele__AwardGrant *record)
{
	amount_above(record);
	record->period->start = (char *)"2026-12-31";
}

static void declined(Stele__ProposalValue *value)
{
	value->state = STELE__PROPOSAL_STATE__PROPOSAL_DECLINED;
	value->amount = 0;
}
static void undecided(Stele__ProposalValue *value)
{
	value->state = STELE__PROPOSAL_STATE__PROPOSAL_REVEALED;
}
static void objected(Stele__ProposalValue *value) { value->open_objections = 1; }
static void decided_later(Stele__ProposalValue *value) { value->decided_time++; }
static void declined_and_objected(Stele__ProposalValue *value)
{
	declined(value);
	objected(value);
}
static void in_area_c(Stele__ProposalValue *value) { value->content->area = (char *)"C"; }

static void cancelled(Stele__CallValue *value)
{
	value->state = STELE__CALL_STATE__CALL_CANCELLED;
}

UNIT_TEST(each_rule_of_an_award_on_a_proposal_and_their_order)
{
	static const struct {
		void (*grant)(Stele__AwardGrant *record);
		void (*proposal)(Stele__ProposalValue *value);
		void (*call)(Stele__CallValue *value);
		enum err want;
	} cases[] = {
		{NULL, NULL, NULL, ERR_OK},
		{no_call, NULL, NULL, ERR_NOT_FOUND_CALL},
		{no_proposal, NULL, cancelled, ERR_NOT_FOUND_CALL},
		{other_call, NULL, NULL, ERR_NOT_FOUND_CALL},
		{NULL, NULL, cancelled, ERR_CALL_CANCELLED},
		{other_proposal, NULL, cancelled, ERR_CALL_CANCELLED},
		{other_proposal, NULL, NULL, ERR_NOT_FOUND_PROPOSAL},
		{NULL, declined, NULL, ERR_NOT_SELECTED},
		{NULL, undecided, NULL, ERR_NOT_SELECTED},
		{NULL, declined_and_objected, NULL, ERR_NOT_SELECTED},
		{NULL, objected, NULL, ERR_OBJECTION_OPEN},
		{NULL, decided_later, NULL, ERR_OBJECTION_OPEN},
		{all_of_the_grant, objected, NULL, ERR_OBJECTION_OPEN},
		{other_recipient, NULL, NULL, ERR_CONSORTIUM},
		{other_share, NULL, NULL, ERR_CONSORTIUM},
		{one_more, NULL, NULL, ERR_CONSORTIUM},
		{all_of_the_grant, NULL, NULL, ERR_CONSORTIUM},
		{area_b, NULL, NULL, ERR_AREA},
		{no_area, NULL, NULL, ERR_AREA},
		{area_and_amount, NULL, NULL, ERR_AREA},
		{amount_below, NULL, NULL, ERR_OK},
		{amount_decided, NULL, NULL, ERR_OK},
		{amount_above, NULL, NULL, ERR_DECISION_AMOUNT},
		{amount_and_period, NULL, NULL, ERR_DECISION_AMOUNT},
		{amount_zero, NULL, NULL, ERR_AMOUNT},
		{NULL, in_area_c, NULL, ERR_AREA},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *world = with_selected();
		Stele__AwardGrant *record = make_grant_on(1000);

		if (cases[i].grant != NULL)
			cases[i].grant(record);
		if (cases[i].proposal != NULL)
			world_change_proposal(world, cases[i].proposal);
		if (cases[i].call != NULL)
			world_change_call(world, cases[i].call);
		grant(world, record, cases[i].want);
		world_free(world);
	}
}

UNIT_TEST(an_award_waits_until_nobody_can_object)
{
	struct world *world = world_of_anybody();

	world_put_selected(world, 1000);
	grant(world, make_grant_on(1000), ERR_OBJECTION_OPEN);
	world_pass(world, WORLD_OBJECTION_MS - 1);
	grant(world, make_grant_on(1000), ERR_OBJECTION_OPEN);
	world_pass(world, 1);
	grant(world, make_grant_on(1000), ERR_OK);
	world_free(world);
}

static void of_two(Stele__ProposalValue *value)
{
	Stele__Recipient **list = make_memory(2 * sizeof(*list));

	list[0] = make_recipient(world_id(LAB_2), 4000);
	list[1] = make_recipient(world_id(LAB_1), 6000);
	value->content->n_consortium = 2;
	value->content->consortium = list;
}

UNIT_TEST(the_consortium_is_named_in_its_order)
{
	struct world *world = with_selected();
	Stele__AwardGrant *record = make_grant_on(1000);
	Stele__Recipient *list[] = {make_recipient(world_id(LAB_1), 6000),
				    make_recipient(world_id(LAB_2), 4000)};

	world_change_proposal(world, of_two);
	grant(world, record, ERR_CONSORTIUM);
	grant_recipients(record, 2, list);
	grant(world, record, ERR_CONSORTIUM);
	list[0] = make_recipient(world_id(LAB_2), 4000);
	list[1] = make_recipient(world_id(LAB_1), 6000);
	grant_recipients(record, 2, list);
	grant(world, record, ERR_OK);
	world_free(world);
}

/* The programme's rules are asked of a member too: it may have been suspended since. */
UNIT_TEST(a_member_that_is_suspended_now_is_not_eligible)
{
	struct world *world = with_selected();

	world_set_status(world, LAB_1, STELE__ORG_STATUS__ORG_SUSPENDED);
	grant(world, make_grant_on(1000), ERR_ELIGIBILITY);
	world_free(world);
}

/* --- caps ---------------------------------------------------------------------- */

static void one_place_left(Stele__CallValue *value) { value->live_awards = 1; value->awards = 1; }
static void no_place_left(Stele__CallValue *value) { value->live_awards = 2; value->awards = 2; }
static void exact_room(Stele__CallValue *value) { value->committed = 49000; }
static void a_fen_short(Stele__CallValue *value) { value->committed = 49001; }
static void nothing_left(Stele__CallValue *value)
{
	no_place_left(value);
	a_fen_short(value);
}
static void all_committed(Stele__CallValue *value) { value->committed = 50000; }

UNIT_TEST(caps_of_the_call_hold_to_the_award_and_the_fen)
{
	static const struct {
		void (*call)(Stele__CallValue *value);
		enum err want;
	} cases[] = {
		{one_place_left, ERR_OK}, {no_place_left, ERR_AWARDS_MAX}, {exact_room, ERR_OK},
		{a_fen_short, ERR_BUDGET}, {all_committed, ERR_BUDGET}, {nothing_left, ERR_AWARDS_MAX},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *world = with_selected();

		world_change_call(world, cases[i].call);
		grant(world, make_grant_on(1000), cases[i].want);
		world_free(world);
	}
}

/* A-14 before A-22, and milestones before both. */
UNIT_TEST(the_programmes_caps_come_before_the_calls)
{
	struct world *world = with_selected();
	Stele__AwardGrant *record = make_grant_on(1000);
	uint64_t amounts[] = {1001};

	world_change_call(world, no_place_left);
	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), make_grant(99001));
	grant(world, record, ERR_BUDGET);
	grant_milestones(record, 1, amounts);
	grant(world, record, ERR_MILESTONES_SUM);
	world_free(world);
}

static void greatest_budget(Stele__CallValue *value)
{
	value->terms->budget = LIMIT_MONEY;
	value->committed = LIMIT_MONEY - 1000;
}
static void greatest_but_one(Stele__CallValue *value)
{
	value->terms->budget = LIMIT_MONEY;
	value->committed = LIMIT_MONEY - 999;
}

UNIT_TEST(the_greatest_budget_of_a_call_does_not_wrap)
{
	struct world *world = with_selected();

	world_change_call(world, greatest_but_one);
	grant(world, make_grant_on(1000), ERR_BUDGET);
	world_change_call(world, greatest_budget);
	grant(world, make_grant_on(1000), ERR_OK);
	ck_assert_uint_eq(world_call(world)->committed, LIMIT_MONEY);
	world_free(world);
}

UNIT_MAIN("apply_award_call", an_award_counts_in_its_call_and_the_proposal_names_it,
	  an_award_without_a_call_leaves_calls_alone,
	  a_proposal_has_one_award_also_when_that_ended,
	  each_rule_of_an_award_on_a_proposal_and_their_order,
	  an_award_waits_until_nobody_can_object, the_consortium_is_named_in_its_order,
	  a_member_that_is_suspended_now_is_not_eligible,
	  caps_of_the_call_hold_to_the_award_and_the_fen,
	  the_programmes_caps_come_before_the_calls,
	  the_greatest_budget_of_a_call_does_not_wrap)
