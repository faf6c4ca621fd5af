/* Awards: rules A, B, I; budget and number of awards to the fen and the one. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world.h"

static struct world *with_programme(void)
{
	struct world *world = world_new(NULL);

	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	return world;
}

static const Stele__ProgrammeValue *programme(struct world *world)
{
	return world_value(world, VALUE_PROGRAMME, "programme/P1");
}

UNIT_TEST(grant_commits_lists_and_waits_for_its_recipients)
{
	struct world *world = with_programme();
	uint64_t index = world_accepts(world, AGENCY, OP(AWARD_GRANT), make_grant(40000));
	const Stele__AwardValue *award = world_value(world, VALUE_AWARD, "award/P1/1");
	const Stele__NameValue *place;

	ck_assert_uint_eq(award->log_index, index);
	ck_assert_uint_eq(award->number, 1);
	ck_assert_uint_eq(award->committed, 40000);
	ck_assert_int_eq(award->state, STELE__AWARD_STATE__AWARD_GRANTED);
	ck_assert_uint_eq(programme(world)->awards, 1);
	ck_assert_uint_eq(programme(world)->live_awards, 1);
	ck_assert_uint_eq(programme(world)->committed, 40000);
	place = world_value(world, VALUE_NAME, "org-award/%s/1", world_id(LAB_1));
	ck_assert_str_eq(place->key, "award/P1/1");
	ck_assert(!world_has(world, "award/P1/2"));
	world_free(world);
}

UNIT_TEST(budget_holds_to_the_fen)
{
	struct world *world = with_programme();

	world_refuses(world, AGENCY, OP(AWARD_GRANT), make_grant(100001), ERR_BUDGET);
	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), make_grant(60000));
	world_refuses(world, AGENCY, OP(AWARD_GRANT), make_grant(40001), ERR_BUDGET);
	world_refuses(world, AGENCY, OP(AWARD_GRANT), make_grant(INT64_MAX), ERR_BUDGET);
	world_refuses(world, AGENCY, OP(AWARD_IMPORT), make_import("x", 40001), ERR_BUDGET);
	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), make_grant(40000));
	ck_assert_uint_eq(programme(world)->committed, 100000);
	world_refuses(world, AGENCY, OP(AWARD_GRANT), make_grant(1), ERR_BUDGET);
	world_free(world);
}

/* The sums pass 2^31, 2^32 and come up to 2^63 - 1. */
UNIT_TEST(large_budgets_do_not_wrap)
{
	static const uint64_t budgets[] = {INT32_MAX, UINT32_MAX, (UINT64_C(1) << 33) + 5, INT64_MAX};

	for (size_t i = 0; i < sizeof(budgets) / sizeof(budgets[0]); i++) {
		struct world *world = world_new(NULL);
		Stele__ProgrammeCreate *record = make_programme();
		uint64_t half = budgets[i] / 2 + 1;

		record->budget = budgets[i];
		(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), record);
		(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), make_grant(half));
		world_refuses(world, AGENCY, OP(AWARD_GRANT), make_grant(half), ERR_BUDGET);
		world_refuses(world, AGENCY, OP(AWARD_GRANT), make_grant(budgets[i]), ERR_BUDGET);
		world_refuses(world, AGENCY, OP(AWARD_GRANT), make_grant(budgets[i] - half + 1),
			      ERR_BUDGET);
		(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), make_grant(budgets[i] - half));
		world_free(world);
	}
}

UNIT_TEST(one_award_more_than_the_greatest_number_is_refused)
{
	struct world *world = with_programme();

	for (int i = 0; i < 2; i++)
		(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), make_grant(1));
	(void)world_accepts(world, AGENCY, OP(AWARD_IMPORT), make_import("x", 1));
	world_refuses(world, AGENCY, OP(AWARD_GRANT), make_grant(1), ERR_AWARDS_MAX);
	world_refuses(world, AGENCY, OP(AWARD_IMPORT), make_import("y", 1), ERR_AWARDS_MAX);
	/* Before the budget: the number is what cannot be mended by a lower amount. */
	world_refuses(world, AGENCY, OP(AWARD_GRANT), make_grant(100000), ERR_AWARDS_MAX);
	ck_assert_uint_eq(programme(world)->awards, 3);
	world_free(world);
}

