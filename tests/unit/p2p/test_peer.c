#include "p2p/peer.h"

#include <string.h>

#include "proto/set.h"
#include "tests/lib/unit.h"

UNIT_TEST(backoff_doubles_with_jitter_up_to_its_cap)
{
	struct backoff backoff = {0};
	uint32_t want = BACKOFF_MS_MIN;
	struct rng rng;

	rng_init(&rng, 1);
	for (int i = 0; i < 20; i++) {
		uint32_t pause = backoff_next(&backoff, &rng);

		ck_assert_uint_le(pause, want);
		ck_assert_uint_gt(pause, want * 3 / 4 - 1);
		want = want * 2 > BACKOFF_MS_MAX ? BACKOFF_MS_MAX : want * 2;
	}
	backoff_reset(&backoff);
	ck_assert_uint_le(backoff_next(&backoff, &rng), BACKOFF_MS_MIN);
}

UNIT_TEST(backoff_of_two_nodes_drifts_apart)
{
	struct backoff one = {0};
	struct backoff two = {0};
	struct rng rng_one;
	struct rng rng_two;
	int same = 0;

	rng_init(&rng_one, 1);
	rng_init(&rng_two, 2);
	for (int i = 0; i < 20; i++)
		same += backoff_next(&one, &rng_one) == backoff_next(&two, &rng_two);
	ck_assert_int_lt(same, 5);
}

UNIT_TEST(quota_lets_its_rate_pass_for_ever)
{
	static const struct quota_rate rate = {.bytes = 1000, .messages = 10};
	struct quota quota;
	uint64_t now_us = 5;

	quota_init(&quota, &rate, now_us);
	for (int i = 0; i < 1000; i++) {
		now_us += 100000;
		ck_assert_uint_eq(quota_take(&quota, 100, now_us), 0);
	}
}

UNIT_TEST(quota_makes_a_flood_of_messages_wait)
{
	static const struct quota_rate rate = {.bytes = 1000000, .messages = 10};
	struct quota quota;
	uint64_t wait_us;
	int passed = 0;

	quota_init(&quota, &rate, 0);
	while ((wait_us = quota_take(&quota, 1, 1)) == 0 && passed < 100)
		passed++;
	ck_assert_int_eq(passed, 20);
	ck_assert_uint_gt(wait_us, 90000);
	ck_assert_uint_le(wait_us, 100001);
	/* one more, after the wait, overdraws again */
	ck_assert_uint_gt(quota_take(&quota, 1, 1 + wait_us), 0);
}

UNIT_TEST(quota_makes_a_flood_of_bytes_wait)
{
	static const struct quota_rate rate = {.bytes = 1000, .messages = 1000000};
	struct quota quota;

	quota_init(&quota, &rate, 0);
	ck_assert_uint_eq(quota_take(&quota, 2000, 0), 0);
	ck_assert_uint_ge(quota_take(&quota, 500, 0), 500000);
	ck_assert_uint_eq(quota_take(&quota, 0, 600000), 0);
}

UNIT_TEST(quota_of_a_clock_that_stands_still_or_jumps_stays_bounded)
{
	static const struct quota_rate rate = {.bytes = 1000, .messages = 10};
	struct quota quota;

	quota_init(&quota, &rate, 1000000);
	ck_assert_uint_eq(quota_take(&quota, 0, 0), 0);
	(void)quota_take(&quota, 0, UINT64_MAX);
	for (int i = 0; i < 20; i++)
		(void)quota_take(&quota, 0, UINT64_MAX);
	ck_assert_uint_gt(quota_take(&quota, 0, UINT64_MAX), 0);
}

static struct public_key key_of(uint8_t number)
{
	struct public_key key;

	memset(key.b, number, sizeof(key.b));
	return key;
}

UNIT_TEST(punished_peer_is_out_for_a_while_and_the_oldest_gives_way)
{
	static struct punished punished;
	struct public_key first = key_of(1);
	struct public_key key;

	ck_assert(!punished_has(&punished, &first, 10));
	punished_add(&punished, &first, 10);
	ck_assert(punished_has(&punished, &first, 10));
	ck_assert(punished_has(&punished, &first, 9 + PUNISHED_US));
	ck_assert(!punished_has(&punished, &first, 10 + PUNISHED_US));
	for (uint8_t i = 2; i < 2 + PUNISHED_MAX - 1; i++) {
		key = key_of(i);
		punished_add(&punished, &key, 20);
	}
	ck_assert(punished_has(&punished, &first, 20));
	key = key_of(200);
	punished_add(&punished, &key, 20);
	ck_assert(!punished_has(&punished, &first, 20));
}

UNIT_TEST(peer_both_ends_keep_the_same_session)
{
	struct public_key low = key_of(1);
	struct public_key high = key_of(2);

	/* indexes decide, not keys */
	ck_assert(peer_prefers_own_dial(0, &high, 1, &low));
	ck_assert(!peer_prefers_own_dial(1, &low, 0, &high));
	/* without an index, keys do */
	ck_assert(peer_prefers_own_dial(SET_NO_INDEX, &low, 0, &high));
	ck_assert(!peer_prefers_own_dial(0, &high, SET_NO_INDEX, &low));
}

UNIT_TEST(quota_that_is_only_tried_owes_nothing_for_what_was_refused)
{
	static const struct quota_rate rate = {.bytes = 1000, .messages = 10};
	struct quota quota;
	int passed = 0;

	quota_init(&quota, &rate, 0);
	for (int i = 0; i < 1000; i++)
		passed += quota_try(&quota, 1);
	ck_assert_int_eq(passed, 20);
	ck_assert(quota_try(&quota, 100001));
	ck_assert(!quota_try(&quota, 100001));
}

UNIT_TEST(quota_is_charged_for_answers)
{
	static const struct quota_rate rate = {.bytes = 1000, .messages = 1000000};
	struct quota quota;

	quota_init(&quota, &rate, 0);
	quota_charge(&quota, 2500);
	ck_assert(!quota_try(&quota, 400000));
	ck_assert(quota_try(&quota, 500000));
}

UNIT_MAIN("peer", backoff_doubles_with_jitter_up_to_its_cap, backoff_of_two_nodes_drifts_apart,
	  quota_lets_its_rate_pass_for_ever, quota_makes_a_flood_of_messages_wait,
	  quota_makes_a_flood_of_bytes_wait,
	  quota_that_is_only_tried_owes_nothing_for_what_was_refused, quota_is_charged_for_answers,
	  quota_of_a_clock_that_stands_still_or_jumps_stays_bounded,
	  punished_peer_is_out_for_a_while_and_the_oldest_gives_way,
	  peer_both_ends_keep_the_same_session)
