/* award.amend: rules AA. */
#include <string.h>

#include "base/limits.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world_award.h"

static Stele__AwardGrant *grant_of(uint64_t one, uint64_t two)
{
	uint64_t amounts[] = {one, two};
	Stele__AwardGrant *grant = make_grant(one + two);

	grant_milestones(grant, 2, amounts);
	return grant;
}

static void amend(struct world *world, Stele__AwardAmend *record, enum err want)
{
	world_expects(world, AGENCY, OP(AWARD_AMEND), record, want);
}

static void pay(struct world *world, uint64_t amount, uint64_t reference)
{
	(void)world_accepts(world, FUNDER, OP(DISBURSEMENT_RECORD),
			    make_payment(1, amount, reference));
}

/* Award 1 of 400 and 600; the first is assessed. */
static struct world *with_assessed(Stele__Assessment result, uint64_t payable)
{
	struct world *world = world_with_active(grant_of(400, 600));

	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1));
	(void)world_accepts(world, LAB_1, OP(MILESTONE_CLAIM), make_milestone_claim(1, 1, 1, 1));
	(void)world_accepts(world, AGENCY, OP(MILESTONE_ASSESS),
			    make_assess_of(1, 1, 1, result, payable));
	return world;
}

UNIT_TEST(an_amendment_replaces_amount_period_terms_and_milestones)
{
	struct world *world = world_with_active(make_grant(1000));
	Stele__AwardGrant *terms = grant_of(1500, 500);
	Stele__AwardAmend *record = make_amend(terms, 1, 1);
	const Stele__AwardValue *award;
	uint64_t index;

	record->period->end = (char *)"2028-06-30";
	record->terms_sha256 = world_hash(77);
	index = world_accepts(world, AGENCY, OP(AWARD_AMEND), record);
	award = world_award(world, 1);
	ck_assert_uint_eq(award->version, 1);
	ck_assert_uint_eq(award->changed_log_index, index);
	ck_assert_uint_eq(award->grant->amount, 2000);
	ck_assert_uint_eq(award->committed, 2000);
	ck_assert_str_eq(award->grant->period->end, "2028-06-30");
	ck_assert_mem_eq(award->grant->terms_sha256.data, world_hash(77).data, 32);
	ck_assert_uint_eq(award->grant->n_milestones, 2);
	ck_assert_uint_eq(award->grant->milestones[0]->amount, 1500);
	ck_assert_str_eq(award->grant->recipients[0]->org, world_id(LAB_1));
	ck_assert_str_eq(award->grant->area, "A");
	ck_assert_int_eq(award->state, STATE(ACTIVE));
	ck_assert_uint_eq(world_programme(world)->committed, 2000);
	ck_assert_uint_eq(world_programme(world)->awards, 1);
	ck_assert_uint_eq(world_programme(world)->live_awards, 1);
	world_free(world);
}

UNIT_TEST(an_amendment_is_of_the_next_version)
{
	struct world *world = world_with_active(make_grant(1000));
	Stele__AwardGrant *terms = make_grant(1000);

	amend(world, make_amend(terms, 1, 2), ERR_VERSION);
	amend(world, make_amend(terms, 1, 1), ERR_OK);
	amend(world, make_amend(terms, 1, 1), ERR_VERSION);
	amend(world, make_amend(terms, 1, 3), ERR_VERSION);
	amend(world, make_amend(terms, 1, INT64_MAX), ERR_VERSION);
	amend(world, make_amend(terms, 1, 2), ERR_OK);
	ck_assert_uint_eq(world_award(world, 1)->version, 2);
	world_free(world);
}

UNIT_TEST(a_granted_award_is_accepted_anew)
{
	Stele__AwardGrant *grant = make_grant(1000);
	Stele__Recipient *list[] = {make_recipient(world_id(LAB_1), 5000),
				    make_recipient(world_id(LAB_2), 5000)};
	struct world *world;

	grant_recipients(grant, 2, list);
	world = world_with_active(grant); /* LAB_2 has not accepted */
	amend(world, make_amend(grant, 1, 1), ERR_OK);
	ck_assert_uint_eq(world_award(world, 1)->n_accepted, 0);
	(void)world_accepts(world, LAB_2, OP(AWARD_ACCEPT), make_accept_of(1, 1));
	ck_assert_int_eq(world_award(world, 1)->state, STATE(GRANTED));
	(void)world_accepts(world, LAB_1, OP(AWARD_ACCEPT), make_accept_of(1, 1));
	ck_assert_int_eq(world_award(world, 1)->state, STATE(ACTIVE));
	amend(world, make_amend(grant, 1, 2), ERR_OK);
	ck_assert_uint_eq(world_award(world, 1)->n_accepted, 2);
	ck_assert_int_eq(world_award(world, 1)->state, STATE(ACTIVE));
	world_free(world);
}

