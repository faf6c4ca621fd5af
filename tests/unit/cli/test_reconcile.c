/* A bank's file and what it is held against: how it is read, and what comes of each payment. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/reconcile.h"
#include "crypto/digest.h"
#include "tests/lib/unit.h"

#define HEADING "reference,amount,currency,value_date,payee\n"

/* --- the bank's file ------------------------------------------------------------- */

static void read_good(struct payments *out, const char *text)
{
	struct table_fault fault;

	memset(out, 0, sizeof(*out));
	ck_assert_msg(bank_read(out, &fault, bytes_text(text)) == ERR_OK, "line %zu: %s", fault.line,
		      fault.what);
}

static void refused(const char *text, enum err err, size_t line, const char *column)
{
	struct payments payments = {.items = NULL};
	struct table_fault fault;

	ck_assert_msg(bank_read(&payments, &fault, bytes_text(text)) == err, "%s: %d", text,
		      (int)fault.err);
	ck_assert_msg(fault.line == line, "%s: line %zu", text, fault.line);
	ck_assert_str_eq(fault.column, column);
	payments_release(&payments);
}

UNIT_TEST(a_row_is_a_payment)
{
	struct payments payments;
	const struct payment *first, *second;
	struct hash hash;

	read_good(&payments, "Payee,note,REFERENCE,amount,currency,value_date,direction\n"
			     "CN-1,\"a\nb\",R 1,\"1,000.50\",CNY,2026-03-01,out\r\n"
			     "CN-2,,R 2,7,JPY,2024-02-29,in\n");
	ck_assert_uint_eq(payments.count, 2);
	ck_assert_uint_eq(payments.passed_over, 1);
	first = &payments.items[0], second = &payments.items[1];
	sha256(&hash, "R 1", 3);
	ck_assert(hash_equal(&hash, &first->reference));
	ck_assert_uint_eq(first->amount, 100050);
	ck_assert_str_eq(first->currency, "CNY");
	ck_assert_str_eq(first->date, "2026-03-01");
	ck_assert_str_eq(first->party, "CN-1");
	ck_assert(!first->is_return);
	ck_assert_uint_eq(first->line, 2);
	ck_assert_uint_eq(second->line, 4);
	ck_assert_uint_eq(second->amount, 7);
	ck_assert(second->is_return);
	payments_release(&payments);
}

UNIT_TEST(a_reference_may_be_given_by_its_hash)
{
	struct payments payments;
	char text[256];
	struct hash hash;
	char hex[HASH_HEX_LEN + 1];

	sha256(&hash, "R 1", 3);
	hex_encode(hex, hash.b, sizeof(hash.b));
	(void)snprintf(text, sizeof(text),
		       "reference_sha256,amount,currency,value_date,payee\n%s,1,CNY,2026-03-01,A\n", hex);
	read_good(&payments, text);
	ck_assert(hash_equal(&hash, &payments.items[0].reference));
	payments_release(&payments);
	refused("reference_sha256,amount,currency,value_date,payee\nR1,1,CNY,2026-03-01,A\n",
		ERR_BANK_VALUE, 2, "reference_sha256");
}

UNIT_TEST(each_column_has_to_be_there_once)
{
	refused("", ERR_BANK_COLUMNS, 1, "");
	refused("reference,currency,value_date,payee\n", ERR_BANK_COLUMNS, 1, "amount");
	refused("reference,amount,value_date,payee\n", ERR_BANK_COLUMNS, 1, "currency");
	refused("reference,amount,currency,payee\n", ERR_BANK_COLUMNS, 1, "value_date");
	refused("reference,amount,currency,value_date\n", ERR_BANK_COLUMNS, 1, "payee");
	refused("amount,currency,value_date,payee\n", ERR_BANK_COLUMNS, 1, "reference");
	refused("reference_sha256," HEADING, ERR_BANK_COLUMNS, 1, "reference");
	refused("amount," HEADING, ERR_BANK_COLUMNS, 1, "amount");
	refused("reference;amount;currency;value_date;payee\n", ERR_BANK_COLUMNS, 1, "amount");
}

