/* Decisions: rules DP. */
#include <stdio.h>
#include <string.h>

#include "tests/lib/unit.h"
#include "tests/unit/ledger/hearing.h"

#define SELECTED STELE__OUTCOME__OUTCOME_SELECTED
#define DECLINED STELE__OUTCOME__OUTCOME_DECLINED
#define DECIDED_SO STELE__PROPOSAL_STATE__PROPOSAL_SELECTED
#define OUTCOMES 256

/* At the review time; each revealed proposal has two reviews of 120,000 together. */
static struct world *with_reviews_and(void (*edit)(struct genesis *genesis))
{
	struct world *world = hearing_new(edit);

	for (uint64_t number = BOTH_LABS; number <= OTHER_LAB; number++)
		hearing_put_score(world, number, 2, 120000);
	tender_at(world, TENDER_REVIEW_UNTIL);
	return world;
}

static struct world *with_reviews(void)
{
	return with_reviews_and(NULL);
}

static void decide(struct world *world, Stele__DecisionPublish *record, enum err want)
{
	world_expects(world, AGENCY, OP(DECISION_PUBLISH), record, want);
}

static void decide_one(struct world *world, uint64_t proposal, Stele__Outcome outcome,
		       uint64_t amount, enum err want)
{
	Stele__DecisionPublish *record = make_decision();

	decision_add(record, proposal, outcome, amount);
	decide(world, record, want);
}

UNIT_TEST(a_decision_stands_with_its_proposals_and_in_the_calls_totals)
{
	struct world *world = with_reviews();
	Stele__DecisionPublish *record = make_decision();
	Stele__ProposalValue proposal;
	Stele__CallValue call;

	decision_add(record, ONE_LAB, SELECTED, 35000);
	decision_add(record, BOTH_LABS, DECLINED, 0);
	decide(world, record, ERR_OK);
	proposal = tender_proposal(world, ONE_LAB);
	ck_assert_int_eq(proposal.state, DECIDED_SO);
	ck_assert_uint_eq(proposal.amount, 35000);
	ck_assert_uint_eq(proposal.decisions, 1);
	ck_assert_uint_eq(proposal.decided_time, world->time_ms);
	ck_assert_uint_eq(proposal.decided_log_index, world->log_size - 1);
	ck_assert_uint_eq(proposal.changed_log_index, world->log_size - 1);
	ck_assert_uint_eq(proposal.decided_motion, 0);
	ck_assert_uint_eq(proposal.award, 0);
	proposal = tender_proposal(world, BOTH_LABS);
	ck_assert_int_eq(proposal.state, STELE__PROPOSAL_STATE__PROPOSAL_DECLINED);
	ck_assert_uint_eq(proposal.amount, 0);
	ck_assert_uint_eq(proposal.decisions, 1);
	call = tender_call(world);
	ck_assert_uint_eq(call.decided, 2);
	ck_assert_uint_eq(call.selected, 1);
	ck_assert_uint_eq(call.selected_amount, 35000);
	ck_assert_uint_eq(call.changed_log_index, 0);
	world_free(world);
}

UNIT_TEST(decisions_begin_with_the_review_time)
{
	struct world *world = hearing_new(NULL);

	hearing_put_score(world, BOTH_LABS, 2, 120000);
	hearing_put_score(world, ONE_LAB, 2, 120000);
	tender_at(world, TENDER_REVIEW_UNTIL - 1);
	decide_one(world, BOTH_LABS, DECLINED, 0, ERR_DECISION_WINDOW);
	tender_at(world, TENDER_REVIEW_UNTIL);
	decide_one(world, BOTH_LABS, DECLINED, 0, ERR_OK);
	tender_at(world, TENDER_REVIEW_UNTIL + 1);
	decide_one(world, ONE_LAB, DECLINED, 0, ERR_OK);
	world_free(world);
}

UNIT_TEST(a_proposal_is_decided_once)
{
	struct world *world = with_reviews();
	Stele__DecisionPublish *twice = make_decision();

	decision_add(twice, BOTH_LABS, DECLINED, 0);
	decision_add(twice, ONE_LAB, DECLINED, 0);
	decision_add(twice, BOTH_LABS, SELECTED, 100);
	decide(world, twice, ERR_AREA_DUPLICATE);
	ck_assert_uint_eq(tender_call(world).decided, 0);
	decide_one(world, BOTH_LABS, DECLINED, 0, ERR_OK);
	decide_one(world, BOTH_LABS, DECLINED, 0, ERR_PROPOSAL_STATE);
	decide_one(world, BOTH_LABS, SELECTED, 100, ERR_PROPOSAL_STATE);
	decide(world, twice, ERR_PROPOSAL_STATE); /* decided before this record */
	world_free(world);
}

