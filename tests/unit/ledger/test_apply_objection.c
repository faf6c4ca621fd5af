/* Objections to decisions: rules OF and OR. */
#include <stdio.h>
#include <string.h>

#include "tests/lib/unit.h"
#include "tests/unit/ledger/hearing.h"

#define SELECTED STELE__OUTCOME__OUTCOME_SELECTED
#define DECLINED STELE__OUTCOME__OUTCOME_DECLINED
#define DECIDED_AT TENDER_REVIEW_UNTIL

static void decide(struct world *world, uint64_t proposal, Stele__Outcome outcome, uint64_t amount)
{
	Stele__DecisionPublish *record = make_decision();

	decision_add(record, proposal, outcome, amount);
	(void)world_accepts(world, AGENCY, OP(DECISION_PUBLISH), record);
}

/* BOTH_LABS is selected with 30,000, ONE_LAB declined, OTHER_LAB not decided. */
static struct world *with_decisions_and(void (*edit)(struct genesis *genesis))
{
	struct world *world = hearing_new(edit);

	for (uint64_t number = BOTH_LABS; number <= OTHER_LAB; number++)
		hearing_put_score(world, number, 2, 120000);
	tender_at(world, DECIDED_AT);
	decide(world, BOTH_LABS, SELECTED, 30000);
	decide(world, ONE_LAB, DECLINED, 0);
	return world;
}

static struct world *with_decisions(void)
{
	return with_decisions_and(NULL);
}

static void object(struct world *world, enum who who, uint64_t proposal, enum err want)
{
	world_expects(world, who, OP(OBJECTION_FILE), make_objection(proposal), want);
}

static void resolve(struct world *world, uint64_t objection, bool is_upheld, enum err want)
{
	world_expects(world, AGENCY, OP(OBJECTION_RESOLVE), make_resolution(objection, is_upheld),
		      want);
}

static const Stele__ObjectionValue *objection_at(struct world *world, unsigned number)
{
	return world_value(world, VALUE_OBJECTION, "objection/P1/C1/%u", number);
}

/* --- objection.file ------------------------------------------------------------ */

UNIT_TEST(an_objection_is_open_in_the_call_and_with_the_proposal)
{
	struct world *world = with_decisions();
	ProtobufCBinaryData grounds = world_hash(4);
	const Stele__ObjectionValue *objection;
	const Stele__TakenValue *taken;
	Stele__CallValue call;

	object(world, LAB_1, ONE_LAB, ERR_OK); /* to another's decision, for instance */
	object(world, LAB_2, BOTH_LABS, ERR_OK);
	objection = objection_at(world, 2);
	ck_assert_int_eq(objection->state, STELE__OBJECTION_STATE__OBJECTION_OPEN);
	ck_assert_str_eq(objection->org, world_id(LAB_2));
	ck_assert_uint_eq(objection->objection->proposal, BOTH_LABS);
	unit_assert_bytes(objection->objection->grounds_sha256.data,
			  objection->objection->grounds_sha256.len, grounds.data, grounds.len);
	ck_assert_uint_eq(objection->decision, 1);
	ck_assert_uint_eq(objection->time, world->time_ms);
	ck_assert_uint_eq(objection->log_index, world->log_size - 1);
	ck_assert_uint_eq(objection->resolved_log_index, 0);
	taken = world_value(world, VALUE_TAKEN, "objected/P1/C1/1/1/%s", world_id(LAB_2));
	ck_assert_uint_eq(taken->number, 2);
	call = tender_call(world);
	ck_assert_uint_eq(call.objections, 2);
	ck_assert_uint_eq(call.open_objections, 2);
	ck_assert_uint_eq(tender_proposal(world, BOTH_LABS).open_objections, 1);
	ck_assert_uint_eq(tender_proposal(world, ONE_LAB).open_objections, 1);
	ck_assert_uint_eq(tender_proposal(world, BOTH_LABS).changed_log_index,
			  world->log_size - 4); /* the decision's */
	world_free(world);
}

