/* The bench's search for the highest sustained rate, and what counts as sustained. */
#include "clients/cli/bench/search.h"

#include "tests/lib/unit.h"

/* Against a network that bears so much. */
static double search_for(double bearable, double estimate, unsigned *tries)
{
	struct search search;
	double rate;

	search_init(&search, estimate);
	while (search_next(&search, &rate))
		search_tell(&search, rate <= bearable);
	*tries = search.tries;
	return search.low;
}

UNIT_TEST(search_ends_within_its_resolution_below_what_is_borne)
{
	static const double bearable[] = {510, 700, 850, 999, 1000, 1030};
	unsigned tries;

	for (size_t i = 0; i < sizeof(bearable) / sizeof(bearable[0]); i++) {
		double found = search_for(bearable[i], 1000, &tries);

		ck_assert(found <= bearable[i]);
		ck_assert(found >= bearable[i] * (1 - 1.1 * SEARCH_RESOLUTION));
		ck_assert_uint_le(tries, 7);
	}
}

UNIT_TEST(search_passes_an_estimate_that_was_too_low)
{
	unsigned tries;
	double found = search_for(1300, 1000, &tries);

	ck_assert(found > 1300 * (1 - 1.1 * SEARCH_RESOLUTION) && found <= 1300);
	ck_assert_uint_le(tries, SEARCH_TRIES_MAX);
}

UNIT_TEST(search_goes_below_half_of_an_estimate_that_was_too_high)
{
	unsigned tries;
	double found = search_for(300, 1000, &tries);

	ck_assert(found > 0 && found <= 300);
	ck_assert(found > 250);
}

UNIT_TEST(search_of_what_bears_nothing_ends_with_0)
{
	unsigned tries;

	ck_assert(search_for(0, 1000, &tries) <= 0);
	ck_assert_uint_eq(tries, SEARCH_TRIES_MAX);
}

UNIT_TEST(sustained_is_judged_by_rate_backlog_and_refusals)
{
	static const struct {
		struct seen seen;
		bool is_sustained;
	} cases[] = {
		{{.offered = 1000, .final = 1000}, true},
		{{.offered = 1000, .final = 981}, true},
		{{.offered = 1000, .final = 979}, false},
		{{.offered = 1000, .final = 1000, .backlog_growth = 9}, true},
		{{.offered = 1000, .final = 1000, .backlog_growth = 11}, false},
		{{.offered = 1000, .final = 1000, .backlog_growth = -50}, true},
		{{.offered = 1000, .final = 1000, .refused = 0.9}, true},
		{{.offered = 1000, .final = 1000, .refused = 1.1}, false},
		{{.offered = 0}, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_int_eq(search_judge(&cases[i].seen) == NULL, cases[i].is_sustained);
}

UNIT_MAIN("bench_search", search_ends_within_its_resolution_below_what_is_borne,
	  search_passes_an_estimate_that_was_too_low,
	  search_goes_below_half_of_an_estimate_that_was_too_high,
	  search_of_what_bears_nothing_ends_with_0,
	  sustained_is_judged_by_rate_backlog_and_refusals)
