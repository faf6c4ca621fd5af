/* Tables keep a row on its line, and identifiers whole, however narrow the terminal is. */
#include "clients/cli/out.h"

#include "tests/lib/unit.h"
#include "tests/unit/cli/heard.h"

static const char awards[] =
	"[{\"number\":1,\"state\":\"active\",\"recipient\":\"CN-USCI-12110108EXAMPLE11H\","
	"\"amount\":\"500000000\",\"currency\":\"CNY\",\"title\":\"Models of industrial processes\"},"
	"{\"number\":12,\"state\":\"granted\",\"recipient\":\"CN-USCI-12110108EXAMPLE2X9\","
	"\"amount\":\"1\",\"currency\":\"CNY\",\"title\":\"Another\"}]";
static const char motions[] =
	"[{\"number\":1,\"of\":[\"CN-USCI-12110105EXAMPLE2XX\",\"CN-USCI-12110105EXAMPLE38X\"],"
	"\"by\":[\"CN-USCI-12110105EXAMPLE116\"],\"operation\":\"disbursement.record\"}]";

static const char *shown(const char *text, const struct column *columns, int kept)
{
	json_t *items = json_loads(text, 0, NULL);

	ck_assert_ptr_nonnull(items);
	out_table(items, columns);
	json_decref(items);
	return heard(kept);
}

static void is_everywhere(const char *text, const struct column *columns, const char *expected)
{
	ck_assert_str_eq(shown(text, columns, listen_to()), expected);
	ck_assert_str_eq(shown(text, columns, listen_to_terminal(200)), expected);
	ck_assert_str_eq(shown(text, columns, listen_to_terminal(80)), expected);
	ck_assert_str_eq(shown(text, columns, listen_to_terminal(40)), expected);
}

UNIT_TEST(a_row_wider_than_the_terminal_stays_one_line)
{
	static const struct column columns[] = {
		{"number", "award", COLUMN_NUMBER},
		{"state", "state", COLUMN_TEXT},
		{"recipient", "recipient", COLUMN_TEXT},
		{"amount", "amount", COLUMN_MONEY},
		{"title", "title", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};

	is_everywhere(awards, columns,
		      "award state   recipient                            amount title\n"
		      "    1 active  CN-USCI-12110108EXAMPLE11H CNY 5,000,000.00 "
		      "Models of industrial processes\n"
		      "   12 granted CN-USCI-12110108EXAMPLE2X9         CNY 0.01 Another\n");
}

UNIT_TEST(a_list_has_a_line_for_each_and_no_blanks_behind_it)
{
	static const struct column columns[] = {
		{"number", "MOTION", COLUMN_TEXT},
		{"by", "APPROVED BY", COLUMN_LINES},
		{"of", "OF", COLUMN_LINES},
		{"operation", "OPERATION", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};

	is_everywhere(motions, columns,
		      "MOTION APPROVED BY                OF                         OPERATION\n"
		      "1      CN-USCI-12110105EXAMPLE116 CN-USCI-12110105EXAMPLE2XX "
		      "disbursement.record\n"
		      "                                  CN-USCI-12110105EXAMPLE38X\n");
}

UNIT_TEST(an_empty_table_is_nothing)
{
	static const struct column columns[] = {
		{"number", "award", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};

	ck_assert_str_eq(shown("[]", columns, listen_to()), "");
}

UNIT_MAIN("cli/out", a_row_wider_than_the_terminal_stays_one_line,
	  a_list_has_a_line_for_each_and_no_blanks_behind_it, an_empty_table_is_nothing)
