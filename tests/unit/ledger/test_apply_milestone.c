/* Milestones: rules MC and MA, and what they make payable. */
#include <string.h>

#include "base/limits.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world_award.h"

#define CONTENTS 33 /* 1 … 33 have claim 1 of LAB_1 */

static Stele__AwardGrant *grant_of(size_t count, const uint64_t *amounts)
{
	uint64_t sum = 0;
	Stele__AwardGrant *grant;

	for (size_t i = 0; i < count; i++)
		sum += amounts[i];
	grant = make_grant(sum);
	grant_milestones(grant, count, amounts);
	return grant;
}

/* Award 1 of milestones of 400 and 600, active, with what LAB_1 anchored. */
static struct world *with_milestones(void)
{
	static const uint64_t amounts[] = {400, 600};
	struct world *world = world_with_active(grant_of(2, amounts));

	for (uint64_t content = 1; content <= CONTENTS; content++)
		(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(content));
	return world;
}

static void claim(struct world *world, Stele__MilestoneClaim *record, enum err want)
{
	world_expects(world, LAB_1, OP(MILESTONE_CLAIM), record, want);
}

static void assess(struct world *world, uint32_t milestone, Stele__Assessment result,
		   uint64_t payable, enum err want)
{
	world_expects(world, AGENCY, OP(MILESTONE_ASSESS),
		      make_assess(1, milestone, result, payable), want);
}

/* Milestone 1, of that claim. */
static void assess_claim(struct world *world, uint64_t claim, Stele__Assessment result,
			 uint64_t payable, enum err want)
{
	world_expects(world, AGENCY, OP(MILESTONE_ASSESS),
		      make_assess_of(1, 1, claim, result, payable), want);
}

static const Stele__MilestoneValue *milestone(struct world *world, int number)
{
	return world_value(world, VALUE_MILESTONE, "milestone/P1/1/%d", number);
}

UNIT_TEST(a_claim_names_its_evidence_and_the_next_replaces_it)
{
	struct world *world = with_milestones();
	uint64_t index;

	ck_assert(!world_has(world, "milestone/P1/1/1"));
	claim(world, make_milestone_claim(1, 1, 1, 2), ERR_OK);
	ck_assert_uint_eq(milestone(world, 1)->n_evidence, 2);
	index = world_accepts(world, LAB_1, OP(MILESTONE_CLAIM), make_milestone_claim(1, 1, 3, 1));
	ck_assert_uint_eq(milestone(world, 1)->number, 1);
	ck_assert_uint_eq(milestone(world, 1)->claims, 2);
	ck_assert_uint_eq(milestone(world, 1)->n_evidence, 1);
	ck_assert_mem_eq(milestone(world, 1)->evidence[0]->sha256.data, world_hash(3).data, 32);
	ck_assert_uint_eq(milestone(world, 1)->claimed_log_index, index);
	ck_assert_uint_eq(milestone(world, 1)->assessed_log_index, 0);
	ck_assert_int_eq(milestone(world, 1)->result, STELE__ASSESSMENT__ASSESSMENT_NONE);
	ck_assert(!world_has(world, "milestone/P1/1/2"));
	ck_assert_uint_eq(world_award(world, 1)->payable, 0);
	world_free(world);
}

UNIT_TEST(a_milestone_is_one_of_the_awards)
{
	struct world *world = with_milestones();

	for (uint32_t number = 0; number <= 3; number += 3) {
		claim(world, make_milestone_claim(1, number, 1, 1), ERR_NOT_FOUND_MILESTONE);
		assess(world, number, NOT_MET, 0, ERR_NOT_FOUND_MILESTONE);
	}
	claim(world, make_milestone_claim(1, UINT32_MAX, 1, 1), ERR_NOT_FOUND_MILESTONE);
	claim(world, make_milestone_claim(1, 2, 1, 1), ERR_OK);
	world_free(world);
}

UNIT_TEST(an_award_without_milestones_takes_no_claim)
{
	struct world *world = world_with_active(make_grant(1000));

	claim(world, make_milestone_claim(1, 1, 1, 1), ERR_NOT_FOUND_MILESTONE);
	claim(world, make_milestone_claim(1, 0, 1, 1), ERR_NOT_FOUND_MILESTONE);
	assess(world, 0, NOT_MET, 0, ERR_NOT_FOUND_MILESTONE);
	world_free(world);
}

