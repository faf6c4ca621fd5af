#include "tests/twins/drama.h"

#include <stdlib.h>
#include <string.h>

#include "tests/lib/unit.h"

#define NODES 5u

/* Burnside's lemma over single rounds: how many (leader, at most two groups) the
 * renaming leaves as they are.  Independent of drama.c. */
static uint64_t fixed_by(const uint32_t to[NODES])
{
	uint64_t fixed = 0;

	for (uint32_t leader = 0; leader < 4; leader++) {
		for (uint32_t mask = 0; mask < 16; mask++) { /* node 4 is never in it */
			uint32_t image = 0;
			bool is_same_leader = leader == 0 || to[leader] == leader;

			for (uint32_t i = 0; i < NODES; i++)
				image |= (mask >> i & 1) << to[i];
			fixed += is_same_leader && (image == mask || image == (mask ^ 31));
		}
	}
	return fixed;
}

static uint64_t orbits(uint32_t rounds)
{
	static const uint32_t orders[6][3] = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3},
					      {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};
	uint64_t sum = 0;

	for (uint32_t i = 0; i < 12; i++) {
		const uint32_t *order = orders[i / 2];
		uint32_t to[NODES] = {i % 2 == 0 ? 0 : 4, order[0], order[1], order[2],
				      i % 2 == 0 ? 4 : 0};
		uint64_t fixed = fixed_by(to), power = 1;

		for (uint32_t round = 0; round < rounds; round++)
			power *= fixed;
		sum += power;
	}
	return sum / 12;
}

UNIT_TEST(every_form_of_up_to_three_rounds_is_there)
{
	ck_assert_uint_eq(drama_exhaustive(), orbits(1) + orbits(2) + orbits(3));
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

UNIT_TEST(no_form_is_there_twice)
{
	uint64_t count = drama_exhaustive();
	uint64_t *forms = calloc(count, sizeof(*forms));
	struct drama drama;

	ck_assert_ptr_nonnull(forms);
	for (uint64_t i = 0; i < count; i++) {
		drama_four(&drama, i);
		forms[i] = drama_form(&drama);
	}
	qsort(forms, count, sizeof(*forms), compare);
	for (uint64_t i = 1; i < count; i++)
		ck_assert(forms[i] != forms[i - 1]);
	free(forms);
}

UNIT_TEST(a_number_names_one_drama)
{
	for (uint64_t i = 0; i < 100; i++) {
		struct drama first, second;

		drama_four(&first, i * 1009);
		drama_four(&second, i * 1009);
		ck_assert_mem_eq(&first, &second, sizeof(first));
		drama_drawn(&first, i, 7, 2);
		drama_drawn(&second, i, 7, 2);
		ck_assert_mem_eq(&first, &second, sizeof(first));
	}
}

UNIT_TEST(rounds_leaders_and_groups_are_within_bounds)
{
	for (uint64_t i = 0; i < 2000; i++) {
		struct drama drama;

		drama_four(&drama, drama_exhaustive() + i);
		ck_assert_uint_ge(drama.rounds, 4);
		ck_assert_uint_le(drama.rounds, DRAMA_ROUNDS_MAX);
		for (uint32_t k = 0; k < drama.rounds; k++) {
			ck_assert_uint_lt(drama.leader[k], 4);
			for (uint32_t node = 0; node < NODES; node++)
				ck_assert_uint_lt(drama.group[k][node], NODES);
		}
	}
}

UNIT_MAIN("drama", every_form_of_up_to_three_rounds_is_there, no_form_is_there_twice,
	  a_number_names_one_drama, rounds_leaders_and_groups_are_within_bounds)
