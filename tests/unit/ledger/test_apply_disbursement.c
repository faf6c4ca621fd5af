/* Payments: rules D. */
#include <string.h>

#include "tests/lib/unit.h"
#include "tests/unit/ledger/world.h"

/* P1 with award 1 of 1,000 to LAB_1, not accepted. */
static struct world *with_award(Stele__AwardGrant *grant)
{
	struct world *world = world_new(NULL);

	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), grant);
	return world;
}

static struct world *with_active_award(void)
{
	struct world *world = with_award(make_grant(1000));

	(void)world_accepts(world, LAB_1, OP(AWARD_ACCEPT), make_accept(1));
	return world;
}

static void pay(struct world *world, Stele__DisbursementRecord *record, enum err want)
{
	world_expects(world, FUNDER, OP(DISBURSEMENT_RECORD), record, want);
}

UNIT_TEST(payments_add_up_to_the_award_and_not_a_fen_more)
{
	struct world *world = with_active_award();
	const Stele__DisbursementValue *payment;
	const Stele__AwardValue *award;
	const Stele__ProgrammeValue *programme;

	pay(world, make_payment(1, 1001, 1), ERR_PAYMENT_OVER);
	pay(world, make_payment(1, INT64_MAX, 1), ERR_PAYMENT_OVER);
	pay(world, make_payment(1, 400, 1), ERR_OK);
	pay(world, make_payment(1, 601, 2), ERR_PAYMENT_OVER);
	pay(world, make_payment(1, 600, 2), ERR_OK);
	pay(world, make_payment(1, 1, 3), ERR_PAYMENT_OVER);
	award = world_value(world, VALUE_AWARD, "award/P1/1");
	programme = world_value(world, VALUE_PROGRAMME, "programme/P1");
	payment = world_value(world, VALUE_DISBURSEMENT, "disbursement/P1/1/2");
	ck_assert_uint_eq(award->paid, 1000);
	ck_assert_uint_eq(award->disbursements, 2);
	ck_assert_uint_eq(programme->paid, 1000);
	ck_assert_uint_eq(payment->number, 2);
	ck_assert_uint_eq(payment->record->amount, 600);
	ck_assert_uint_eq(payment->log_index, world->log_size - 1);
	world_free(world);
}

UNIT_TEST(an_award_is_paid_once_all_accepted)
{
	Stele__AwardGrant *grant = make_grant(1000);
	Stele__Recipient *list[] = {make_recipient(world_id(LAB_1), 5000),
				    make_recipient(world_id(LAB_2), 5000)};
	struct world *world;

	grant_recipients(grant, 2, list);
	world = with_award(grant);
	pay(world, make_payment(1, 1, 1), ERR_AWARD_NOT_ACCEPTED);
	(void)world_accepts(world, LAB_1, OP(AWARD_ACCEPT), make_accept(1));
	pay(world, make_payment(1, 1, 1), ERR_AWARD_NOT_ACCEPTED);
	(void)world_accepts(world, LAB_2, OP(AWARD_ACCEPT), make_accept(1));
	pay(world, make_payment(1, 1, 1), ERR_OK);
	world_free(world);
}

UNIT_TEST(other_states_are_not_paid)
{
	static const Stele__AwardState states[] = {
		STELE__AWARD_STATE__AWARD_SUSPENDED, STELE__AWARD_STATE__AWARD_COMPLETED,
		STELE__AWARD_STATE__AWARD_TERMINATED, STELE__AWARD_STATE__AWARD_CLOSED,
	};
	struct world *world = with_active_award();

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		Stele__AwardValue value =
			*(const Stele__AwardValue *)world_value(world, VALUE_AWARD, "award/P1/1");

		value.state = states[i];
		world_put(world, "award/P1/1", VALUE_AWARD, &value);
		pay(world, make_payment(1, 1, 1), ERR_AWARD_STATE);
	}
	world_free(world);
}

UNIT_TEST(milestones_are_paid_when_assessed_only)
{
	Stele__AwardGrant *grant = make_grant(1000);
	Stele__DisbursementRecord *record = make_payment(1, 1, 1);
	uint64_t amounts[] = {400, 600};
	Stele__AwardValue value;
	struct world *world;

	grant_milestones(grant, 2, amounts);
	world = with_award(grant);
	(void)world_accepts(world, LAB_1, OP(AWARD_ACCEPT), make_accept(1));
	pay(world, record, ERR_NOT_FOUND_MILESTONE);
	record->milestone = 3;
	pay(world, record, ERR_NOT_FOUND_MILESTONE);
	record->milestone = 2;
	pay(world, record, ERR_PAYMENT_OVER);
	value = *(const Stele__AwardValue *)world_value(world, VALUE_AWARD, "award/P1/1");
	value.payable = 1;
	world_put(world, "award/P1/1", VALUE_AWARD, &value);
	pay(world, record, ERR_OK);
	world_free(world);
}