typedef void spoil(Stele__AwardGrant *grant);

static void recipients(Stele__AwardGrant *grant, const char *one, uint32_t share_1,
		       const char *two, uint32_t share_2)
{
	Stele__Recipient *list[] = {make_recipient(one, share_1), make_recipient(two, share_2)};

	grant_recipients(grant, 2, list);
}

static void milestones(Stele__AwardGrant *grant, uint64_t one, uint64_t two)
{
	uint64_t amounts[] = {one, two};

	grant_milestones(grant, 2, amounts);
}

static void nothing(Stele__AwardGrant *grant) { (void)grant; }
static void call(Stele__AwardGrant *grant) { grant->call = (char *)"C1"; }
static void proposal(Stele__AwardGrant *grant) { grant->proposal = 1; }
static void area_b(Stele__AwardGrant *grant) { grant->area = (char *)"B"; }
static void area_c(Stele__AwardGrant *grant) { grant->area = (char *)"C"; }
static void area_none(Stele__AwardGrant *grant) { grant->area = (char *)""; }
static void twice(Stele__AwardGrant *grant)
{
	recipients(grant, world_id(LAB_1), 5000, world_id(LAB_1), 5000);
}
static void unknown(Stele__AwardGrant *grant)
{
	recipients(grant, world_id(LAB_1), 5000, world_usci("91110000EXAMPLE99"), 5000);
}
static void both(Stele__AwardGrant *grant)
{
	recipients(grant, world_id(LAB_1), 9999, world_id(LAB_2), 1);
}
static void outside(Stele__AwardGrant *grant)
{
	recipients(grant, world_id(LAB_1), 5000, world_id(OUTSIDE), 5000);
}
static void foreign(Stele__AwardGrant *grant)
{
	recipients(grant, world_id(LAB_1), 5000, world_id(FOREIGN), 5000);
}
static void amount_zero(Stele__AwardGrant *grant) { grant->amount = 0; }
static void amount_above(Stele__AwardGrant *grant) { grant->amount = (uint64_t)INT64_MAX + 1; }
static void shares_below(Stele__AwardGrant *grant)
{
	recipients(grant, world_id(LAB_1), 5000, world_id(LAB_2), 4999);
}
static void shares_above(Stele__AwardGrant *grant)
{
	recipients(grant, world_id(LAB_1), 5000, world_id(LAB_2), 5001);
}
static void share_zero(Stele__AwardGrant *grant)
{
	recipients(grant, world_id(LAB_1), 10000, world_id(LAB_2), 0);
}
static void shares_wrap(Stele__AwardGrant *grant)
{
	recipients(grant, world_id(LAB_1), UINT32_MAX, world_id(LAB_2), 10001);
}
static void whole_period(Stele__AwardGrant *grant)
{
	grant->period->start = (char *)"2027-01-01";
	grant->period->end = (char *)"2028-12-31";
}
static void day_early(Stele__AwardGrant *grant) { grant->period->start = (char *)"2026-12-31"; }
static void day_late(Stele__AwardGrant *grant) { grant->period->end = (char *)"2029-01-01"; }
static void no_day(Stele__AwardGrant *grant) { grant->period->end = (char *)"2027-02-29"; }
static void sums_up(Stele__AwardGrant *grant) { milestones(grant, 999, 1); }
static void sum_below(Stele__AwardGrant *grant) { milestones(grant, 998, 1); }
static void sum_above(Stele__AwardGrant *grant) { milestones(grant, 999, 2); }
static void sum_wraps(Stele__AwardGrant *grant) { milestones(grant, INT64_MAX, INT64_MAX); }
static void milestone_zero(Stele__AwardGrant *grant) { milestones(grant, 1000, 0); }
static void milestone_gap(Stele__AwardGrant *grant)
{
	sums_up(grant);
	grant->milestones[1]->number = 3;
}
static void milestone_from_zero(Stele__AwardGrant *grant)
{
	sums_up(grant);
	grant->milestones[0]->number = 0;
}
static void milestone_no_day(Stele__AwardGrant *grant)
{
	sums_up(grant);
	grant->milestones[1]->due = (char *)"2027-04-31";
}
static void area_and_later_wrong(Stele__AwardGrant *grant)
{
	area_c(grant);
	outside(grant);
	amount_zero(grant);
}
static void recipient_and_later_wrong(Stele__AwardGrant *grant)
{
	area_and_later_wrong(grant);
	area_b(grant);
	day_late(grant);
}
static void amount_and_later_wrong(Stele__AwardGrant *grant)
{
	shares_below(grant);
	amount_zero(grant);
	no_day(grant);
}
static void shares_and_later_wrong(Stele__AwardGrant *grant)
{
	shares_below(grant);
	no_day(grant);
	milestone_gap(grant);
}

