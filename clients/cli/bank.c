#include "clients/cli/bank.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "clients/cli/money.h"
#include "crypto/digest.h"
#include "ledger/apply/date.h"
#include "proto/value.h"

void payments_add(struct payments *payments, const struct payment *payment)
{
	if (payments->count == payments->room) {
		payments->room = payments->room > 0 ? payments->room * 2 : 256;
		payments->items = reallocarray(payments->items, payments->room,
					       sizeof(*payments->items));
		ASSERT(payments->items != NULL);
	}
	payments->items[payments->count++] = *payment;
}

void payments_release(struct payments *payments)
{
	free(payments->items);
	memset(payments, 0, sizeof(*payments));
}

enum column_of_bank {
	COLUMN_REFERENCE,
	COLUMN_REFERENCE_SHA256,
	COLUMN_AMOUNT,
	COLUMN_CURRENCY,
	COLUMN_VALUE_DATE,
	COLUMN_PAYEE,
	COLUMN_DIRECTION,
	COLUMNS_COUNT,
};

#define ABSENT SIZE_MAX

static const char *const names[COLUMNS_COUNT] = {
	[COLUMN_REFERENCE] = "reference",   [COLUMN_REFERENCE_SHA256] = "reference_sha256",
	[COLUMN_AMOUNT] = "amount",	    [COLUMN_CURRENCY] = "currency",
	[COLUMN_VALUE_DATE] = "value_date", [COLUMN_PAYEE] = "payee",
	[COLUMN_DIRECTION] = "direction",
};

/* --- the heading -------------------------------------------------------------- */

static enum column_of_bank column_named(const char *cell)
{
	enum column_of_bank column = COLUMN_REFERENCE;

	while (column < COLUMNS_COUNT && strcasecmp(cell, names[column]) != 0)
		column++;
	return column;
}

static bool is_complete(struct table *table, const size_t where[COLUMNS_COUNT])
{
	for (enum column_of_bank c = COLUMN_AMOUNT; c <= COLUMN_PAYEE; c++) {
		if (where[c] != ABSENT)
			continue;
		table_fail(table, ERR_BANK_COLUMNS, names[c],
			   table->count == 1 && strpbrk(table->cells[0], ";\t") != NULL
				   ? "separate the columns with commas"
				   : NULL,
			   "there is no such column");
		return false;
	}
	if ((where[COLUMN_REFERENCE] == ABSENT) == (where[COLUMN_REFERENCE_SHA256] == ABSENT))
		table_fail(table, ERR_BANK_COLUMNS, names[COLUMN_REFERENCE],
			   "give either reference or reference_sha256",
			   where[COLUMN_REFERENCE] == ABSENT ? "there is neither it nor its hash"
							     : "there are both it and its hash");
	return table->fault.err == ERR_OK;
}

static bool read_heading(struct table *table, size_t where[COLUMNS_COUNT], size_t *passed_over)
{
	for (size_t c = 0; c < COLUMNS_COUNT; c++)
		where[c] = ABSENT;
	if (!table_next(table)) {
		table_fail(table, ERR_BANK_COLUMNS, NULL, NULL, "the file is empty");
		return false;
	}
	for (size_t i = 0; i < table->count; i++) {
		enum column_of_bank column = column_named(table->cells[i]);

		if (column == COLUMNS_COUNT) {
			(*passed_over)++;
			continue;
		}
		if (where[column] != ABSENT) {
			table_fail(table, ERR_BANK_COLUMNS, names[column], "leave one of them out",
				   "the column stands there twice");
			return false;
		}
		where[column] = i;
	}
	return is_complete(table, where);
}

/* --- a row ----------------------------------------------------------------------- */

static void fail_value(struct table *table, enum column_of_bank column, const char *remedy,
		       const char *cell)
{
	table_fail(table, ERR_BANK_VALUE, names[column], remedy, "\"%.100s\"", cell);
}