UNIT_TEST(a_value_that_cannot_be_read_is_named)
{
	refused(HEADING ",1,CNY,2026-03-01,A\n", ERR_BANK_VALUE, 2, "reference");
	refused(HEADING "R,0,CNY,2026-03-01,A\n", ERR_BANK_VALUE, 2, "amount");
	refused(HEADING "R,-1,CNY,2026-03-01,A\n", ERR_BANK_VALUE, 2, "amount");
	refused(HEADING "R,1.001,CNY,2026-03-01,A\n", ERR_BANK_VALUE, 2, "amount");
	refused(HEADING "R,\"1,00\",CNY,2026-03-01,A\n", ERR_BANK_VALUE, 2, "amount");
	refused(HEADING "R,1,cny,2026-03-01,A\n", ERR_BANK_VALUE, 2, "currency");
	refused(HEADING "R,1,CNY,2026-02-29,A\n", ERR_BANK_VALUE, 2, "value_date");
	refused(HEADING "R,1,CNY,01.03.2026,A\n", ERR_BANK_VALUE, 2, "value_date");
	refused(HEADING "R,1,CNY,2026-03-01,\n", ERR_BANK_VALUE, 2, "payee");
	refused(HEADING "R,1,CNY,2026-03-01,A\nR,1,CNY,2026-03-01,A B\n", ERR_BANK_VALUE, 3, "payee");
	refused("direction," HEADING "up,R,1,CNY,2026-03-01,A\n", ERR_BANK_VALUE, 2, "direction");
}

UNIT_TEST(every_row_has_as_many_cells_as_the_first)
{
	refused(HEADING "R,1,CNY,2026-03-01\n", ERR_TABLE_FORM, 2, "");
	refused(HEADING "R,1,CNY,2026-03-01,A,\n", ERR_TABLE_FORM, 2, "");
	refused(HEADING "R,1,CNY,2026-03-01,A\n\n", ERR_TABLE_FORM, 3, "");
	refused(HEADING "\"R,1,CNY,2026-03-01,A\n", ERR_TABLE_FORM, 2, "");
}

/* --- matching -------------------------------------------------------------------- */

static struct payment payment(const char *reference, uint64_t amount)
{
	struct payment made = {.amount = amount, .currency = "CNY", .date = "2026-03-01", .party = "A"};

	sha256(&made.reference, reference, strlen(reference));
	return made;
}

struct seen {
	size_t counts[RECONCILED_COUNT];
	unsigned differs;
	size_t lines[RECONCILED_COUNT];
};

static void see(void *context, enum reconciled what, const struct payment *of_bank,
		const struct payment *of_ledger, unsigned differs)
{
	struct seen *seen = context;

	seen->counts[what]++;
	seen->differs |= differs;
	seen->lines[what] = of_bank != NULL ? of_bank->line : 0;
	ck_assert(of_bank != NULL || of_ledger != NULL);
	ck_assert((of_ledger == NULL) == (what == RECONCILED_ONLY_BANK || what == RECONCILED_TWICE));
	ck_assert((of_bank == NULL) == (what == RECONCILED_ONLY_LEDGER || what == RECONCILED_REVERSED));
}

static struct seen reconciled(const struct payment *bank, size_t bank_count,
			      const struct payment *ledger, size_t ledger_count)
{
	struct payments of_bank = {.items = NULL}, of_ledger = {.items = NULL};
	struct seen seen = {.differs = 0};

	for (size_t i = 0; i < bank_count; i++)
		payments_add(&of_bank, &bank[i]);
	for (size_t i = 0; i < ledger_count; i++)
		payments_add(&of_ledger, &ledger[i]);
	reconcile(&of_bank, &of_ledger, see, &seen);
	payments_release(&of_bank);
	payments_release(&of_ledger);
	return seen;
}

UNIT_TEST(every_payment_of_either_side_has_one_finding)
{
	struct payment bank[] = {payment("both", 5), payment("bank", 6), payment("both", 5),
				 payment("back", 8)};
	struct payment ledger[] = {payment("ledger", 7), payment("both", 5), payment("gone", 9),
				   payment("back", 8)};
	struct seen seen;

	for (size_t i = 0; i < 4; i++)
		bank[i].line = i + 2;
	ledger[2].is_reversed = ledger[3].is_reversed = true;
	seen = reconciled(bank, 4, ledger, 4);
	ck_assert_uint_eq(seen.counts[RECONCILED_MATCH], 1);
	ck_assert_uint_eq(seen.counts[RECONCILED_ONLY_BANK], 1);
	ck_assert_uint_eq(seen.counts[RECONCILED_ONLY_LEDGER], 1);
	ck_assert_uint_eq(seen.counts[RECONCILED_TWICE], 1);
	ck_assert_uint_eq(seen.lines[RECONCILED_MATCH], 2);
	ck_assert_uint_eq(seen.lines[RECONCILED_TWICE], 4); /* the later one */
	ck_assert_uint_eq(seen.counts[RECONCILED_REVERSED], 1);
	ck_assert_uint_eq(seen.counts[RECONCILED_REVERSED_PAID], 1);
	ck_assert_uint_eq(seen.counts[RECONCILED_DIFFERS], 0);
	seen = reconciled(NULL, 0, ledger, 4);
	ck_assert_uint_eq(seen.counts[RECONCILED_ONLY_LEDGER], 2);
	seen = reconciled(bank, 4, NULL, 0);
	ck_assert_uint_eq(seen.counts[RECONCILED_ONLY_BANK], 3);
}

