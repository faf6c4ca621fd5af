/* Money back: rules VD, VR and DR, and how they hold each other. */
#include <string.h>

#include "base/limits.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world_award.h"

/* Award 1 of 1,000 of which 300 and 200 are paid, with the references 1 and 2. */
static struct world *with_payments(void)
{
	struct world *world = world_with_active(make_grant(1000));

	(void)world_accepts(world, FUNDER, OP(DISBURSEMENT_RECORD), make_payment(1, 300, 1));
	(void)world_accepts(world, FUNDER, OP(DISBURSEMENT_RECORD), make_payment(1, 200, 2));
	return world;
}

static void demand(struct world *world, uint64_t amount, enum err want)
{
	world_expects(world, FUNDER, OP(RECOVERY_DEMAND), make_demand(1, amount), want);
}

static void receive(struct world *world, uint64_t amount, uint64_t reference, enum err want)
{
	world_expects(world, FUNDER, OP(RECOVERY_RECEIVE), make_receipt(1, amount, reference), want);
}

static void reverse(struct world *world, uint64_t number, enum err want)
{
	world_expects(world, FUNDER, OP(DISBURSEMENT_REVERSE), make_reverse(1, number), want);
}

static const Stele__RecoveryValue *recovery(struct world *world, int number)
{
	return world_value(world, VALUE_RECOVERY, "recovery/P1/1/%d", number);
}

UNIT_TEST(demands_add_up_to_what_was_paid_and_receipts_to_what_was_demanded)
{
	struct world *world = with_payments();

	receive(world, 1, 11, ERR_RECEIPT_OVER);
	demand(world, 501, ERR_DEMAND_OVER);
	demand(world, LIMIT_MONEY, ERR_DEMAND_OVER);
	demand(world, 300, ERR_OK);
	demand(world, 201, ERR_DEMAND_OVER);
	receive(world, 301, 11, ERR_RECEIPT_OVER);
	receive(world, LIMIT_MONEY, 11, ERR_RECEIPT_OVER);
	receive(world, 100, 11, ERR_OK);
	receive(world, 201, 12, ERR_RECEIPT_OVER);
	receive(world, 200, 12, ERR_OK);
	receive(world, 1, 13, ERR_RECEIPT_OVER);
	demand(world, 200, ERR_OK);
	demand(world, 1, ERR_DEMAND_OVER);
	ck_assert_uint_eq(world_award(world, 1)->demanded, 500);
	ck_assert_uint_eq(world_award(world, 1)->received, 300);
	ck_assert_uint_eq(world_award(world, 1)->recoveries, 4);
	ck_assert_uint_eq(world_programme(world)->recovered, 300);
	world_free(world);
}

UNIT_TEST(demands_and_receipts_stand_in_one_list)
{
	struct world *world = with_payments();

	demand(world, 300, ERR_OK);
	receive(world, 100, 11, ERR_OK);
	ck_assert_uint_eq(recovery(world, 1)->demand->amount, 300);
	ck_assert_ptr_null(recovery(world, 1)->receipt);
	ck_assert_uint_eq(recovery(world, 1)->number, 1);
	ck_assert_uint_eq(recovery(world, 2)->receipt->amount, 100);
	ck_assert_ptr_null(recovery(world, 2)->demand);
	ck_assert_uint_eq(recovery(world, 2)->number, 2);
	ck_assert_uint_eq(recovery(world, 2)->log_index, world->log_size - 1);
	ck_assert(!world_has(world, "recovery/P1/1/3"));
	world_free(world);
}

UNIT_TEST(recovered_money_restores_no_budget)
{
	struct world *world = with_payments();

	demand(world, 500, ERR_OK);
	receive(world, 500, 11, ERR_OK);
	ck_assert_uint_eq(world_programme(world)->committed, 1000);
	ck_assert_uint_eq(world_programme(world)->paid, 500);
	(void)world_accepts(world, AGENCY, OP(AWARD_TERMINATE), make_terminate(1, 500));
	ck_assert_uint_eq(world_programme(world)->committed, 500);
	world_free(world);
}

typedef void spoil_demand(Stele__RecoveryDemand *record);