UNIT_TEST(each_rule_of_a_grant_at_and_beyond_its_bound_and_in_order)
{
	static const struct {
		spoil *spoil;
		enum err want;
	} cases[] = {
		{nothing, ERR_OK},
		{call, ERR_NOT_FOUND_CALL},
		{proposal, ERR_NOT_FOUND_CALL},
		{area_b, ERR_OK},
		{area_c, ERR_AREA},
		{area_none, ERR_AREA},
		{twice, ERR_AREA_DUPLICATE},
		{unknown, ERR_NOT_FOUND_ORG},
		{both, ERR_OK},
		{outside, ERR_ELIGIBILITY},
		{foreign, ERR_ELIGIBILITY},
		{amount_zero, ERR_AMOUNT},
		{amount_above, ERR_AMOUNT},
		{shares_below, ERR_SHARES},
		{shares_above, ERR_SHARES},
		{share_zero, ERR_SHARES},
		{shares_wrap, ERR_SHARES},
		{whole_period, ERR_OK},
		{day_early, ERR_PERIOD},
		{day_late, ERR_PERIOD},
		{no_day, ERR_DATE},
		{sums_up, ERR_OK},
		{sum_below, ERR_MILESTONES_SUM},
		{sum_above, ERR_MILESTONES_SUM},
		{sum_wraps, ERR_MILESTONES_SUM},
		{milestone_zero, ERR_AMOUNT},
		{milestone_gap, ERR_MILESTONES_ORDER},
		{milestone_from_zero, ERR_MILESTONES_ORDER},
		{milestone_no_day, ERR_DATE},
		{area_and_later_wrong, ERR_AREA},
		{recipient_and_later_wrong, ERR_ELIGIBILITY},
		{amount_and_later_wrong, ERR_AMOUNT},
		{shares_and_later_wrong, ERR_SHARES},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *world = with_programme();
		Stele__AwardGrant *grant = make_grant(1000);

		cases[i].spoil(grant);
		world_expects(world, AGENCY, OP(AWARD_GRANT), grant, cases[i].want);
		world_free(world);
	}
}

static void any_role_grants(struct genesis *genesis)
{
	for (uint32_t i = 0; i < genesis->rules_count; i++)
		genesis->rules[i].openers = 0xfe;
}

UNIT_TEST(only_the_programmes_agency_grants_and_imports)
{
	struct world *world = world_new(any_role_grants);

	world_refuses(world, FUNDER, OP(AWARD_GRANT), make_grant(1), ERR_NOT_FOUND_PROGRAMME);
	world_refuses(world, FUNDER, OP(AWARD_IMPORT), make_import("x", 1),
		      ERR_NOT_FOUND_PROGRAMME);
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	world_refuses(world, FUNDER, OP(AWARD_GRANT), make_grant(1), ERR_PROGRAMME_AGENCY);
	world_refuses(world, FUNDER, OP(AWARD_IMPORT), make_import("x", 1), ERR_PROGRAMME_AGENCY);
	world_free(world);
}

