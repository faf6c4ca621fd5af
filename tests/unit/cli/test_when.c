/* Times and lengths of time as people write them. */
#include "clients/cli/when.h"

#include "tests/lib/unit.h"

static void reads(const char *text, uint64_t expected)
{
	uint64_t ms = 1;

	ck_assert_msg(when_read(&ms, text), "%s", text);
	ck_assert_msg(ms == expected, "%s is %llu", text, (unsigned long long)ms);
}

static void refuses(const char *text)
{
	uint64_t ms = 7;

	ck_assert_msg(!when_read(&ms, text), "%s", text);
	ck_assert_uint_eq(ms, 7);
}

UNIT_TEST(a_time_is_rfc_3339_or_milliseconds)
{
	reads("0", 0);
	reads("1770000000123", 1770000000123);
	reads("1970-01-01T00:00:00Z", 0);
	reads("2026-03-01T09:00:00+08:00", 1772326800000);
	reads("2026-03-01T01:00:00Z", 1772326800000);
	reads("2026-02-28 20:30:00-04:30", 1772326800000);
	reads("2026-03-01t01:00:00.25z", 1772326800250);
	reads("2026-03-01T01:00:00.2509Z", 1772326800250);
	reads("2024-02-29T00:00:00Z", 1709164800000);
}

UNIT_TEST(what_is_no_time_is_refused)
{
	refuses("");
	refuses("tomorrow");
	refuses("2026-03-01");
	refuses("2026-03-01T09:00:00");
	refuses("2026-02-29T09:00:00Z");
	refuses("2026-04-31T09:00:00Z");
	refuses("2026-13-01T09:00:00Z");
	refuses("2026-03-01T24:00:00Z");
	refuses("2026-03-01T09:60:00Z");
	refuses("2026-03-01T09:00:00.Z");
	refuses("2026-03-01T09:00:00+24:00");
	refuses("2026-03-01T09:00:00Z ");
	refuses("1969-12-31T23:59:59Z");
	refuses("9223372036854775808");
}

UNIT_TEST(a_time_written_is_read_again)
{
	char text[WHEN_TEXT_MAX];

	when_format(text, 1772326800000);
	ck_assert_str_eq(text, "2026-03-01T01:00:00Z");
	when_format(text, 1772326800050);
	ck_assert_str_eq(text, "2026-03-01T01:00:00.050Z");
	reads(text, 1772326800050);
	when_format(text, INT64_MAX);
	reads(text, INT64_MAX);
}

UNIT_TEST(lengths_have_one_unit)
{
	uint64_t ms = 1;
	char text[WHEN_TEXT_MAX];

	ck_assert(duration_read(&ms, "7d") && ms == 604800000);
	ck_assert(duration_read(&ms, "12h") && ms == 43200000);
	ck_assert(duration_read(&ms, "30m") && ms == 1800000);
	ck_assert(duration_read(&ms, "90s") && ms == 90000);
	ck_assert(duration_read(&ms, "1ms") && ms == 1);
	ck_assert(duration_read(&ms, "0") && ms == 0);
	ck_assert(!duration_read(&ms, "7"));
	ck_assert(!duration_read(&ms, "d"));
	ck_assert(!duration_read(&ms, "7 d"));
	ck_assert(!duration_read(&ms, "106751991168d"));
	duration_format(text, 604800000);
	ck_assert_str_eq(text, "7d");
	duration_format(text, 90000);
	ck_assert_str_eq(text, "90s");
	duration_format(text, 0);
	ck_assert_str_eq(text, "0");
}

UNIT_TEST(a_rough_length_has_two_units_at_most)
{
	char text[WHEN_TEXT_MAX];

	duration_rough(text, 3 * 86400000ull + 4 * 3600000ull + 59999);
	ck_assert_str_eq(text, "3 d 4 h");
	duration_rough(text, 3 * 86400000ull + 59999);
	ck_assert_str_eq(text, "3 d");
	duration_rough(text, 61000);
	ck_assert_str_eq(text, "1 m 1 s");
	duration_rough(text, 12999);
	ck_assert_str_eq(text, "12 s");
	duration_rough(text, 999);
	ck_assert_str_eq(text, "0 s");
}

UNIT_MAIN("when", a_time_is_rfc_3339_or_milliseconds, what_is_no_time_is_refused,
	  a_time_written_is_read_again, lengths_have_one_unit,
	  a_rough_length_has_two_units_at_most)