static void demand_zero(Stele__RecoveryDemand *record) { record->amount = 0; }
static void demand_above(Stele__RecoveryDemand *record) { record->amount = UINT64_C(1) << 63; }
static void demand_due(Stele__RecoveryDemand *record) { record->due = (char *)"2028-02-29"; }
static void demand_no_day(Stele__RecoveryDemand *record) { record->due = (char *)"2027-02-29"; }
static void demand_amount_first(Stele__RecoveryDemand *record)
{
	demand_zero(record);
	demand_no_day(record);
}
static void demand_day_before_sum(Stele__RecoveryDemand *record)
{
	record->amount = LIMIT_MONEY;
	demand_no_day(record);
}

UNIT_TEST(each_rule_of_a_demand_and_their_order)
{
	static const struct {
		spoil_demand *spoil;
		enum err want;
	} cases[] = {
		{demand_zero, ERR_AMOUNT},         {demand_above, ERR_AMOUNT},
		{demand_due, ERR_OK},              {demand_no_day, ERR_DATE},
		{demand_amount_first, ERR_AMOUNT}, {demand_day_before_sum, ERR_DATE},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *world = with_payments();
		Stele__RecoveryDemand *record = make_demand(1, 1);

		cases[i].spoil(record);
		world_expects(world, FUNDER, OP(RECOVERY_DEMAND), record, cases[i].want);
		world_free(world);
	}
}

typedef void spoil_receipt(Stele__RecoveryReceive *record);

static void nothing(Stele__RecoveryReceive *record) { (void)record; }
static void amount_zero(Stele__RecoveryReceive *record) { record->amount = 0; }
static void amount_above(Stele__RecoveryReceive *record) { record->amount = UINT64_C(1) << 63; }
static void other_payer(Stele__RecoveryReceive *record)
{
	record->payer = (char *)world_id(LAB_2);
}
static void no_day(Stele__RecoveryReceive *record) { record->value_date = (char *)"2027-02-29"; }
static void reference_first(Stele__RecoveryReceive *record)
{
	record->reference_sha256 = world_hash(1); /* of a payment */
	amount_zero(record);
	other_payer(record);
	no_day(record);
}
static void amount_before_payer(Stele__RecoveryReceive *record)
{
	amount_zero(record);
	other_payer(record);
	no_day(record);
}
static void payer_before_day(Stele__RecoveryReceive *record)
{
	record->amount = LIMIT_MONEY;
	other_payer(record);
	no_day(record);
}
static void day_before_sum(Stele__RecoveryReceive *record)
{
	record->amount = LIMIT_MONEY;
	no_day(record);
}

UNIT_TEST(each_rule_of_a_receipt_and_their_order)
{
	static const struct {
		spoil_receipt *spoil;
		enum err want;
	} cases[] = {
		{nothing, ERR_OK},
		{amount_zero, ERR_AMOUNT},
		{amount_above, ERR_AMOUNT},
		{other_payer, ERR_PAYEE},
		{no_day, ERR_DATE},
		{reference_first, ERR_EXISTS_REFERENCE},
		{amount_before_payer, ERR_AMOUNT},
		{payer_before_day, ERR_PAYEE},
		{day_before_sum, ERR_DATE},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *world = with_payments();
		Stele__RecoveryReceive *record = make_receipt(1, 100, 11);

		demand(world, 100, ERR_OK);
		cases[i].spoil(record);
		world_expects(world, FUNDER, OP(RECOVERY_RECEIVE), record, cases[i].want);
		world_free(world);
	}
}

UNIT_TEST(a_reference_is_recorded_once_whichever_way_the_money_went)
{
	struct world *world = with_payments();
	char hex[HASH_HEX_LEN + 1];
	const Stele__TakenValue *taken;

	demand(world, 300, ERR_OK);
	receive(world, 1, 1, ERR_EXISTS_REFERENCE);
	receive(world, 1, 11, ERR_OK);
	receive(world, 1, 11, ERR_EXISTS_REFERENCE);
	hex_encode(hex, world_hash(11).data, 32);
	taken = world_value(world, VALUE_TAKEN, "reference/P1/%s", hex);
	ck_assert_uint_eq(taken->number, 2);
	world_refuses(world, FUNDER, OP(DISBURSEMENT_RECORD), make_payment(1, 1, 11),
		      ERR_EXISTS_REFERENCE);
	world_free(world);
}