UNIT_TEST(each_difference_is_named_alone)
{
	struct payment of_ledger = payment("r", 5), other;

	other = payment("r", 6);
	ck_assert_uint_eq(reconciled(&other, 1, &of_ledger, 1).differs, DIFFERS_AMOUNT);
	other = payment("r", 5), memcpy(other.currency, "USD", 4);
	ck_assert_uint_eq(reconciled(&other, 1, &of_ledger, 1).differs, DIFFERS_AMOUNT);
	other = payment("r", 5), memcpy(other.date, "2026-03-02", 11);
	ck_assert_uint_eq(reconciled(&other, 1, &of_ledger, 1).differs, DIFFERS_DATE);
	other = payment("r", 5), memcpy(other.party, "B", 2);
	ck_assert_uint_eq(reconciled(&other, 1, &of_ledger, 1).differs, DIFFERS_PARTY);
	other = payment("r", 5), other.is_return = true;
	ck_assert_uint_eq(reconciled(&other, 1, &of_ledger, 1).differs, DIFFERS_DIRECTION);
	other = payment("r", 5);
	ck_assert_uint_eq(reconciled(&other, 1, &of_ledger, 1).counts[RECONCILED_MATCH], 1);
}

UNIT_TEST(only_equal_and_reversed_ones_are_good)
{
	for (unsigned what = 0; what < RECONCILED_COUNT; what++)
		ck_assert_int_eq(reconciled_is_good((enum reconciled)what),
				 what == RECONCILED_MATCH || what == RECONCILED_REVERSED);
}

UNIT_TEST(sums_never_mix_currencies_or_directions)
{
	struct payment items[] = {payment("a", 5), payment("b", 6), payment("c", 7), payment("d", 8),
				  payment("e", 9)};
	struct payments payments = {items, 5, 5, 0};
	struct payment_sums sums;

	memcpy(items[1].currency, "USD", 4);
	items[2].is_return = true;
	items[3].is_reversed = true;
	ck_assert(payments_sum(&sums, &payments));
	ck_assert_uint_eq(sums.count, 2);
	ck_assert_str_eq(sums.items[0].currency, "CNY");
	ck_assert_uint_eq(sums.items[0].paid, 14);
	ck_assert_uint_eq(sums.items[0].payments, 2);
	ck_assert_uint_eq(sums.items[0].returned, 7);
	ck_assert_uint_eq(sums.items[0].returns, 1);
	ck_assert_uint_eq(sums.items[1].paid, 6);
}

UNIT_TEST(a_sum_has_its_bound)
{
	struct payment items[] = {payment("a", INT64_MAX - 1), payment("b", 1), payment("c", 1)};
	struct payments payments = {items, 2, 3, 0};
	struct payment_sums sums;

	ck_assert(payments_sum(&sums, &payments));
	ck_assert_uint_eq(sums.items[0].paid, INT64_MAX);
	payments.count = 3;
	ck_assert(!payments_sum(&sums, &payments));
}

UNIT_TEST(currencies_have_their_bound)
{
	struct payment items[LIMIT_TABLE_CURRENCIES + 1];
	struct payments payments = {items, LIMIT_TABLE_CURRENCIES, LIMIT_TABLE_CURRENCIES + 1, 0};
	struct payment_sums sums;

	for (size_t i = 0; i <= LIMIT_TABLE_CURRENCIES; i++) {
		items[i] = payment("a", 1);
		items[i].currency[0] = (char)('A' + i / 26);
		items[i].currency[1] = (char)('A' + i % 26);
	}
	ck_assert(payments_sum(&sums, &payments));
	payments.count++;
	ck_assert(!payments_sum(&sums, &payments));
}

UNIT_MAIN("reconcile", a_row_is_a_payment, a_reference_may_be_given_by_its_hash,
	  each_column_has_to_be_there_once, a_value_that_cannot_be_read_is_named,
	  every_row_has_as_many_cells_as_the_first, every_payment_of_either_side_has_one_finding,
	  each_difference_is_named_alone, only_equal_and_reversed_ones_are_good,
	  sums_never_mix_currencies_or_directions, a_sum_has_its_bound, currencies_have_their_bound)
