#include "ledger/ids.h"

#include <string.h>

#include "base/rng.h"
#include "crypto/digest.h"
#include "tests/lib/unit.h"

static struct hash id_of(uint64_t n)
{
	struct hash id;

	sha256(&id, &n, sizeof(n));
	return id;
}

UNIT_TEST(ids_are_held_up_to_and_including_until)
{
	struct ids *ids = ids_new(600000);
	struct hash id = id_of(1);

	ck_assert_int_eq(ids_add(ids, &id, 5000), ERR_OK);
	ck_assert(ids_has(ids, &id, 5000));
	ck_assert(!ids_has(ids, &id, 5001));
	ids_expire(ids, 5000);
	ck_assert_uint_eq(ids_count(ids), 1);
	ids_expire(ids, 5001);
	ck_assert_uint_eq(ids_count(ids), 0);
	ck_assert(!ids_has(ids, &id, 0));
	ids_free(ids);
}

UNIT_TEST(ids_expire_exactly_those_that_ended_whatever_the_step)
{
	static uint64_t untils[20000];
	struct ids *ids = ids_new(600000);
	uint64_t now = 1700000000000;
	uint64_t added = 0;
	struct rng rng;

	rng_init(&rng, 9);
	for (int round = 0; round < 60; round++) {
		size_t live = 0;

		for (int i = 0; i < 300; i++, added++) {
			struct hash id = id_of(added);

			untils[added] = now + rng_below(&rng, 600000);
			ck_assert_int_eq(ids_add(ids, &id, untils[added]), ERR_OK);
		}
		/* mostly small steps, now and then a night */
		now += rng_below(&rng, 10) == 0 ? 30000000 : rng_below(&rng, 100000);
		ids_expire(ids, now);
		for (uint64_t i = 0; i < added; i++) {
			struct hash id = id_of(i);

			live += untils[i] >= now;
			ck_assert(ids_has(ids, &id, now) == (untils[i] >= now));
		}
		ck_assert_uint_eq(ids_count(ids), live);
	}
	ids_free(ids);
}

UNIT_TEST(ids_added_again_keep_the_later_until)
{
	struct ids *ids = ids_new(4096);
	struct hash id = id_of(1);

	ck_assert_int_eq(ids_add(ids, &id, 100), ERR_OK);
	ck_assert_int_eq(ids_add(ids, &id, 900), ERR_OK);
	ck_assert_int_eq(ids_add(ids, &id, 50), ERR_OK);
	ids_expire(ids, 500);
	ck_assert(ids_has(ids, &id, 900));
	ids_expire(ids, 901);
	ck_assert_uint_eq(ids_count(ids), 0);
	ids_free(ids);
}

UNIT_MAIN("ids", ids_are_held_up_to_and_including_until,
	  ids_expire_exactly_those_that_ended_whatever_the_step,
	  ids_added_again_keep_the_later_until)