UNIT_TEST(money_comes_back_after_the_award_is_closed)
{
	struct world *world = with_payments();

	demand(world, 300, ERR_OK);
	world_step(world, OP(AWARD_COMPLETE));
	world_step(world, OP(AWARD_CLOSE));
	demand(world, 1, ERR_AWARD_STATE);
	receive(world, 300, 11, ERR_OK);
	ck_assert_uint_eq(world_programme(world)->recovered, 300);
	world_free(world);
}

UNIT_TEST(a_payment_is_reversed_once)
{
	struct world *world = with_payments();
	const Stele__DisbursementValue *payment;

	reverse(world, 0, ERR_NOT_FOUND_DISBURSEMENT);
	reverse(world, 3, ERR_NOT_FOUND_DISBURSEMENT);
	reverse(world, 1, ERR_OK);
	payment = world_value(world, VALUE_DISBURSEMENT, "disbursement/P1/1/1");
	ck_assert_uint_eq(payment->reversed_log_index, world->log_size - 1);
	ck_assert_uint_eq(payment->record->amount, 300);
	ck_assert_uint_eq(world_award(world, 1)->paid, 200);
	ck_assert_uint_eq(world_award(world, 1)->disbursements, 2);
	ck_assert_uint_eq(world_programme(world)->paid, 200);
	reverse(world, 1, ERR_REVERSED);
	reverse(world, 2, ERR_OK);
	ck_assert_uint_eq(world_programme(world)->paid, 0);
	world_free(world);
}

UNIT_TEST(what_was_reversed_is_paid_anew_under_another_reference)
{
	struct world *world = with_payments();

	(void)world_accepts(world, FUNDER, OP(DISBURSEMENT_RECORD), make_payment(1, 500, 3));
	world_refuses(world, FUNDER, OP(DISBURSEMENT_RECORD), make_payment(1, 1, 4),
		      ERR_PAYMENT_OVER);
	reverse(world, 1, ERR_OK);
	world_refuses(world, FUNDER, OP(DISBURSEMENT_RECORD), make_payment(1, 300, 1),
		      ERR_EXISTS_REFERENCE);
	world_refuses(world, FUNDER, OP(DISBURSEMENT_RECORD), make_payment(1, 301, 4),
		      ERR_PAYMENT_OVER);
	(void)world_accepts(world, FUNDER, OP(DISBURSEMENT_RECORD), make_payment(1, 300, 4));
	world_free(world);
}

UNIT_TEST(what_is_demanded_back_stays_paid)
{
	static const struct {
		uint64_t demanded;
		enum err want; /* of reversing 300 of 500 */
	} cases[] = {{199, ERR_OK}, {200, ERR_OK}, {201, ERR_REVERSE_DEMANDED}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *world = with_payments();

		demand(world, cases[i].demanded, ERR_OK);
		reverse(world, 1, cases[i].want);
		world_free(world);
	}
}

UNIT_TEST(a_reversal_asks_for_payment_reversed_and_demanded_in_this_order)
{
	struct world *world = with_payments();

	reverse(world, 2, ERR_OK);
	demand(world, 300, ERR_OK);
	reverse(world, 3, ERR_NOT_FOUND_DISBURSEMENT);
	reverse(world, 2, ERR_REVERSED); /* and 300 - 200 < 300 */
	reverse(world, 1, ERR_REVERSE_DEMANDED);
	world_step(world, OP(AWARD_COMPLETE));
	world_step(world, OP(AWARD_CLOSE));
	reverse(world, 3, ERR_AWARD_STATE);
	world_free(world);
}

UNIT_TEST(a_reversal_lowers_what_can_be_demanded)
{
	struct world *world = with_payments();

	reverse(world, 1, ERR_OK);
	demand(world, 201, ERR_DEMAND_OVER);
	demand(world, 200, ERR_OK);
	world_free(world);
}

UNIT_MAIN("apply_recovery", demands_add_up_to_what_was_paid_and_receipts_to_what_was_demanded,
	  demands_and_receipts_stand_in_one_list, recovered_money_restores_no_budget,
	  each_rule_of_a_demand_and_their_order, each_rule_of_a_receipt_and_their_order,
	  a_reference_is_recorded_once_whichever_way_the_money_went,
	  money_comes_back_after_the_award_is_closed, a_payment_is_reversed_once,
	  what_was_reversed_is_paid_anew_under_another_reference, what_is_demanded_back_stays_paid,
	  a_reversal_asks_for_payment_reversed_and_demanded_in_this_order,
	  a_reversal_lowers_what_can_be_demanded)
