/* Random picks: distinct, within their bound, from a seed; and what they mean. */
#include <math.h>

#include "clients/cli/sample.h"
#include "tests/lib/unit.h"

UNIT_TEST(picks_are_distinct_ascending_and_below_the_bound)
{
	uint64_t out[40];
	struct rng rng;

	for (uint64_t seed = 0; seed < 200; seed++) {
		rng_init(&rng, seed);
		ck_assert_uint_eq(sample_pick(out, 40, 41 + seed, &rng), 40);
		for (size_t i = 0; i < 40; i++) {
			ck_assert(out[i] < 41 + seed);
			ck_assert(i == 0 || out[i - 1] < out[i]);
		}
	}
}

UNIT_TEST(no_more_are_picked_than_there_are)
{
	uint64_t out[8];
	struct rng rng;

	rng_init(&rng, 1);
	ck_assert_uint_eq(sample_pick(out, 8, 3, &rng), 3);
	for (uint64_t i = 0; i < 3; i++)
		ck_assert_uint_eq(out[i], i);
	ck_assert_uint_eq(sample_pick(out, 8, 8, &rng), 8);
	ck_assert_uint_eq(out[7], 7);
}

/* 20,000 draws of 3 out of 10: each number is in 6,000 of them, give or take 65 (one sigma). */
UNIT_TEST(every_number_is_as_likely_as_any_other)
{
	size_t seen[10] = {0};
	uint64_t out[3];
	struct rng rng;

	rng_init(&rng, 7);
	for (size_t i = 0; i < 20000; i++) {
		ck_assert_uint_eq(sample_pick(out, 3, 10, &rng), 3);
		for (size_t k = 0; k < 3; k++)
			seen[out[k]]++;
	}
	for (size_t i = 0; i < 10; i++)
		ck_assert_msg(seen[i] > 5700 && seen[i] < 6300, "%zu: %zu", i, seen[i]);
}

UNIT_TEST(the_same_seed_picks_the_same)
{
	uint64_t first[10], again[10];
	struct rng rng;

	rng_init(&rng, 42);
	(void)sample_pick(first, 10, 1000000, &rng);
	rng_init(&rng, 42);
	(void)sample_pick(again, 10, 1000000, &rng);
	ck_assert_mem_eq(first, again, sizeof(first));
}

UNIT_TEST(probabilities_are_those_of_the_formula)
{
	ck_assert(fabs(sample_power(50, 0.01) - 0.394994) < 1e-6);
	ck_assert(fabs(sample_power(1, 0.25) - 0.25) < 1e-12);
	ck_assert(sample_power(0, 0.5) < 1e-12);
	ck_assert(fabs(sample_power(59, sample_fraction(59, 0.95)) - 0.95) < 1e-9);
	ck_assert(fabs(sample_fraction(300, 0.95) - 0.009936) < 1e-6);
	ck_assert(sample_fraction(0, 0.95) > 0.999);
}

UNIT_MAIN("sample", picks_are_distinct_ascending_and_below_the_bound, no_more_are_picked_than_there_are,
	  every_number_is_as_likely_as_any_other, the_same_seed_picks_the_same,
	  probabilities_are_those_of_the_formula)