UNIT_TEST(only_revealed_proposals_are_decided)
{
	struct world *world = with_reviews();
	Stele__ProposalValue proposal = tender_proposal(world, BOTH_LABS);

	decide_one(world, NO_PROPOSAL, DECLINED, 0, ERR_NOT_FOUND_PROPOSAL);
	decide_one(world, 0, DECLINED, 0, ERR_NOT_FOUND_PROPOSAL);
	decide_one(world, SEALED, DECLINED, 0, ERR_PROPOSAL_STATE);
	proposal.state = STELE__PROPOSAL_STATE__PROPOSAL_WITHDRAWN;
	tender_put_proposal(world, &proposal);
	decide_one(world, BOTH_LABS, DECLINED, 0, ERR_PROPOSAL_STATE);
	world_free(world);
}

UNIT_TEST(a_decision_needs_a_quorum_of_opened_reviews)
{
	struct world *world = with_reviews();

	hearing_put_score(world, BOTH_LABS, 1, 60000);
	decide_one(world, BOTH_LABS, DECLINED, 0, ERR_REVIEW_QUORUM);
	decide_one(world, BOTH_LABS, SELECTED, 100, ERR_REVIEW_QUORUM);
	hearing_put_score(world, ONE_LAB, 3, 180000);
	decide_one(world, ONE_LAB, SELECTED, 100, ERR_OK);
	hearing_put_score(world, BOTH_LABS, 2, 120000);
	decide_one(world, BOTH_LABS, DECLINED, 0, ERR_OK);
	world_free(world);
}

UNIT_TEST(sealed_reviews_do_not_count_for_the_quorum)
{
	struct world *world = with_reviews();
	Stele__ProposalValue proposal = tender_proposal(world, BOTH_LABS);

	proposal.revealed_reviews = 1; /* of two */
	tender_put_proposal(world, &proposal);
	decide_one(world, BOTH_LABS, DECLINED, 0, ERR_REVIEW_QUORUM);
	world_free(world);
}

UNIT_TEST(what_is_selected_reaches_the_threshold)
{
	struct world *world = with_reviews();

	hearing_put_score(world, BOTH_LABS, 2, 99999);
	decide_one(world, BOTH_LABS, SELECTED, 100, ERR_SCORE_THRESHOLD);
	hearing_put_score(world, BOTH_LABS, 2, 100000);
	decide_one(world, BOTH_LABS, SELECTED, 100, ERR_OK);
	hearing_put_score(world, ONE_LAB, 3, 149999);
	decide_one(world, ONE_LAB, SELECTED, 100, ERR_SCORE_THRESHOLD);
	decide_one(world, ONE_LAB, DECLINED, 0, ERR_OK); /* may be declined at any score */
	hearing_put_score(world, OTHER_LAB, 3, 150001);
	decide_one(world, OTHER_LAB, DECLINED, 0, ERR_OK);
	world_free(world);
}

UNIT_TEST(the_greatest_threshold_times_256_reviews_does_not_wrap)
{
	struct world *world = with_reviews();
	Stele__CallValue call = tender_call(world);
	uint64_t greatest = UINT64_C(10000) * 1000000;

	call.terms->review->threshold = greatest;
	tender_put_call(world, &call);
	hearing_put_score(world, BOTH_LABS, 256, 256 * greatest - 1);
	decide_one(world, BOTH_LABS, SELECTED, 100, ERR_SCORE_THRESHOLD);
	hearing_put_score(world, BOTH_LABS, 256, 256 * greatest);
	decide_one(world, BOTH_LABS, SELECTED, 100, ERR_OK);
	world_free(world);
}

UNIT_TEST(the_amount_lies_between_the_least_award_and_what_was_asked)
{
	struct world *world = with_reviews();

	decide_one(world, BOTH_LABS, SELECTED, 99, ERR_DECISION_AMOUNT);
	decide_one(world, BOTH_LABS, SELECTED, 0, ERR_DECISION_AMOUNT);
	decide_one(world, BOTH_LABS, SELECTED, 30001, ERR_DECISION_AMOUNT);
	decide_one(world, BOTH_LABS, SELECTED, UINT64_MAX, ERR_DECISION_AMOUNT);
	decide_one(world, BOTH_LABS, SELECTED, 30000, ERR_OK);
	decide_one(world, OTHER_LAB, DECLINED, 1, ERR_DECISION_AMOUNT);
	decide_one(world, OTHER_LAB, SELECTED, 100, ERR_OK);
	world_free(world);
}