static void read_reference(struct table *table, const size_t where[COLUMNS_COUNT],
			   struct payment *out)
{
	if (where[COLUMN_REFERENCE] != ABSENT) {
		const char *cell = table->cells[where[COLUMN_REFERENCE]];

		if (cell[0] == '\0')
			fail_value(table, COLUMN_REFERENCE, "give the payment's reference", cell);
		sha256(&out->reference, cell, strlen(cell));
	} else {
		const char *cell = table->cells[where[COLUMN_REFERENCE_SHA256]];

		if (!hex_decode(out->reference.b, sizeof(out->reference.b), bytes_text(cell)))
			fail_value(table, COLUMN_REFERENCE_SHA256, "write 64 lower-case hex digits",
				   cell);
	}
}

static void read_money(struct table *table, const char *amount, const char *currency,
		       struct payment *out)
{
	unsigned digits;

	if (!money_digits(currency, &digits)) {
		fail_value(table, COLUMN_CURRENCY, "write a code of ISO 4217, such as CNY", currency);
		return;
	}
	memcpy(out->currency, currency, sizeof(out->currency));
	if (amount[0] == '-')
		fail_value(table, COLUMN_AMOUNT,
			   "write amounts without a sign; the column direction says in or out", amount);
	else if (!money_parse(&out->amount, amount, currency) || out->amount == 0)
		fail_value(table, COLUMN_AMOUNT,
			   "write an amount above zero with a decimal point, such as 1,000,000.00, with "
			   "no more decimals than the currency has",
			   amount);
}

static void read_party(struct table *table, const char *payee, struct payment *out)
{
	if (key_segment_is_valid(bytes_text(payee)))
		memcpy(out->party, payee, strlen(payee) + 1);
	else
		fail_value(table, COLUMN_PAYEE,
			   "write the organisation's id as the ledger has it: stele org list", payee);
}

static void read_direction(struct table *table, const char *direction, struct payment *out)
{
	out->is_return = strcmp(direction, "in") == 0;
	if (!out->is_return && strcmp(direction, "out") != 0)
		fail_value(table, COLUMN_DIRECTION, "write out, or in for money that came back",
			   direction);
}

static void read_row(struct table *table, const size_t where[COLUMNS_COUNT], struct payment *out)
{
	const char *date = table->cells[where[COLUMN_VALUE_DATE]];

	out->line = table->row_line;
	read_reference(table, where, out);
	read_money(table, table->cells[where[COLUMN_AMOUNT]], table->cells[where[COLUMN_CURRENCY]],
		   out);
	if (date_is_valid(date))
		memcpy(out->date, date, sizeof(out->date));
	else
		fail_value(table, COLUMN_VALUE_DATE, "write a day of the calendar as YYYY-MM-DD", date);
	read_party(table, table->cells[where[COLUMN_PAYEE]], out);
	if (where[COLUMN_DIRECTION] != ABSENT)
		read_direction(table, table->cells[where[COLUMN_DIRECTION]], out);
}

enum err bank_read(struct payments *payments, struct table_fault *fault, struct bytes text)
{
	struct table *table = malloc(sizeof(*table));
	size_t where[COLUMNS_COUNT], columns;

	ASSERT(table != NULL);
	table_init(table, text);
	if (read_heading(table, where, &payments->passed_over)) {
		columns = table->count;
		while (table_next(table)) {
			struct payment payment = {.line = 0};

			if (table->count == columns)
				read_row(table, where, &payment);
			else
				table_fail(table, ERR_TABLE_FORM, NULL,
					   table->count == 1 && table->cells[0][0] == '\0'
						   ? "remove the empty line"
						   : "give each row as many cells as the first; a cell with "
						     "a comma stands in quotes",
					   "%zu cells, not %zu", table->count, columns);
			if (table->fault.err != ERR_OK)
				break;
			payments_add(payments, &payment);
		}
	}
	*fault = table->fault;
	free(table);
	return fault->err;
}
