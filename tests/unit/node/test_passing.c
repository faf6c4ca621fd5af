/* Whose parcels are passed over: section 9. */
#include "node/passing.h"

#include "tests/lib/unit.h"

#define AUTHOR 3u

UNIT_TEST(passing_takes_more_than_f_of_them_in_one_view)
{
	struct passing *passing = passing_new(4);

	ck_assert(!passing_is_over(passing, AUTHOR, 1));
	ck_assert(!passing_on_fetch(passing, AUTHOR, 0, 10));
	ck_assert(!passing_on_fetch(passing, AUTHOR, 0, 10)); /* the same one again */
	ck_assert(!passing_on_fetch(passing, AUTHOR, 1, 11)); /* in another view */
	ck_assert(!passing_is_over(passing, AUTHOR, 11));
	ck_assert(passing_on_fetch(passing, AUTHOR, 2, 11));
	ck_assert(passing_is_over(passing, AUTHOR, 11));
	ck_assert(!passing_is_over(passing, 0, 11));
	passing_free(passing);
}

UNIT_TEST(passing_ends_after_two_turns_of_each_leader)
{
	struct passing *passing = passing_new(4);

	ck_assert(!passing_on_fetch(passing, AUTHOR, 0, 20));
	ck_assert(passing_on_fetch(passing, AUTHOR, 1, 20));
	ck_assert(passing_is_over(passing, AUTHOR, 28));
	ck_assert(!passing_is_over(passing, AUTHOR, 29));
	/* while it lasts it is made longer, and not said again */
	ck_assert(!passing_on_fetch(passing, AUTHOR, 0, 24));
	ck_assert(!passing_on_fetch(passing, AUTHOR, 1, 24));
	ck_assert(passing_is_over(passing, AUTHOR, 32));
	ck_assert(!passing_is_over(passing, AUTHOR, 33));
	passing_free(passing);
}

UNIT_MAIN("passing", passing_takes_more_than_f_of_them_in_one_view,
	  passing_ends_after_two_turns_of_each_leader)