UNIT_TEST(an_organisation_objects_to_a_decision_once)
{
	struct world *world = with_decisions();

	object(world, LAB_1, BOTH_LABS, ERR_OK);
	object(world, LAB_1, BOTH_LABS, ERR_EXISTS_OBJECTION);
	object(world, LAB_2, BOTH_LABS, ERR_OK);
	object(world, LAB_1, ONE_LAB, ERR_OK);
	resolve(world, 1, false, ERR_OK);
	object(world, LAB_1, BOTH_LABS, ERR_EXISTS_OBJECTION); /* resolved is not undone */
	world_free(world);
}

UNIT_TEST(only_who_has_a_part_in_a_revealed_proposal_objects)
{
	struct world *world = with_decisions();

	object(world, OUTSIDE, BOTH_LABS, ERR_NOT_A_PARTY); /* it has none */
	hearing_put_party(world, OUTSIDE, 0);
	object(world, OUTSIDE, BOTH_LABS, ERR_NOT_A_PARTY); /* its proposal stayed sealed */
	hearing_put_party(world, OUTSIDE, 1);
	object(world, OUTSIDE, BOTH_LABS, ERR_OK);
	world_free(world);
}

UNIT_TEST(only_decisions_are_objected_to)
{
	struct world *world = with_decisions();

	object(world, LAB_1, OTHER_LAB, ERR_PROPOSAL_STATE);
	object(world, LAB_1, SEALED, ERR_PROPOSAL_STATE);
	object(world, LAB_1, NO_PROPOSAL, ERR_NOT_FOUND_PROPOSAL);
	object(world, LAB_1, BOTH_LABS, ERR_OK); /* selected */
	object(world, LAB_1, ONE_LAB, ERR_OK);	 /* declined */
	world_free(world);
}

UNIT_TEST(objections_have_their_time)
{
	struct world *world = with_decisions();

	tender_at(world, DECIDED_AT + HEARING_OBJECTION_MS - 1);
	object(world, LAB_1, BOTH_LABS, ERR_OK);
	tender_at(world, DECIDED_AT + HEARING_OBJECTION_MS);
	object(world, LAB_2, BOTH_LABS, ERR_OBJECTION_WINDOW);
	tender_at(world, DECIDED_AT + HEARING_OBJECTION_MS + 1);
	object(world, LAB_2, BOTH_LABS, ERR_OBJECTION_WINDOW);
	world_free(world);
}

UNIT_TEST(a_call_without_objection_time_takes_none)
{
	struct world *world = with_decisions();
	Stele__CallValue call = tender_call(world);

	call.terms->objection_ms = 0;
	tender_put_call(world, &call);
	object(world, LAB_1, BOTH_LABS, ERR_OBJECTION_WINDOW);
	world_free(world);
}

/* Everything is wrong at first, and is mended in the order of the rules. */
UNIT_TEST(the_rules_of_an_objection_are_asked_in_their_order)
{
	struct world *world = with_decisions();
	Stele__ObjectionFile *record = make_objection(BOTH_LABS);
	Stele__ProposalValue proposal;

	object(world, LAB_1, BOTH_LABS, ERR_OK);
	tender_at(world, DECIDED_AT + HEARING_OBJECTION_MS);
	hearing_put_party(world, LAB_1, 0);
	proposal = tender_proposal(world, BOTH_LABS);
	proposal.state = STELE__PROPOSAL_STATE__PROPOSAL_REVEALED;
	tender_put_proposal(world, &proposal);
	hearing_spoil(world);
	hearing_mend_proposal(world, LAB_1, OP(OBJECTION_FILE), record, &record->programme,
			      &record->call, &record->proposal);
	object(world, LAB_1, BOTH_LABS, ERR_PROPOSAL_STATE);
	proposal.state = STELE__PROPOSAL_STATE__PROPOSAL_SELECTED;
	tender_put_proposal(world, &proposal);
	object(world, LAB_1, BOTH_LABS, ERR_NOT_A_PARTY);
	hearing_put_party(world, LAB_1, 1);
	object(world, LAB_1, BOTH_LABS, ERR_OBJECTION_WINDOW);
	proposal.decided_time++;
	tender_put_proposal(world, &proposal);
	object(world, LAB_1, BOTH_LABS, ERR_EXISTS_OBJECTION);
	object(world, LAB_2, BOTH_LABS, ERR_OK);
	world_free(world);
}

