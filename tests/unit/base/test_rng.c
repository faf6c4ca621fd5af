#include "base/rng.h"

#include "tests/lib/unit.h"

/* The same seed must give the same run of the simulator for ever. */
UNIT_TEST(rng_gives_its_golden_numbers)
{
	static const uint64_t golden[] = {0x99ec5f36cb75f2b4u, 0xbf6e1f784956452au,
					  0x1a5f849d4933e6e0u};
	struct rng rng;

	rng_init(&rng, 0);
	for (size_t i = 0; i < 3; i++)
		ck_assert_uint_eq(rng_u64(&rng), golden[i]);
}

/* xoshiro256** from the state 1, 2, 3, 4, worked out by hand: the first result
 * is rotl(2 * 5, 7) * 9 = 11520. */
UNIT_TEST(rng_steps_as_the_algorithm_says)
{
	static const uint64_t golden[] = {11520, 0, 1509978240, 1215971899390074240};
	struct rng rng = {{1, 2, 3, 4}};

	for (size_t i = 0; i < 4; i++)
		ck_assert_uint_eq(rng_u64(&rng), golden[i]);
}

UNIT_TEST(rng_below_stays_below_and_reaches_all)
{
	unsigned counts[7] = {0};
	struct rng rng;

	rng_init(&rng, 1);
	for (int i = 0; i < 70000; i++) {
		uint64_t value = rng_below(&rng, 7);

		ck_assert_uint_lt(value, 7);
		counts[value]++;
	}
	for (int i = 0; i < 7; i++) {
		ck_assert_uint_gt(counts[i], 9500);
		ck_assert_uint_lt(counts[i], 10500);
	}
	ck_assert_uint_eq(rng_below(&rng, 1), 0);
	for (int i = 0; i < 100; i++)
		ck_assert_uint_le(rng_below(&rng, UINT64_MAX), UINT64_MAX - 1);
}

UNIT_TEST(rng_chance_is_its_share_of_a_million)
{
	unsigned hits = 0;
	struct rng rng;

	rng_init(&rng, 2);
	for (int i = 0; i < 100000; i++) {
		ck_assert(!rng_chance(&rng, 0));
		ck_assert(rng_chance(&rng, 1000000));
		hits += rng_chance(&rng, 250000) ? 1 : 0;
	}
	ck_assert_uint_gt(hits, 24000);
	ck_assert_uint_lt(hits, 26000);
}

UNIT_MAIN("rng", rng_gives_its_golden_numbers, rng_steps_as_the_algorithm_says,
	  rng_below_stays_below_and_reaches_all, rng_chance_is_its_share_of_a_million)