/* What the agency puts before a recipient's signed acceptance does not bind it. */
UNIT_TEST(nobody_accepts_terms_that_were_amended_meanwhile)
{
	Stele__AwardGrant *grant = make_grant(1000);
	struct world *world = world_with_award(grant);

	world_refuses(world, LAB_1, OP(AWARD_ACCEPT), make_accept_of(1, 1), ERR_VERSION); /* B-06 */
	amend(world, make_amend(make_grant(10), 1, 1), ERR_OK);
	world_refuses(world, LAB_1, OP(AWARD_ACCEPT), make_accept(1), ERR_VERSION);
	world_refuses(world, LAB_1, OP(AWARD_ACCEPT), make_accept_of(1, 2), ERR_VERSION);
	(void)world_accepts(world, LAB_1, OP(AWARD_ACCEPT), make_accept_of(1, 1));
	world_refuses(world, LAB_1, OP(AWARD_ACCEPT), make_accept(1), ERR_AWARD_ACCEPTED);
	world_free(world);
}

typedef void spoil(Stele__AwardAmend *record);

static void milestones(Stele__AwardAmend *record, uint64_t one, uint64_t two)
{
	Stele__AwardGrant *grant = grant_of(one, two);

	record->n_milestones = grant->n_milestones;
	record->milestones = grant->milestones;
}

static void nothing(Stele__AwardAmend *record) { (void)record; }
static void amount_zero(Stele__AwardAmend *record) { record->amount = 0; }
static void amount_above(Stele__AwardAmend *record) { record->amount = UINT64_C(1) << 63; }
static void no_day(Stele__AwardAmend *record) { record->period->end = (char *)"2027-02-29"; }
static void backwards(Stele__AwardAmend *record) { record->period->end = (char *)"2027-01-31"; }
static void one_day(Stele__AwardAmend *record) { record->period->end = record->period->start; }
static void whole_period(Stele__AwardAmend *record)
{
	record->period->start = (char *)"2027-01-01";
	record->period->end = (char *)"2028-12-31";
}
static void day_early(Stele__AwardAmend *record) { record->period->start = (char *)"2026-12-31"; }
static void day_late(Stele__AwardAmend *record) { record->period->end = (char *)"2029-01-01"; }
static void sums_up(Stele__AwardAmend *record) { milestones(record, 999, 1); }
static void sum_below(Stele__AwardAmend *record) { milestones(record, 998, 1); }
static void sum_above(Stele__AwardAmend *record) { milestones(record, 999, 2); }
static void milestone_zero(Stele__AwardAmend *record) { milestones(record, 1000, 0); }
static void milestone_gap(Stele__AwardAmend *record)
{
	sums_up(record);
	record->milestones[1]->number = 3;
}
static void milestone_no_day(Stele__AwardAmend *record)
{
	sums_up(record);
	record->milestones[1]->due = (char *)"2027-04-31";
}
static void whole_budget(Stele__AwardAmend *record) { record->amount = 100000; }
static void over_budget(Stele__AwardAmend *record) { record->amount = 100001; }
static void greatest(Stele__AwardAmend *record) { record->amount = LIMIT_MONEY; }
static void amount_first(Stele__AwardAmend *record)
{
	amount_zero(record);
	no_day(record);
	sum_below(record);
}
static void day_before_period(Stele__AwardAmend *record)
{
	day_early(record);
	no_day(record);
	milestone_gap(record);
}
static void period_before_milestones(Stele__AwardAmend *record)
{
	day_early(record);
	milestone_gap(record);
	greatest(record);
}
static void milestones_before_budget(Stele__AwardAmend *record)
{
	milestone_gap(record);
	greatest(record);
}

