/* Tables from outside: what RFC 4180 allows is read, all else is a fault with its line. */
#include <stdlib.h>
#include <string.h>

#include "clients/cli/table.h"
#include "tests/lib/unit.h"

static struct table *opened(const char *text)
{
	struct table *table = malloc(sizeof(*table));

	ck_assert_ptr_nonnull(table);
	table_init(table, bytes_text(text));
	return table;
}

static void is_row(struct table *table, size_t line, size_t count, const char *const *cells)
{
	ck_assert_msg(table_next(table), "%s", table->fault.what);
	ck_assert_uint_eq(table->row_line, line);
	ck_assert_uint_eq(table->count, count);
	for (size_t i = 0; i < count; i++)
		ck_assert_str_eq(table->cells[i], cells[i]);
}
#define IS_ROW(table, line, ...) \
	is_row(table, line, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), \
	       (const char *const[]){__VA_ARGS__})

static void is_end(struct table *table)
{
	ck_assert(!table_next(table));
	ck_assert_msg(table->fault.err == ERR_OK, "%s", table->fault.what);
	free(table);
}

static void is_fault(const char *text, enum err err, size_t line)
{
	struct table *table = opened(text);

	while (table_next(table))
		;
	ck_assert_msg(table->fault.err == err, "%s: %d", text, (int)table->fault.err);
	ck_assert_msg(table->fault.line == line, "%s: line %zu", text, table->fault.line);
	ck_assert(table->fault.what[0] != '\0');
	ck_assert(!table_next(table)); /* it stays */
	free(table);
}

UNIT_TEST(rows_end_with_either_line_end_or_the_file)
{
	struct table *table = opened("a,b\r\n1,2\n,\r\n3,4");

	IS_ROW(table, 1, "a", "b");
	IS_ROW(table, 2, "1", "2");
	IS_ROW(table, 3, "", "");
	IS_ROW(table, 4, "3", "4");
	is_end(table);
	is_end(opened(""));
	table = opened("a\n\nb\n");
	IS_ROW(table, 1, "a");
	IS_ROW(table, 2, "");
	IS_ROW(table, 3, "b");
	is_end(table);
}

UNIT_TEST(quotes_hold_commas_quotes_and_line_ends)
{
	struct table *table = opened("\"a,b\",\"say \"\"no\"\"\",\"\"\r\n\"two\r\nlines\n\", c \nd\n");

	IS_ROW(table, 1, "a,b", "say \"no\"", "");
	IS_ROW(table, 2, "two\r\nlines\n", " c ");
	IS_ROW(table, 5, "d");
	is_end(table);
}

UNIT_TEST(a_mark_of_byte_order_in_front_is_passed_over)
{
	struct table *table = opened("\xef\xbb\xbf\xe5\x90\x8d,\xf0\x9f\x98\x80\n");

	IS_ROW(table, 1, "\xe5\x90\x8d", "\xf0\x9f\x98\x80");
	is_end(table);
}

UNIT_TEST(what_is_no_table_is_a_fault_with_its_line)
{
	is_fault("a\nb\"c\n", ERR_TABLE_FORM, 2);
	is_fault("a\n\n\"b\nc", ERR_TABLE_FORM, 3);
	is_fault("\"a\nb\" c\n", ERR_TABLE_FORM, 2);
	is_fault("a\rb\n", ERR_TABLE_FORM, 1);
	is_fault("a\r", ERR_TABLE_FORM, 1);
	is_fault("a\n\xff\n", ERR_TABLE_FORM, 2);
	is_fault("a\n\xc0\x80\n", ERR_TABLE_FORM, 2);
	is_fault("a\n\"b\n\xed\xa0\x80\"\n", ERR_TABLE_FORM, 3);
}

UNIT_TEST(a_zero_byte_is_a_fault)
{
	struct table *table = malloc(sizeof(*table));

	ck_assert_ptr_nonnull(table);
	table_init(table, bytes_of("a,\0b\n", 5));
	ck_assert(!table_next(table));
	ck_assert_int_eq(table->fault.err, ERR_TABLE_FORM);
	free(table);
}

/* count times the text, each with its line end. */
static char *repeated(const char *text, size_t count)
{
	size_t len = strlen(text);
	char *all = malloc(len * count + 1);

	ck_assert_ptr_nonnull(all);
	for (size_t i = 0; i < count; i++)
		memcpy(all + i * len, text, len);
	all[len * count] = '\0';
	return all;
}

static size_t rows_of(const char *text, enum err *err)
{
	struct table *table = opened(text);
	size_t rows = 0;

	while (table_next(table))
		rows++;
	*err = table->fault.err;
	free(table);
	return rows;
}

UNIT_TEST(columns_have_their_bound)
{
	char *row = repeated(",", LIMIT_TABLE_COLUMNS);
	enum err err;

	ck_assert_uint_eq(rows_of(row + 1, &err), 1);
	ck_assert_int_eq(err, ERR_OK);
	ck_assert_uint_eq(rows_of(row, &err), 0);
	ck_assert_int_eq(err, ERR_TABLE_SIZE);
	free(row);
}

UNIT_TEST(a_row_has_its_bound)
{
	char *row = repeated("x", LIMIT_TABLE_ROW_BYTES);
	enum err err;

	ck_assert_uint_eq(rows_of(row + 1, &err), 1);
	ck_assert_int_eq(err, ERR_OK);
	ck_assert_uint_eq(rows_of(row, &err), 0);
	ck_assert_int_eq(err, ERR_TABLE_SIZE);
	free(row);
}

UNIT_TEST(rows_have_their_bound)
{
	char *text = repeated("a\n", LIMIT_TABLE_ROWS + 1);
	enum err err;

	ck_assert_uint_eq(rows_of(text + 2, &err), LIMIT_TABLE_ROWS);
	ck_assert_int_eq(err, ERR_OK);
	ck_assert_uint_eq(rows_of(text, &err), LIMIT_TABLE_ROWS);
	ck_assert_int_eq(err, ERR_TABLE_SIZE);
	free(text);
}

UNIT_TEST(the_file_has_its_bound)
{
	uint8_t *text = calloc(1, LIMIT_TABLE_BYTES + 1);
	struct table *table = malloc(sizeof(*table));

	ck_assert(text != NULL && table != NULL);
	table_init(table, bytes_of(text, LIMIT_TABLE_BYTES));
	ck_assert_int_eq(table->fault.err, ERR_OK);
	table_init(table, bytes_of(text, LIMIT_TABLE_BYTES + 1));
	ck_assert(!table_next(table));
	ck_assert_int_eq(table->fault.err, ERR_TABLE_SIZE);
	free(table);
	free(text);
}

UNIT_MAIN("table", rows_end_with_either_line_end_or_the_file, quotes_hold_commas_quotes_and_line_ends,
	  a_mark_of_byte_order_in_front_is_passed_over, what_is_no_table_is_a_fault_with_its_line,
	  a_zero_byte_is_a_fault, columns_have_their_bound, a_row_has_its_bound, rows_have_their_bound,
	  the_file_has_its_bound)