/* --- objection.resolve ----------------------------------------------------------- */

UNIT_TEST(a_dismissed_objection_leaves_the_decision)
{
	struct world *world = with_decisions();
	ProtobufCBinaryData reason = world_hash(5);
	const Stele__ObjectionValue *objection;
	Stele__ProposalValue before, proposal;
	Stele__CallValue call;

	before = tender_proposal(world, BOTH_LABS);
	object(world, LAB_2, BOTH_LABS, ERR_OK);
	tender_at(world, DECIDED_AT + HEARING_OBJECTION_MS + 1); /* at any time */
	resolve(world, 1, false, ERR_OK);
	objection = objection_at(world, 1);
	ck_assert_int_eq(objection->state, STELE__OBJECTION_STATE__OBJECTION_DISMISSED);
	unit_assert_bytes(objection->reason_sha256.data, objection->reason_sha256.len, reason.data,
			  reason.len);
	ck_assert_uint_eq(objection->log_index, world->log_size - 2);
	ck_assert_uint_eq(objection->resolved_log_index, world->log_size - 1);
	ck_assert_uint_eq(objection->motion, 0);
	proposal = tender_proposal(world, BOTH_LABS);
	ck_assert_int_eq(proposal.state, before.state);
	ck_assert_uint_eq(proposal.amount, 30000);
	ck_assert_uint_eq(proposal.decided_time, DECIDED_AT);
	ck_assert_uint_eq(proposal.changed_log_index, before.changed_log_index);
	ck_assert_uint_eq(proposal.open_objections, 0);
	call = tender_call(world);
	ck_assert_uint_eq(call.objections, 1);
	ck_assert_uint_eq(call.open_objections, 0);
	ck_assert_uint_eq(call.decided, 2);
	ck_assert_uint_eq(call.selected, 1);
	world_free(world);
}

UNIT_TEST(an_upheld_objection_voids_a_selection)
{
	struct world *world = with_decisions();
	Stele__ProposalValue proposal = tender_proposal(world, BOTH_LABS);
	Stele__CallValue call;

	proposal.decided_motion = 7;
	tender_put_proposal(world, &proposal);
	object(world, LAB_2, BOTH_LABS, ERR_OK);
	resolve(world, 1, true, ERR_OK);
	ck_assert_int_eq(objection_at(world, 1)->state, STELE__OBJECTION_STATE__OBJECTION_UPHELD);
	proposal = tender_proposal(world, BOTH_LABS);
	ck_assert_int_eq(proposal.state, STELE__PROPOSAL_STATE__PROPOSAL_REVEALED);
	ck_assert_uint_eq(proposal.amount, 0);
	ck_assert_uint_eq(proposal.decisions, 1);
	ck_assert_uint_eq(proposal.decided_time, 0);
	ck_assert_uint_eq(proposal.decided_log_index, 0);
	ck_assert_uint_eq(proposal.decided_motion, 0);
	ck_assert_uint_eq(proposal.changed_log_index, world->log_size - 1);
	ck_assert_uint_eq(proposal.open_objections, 0);
	ck_assert_uint_eq(proposal.revealed_reviews, 2);
	ck_assert_uint_eq(proposal.score, 120000);
	call = tender_call(world);
	ck_assert_uint_eq(call.decided, 1);
	ck_assert_uint_eq(call.selected, 0);
	ck_assert_uint_eq(call.selected_amount, 0);
	object(world, LAB_1, BOTH_LABS, ERR_PROPOSAL_STATE);
	world_free(world);
}

