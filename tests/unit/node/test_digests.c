#include "node/digests.h"

#include "tests/lib/unit.h"

#define COUNT 5000u

static struct hash key_of(uint32_t number)
{
	struct hash key = {{0}};

	/* few bytes differ: what a chooser of keys would try */
	store_u32(key.b + 28, number);
	return key;
}

UNIT_TEST(digests_finds_what_was_put_and_nothing_else)
{
	struct digests *digests = digests_new(7);
	static uint32_t values[COUNT];

	for (uint32_t i = 0; i < COUNT; i++) {
		struct hash key = key_of(i);

		digests_put(digests, &key, &values[i]);
	}
	ck_assert_uint_eq(digests_count(digests), COUNT);
	for (uint32_t i = 0; i < 2 * COUNT; i++) {
		struct hash key = key_of(i);

		ck_assert_ptr_eq(digests_get(digests, &key), i < COUNT ? &values[i] : NULL);
	}
	digests_free(digests);
}

UNIT_TEST(digests_removal_leaves_the_others_findable)
{
	struct digests *digests = digests_new(9);
	static uint32_t values[COUNT];

	for (uint32_t i = 0; i < COUNT; i++) {
		struct hash key = key_of(i);

		digests_put(digests, &key, &values[i]);
	}
	for (uint32_t i = 0; i < COUNT; i += 3) {
		struct hash key = key_of(i);

		digests_remove(digests, &key);
		digests_remove(digests, &key);
	}
	for (uint32_t i = 0; i < COUNT; i++) {
		struct hash key = key_of(i);

		ck_assert_ptr_eq(digests_get(digests, &key), i % 3 == 0 ? NULL : &values[i]);
	}
	ck_assert_uint_eq(digests_count(digests), COUNT - (COUNT + 2) / 3);
	digests_free(digests);
}

UNIT_TEST(digests_second_put_replaces)
{
	struct digests *digests = digests_new(1);
	struct hash key = key_of(4);
	int first, second;

	digests_put(digests, &key, &first);
	digests_put(digests, &key, &second);
	ck_assert_ptr_eq(digests_get(digests, &key), &second);
	ck_assert_uint_eq(digests_count(digests), 1);
	digests_free(digests);
}

UNIT_MAIN("digests", digests_finds_what_was_put_and_nothing_else,
	  digests_removal_leaves_the_others_findable, digests_second_put_replaces)