UNIT_TEST(each_rule_of_an_amendment_by_itself_and_in_order)
{
	static const struct {
		spoil *spoil;
		enum err want;
	} cases[] = {
		{nothing, ERR_OK},
		{amount_zero, ERR_AMOUNT},
		{amount_above, ERR_AMOUNT},
		{no_day, ERR_DATE},
		{backwards, ERR_DATE},
		{one_day, ERR_OK},
		{whole_period, ERR_OK},
		{day_early, ERR_PERIOD},
		{day_late, ERR_PERIOD},
		{sums_up, ERR_OK},
		{sum_below, ERR_MILESTONES_SUM},
		{sum_above, ERR_MILESTONES_SUM},
		{milestone_zero, ERR_AMOUNT},
		{milestone_gap, ERR_MILESTONES_ORDER},
		{milestone_no_day, ERR_DATE},
		{whole_budget, ERR_OK},
		{over_budget, ERR_BUDGET},
		{greatest, ERR_BUDGET},
		{amount_first, ERR_AMOUNT},
		{day_before_period, ERR_DATE},
		{period_before_milestones, ERR_PERIOD},
		{milestones_before_budget, ERR_MILESTONES_ORDER},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *world = world_with_active(make_grant(1000));
		Stele__AwardAmend *record = make_amend(make_grant(1000), 1, 1);

		cases[i].spoil(record);
		amend(world, record, cases[i].want);
		world_free(world);
	}
}

/* What the award itself has committed counts once. */
UNIT_TEST(an_amendment_fits_the_budget_beside_the_other_awards)
{
	struct world *world = world_with_active(make_grant(60000));

	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), make_grant(30000));
	amend(world, make_amend(make_grant(70001), 1, 1), ERR_BUDGET);
	amend(world, make_amend(make_grant(70000), 1, 1), ERR_OK);
	ck_assert_uint_eq(world_programme(world)->committed, 100000);
	amend(world, make_amend(make_grant(1), 1, 2), ERR_OK);
	ck_assert_uint_eq(world_programme(world)->committed, 30001);
	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), make_grant(69999));
	world_free(world);
}

UNIT_TEST(an_amount_never_falls_below_what_is_paid)
{
	struct world *world = world_with_active(make_grant(1000));

	pay(world, 400, 1);
	amend(world, make_amend(make_grant(399), 1, 1), ERR_AMEND_BELOW);
	amend(world, make_amend(make_grant(400), 1, 1), ERR_OK);
	world_free(world);
}

UNIT_TEST(an_assessed_milestone_stays_as_it_was)
{
	struct world *world = with_assessed(MET, 400);
	Stele__AwardGrant *terms = grant_of(401, 600);

	amend(world, make_amend(terms, 1, 1), ERR_AMEND_TERMS); /* amount */
	terms = grant_of(400, 600);
	terms->milestones[0]->due = (char *)"2027-07-01";
	amend(world, make_amend(terms, 1, 1), ERR_AMEND_TERMS);
	terms = grant_of(400, 600);
	terms->milestones[0]->criteria_sha256 = world_hash(5);
	amend(world, make_amend(terms, 1, 1), ERR_AMEND_TERMS);
	amend(world, make_amend(make_grant(1000), 1, 1), ERR_AMEND_TERMS); /* none left */
	terms = grant_of(400, 1); /* the other changes, and may go */
	terms->milestones[1]->due = (char *)"";
	amend(world, make_amend(terms, 1, 1), ERR_OK);
	terms->n_milestones = 1;
	terms->amount = 400;
	amend(world, make_amend(terms, 1, 2), ERR_OK);
	ck_assert_uint_eq(world_award(world, 1)->payable, 400);
	ck_assert_uint_eq(world_award(world, 1)->assessed, 1);
	world_step(world, OP(AWARD_COMPLETE));
	world_free(world);
}

UNIT_TEST(what_was_not_met_stays_too)
{
	struct world *world = with_assessed(NOT_MET, 0);

	amend(world, make_amend(make_grant(1000), 1, 1), ERR_AMEND_TERMS);
	amend(world, make_amend(grant_of(300, 700), 1, 1), ERR_AMEND_TERMS);
	amend(world, make_amend(grant_of(400, 1), 1, 1), ERR_OK);
	world_free(world);
}