UNIT_TEST(evidence_is_live_claims_of_recipients_each_once)
{
	struct world *world = with_milestones();
	Stele__MilestoneClaim *record = make_milestone_claim(1, 1, 1, 2);
	Stele__ContentWithdraw withdraw = STELE__CONTENT_WITHDRAW__INIT;

	record->evidence[1] = make_ref(1, 1);
	claim(world, record, ERR_AREA_DUPLICATE);
	record->evidence[1] = make_ref(99, 1); /* nobody's */
	claim(world, record, ERR_EVIDENCE_CLAIM);
	record->evidence[1] = make_ref(2, 2);
	claim(world, record, ERR_EVIDENCE_CLAIM);
	record->evidence[1] = make_ref(2, 0);
	claim(world, record, ERR_EVIDENCE_CLAIM);
	(void)world_accepts(world, LAB_2, OP(CONTENT_ANCHOR), make_anchor(2));
	record->evidence[1] = make_ref(2, 2); /* no recipient's */
	claim(world, record, ERR_EVIDENCE_CLAIM);
	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1));
	record->evidence[1] = make_ref(1, 2); /* the same content, another claim */
	claim(world, record, ERR_OK);
	withdraw.target = make_ref(1, 2);
	(void)world_accepts(world, LAB_1, OP(CONTENT_WITHDRAW), &withdraw);
	claim(world, record, ERR_EVIDENCE_CLAIM);
	ck_assert_uint_eq(milestone(world, 1)->claims, 1);
	world_free(world);
}

UNIT_TEST(a_superseded_claim_is_no_evidence)
{
	struct world *world = with_milestones();
	Stele__ContentSupersede supersede = STELE__CONTENT_SUPERSEDE__INIT;

	supersede.target = make_ref(1, 1);
	supersede.by = make_ref(2, 1);
	(void)world_accepts(world, LAB_1, OP(CONTENT_SUPERSEDE), &supersede);
	claim(world, make_milestone_claim(1, 1, 1, 1), ERR_EVIDENCE_CLAIM);
	claim(world, make_milestone_claim(1, 1, 2, 1), ERR_OK);
	world_free(world);
}

/* The first piece that fails decides, and of a piece that it stands there twice. */
UNIT_TEST(evidence_is_asked_in_turn)
{
	struct world *world = with_milestones();
	Stele__MilestoneClaim *record = make_milestone_claim(1, 1, 99, 3);

	record->evidence[1] = make_ref(1, 1);
	record->evidence[2] = make_ref(1, 1);
	claim(world, record, ERR_EVIDENCE_CLAIM);
	record->evidence[0] = make_ref(2, 1);
	claim(world, record, ERR_AREA_DUPLICATE);
	world_free(world);
}

UNIT_TEST(as_much_evidence_as_there_may_be)
{
	struct world *world = with_milestones();

	claim(world, make_milestone_claim(1, 1, 1, 32), ERR_OK);
	ck_assert_uint_eq(milestone(world, 1)->n_evidence, 32);
	world_free(world);
}

UNIT_TEST(any_recipient_claims_with_what_any_recipient_anchored)
{
	static const uint64_t amounts[] = {1000};
	Stele__AwardGrant *grant = grant_of(1, amounts);
	Stele__Recipient *list[] = {make_recipient(world_id(LAB_1), 5000),
				    make_recipient(world_id(LAB_2), 5000)};
	struct world *world;

	grant_recipients(grant, 2, list);
	world = world_with_active(grant);
	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1));
	world_refuses(world, LAB_2, OP(MILESTONE_CLAIM), make_milestone_claim(1, 1, 1, 1),
		      ERR_AWARD_STATE); /* its own acceptance is missing */
	(void)world_accepts(world, LAB_2, OP(AWARD_ACCEPT), make_accept(1));
	(void)world_accepts(world, LAB_2, OP(MILESTONE_CLAIM), make_milestone_claim(1, 1, 1, 1));
	world_free(world);
}