UNIT_TEST(no_more_are_selected_than_the_call_awards)
{
	struct world *world = with_reviews();
	Stele__DecisionPublish *three = make_decision();

	for (uint64_t number = BOTH_LABS; number <= OTHER_LAB; number++)
		decision_add(three, number, SELECTED, 100);
	decide(world, three, ERR_AWARDS_MAX);
	three->outcomes[1]->outcome = DECLINED;
	three->outcomes[1]->amount = 0;
	decide(world, three, ERR_OK);
	ck_assert_uint_eq(tender_call(world).selected, 2);
	ck_assert_uint_eq(tender_call(world).decided, 3);
	world_free(world);
}

UNIT_TEST(no_more_than_the_calls_budget_is_selected)
{
	struct world *world = with_reviews();

	decide_one(world, BOTH_LABS, SELECTED, 30000, ERR_OK);
	decide_one(world, ONE_LAB, SELECTED, 30001, ERR_BUDGET);
	decide_one(world, ONE_LAB, SELECTED, 30000, ERR_OK);
	ck_assert_uint_eq(tender_call(world).selected_amount, 60000);
	world_free(world);
}

UNIT_TEST(the_calls_budget_does_not_wrap_at_the_greatest_amounts)
{
	struct world *world = with_reviews();
	Stele__CallValue call = tender_call(world);
	Stele__ProposalValue proposal = tender_proposal(world, BOTH_LABS);

	call.terms->budget = INT64_MAX;
	call.selected_amount = INT64_MAX;
	tender_put_call(world, &call);
	proposal.content->requested = INT64_MAX;
	tender_put_proposal(world, &proposal);
	decide_one(world, BOTH_LABS, SELECTED, INT64_MAX, ERR_BUDGET);
	call.selected_amount = 1;
	tender_put_call(world, &call);
	decide_one(world, BOTH_LABS, SELECTED, INT64_MAX, ERR_BUDGET);
	decide_one(world, BOTH_LABS, SELECTED, INT64_MAX - 1, ERR_OK);
	world_free(world);
}

/* --- many --------------------------------------------------------------------- */

static void put_many(struct world *world, uint64_t count)
{
	Stele__ProposalValue proposal = tender_proposal(world, BOTH_LABS);
	Stele__CallValue call = tender_call(world);

	for (uint64_t number = 1; number <= count; number++) {
		proposal.number = number;
		tender_put_proposal(world, &proposal);
	}
	call.terms->max_awards = OUTCOMES;
	call.terms->budget = OUTCOMES * 100;
	call.proposals = count;
	call.revealed = count;
	tender_put_call(world, &call);
}

UNIT_TEST(one_record_decides_256_and_the_next_the_rest)
{
	struct world *world = with_reviews();
	Stele__DecisionPublish *record = make_decision();
	Stele__CallValue call;

	put_many(world, OUTCOMES + 1);
	for (uint64_t number = OUTCOMES; number >= 1; number--)
		decision_add(record, number, SELECTED, 100);
	decide(world, record, ERR_OK);
	decide_one(world, OUTCOMES + 1, SELECTED, 100, ERR_AWARDS_MAX);
	decide_one(world, OUTCOMES + 1, DECLINED, 0, ERR_OK);
	call = tender_call(world);
	ck_assert_uint_eq(call.decided, call.revealed);
	ck_assert_uint_eq(call.selected, OUTCOMES);
	ck_assert_uint_eq(call.selected_amount, OUTCOMES * 100);
	ck_assert_uint_eq(tender_proposal(world, 1).decided_log_index, world->log_size - 2);
	world_free(world);
}

UNIT_TEST(the_last_of_256_outcomes_can_repeat_the_first)
{
	struct world *world = with_reviews();
	Stele__DecisionPublish *record = make_decision();

	put_many(world, OUTCOMES);
	for (uint64_t number = 1; number < OUTCOMES; number++)
		decision_add(record, number, SELECTED, 100);
	decision_add(record, 1, SELECTED, 100);
	decide(world, record, ERR_AREA_DUPLICATE);
	world_free(world);
}

/* --- order --------------------------------------------------------------------- */

static void anybody_decides(struct genesis *genesis)
{
	for (uint32_t i = 0; i < genesis->rules_count; i++)
		genesis->rules[i].openers = 0xfe;
}

static void put_selected(struct world *world, uint64_t selected, uint64_t amount)
{
	Stele__CallValue call = tender_call(world);

	call.selected = selected;
	call.selected_amount = amount;
	tender_put_call(world, &call);
}