UNIT_TEST(an_upheld_objection_voids_a_refusal)
{
	struct world *world = with_decisions();
	Stele__CallValue call;

	object(world, LAB_2, ONE_LAB, ERR_OK);
	resolve(world, 1, true, ERR_OK);
	ck_assert_int_eq(tender_proposal(world, ONE_LAB).state,
			 STELE__PROPOSAL_STATE__PROPOSAL_REVEALED);
	call = tender_call(world);
	ck_assert_uint_eq(call.decided, 1);
	ck_assert_uint_eq(call.selected, 1);
	ck_assert_uint_eq(call.selected_amount, 30000);
	world_free(world);
}

UNIT_TEST(what_is_decided_anew_is_objected_to_anew)
{
	struct world *world = with_decisions();
	Stele__ProposalValue proposal;

	object(world, LAB_2, BOTH_LABS, ERR_OK);
	resolve(world, 1, true, ERR_OK);
	tender_at(world, DECIDED_AT + HEARING_OBJECTION_MS);
	decide(world, BOTH_LABS, SELECTED, 20000);
	proposal = tender_proposal(world, BOTH_LABS);
	ck_assert_uint_eq(proposal.decisions, 2);
	ck_assert_uint_eq(proposal.amount, 20000);
	ck_assert_uint_eq(proposal.decided_time, world->time_ms);
	ck_assert_uint_eq(tender_call(world).selected_amount, 20000);
	object(world, LAB_1, ONE_LAB, ERR_OBJECTION_WINDOW); /* decided before */
	object(world, LAB_2, BOTH_LABS, ERR_OK);
	object(world, LAB_2, BOTH_LABS, ERR_EXISTS_OBJECTION);
	ck_assert_uint_eq(objection_at(world, 2)->decision, 2);
	ck_assert(world_has(world, "objected/P1/C1/1/2/%s", world_id(LAB_2)));
	tender_at(world, DECIDED_AT + 2 * HEARING_OBJECTION_MS - 1);
	object(world, LAB_1, BOTH_LABS, ERR_OK);
	resolve(world, 2, true, ERR_OK);
	decide(world, BOTH_LABS, DECLINED, 0);
	ck_assert_uint_eq(tender_proposal(world, BOTH_LABS).decisions, 3);
	ck_assert_uint_eq(tender_call(world).selected, 0);
	world_free(world);
}

UNIT_TEST(an_objection_to_a_void_decision_changes_nothing_more)
{
	struct world *world = with_decisions();
	Stele__ProposalValue before, proposal;

	object(world, LAB_1, BOTH_LABS, ERR_OK);
	object(world, LAB_2, BOTH_LABS, ERR_OK);
	hearing_put_party(world, OUTSIDE, 1);
	object(world, OUTSIDE, BOTH_LABS, ERR_OK);
	resolve(world, 2, true, ERR_OK);
	before = tender_proposal(world, BOTH_LABS);
	resolve(world, 1, true, ERR_OK); /* void, not decided anew */
	proposal = tender_proposal(world, BOTH_LABS);
	ck_assert_uint_eq(proposal.changed_log_index, before.changed_log_index);
	ck_assert_uint_eq(proposal.open_objections, 1);
	ck_assert_uint_eq(tender_call(world).decided, 1);
	decide(world, BOTH_LABS, SELECTED, 10000);
	resolve(world, 3, true, ERR_OK); /* void, and decided anew */
	proposal = tender_proposal(world, BOTH_LABS);
	ck_assert_int_eq(proposal.state, STELE__PROPOSAL_STATE__PROPOSAL_SELECTED);
	ck_assert_uint_eq(proposal.amount, 10000);
	ck_assert_uint_eq(proposal.open_objections, 0);
	ck_assert_int_eq(objection_at(world, 3)->state, STELE__OBJECTION_STATE__OBJECTION_UPHELD);
	ck_assert_uint_eq(tender_call(world).selected_amount, 10000);
	ck_assert_uint_eq(tender_call(world).open_objections, 0);
	world_free(world);
}