UNIT_TEST(a_suspended_recipient_is_not_eligible)
{
	struct world *world = with_programme();

	world_set_status(world, LAB_1, STELE__ORG_STATUS__ORG_SUSPENDED);
	world_refuses(world, AGENCY, OP(AWARD_GRANT), make_grant(1), ERR_ELIGIBILITY);
	world_free(world);
}

UNIT_TEST(a_closed_programme_takes_no_awards)
{
	struct world *world = with_programme();
	Stele__ProgrammeValue value = *programme(world);

	value.closed = true;
	world_put(world, "programme/P1", VALUE_PROGRAMME, &value);
	world_refuses(world, AGENCY, OP(AWARD_GRANT), make_grant(1), ERR_PROGRAMME_CLOSED);
	world_refuses(world, AGENCY, OP(AWARD_IMPORT), make_import("x", 1), ERR_PROGRAMME_CLOSED);
	world_free(world);
}

UNIT_TEST(a_programme_without_areas_takes_awards_without_area)
{
	struct world *world = world_new(NULL);
	Stele__ProgrammeCreate *record = make_programme();
	Stele__AwardGrant *grant = make_grant(1);

	record->n_areas = 0;
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), record);
	world_refuses(world, AGENCY, OP(AWARD_GRANT), grant, ERR_AREA);
	grant->area = (char *)"";
	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), grant);
	world_free(world);
}

UNIT_TEST(an_award_is_active_when_each_recipient_accepted_once)
{
	struct world *world = with_programme();
	Stele__AwardGrant *grant = make_grant(1000);
	const Stele__AwardValue *award;

	both(grant);
	world_refuses(world, LAB_1, OP(AWARD_ACCEPT), make_accept(1), ERR_NOT_FOUND_AWARD);
	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), grant);
	world_refuses(world, LAB_1, OP(AWARD_ACCEPT), make_accept(0), ERR_NOT_FOUND_AWARD);
	world_refuses(world, LAB_1, OP(AWARD_ACCEPT), make_accept(2), ERR_NOT_FOUND_AWARD);
	world_refuses(world, OUTSIDE, OP(AWARD_ACCEPT), make_accept(1), ERR_AWARD_RECIPIENT);
	(void)world_accepts(world, LAB_2, OP(AWARD_ACCEPT), make_accept(1));
	award = world_value(world, VALUE_AWARD, "award/P1/1");
	ck_assert_int_eq(award->state, STELE__AWARD_STATE__AWARD_GRANTED);
	ck_assert_uint_eq(award->accepted[0], 2);
	world_refuses(world, LAB_2, OP(AWARD_ACCEPT), make_accept(1), ERR_AWARD_ACCEPTED);
	(void)world_accepts(world, LAB_1, OP(AWARD_ACCEPT), make_accept(1));
	award = world_value(world, VALUE_AWARD, "award/P1/1");
	ck_assert_int_eq(award->state, STELE__AWARD_STATE__AWARD_ACTIVE);
	ck_assert_uint_eq(award->n_accepted, 2);
	ck_assert_uint_eq(award->accepted[0], 1);
	ck_assert_uint_eq(award->accepted[1], 2);
	world_refuses(world, LAB_1, OP(AWARD_ACCEPT), make_accept(1), ERR_AWARD_ACCEPTED);
	world_free(world);
}