UNIT_TEST(what_is_payable_fits_the_result_to_the_fen)
{
	static const struct {
		Stele__Assessment result;
		uint64_t payable;
		enum err want;
	} cases[] = {
		{MET, 399, ERR_PAYABLE},      {MET, 400, ERR_OK},
		{MET, 401, ERR_PAYABLE},      {MET, 0, ERR_PAYABLE},
		{PARTLY, 0, ERR_PAYABLE},     {PARTLY, 1, ERR_OK},
		{PARTLY, 399, ERR_OK},        {PARTLY, 400, ERR_PAYABLE},
		{PARTLY, UINT64_MAX, ERR_PAYABLE},
		{NOT_MET, 0, ERR_OK},         {NOT_MET, 1, ERR_PAYABLE},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *world = with_milestones();

		claim(world, make_milestone_claim(1, 1, 1, 1), ERR_OK);
		assess_claim(world, 1, cases[i].result, cases[i].payable, cases[i].want);
		if (cases[i].want == ERR_OK) {
			ck_assert_int_eq(milestone(world, 1)->result, cases[i].result);
			ck_assert_uint_eq(milestone(world, 1)->payable, cases[i].payable);
			ck_assert_uint_eq(milestone(world, 1)->assessed_log_index,
					  world->log_size - 1);
			ck_assert_uint_eq(world_award(world, 1)->payable, cases[i].payable);
			ck_assert_uint_eq(world_award(world, 1)->assessed, 1);
		}
		world_free(world);
	}
}

UNIT_TEST(nothing_is_met_that_nobody_claimed)
{
	struct world *world = with_milestones();

	assess(world, 1, MET, 400, ERR_MILESTONE_UNCLAIMED);
	assess(world, 1, PARTLY, 1, ERR_MILESTONE_UNCLAIMED);
	assess(world, 1, MET, 401, ERR_MILESTONE_UNCLAIMED); /* MA-06 before MA-07 */
	assess(world, 1, NOT_MET, 1, ERR_PAYABLE);
	assess(world, 1, NOT_MET, 0, ERR_OK);
	ck_assert_uint_eq(milestone(world, 1)->claims, 0);
	ck_assert_uint_eq(milestone(world, 1)->number, 1);
	world_free(world);
}

/* A claim that a recipient puts before the assessment is not the one that was looked at. */
UNIT_TEST(an_assessment_is_of_the_newest_claim)
{
	struct world *world = with_milestones();
	enum err other = ERR_MILESTONE_CLAIM; /* MA-08 */

	assess_claim(world, 1, NOT_MET, 0, other);
	assess_claim(world, 1, MET, 400, ERR_MILESTONE_UNCLAIMED); /* MA-06 before MA-08 */
	claim(world, make_milestone_claim(1, 1, 1, 1), ERR_OK);
	assess_claim(world, 0, MET, 400, other);
	assess_claim(world, 0, NOT_MET, 0, other);
	claim(world, make_milestone_claim(1, 1, 2, 1), ERR_OK);
	assess_claim(world, 1, MET, 400, other);
	assess_claim(world, 1, PARTLY, 1, other);
	assess_claim(world, 3, MET, 401, other); /* MA-08 before MA-07 */
	assess_claim(world, 2, MET, 401, ERR_PAYABLE);
	assess_claim(world, 2, MET, 400, ERR_OK);
	ck_assert_uint_eq(milestone(world, 1)->claims, 2);
	world_free(world);
}

UNIT_TEST(an_assessment_is_final)
{
	struct world *world = with_milestones();

	assess(world, 1, NOT_MET, 0, ERR_OK);
	claim(world, make_milestone_claim(1, 1, 99, 1), ERR_MILESTONE_ASSESSED);
	assess(world, 1, MET, 400, ERR_MILESTONE_ASSESSED);
	assess(world, 1, NOT_MET, 0, ERR_MILESTONE_ASSESSED);
	ck_assert_uint_eq(world_award(world, 1)->assessed, 1);
	world_free(world);
}

