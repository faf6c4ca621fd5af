/* Whose turn it is. */
#include "node/turns.h"

#include "tests/lib/unit.h"

#define LINE_MAX 20u

static struct turn flood[LINE_MAX + 1], others[3];

UNIT_TEST(turns_a_flood_delays_itself)
{
	struct turns *turns = turns_new(LINE_MAX, 7);
	uint32_t taken = 0;

	for (size_t i = 0; i < LINE_MAX; i++)
		ck_assert(turns_add(turns, &flood[i], bytes_text("flood")));
	ck_assert(!turns_add(turns, &flood[LINE_MAX], bytes_text("flood")));
	ck_assert(turns_add(turns, &others[0], bytes_text("a")));
	ck_assert(turns_add(turns, &others[1], bytes_text("b")));
	ck_assert(turns_add(turns, &others[2], bytes_text("a")));
	for (size_t i = 0; i < 6; i++) {
		const struct turn *turn = turns_take(turns);

		taken += turn == &others[0] || turn == &others[1] || turn == &others[2];
	}
	/* in two rounds of three lines */
	ck_assert_uint_eq(taken, 3);
	turns_free(turns);
}

UNIT_TEST(turns_each_line_keeps_its_order_and_all_are_served)
{
	struct turns *turns = turns_new(LINE_MAX, 7);
	size_t next = 0;
	struct turn *turn;

	ck_assert_ptr_null(turns_take(turns));
	for (size_t i = 0; i < 5; i++)
		ck_assert(turns_add(turns, &flood[i], bytes_text("flood")));
	ck_assert(turns_add(turns, &others[0], bytes_of(NULL, 0)));
	while ((turn = turns_take(turns)) != NULL) {
		if (turn != &others[0])
			ck_assert_ptr_eq(turn, &flood[next++]);
	}
	ck_assert_uint_eq(next, 5);
	turns_free(turns);
}

UNIT_MAIN("turns", turns_a_flood_delays_itself,
	  turns_each_line_keeps_its_order_and_all_are_served)