typedef void spoil(Stele__DisbursementRecord *record);

static void nothing(Stele__DisbursementRecord *record) { (void)record; }
static void no_programme(Stele__DisbursementRecord *record) { record->programme = (char *)"P2"; }
static void no_award(Stele__DisbursementRecord *record) { record->award = 2; }
static void amount_zero(Stele__DisbursementRecord *record) { record->amount = 0; }
static void amount_above(Stele__DisbursementRecord *record)
{
	record->amount = (uint64_t)INT64_MAX + 1;
}
static void agency_pays(Stele__DisbursementRecord *record)
{
	record->payer = (char *)world_id(AGENCY);
}
static void other_payer(Stele__DisbursementRecord *record)
{
	record->payer = (char *)world_id(AUDITOR);
}
static void other_payee(Stele__DisbursementRecord *record)
{
	record->payee = (char *)world_id(LAB_2);
}
static void no_day(Stele__DisbursementRecord *record)
{
	record->value_date = (char *)"2027-02-29";
}
static void a_milestone(Stele__DisbursementRecord *record) { record->milestone = 1; }
static void amount_and_later_wrong(Stele__DisbursementRecord *record)
{
	amount_zero(record);
	other_payer(record);
	other_payee(record);
	no_day(record);
	a_milestone(record);
}
static void payer_and_later_wrong(Stele__DisbursementRecord *record)
{
	amount_and_later_wrong(record);
	record->amount = 5000;
}
static void payee_and_later_wrong(Stele__DisbursementRecord *record)
{
	payer_and_later_wrong(record);
	agency_pays(record);
}
static void date_and_later_wrong(Stele__DisbursementRecord *record)
{
	payee_and_later_wrong(record);
	record->payee = (char *)world_id(LAB_1);
}
static void milestone_and_later_wrong(Stele__DisbursementRecord *record)
{
	date_and_later_wrong(record);
	record->value_date = (char *)"2027-02-28";
}

UNIT_TEST(each_rule_of_a_payment_and_their_order)
{
	static const struct {
		spoil *spoil;
		enum err want;
	} cases[] = {
		{nothing, ERR_OK},
		{no_programme, ERR_NOT_FOUND_PROGRAMME},
		{no_award, ERR_NOT_FOUND_AWARD},
		{amount_zero, ERR_AMOUNT},
		{amount_above, ERR_AMOUNT},
		{agency_pays, ERR_OK},
		{other_payer, ERR_PAYER},
		{other_payee, ERR_PAYEE},
		{no_day, ERR_DATE},
		{a_milestone, ERR_NOT_FOUND_MILESTONE},
		{amount_and_later_wrong, ERR_AMOUNT},
		{payer_and_later_wrong, ERR_PAYER},
		{payee_and_later_wrong, ERR_PAYEE},
		{date_and_later_wrong, ERR_DATE},
		{milestone_and_later_wrong, ERR_NOT_FOUND_MILESTONE},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *world = with_active_award();
		Stele__DisbursementRecord *record = make_payment(1, 1, 1);

		cases[i].spoil(record);
		pay(world, record, cases[i].want);
		world_free(world);
	}
}

UNIT_TEST(a_reference_is_recorded_once_in_its_programme)
{
	struct world *world = with_active_award();

	pay(world, make_payment(1, 1, 1), ERR_OK);
	pay(world, make_payment(1, 5000, 1), ERR_EXISTS_REFERENCE);
	pay(world, make_payment(1, 1, 2), ERR_OK);
	world_free(world);
}

static void anybody_pays(struct genesis *genesis)
{
	for (uint32_t i = 0; i < genesis->rules_count; i++)
		genesis->rules[i].openers = 0xfe;
}

UNIT_TEST(only_funder_and_agency_record_payments)
{
	struct world *world = world_new(anybody_pays);

	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), make_grant(1000));
	world_refuses(world, LAB_1, OP(DISBURSEMENT_RECORD), make_payment(1, 1, 1),
		      ERR_PROGRAMME_AGENCY);
	(void)world_accepts(world, LAB_1, OP(AWARD_ACCEPT), make_accept(1));
	(void)world_accepts(world, AGENCY, OP(DISBURSEMENT_RECORD), make_payment(1, 1, 1));
	world_free(world);
}

UNIT_MAIN("apply_disbursement", payments_add_up_to_the_award_and_not_a_fen_more,
	  an_award_is_paid_once_all_accepted, other_states_are_not_paid,
	  milestones_are_paid_when_assessed_only, each_rule_of_a_payment_and_their_order,
	  a_reference_is_recorded_once_in_its_programme, only_funder_and_agency_record_payments)