UNIT_TEST(payments_wait_for_assessments_and_stop_at_what_they_give)
{
	struct world *world = with_milestones();

	claim(world, make_milestone_claim(1, 1, 1, 1), ERR_OK);
	claim(world, make_milestone_claim(1, 2, 2, 1), ERR_OK);
	world_refuses(world, FUNDER, OP(DISBURSEMENT_RECORD), make_milestone_payment(1, 1, 1, 1),
		      ERR_PAYMENT_OVER);
	assess(world, 1, PARTLY, 150, ERR_OK);
	world_refuses(world, FUNDER, OP(DISBURSEMENT_RECORD), make_milestone_payment(1, 1, 151, 1),
		      ERR_PAYMENT_OVER);
	(void)world_accepts(world, FUNDER, OP(DISBURSEMENT_RECORD),
			    make_milestone_payment(1, 1, 150, 1));
	world_refuses(world, FUNDER, OP(DISBURSEMENT_RECORD), make_milestone_payment(1, 2, 1, 2),
		      ERR_PAYMENT_OVER);
	assess(world, 2, MET, 600, ERR_OK);
	ck_assert_uint_eq(world_award(world, 1)->payable, 750);
	world_refuses(world, FUNDER, OP(DISBURSEMENT_RECORD), make_milestone_payment(1, 2, 601, 2),
		      ERR_PAYMENT_OVER);
	(void)world_accepts(world, FUNDER, OP(DISBURSEMENT_RECORD),
			    make_milestone_payment(1, 2, 600, 2));
	ck_assert_uint_eq(world_programme(world)->committed, 1000);
	world_free(world);
}

UNIT_TEST(milestones_of_the_greatest_amounts_add_up)
{
	static const uint64_t amounts[] = {LIMIT_MONEY - 1, 1};
	struct world *world = world_new(NULL);
	Stele__ProgrammeCreate *programme = make_programme();

	programme->budget = LIMIT_MONEY;
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), programme);
	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), grant_of(2, amounts));
	(void)world_accepts(world, LAB_1, OP(AWARD_ACCEPT), make_accept(1));
	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1));
	for (uint32_t i = 1; i <= 2; i++) {
		claim(world, make_milestone_claim(1, i, 1, 1), ERR_OK);
		assess(world, i, MET, amounts[i - 1], ERR_OK);
	}
	ck_assert_uint_eq(world_award(world, 1)->payable, LIMIT_MONEY);
	(void)world_accepts(world, FUNDER, OP(DISBURSEMENT_RECORD),
			    make_milestone_payment(1, 1, LIMIT_MONEY, 1));
	world_free(world);
}

UNIT_TEST(each_of_64_milestones_is_claimed_assessed_and_paid)
{
	uint64_t amounts[64];
	struct world *world;

	for (size_t i = 0; i < 64; i++)
		amounts[i] = i + 1;
	world = world_with_active(grant_of(64, amounts));
	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1));
	for (uint32_t i = 1; i <= 64; i++) {
		claim(world, make_milestone_claim(1, i, 1, 1), ERR_OK);
		assess(world, i, MET, i, ERR_OK);
	}
	(void)world_accepts(world, FUNDER, OP(DISBURSEMENT_RECORD),
			    make_milestone_payment(1, 64, 64 * 65 / 2, 1));
	world_step(world, OP(AWARD_COMPLETE));
	world_free(world);
}

UNIT_MAIN("apply_milestone", a_claim_names_its_evidence_and_the_next_replaces_it,
	  a_milestone_is_one_of_the_awards, an_award_without_milestones_takes_no_claim,
	  evidence_is_live_claims_of_recipients_each_once, a_superseded_claim_is_no_evidence,
	  evidence_is_asked_in_turn, as_much_evidence_as_there_may_be,
	  any_recipient_claims_with_what_any_recipient_anchored,
	  what_is_payable_fits_the_result_to_the_fen, nothing_is_met_that_nobody_claimed,
	  an_assessment_is_of_the_newest_claim, an_assessment_is_final,
	  payments_wait_for_assessments_and_stop_at_what_they_give,
	  milestones_of_the_greatest_amounts_add_up,
	  each_of_64_milestones_is_claimed_assessed_and_paid)
