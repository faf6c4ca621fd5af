/* Amounts: text of people to minor units and back, without floating point. */
#include <string.h>

#include "clients/cli/money.h"
#include "tests/lib/unit.h"

static uint64_t parsed(const char *text, const char *currency)
{
	uint64_t minor = 7;

	ck_assert_msg(money_parse(&minor, text, currency), "%s", text);
	return minor;
}

static void refused(const char *text, const char *currency)
{
	uint64_t minor = 7;

	ck_assert_msg(!money_parse(&minor, text, currency), "%s gave %llu", text,
		      (unsigned long long)minor);
	ck_assert_uint_eq(minor, 7);
}

UNIT_TEST(amounts_of_all_usual_forms_are_read)
{
	ck_assert_uint_eq(parsed("60,000,000.00", "CNY"), 6000000000);
	ck_assert_uint_eq(parsed("2500000", "CNY"), 250000000);
	ck_assert_uint_eq(parsed("CNY 2500000", "CNY"), 250000000);
	ck_assert_uint_eq(parsed("2,500,000.5 CNY", "CNY"), 250000050);
	ck_assert_uint_eq(parsed("0.01", "CNY"), 1);
	ck_assert_uint_eq(parsed("0", "CNY"), 0);
	ck_assert_uint_eq(parsed("1,000", "JPY"), 1000);
	ck_assert_uint_eq(parsed("1.234", "KWD"), 1234);
	ck_assert_uint_eq(parsed("1.2345", "CLF"), 12345);
}

UNIT_TEST(what_is_no_amount_is_refused)
{
	static const char *const bad[] = {
		"",	  " ",	    "-1",	  "+1",	      "1.",	  ".5",	     "1.234",
		"1e3",	  "1,00",   "1,0000",	  ",100",     "1,000,",	  "1000,000", "12,34,567",
		"1 000",  "1.0.0",  "USD 1",	  "1 USD",    "CNY",	  "CNY ",     "CNY1",
		"CNY  1", "0x10",   "1,000.00,0", ("\xc2\xa5" "1"), "1.00 ",	  "CNY 1 CNY",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused(bad[i], "CNY");
	refused("1.0", "JPY");
	refused("1", "cny");
	refused("1", "CN");
}

UNIT_TEST(the_greatest_amount_is_read_and_one_more_is_not)
{
	ck_assert_uint_eq(parsed("92233720368547758.07", "CNY"), INT64_MAX);
	ck_assert_uint_eq(parsed("92,233,720,368,547,758.07", "CNY"), INT64_MAX);
	refused("92233720368547758.08", "CNY");
	refused("92233720368547759", "CNY");
	refused("99999999999999999999999999", "CNY");
}

UNIT_TEST(a_text_may_bring_its_currency)
{
	uint64_t minor = 0;
	char currency[CURRENCY_LEN + 1] = "";

	ck_assert(money_parse_any(&minor, currency, "GBP 12,785,625.00"));
	ck_assert_str_eq(currency, "GBP");
	ck_assert_uint_eq(minor, 1278562500);
	ck_assert(money_parse_any(&minor, currency, "5 JPY"));
	ck_assert_str_eq(currency, "JPY");
	ck_assert_uint_eq(minor, 5);
	ck_assert(!money_parse_any(&minor, currency, "12"));
}

static void formatted(uint64_t minor, const char *currency, const char *want)
{
	char text[MONEY_TEXT_MAX];

	money_format(text, minor, currency);
	ck_assert_str_eq(text, want);
}

UNIT_TEST(amounts_are_shown_in_groups_with_all_decimals)
{
	formatted(5820000000, "CNY", "CNY 58,200,000.00");
	formatted(0, "CNY", "CNY 0.00");
	formatted(1, "CNY", "CNY 0.01");
	formatted(99, "CNY", "CNY 0.99");
	formatted(100, "CNY", "CNY 1.00");
	formatted(100000, "CNY", "CNY 1,000.00");
	formatted(1234, "JPY", "JPY 1,234");
	formatted(1234, "KWD", "KWD 1.234");
	formatted(INT64_MAX, "CNY", "CNY 92,233,720,368,547,758.07");
	formatted(INT64_MAX, "JPY", "JPY 9,223,372,036,854,775,807");
}

UNIT_TEST(what_is_shown_is_read_back)
{
	static const char *const currencies[] = {"CNY", "JPY", "KWD", "CLF"};
	uint64_t minor = 1;

	for (int i = 0; i < 62; i++, minor = minor * 2 + (uint64_t)(i % 3 == 0)) {
		char text[MONEY_TEXT_MAX];

		money_format(text, minor, currencies[i % 4]);
		ck_assert_uint_eq(parsed(text, currencies[i % 4]), minor);
	}
}

UNIT_MAIN("money", amounts_of_all_usual_forms_are_read, what_is_no_amount_is_refused,
	  the_greatest_amount_is_read_and_one_more_is_not, a_text_may_bring_its_currency,
	  amounts_are_shown_in_groups_with_all_decimals, what_is_shown_is_read_back)