UNIT_TEST(an_objection_to_a_void_decision_can_be_dismissed)
{
	struct world *world = with_decisions();

	object(world, LAB_1, BOTH_LABS, ERR_OK);
	object(world, LAB_2, BOTH_LABS, ERR_OK);
	resolve(world, 2, true, ERR_OK);
	resolve(world, 1, false, ERR_OK);
	ck_assert_int_eq(objection_at(world, 1)->state,
			 STELE__OBJECTION_STATE__OBJECTION_DISMISSED);
	ck_assert_int_eq(tender_proposal(world, BOTH_LABS).state,
			 STELE__PROPOSAL_STATE__PROPOSAL_REVEALED);
	ck_assert_uint_eq(tender_proposal(world, BOTH_LABS).open_objections, 0);
	world_free(world);
}

UNIT_TEST(an_objection_is_resolved_once)
{
	struct world *world = with_decisions();

	resolve(world, 1, true, ERR_NOT_FOUND_OBJECTION);
	resolve(world, 0, true, ERR_NOT_FOUND_OBJECTION);
	object(world, LAB_1, BOTH_LABS, ERR_OK);
	object(world, LAB_2, BOTH_LABS, ERR_OK);
	resolve(world, 1, false, ERR_OK);
	resolve(world, 1, true, ERR_OBJECTION_RESOLVED);
	resolve(world, 2, true, ERR_OK);
	resolve(world, 2, false, ERR_OBJECTION_RESOLVED);
	resolve(world, 3, false, ERR_NOT_FOUND_OBJECTION);
	world_free(world);
}

static void anybody_resolves(struct genesis *genesis)
{
	for (uint32_t i = 0; i < genesis->rules_count; i++)
		genesis->rules[i].openers = 0xfe;
}

UNIT_TEST(the_rules_of_a_resolution_are_asked_in_their_order)
{
	struct world *world = with_decisions_and(anybody_resolves);
	Stele__ObjectionResolve *record = make_resolution(2, true);

	object(world, LAB_1, BOTH_LABS, ERR_OK);
	resolve(world, 1, false, ERR_OK);
	hearing_spoil(world);
	hearing_mend_call(world, FUNDER, OP(OBJECTION_RESOLVE), record, &record->programme,
			  &record->call);
	world_refuses(world, FUNDER, OP(OBJECTION_RESOLVE), record, ERR_PROGRAMME_AGENCY);
	world_refuses(world, AGENCY, OP(OBJECTION_RESOLVE), record, ERR_NOT_FOUND_OBJECTION);
	record->objection = 1;
	world_refuses(world, AGENCY, OP(OBJECTION_RESOLVE), record, ERR_OBJECTION_RESOLVED);
	world_free(world);
}

static void by_motion(struct genesis *genesis)
{
	for (uint32_t i = 0; i < genesis->rules_count; i++) {
		if (genesis->rules[i].operation != OP(OBJECTION_RESOLVE))
			continue;
		genesis->rules[i].approvals = 2;
		genesis->rules[i].approvers = STELE__ROLE__ROLE_VALIDATOR;
	}
}