UNIT_TEST(an_award_that_ended_is_not_accepted)
{
	struct world *world = with_programme();
	Stele__AwardValue value;

	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), make_grant(1));
	value = *(const Stele__AwardValue *)world_value(world, VALUE_AWARD, "award/P1/1");
	value.state = STELE__AWARD_STATE__AWARD_TERMINATED;
	world_put(world, "award/P1/1", VALUE_AWARD, &value);
	world_refuses(world, LAB_1, OP(AWARD_ACCEPT), make_accept(1), ERR_AWARD_STATE);
	world_free(world);
}

UNIT_TEST(an_imported_award_counts_and_takes_nothing)
{
	struct world *world = with_programme();
	const Stele__AwardValue *award;

	(void)world_accepts(world, AGENCY, OP(AWARD_IMPORT), make_import("a b/c", 700));
	award = world_value(world, VALUE_AWARD, "award/P1/1");
	ck_assert_int_eq(award->state, STELE__AWARD_STATE__AWARD_IMPORTED);
	ck_assert_uint_eq(award->committed, 700);
	ck_assert_ptr_null(award->grant);
	ck_assert_str_eq(award->import->publisher_id, "a b/c");
	ck_assert_uint_eq(programme(world)->committed, 700);
	world_refuses(world, LAB_1, OP(AWARD_ACCEPT), make_accept(1), ERR_AWARD_IMPORTED);
	world_refuses(world, FUNDER, OP(DISBURSEMENT_RECORD), make_payment(1, 1, 1),
		      ERR_AWARD_IMPORTED);
	world_free(world);
}

UNIT_TEST(import_rules_in_order)
{
	struct world *world = with_programme();
	Stele__AwardImport *record = make_import("a", 1);

	(void)world_accepts(world, AGENCY, OP(AWARD_IMPORT), record);
	record->amount = 0;
	record->date = (char *)"2023-02-29";
	world_refuses(world, AGENCY, OP(AWARD_IMPORT), record, ERR_EXISTS_IMPORT);
	record->publisher_id = (char *)"b";
	world_refuses(world, AGENCY, OP(AWARD_IMPORT), record, ERR_AMOUNT);
	record->amount = (uint64_t)INT64_MAX + 1;
	world_refuses(world, AGENCY, OP(AWARD_IMPORT), record, ERR_AMOUNT);
	record->amount = 100000;
	world_refuses(world, AGENCY, OP(AWARD_IMPORT), record, ERR_DATE);
	record->date = (char *)"2023-02-28";
	world_refuses(world, AGENCY, OP(AWARD_IMPORT), record, ERR_BUDGET);
	record->amount = 99999;
	(void)world_accepts(world, AGENCY, OP(AWARD_IMPORT), record);
	world_free(world);
}

/* --- the greatest lists ---------------------------------------------------------- */

#define RECIPIENTS_MAX 16
#define MILESTONES_MAX 64

static const char *applicant(int i)
{
	char code[32];

	snprintf(code, sizeof(code), "9111%04dEXAMPLE%02d", i, i);
	return world_usci(code);
}

static void sixteen_applicants(struct genesis *genesis)
{
	for (int i = 0; i < RECIPIENTS_MAX; i++) {
		struct genesis_org *org = &genesis->orgs[genesis->orgs_count++];
		struct secret secret;

		sha256((struct hash *)&secret, &i, sizeof(i));
		*org = genesis->orgs[LAB_1];
		snprintf(org->id, sizeof(org->id), "%s", applicant(i));
		ck_assert_int_eq(sign_public(&org->keys[0].key, &secret), ERR_OK);
	}
}

static Stele__AwardGrant *make_greatest(uint64_t amount)
{
	Stele__AwardGrant *grant = make_grant(amount);
	Stele__Recipient *list[RECIPIENTS_MAX];
	uint64_t amounts[MILESTONES_MAX];

	for (int i = 0; i < RECIPIENTS_MAX; i++)
		list[i] = make_recipient(applicant(i), i == 0 ? 10000 - 15 * 600 : 600);
	grant_recipients(grant, RECIPIENTS_MAX, list);
	for (int i = 0; i < MILESTONES_MAX; i++)
		amounts[i] = i == 0 ? amount - 63 * (amount / 64) : amount / 64;
	grant_milestones(grant, MILESTONES_MAX, amounts);
	return grant;
}