/* Everything is wrong at first, and is mended in the order of the rules. */
UNIT_TEST(the_rules_of_a_decision_are_asked_in_their_order)
{
	struct world *world = hearing_new(anybody_decides);
	Stele__DecisionPublish *record = make_decision();

	decision_add(record, NO_PROPOSAL, SELECTED, 99);
	put_selected(world, 2, 60000);
	hearing_put_score(world, ONE_LAB, 1, 1);
	hearing_spoil(world);
	hearing_mend_call(world, FUNDER, OP(DECISION_PUBLISH), record, &record->programme,
			  &record->call);
	world_refuses(world, FUNDER, OP(DECISION_PUBLISH), record, ERR_PROGRAMME_AGENCY);
	decide(world, record, ERR_DECISION_WINDOW);
	tender_at(world, TENDER_REVIEW_UNTIL);
	decide(world, record, ERR_NOT_FOUND_PROPOSAL);
	record->outcomes[0]->proposal = SEALED;
	decide(world, record, ERR_PROPOSAL_STATE);
	record->outcomes[0]->proposal = ONE_LAB;
	decide(world, record, ERR_REVIEW_QUORUM);
	hearing_put_score(world, ONE_LAB, 2, 99999);
	decide(world, record, ERR_SCORE_THRESHOLD);
	hearing_put_score(world, ONE_LAB, 2, 100000);
	decide(world, record, ERR_DECISION_AMOUNT);
	record->outcomes[0]->amount = 100;
	decide(world, record, ERR_AWARDS_MAX);
	put_selected(world, 1, 60000);
	decide(world, record, ERR_BUDGET);
	put_selected(world, 1, 59900);
	decide(world, record, ERR_OK);
	world_free(world);
}

UNIT_TEST(each_outcome_is_asked_everything_before_the_next)
{
	struct world *world = with_reviews();
	Stele__DecisionPublish *record = make_decision();

	decision_add(record, BOTH_LABS, SELECTED, 99);
	decision_add(record, NO_PROPOSAL, SELECTED, 100);
	decide(world, record, ERR_DECISION_AMOUNT);
	record->outcomes[0]->amount = 100;
	decide(world, record, ERR_NOT_FOUND_PROPOSAL);
	/* A repeated one is told so whatever else is wrong with it. */
	record->outcomes[1]->proposal = BOTH_LABS;
	record->outcomes[1]->amount = 0;
	decide(world, record, ERR_AREA_DUPLICATE);
	world_free(world);
}

/* --- by motion ------------------------------------------------------------------ */

static void by_motion(struct genesis *genesis)
{
	for (uint32_t i = 0; i < genesis->rules_count; i++) {
		if (genesis->rules[i].operation != OP(DECISION_PUBLISH))
			continue;
		genesis->rules[i].approvals = 2;
		genesis->rules[i].approvers = STELE__ROLE__ROLE_VALIDATOR;
	}
}

UNIT_TEST(a_motion_that_decides_is_named_by_the_proposals)
{
	struct world *world = with_reviews_and(by_motion);
	Stele__DecisionPublish *record = make_decision();
	Stele__MotionApprove approve = STELE__MOTION_APPROVE__INIT;
	Stele__ProposalValue proposal;

	decision_add(record, BOTH_LABS, SELECTED, 100);
	decide(world, record, ERR_NEEDS_MOTION);
	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN),
			    world_motion(world, OP(DECISION_PUBLISH), record));
	approve.motion = 1;
	world_refuses(world, LAB_1, OP(MOTION_APPROVE), &approve, ERR_MOTION_OWN_AWARD); /* M-07 */
	(void)world_accepts(world, AUDITOR, OP(MOTION_APPROVE), &approve);
	proposal = tender_proposal(world, BOTH_LABS);
	ck_assert_uint_eq(proposal.decided_motion, 1);
	ck_assert_uint_eq(proposal.decided_log_index, world->log_size - 1);
	world_free(world);
}

UNIT_MAIN("apply_decision", a_decision_stands_with_its_proposals_and_in_the_calls_totals,
	  decisions_begin_with_the_review_time, a_proposal_is_decided_once,
	  only_revealed_proposals_are_decided, a_decision_needs_a_quorum_of_opened_reviews,
	  sealed_reviews_do_not_count_for_the_quorum, what_is_selected_reaches_the_threshold,
	  the_greatest_threshold_times_256_reviews_does_not_wrap,
	  the_amount_lies_between_the_least_award_and_what_was_asked,
	  no_more_are_selected_than_the_call_awards, no_more_than_the_calls_budget_is_selected,
	  the_calls_budget_does_not_wrap_at_the_greatest_amounts,
	  one_record_decides_256_and_the_next_the_rest,
	  the_last_of_256_outcomes_can_repeat_the_first,
	  the_rules_of_a_decision_are_asked_in_their_order,
	  each_outcome_is_asked_everything_before_the_next,
	  a_motion_that_decides_is_named_by_the_proposals)
