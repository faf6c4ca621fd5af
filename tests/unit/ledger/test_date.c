/* Days of the calendar, and periods of them. */
#include "ledger/apply/date.h"

#include "tests/lib/unit.h"

UNIT_TEST(each_month_ends_where_the_calendar_says)
{
	static const struct {
		const char *date;
		bool is_valid;
	} cases[] = {
		{"2027-01-31", true}, {"2027-01-32", false}, {"2027-02-28", true},
		{"2027-02-29", false}, {"2028-02-29", true}, {"2028-02-30", false},
		{"1900-02-29", false}, {"2000-02-29", true}, {"2027-04-30", true},
		{"2027-04-31", false}, {"2027-06-31", false}, {"2027-09-31", false},
		{"2027-11-31", false}, {"2027-12-31", true}, {"2027-12-32", false},
		{"2027-00-01", false}, {"2027-13-01", false}, {"2027-01-00", false},
		{"0001-01-01", true}, {"0000-01-01", false}, {"9999-12-31", true},
		{"", false}, {"2027-1-01", false}, {"2027-01-1", false}, {"2027/01/01", false},
		{"2027-01-01 ", false}, {"20270101", false}, {"2O27-01-01", false},
		{"-027-01-01", false}, {"2027-01-0a", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(date_is_valid(cases[i].date) == cases[i].is_valid, "%s", cases[i].date);
}

static Stele__Period period_of(const char *start, const char *end)
{
	Stele__Period period = STELE__PERIOD__INIT;

	period.start = (char *)start;
	period.end = (char *)end;
	return period;
}

UNIT_TEST(a_period_ends_no_earlier_than_it_begins)
{
	Stele__Period day = period_of("2027-01-01", "2027-01-01");
	Stele__Period back = period_of("2027-01-02", "2027-01-01");
	Stele__Period none = period_of("2027-01-01", "2027-02-29");

	ck_assert(period_is_valid(&day));
	ck_assert(!period_is_valid(&back));
	ck_assert(!period_is_valid(&none));
}

UNIT_TEST(within_includes_both_ends)
{
	Stele__Period outer = period_of("2027-01-02", "2027-12-30");
	Stele__Period early = period_of("2027-01-01", "2027-12-30");
	Stele__Period late = period_of("2027-01-02", "2027-12-31");

	ck_assert(period_is_within(&outer, &outer));
	ck_assert(!period_is_within(&early, &outer));
	ck_assert(!period_is_within(&late, &outer));
}

UNIT_MAIN("date", each_month_ends_where_the_calendar_says, a_period_ends_no_earlier_than_it_begins,
	  within_includes_both_ends)