UNIT_TEST(a_motion_that_resolves_is_named_by_the_objection)
{
	struct world *world = with_decisions_and(by_motion);
	Stele__MotionApprove approve = STELE__MOTION_APPROVE__INIT;

	object(world, LAB_2, BOTH_LABS, ERR_OK);
	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN),
			    world_motion(world, OP(OBJECTION_RESOLVE), make_resolution(1, true)));
	approve.motion = 1;
	world_refuses(world, LAB_1, OP(MOTION_APPROVE), &approve, ERR_MOTION_OWN_AWARD); /* M-07 */
	(void)world_accepts(world, AUDITOR, OP(MOTION_APPROVE), &approve);
	ck_assert_uint_eq(objection_at(world, 1)->motion, 1);
	ck_assert_uint_eq(objection_at(world, 1)->resolved_log_index, world->log_size - 1);
	world_free(world);
}

/* --- the whole way ------------------------------------------------------------------ */

static void review(struct world *world, enum reviewer reviewer)
{
	(void)world_accepts(world, as(world, reviewer), OP(REVIEW_COMMIT),
			    make_review(world, reviewer, BOTH_LABS, make_scores(8, 3)));
}

static void reveal(struct world *world, enum reviewer reviewer)
{
	(void)world_accepts(world, as(world, reviewer), OP(REVIEW_REVEAL),
			    make_opening(BOTH_LABS, make_scores(8, 3)));
}

static void award(struct world *world, uint64_t amount, enum err want)
{
	Stele__AwardGrant *record = make_grant(amount);
	Stele__Recipient *consortium[] = {make_recipient(world_id(LAB_1), 6000),
					  make_recipient(world_id(LAB_2), 4000)};

	record->call = (char *)"C1";
	record->proposal = BOTH_LABS;
	grant_recipients(record, 2, consortium);
	world_expects(world, AGENCY, OP(AWARD_GRANT), record, want);
}

UNIT_TEST(from_sealed_reviews_over_an_objection_to_an_award)
{
	struct world *world = hearing_new(NULL);
	uint64_t again = DECIDED_AT + HEARING_OBJECTION_MS;

	hearing_panel(world);
	review(world, REVIEWER_1);
	review(world, REVIEWER_2);
	tender_at(world, DECIDED_AT);
	reveal(world, REVIEWER_1);
	reveal(world, REVIEWER_2);
	decide(world, BOTH_LABS, SELECTED, 30000);
	object(world, LAB_2, BOTH_LABS, ERR_OK);
	tender_at(world, again);
	award(world, 30000, ERR_OBJECTION_OPEN);
	resolve(world, 1, true, ERR_OK);
	award(world, 30000, ERR_NOT_SELECTED);
	decide(world, BOTH_LABS, SELECTED, 20000);
	tender_at(world, again + HEARING_OBJECTION_MS - 1);
	award(world, 20000, ERR_OBJECTION_OPEN); /* somebody still may */
	tender_at(world, again + HEARING_OBJECTION_MS);
	award(world, 20001, ERR_DECISION_AMOUNT);
	award(world, 20000, ERR_OK);
	ck_assert_uint_eq(tender_proposal(world, BOTH_LABS).award, 1);
	object(world, LAB_1, BOTH_LABS, ERR_OBJECTION_WINDOW); /* no decision falls with an award */
	world_free(world);
}

UNIT_MAIN("apply_objection", an_objection_is_open_in_the_call_and_with_the_proposal,
	  an_organisation_objects_to_a_decision_once,
	  only_who_has_a_part_in_a_revealed_proposal_objects, only_decisions_are_objected_to,
	  objections_have_their_time, a_call_without_objection_time_takes_none,
	  the_rules_of_an_objection_are_asked_in_their_order,
	  a_dismissed_objection_leaves_the_decision, an_upheld_objection_voids_a_selection,
	  an_upheld_objection_voids_a_refusal, what_is_decided_anew_is_objected_to_anew,
	  an_objection_to_a_void_decision_changes_nothing_more,
	  an_objection_to_a_void_decision_can_be_dismissed, an_objection_is_resolved_once,
	  the_rules_of_a_resolution_are_asked_in_their_order,
	  a_motion_that_resolves_is_named_by_the_objection,
	  from_sealed_reviews_over_an_objection_to_an_award)