UNIT_TEST(assessed_milestones_come_before_amount_and_budget)
{
	struct world *world = with_assessed(MET, 400);

	amend(world, make_amend(grant_of(1, 1), 1, 1), ERR_AMEND_TERMS);
	amend(world, make_amend(grant_of(401, 100000), 1, 1), ERR_AMEND_TERMS);
	amend(world, make_amend(grant_of(400, 100000), 1, 1), ERR_BUDGET);
	world_free(world);
}

UNIT_TEST(a_paid_award_keeps_having_milestones_or_none)
{
	struct world *world = world_with_active(make_grant(1000));

	pay(world, 1, 1);
	amend(world, make_amend(grant_of(400, 600), 1, 1), ERR_AMEND_TERMS);
	amend(world, make_amend(grant_of(400, 100000), 1, 1), ERR_BUDGET); /* AA-12 before AA-13 */
	(void)world_accepts(world, FUNDER, OP(DISBURSEMENT_REVERSE), make_reverse(1, 1));
	amend(world, make_amend(grant_of(400, 600), 1, 1), ERR_OK);
	amend(world, make_amend(make_grant(1000), 1, 2), ERR_OK);
	pay(world, 1, 2);
	world_free(world);
}

UNIT_TEST(a_claimed_award_keeps_its_milestones)
{
	struct world *world = world_with_active(grant_of(400, 600));

	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1));
	(void)world_accepts(world, LAB_1, OP(MILESTONE_CLAIM), make_milestone_claim(1, 2, 1, 1));
	amend(world, make_amend(make_grant(1000), 1, 1), ERR_AMEND_TERMS);
	amend(world, make_amend(grant_of(1, 999), 1, 1), ERR_OK);
	world_free(world);
}

/* --- with a call ------------------------------------------------------------- */

UNIT_TEST(an_amendment_stays_within_what_was_decided)
{
	struct world *world = world_with_award_on(1000); /* 2,000 are decided */
	Stele__AwardGrant *terms = make_grant(2001);

	amend(world, make_amend(terms, 1, 1), ERR_DECISION_AMOUNT);
	terms = make_grant(LIMIT_MONEY); /* AA-11 before AA-12 */
	amend(world, make_amend(terms, 1, 1), ERR_DECISION_AMOUNT);
	terms = make_grant(2000);
	amend(world, make_amend(terms, 1, 1), ERR_OK);
	ck_assert_uint_eq(world_call(world)->committed, 2000);
	ck_assert_uint_eq(world_call(world)->live_awards, 1);
	ck_assert_uint_eq(world_programme(world)->committed, 2000);
	pay(world, 1500, 1);
	amend(world, make_amend(make_grant(1499), 1, 2), ERR_AMEND_BELOW);
	amend(world, make_amend(make_grant(1500), 1, 2), ERR_OK);
	ck_assert_uint_eq(world_call(world)->committed, 1500);
	world_free(world);
}

static void little_room(Stele__CallValue *call) { call->terms->budget = 1500; }

UNIT_TEST(an_amendment_fits_the_calls_budget)
{
	struct world *world = world_with_award_on(1000);

	world_change_call(world, little_room);
	amend(world, make_amend(make_grant(1501), 1, 1), ERR_BUDGET);
	amend(world, make_amend(make_grant(1500), 1, 1), ERR_OK);
	world_free(world);
}

UNIT_MAIN("apply_award_amend", an_amendment_replaces_amount_period_terms_and_milestones,
	  an_amendment_is_of_the_next_version, a_granted_award_is_accepted_anew,
	  nobody_accepts_terms_that_were_amended_meanwhile,
	  each_rule_of_an_amendment_by_itself_and_in_order,
	  an_amendment_fits_the_budget_beside_the_other_awards,
	  an_amount_never_falls_below_what_is_paid, an_assessed_milestone_stays_as_it_was,
	  what_was_not_met_stays_too, assessed_milestones_come_before_amount_and_budget,
	  a_paid_award_keeps_having_milestones_or_none, a_claimed_award_keeps_its_milestones,
	  an_amendment_stays_within_what_was_decided, an_amendment_fits_the_calls_budget)