UNIT_TEST(an_award_of_16_recipients_and_64_milestones)
{
	struct world *world = world_new(sixteen_applicants);
	Stele__ProgrammeCreate *terms = make_programme();
	Stele__AwardGrant *grant = make_greatest(INT64_MAX);

	terms->budget = INT64_MAX;
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), terms);
	grant->milestones[63]->amount++;
	world_refuses(world, AGENCY, OP(AWARD_GRANT), grant, ERR_MILESTONES_SUM);
	grant->milestones[63]->amount--;
	grant->recipients[15] = make_recipient(applicant(3), 600);
	world_refuses(world, AGENCY, OP(AWARD_GRANT), grant, ERR_AREA_DUPLICATE);
	grant->recipients[15] = make_recipient(applicant(15), 600);
	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), grant);
	ck_assert(world_has(world, "org-award/%s/1", applicant(15)));
	world_free(world);
}

/* Every field as long as its bound allows: whatever is recorded later finds room. */
UNIT_TEST(the_greatest_award_fits_a_value)
{
	static const char long_id[] =
		"0123456789012345678901234567890123456789012345678901234567890123";
	static char long_text[257];
	Stele__AwardValue value = STELE__AWARD_VALUE__INIT;
	Stele__AwardGrant *grant = make_greatest(INT64_MAX);
	Stele__Names names = STELE__NAMES__INIT;
	uint32_t accepted[RECIPIENTS_MAX];
	struct buf encoded;

	memset(long_text, 'x', sizeof(long_text) - 1);
	names.zh = names.en = long_text;
	grant->programme = grant->area = grant->call = (char *)long_id;
	grant->proposal = grant->amount = INT64_MAX;
	grant->titles = &names;
	for (int i = 0; i < RECIPIENTS_MAX; i++) {
		grant->recipients[i] = make_recipient(long_id, UINT32_MAX);
		accepted[i] = (uint32_t)i + 1;
	}
	for (int i = 0; i < MILESTONES_MAX; i++) {
		grant->milestones[i]->amount = INT64_MAX;
		grant->milestones[i]->criteria_sha256 = world_hash(9);
	}
	value.grant = grant;
	value.state = STELE__AWARD_STATE__AWARD_CLOSED;
	value.n_accepted = RECIPIENTS_MAX;
	value.accepted = accepted;
	value.committed = value.paid = value.payable = value.demanded = value.received = INT64_MAX;
	value.disbursements = value.recoveries = value.number = value.version = INT64_MAX;
	value.log_index = value.motion = value.changed_log_index = value.unspent = INT64_MAX;
	value.terminated = true;
	value.assessed = MILESTONES_MAX;
	buf_init(&encoded, LIMIT_VALUE_BYTES);
	ck_assert_int_eq(value_encode(&encoded, VALUE_AWARD, &value), ERR_OK);
	ck_assert_uint_lt(encoded.len, LIMIT_VALUE_BYTES / 2);
	buf_release(&encoded);
}

UNIT_MAIN("apply_award", grant_commits_lists_and_waits_for_its_recipients,
	  budget_holds_to_the_fen, large_budgets_do_not_wrap,
	  one_award_more_than_the_greatest_number_is_refused,
	  each_rule_of_a_grant_at_and_beyond_its_bound_and_in_order,
	  only_the_programmes_agency_grants_and_imports, a_suspended_recipient_is_not_eligible,
	  a_closed_programme_takes_no_awards, a_programme_without_areas_takes_awards_without_area,
	  an_award_is_active_when_each_recipient_accepted_once, an_award_that_ended_is_not_accepted,
	  an_imported_award_counts_and_takes_nothing, import_rules_in_order,
	  an_award_of_16_recipients_and_64_milestones, the_greatest_award_fits_a_value)
