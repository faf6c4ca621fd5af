/* The pool of waiting transactions. */
#include "ledger/mempool.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world.h"

static struct world *world;
static uint64_t content;

static struct mempool *pool_of(uint32_t count_max, uint64_t bytes_max, uint32_t count_max_org)
{
	struct mempool_bounds bounds = {count_max, bytes_max, count_max_org};
	struct mempool *pool = mempool_new(&bounds, 42);

	ck_assert(pool != NULL);
	if (world == NULL)
		world = world_new(NULL);
	return pool;
}

static struct tx *any_tx(void)
{
	Stele__TransactionBody body = world_body(OP(CONTENT_ANCHOR), make_anchor(++content));

	return world_tx(world, LAB_1, &body, NULL);
}

static struct tx *add(struct mempool *pool, const char *org)
{
	struct tx *tx = any_tx();
	bool is_duplicate = true;

	ck_assert_int_eq(mempool_add(pool, tx, org, &is_duplicate), ERR_OK);
	ck_assert(!is_duplicate);
	return tx;
}

static void refuse(struct mempool *pool, const char *org)
{
	uint32_t count = mempool_count(pool);
	uint64_t bytes = mempool_bytes(pool);
	struct tx *tx = any_tx();
	bool is_duplicate;

	ck_assert_int_eq(mempool_add(pool, tx, org, &is_duplicate), ERR_POOL_FULL);
	ck_assert(!is_duplicate);
	ck_assert_uint_eq(mempool_count(pool), count);
	ck_assert_uint_eq(mempool_bytes(pool), bytes);
	ck_assert_ptr_null(mempool_find(pool, &tx->id));
	tx_free(tx);
}

UNIT_TEST(pool_refuses_one_above_its_count)
{
	struct mempool *pool = pool_of(3, 1 << 20, 3);

	for (int i = 0; i < 3; i++)
		(void)add(pool, "A");
	refuse(pool, "A");
	refuse(pool, "B");
	mempool_free(pool);
}

UNIT_TEST(pool_refuses_one_above_an_organisations_count)
{
	struct mempool *pool = pool_of(10, 1 << 20, 2);
	struct tx *first = add(pool, "A");

	(void)add(pool, "A");
	refuse(pool, "A");
	(void)add(pool, "B");
	mempool_remove(pool, &first->id);
	(void)add(pool, "A");
	refuse(pool, "A");
	mempool_free(pool);
}

UNIT_TEST(pool_refuses_one_byte_above_its_bytes)
{
	struct mempool *pool = pool_of(10, 1 << 20, 10);
	uint64_t two;

	(void)add(pool, "A");
	(void)add(pool, "A");
	two = mempool_bytes(pool);
	mempool_free(pool);
	pool = pool_of(10, two, 10);
	(void)add(pool, "A");
	(void)add(pool, "A");
	ck_assert_uint_eq(mempool_bytes(pool), two);
	mempool_free(pool);
	pool = pool_of(10, two - 1, 10);
	(void)add(pool, "A");
	refuse(pool, "A");
	mempool_free(pool);
}

UNIT_TEST(same_transaction_again_is_a_duplicate_even_when_full)
{
	struct mempool *pool = pool_of(1, 1 << 20, 1);
	struct tx *tx = add(pool, "A");
	bool is_duplicate = false;

	ck_assert_int_eq(mempool_add(pool, tx, "A", &is_duplicate), ERR_OK);
	ck_assert(is_duplicate);
	ck_assert_uint_eq(mempool_count(pool), 1);
	mempool_free(pool);
}

UNIT_TEST(take_goes_round_organisations_in_order_of_arrival)
{
	struct mempool *pool = pool_of(100, 1 << 20, 100);
	struct tx *a1 = add(pool, "A"), *a2 = add(pool, "A"), *a3 = add(pool, "A");
	struct tx *b1 = add(pool, "B"), *c1 = add(pool, "C");
	struct tx *out[8];

	ck_assert_uint_eq(mempool_take(pool, 1, 4, 1 << 20, out), 4);
	ck_assert(out[0] == a1 && out[1] == b1 && out[2] == c1 && out[3] == a2);
	ck_assert_uint_eq(mempool_waiting(pool), 1);
	ck_assert_uint_eq(mempool_count(pool), 5);
	ck_assert_uint_eq(mempool_take(pool, 2, 8, 1 << 20, out), 1);
	ck_assert(out[0] == a3);
	ck_assert_uint_eq(mempool_take(pool, 3, 8, 1 << 20, out), 0);
	mempool_free(pool);
}

UNIT_TEST(take_counts_the_frame_of_each_transaction)
{
	struct mempool *pool = pool_of(100, 1 << 20, 100);
	struct tx *one = add(pool, "A"), *two = add(pool, "A");
	uint64_t both = one->raw.len + two->raw.len + 8;
	struct tx *out[4];

	ck_assert_uint_eq(mempool_take(pool, 1, 4, both - 1, out), 1);
	mempool_unpack(pool, 1);
	ck_assert_uint_eq(mempool_take(pool, 2, 4, both, out), 2);
	mempool_free(pool);
}

/* What takes long to execute fills a parcel that few bytes would not. */
UNIT_TEST(take_counts_the_entries_of_a_batch)
{
	static const Stele__BatchEntries three = {.n_entries = 3};
	struct mempool *pool = pool_of(100, 1 << 20, 100);
	struct tx *one = add(pool, "A"), *batch = add(pool, "A"), *other = add(pool, "A");
	struct tx *out[8];

	batch->entries = &three;
	ck_assert_uint_eq(tx_steps(one), 1);
	ck_assert_uint_eq(tx_steps(batch), 4);
	ck_assert_uint_eq(mempool_take(pool, 1, 4, 1 << 20, out), 1);
	ck_assert_uint_eq(mempool_take(pool, 2, 4, 1 << 20, out), 1);
	mempool_unpack(pool, 2);
	/* one is always taken, or it would never be */
	ck_assert_uint_eq(mempool_take(pool, 3, 2, 1 << 20, out), 1);
	ck_assert(out[0] == batch);
	mempool_unpack(pool, 3);
	ck_assert_uint_eq(mempool_take(pool, 4, 5, 1 << 20, out), 2);
	ck_assert(out[0] == batch && out[1] == other);
	batch->entries = NULL;
	mempool_free(pool);
}

UNIT_TEST(unpacked_ones_wait_again_before_later_ones)
{
	struct mempool *pool = pool_of(100, 1 << 20, 100);
	struct tx *t1 = add(pool, "A"), *t2 = add(pool, "A"), *t3 = add(pool, "A");
	struct tx *out[8];
	struct tx *t4;

	ck_assert_uint_eq(mempool_take(pool, 1, 2, 1 << 20, out), 2);
	ck_assert_uint_eq(mempool_take(pool, 2, 1, 1 << 20, out), 1);
	t4 = add(pool, "A");
	mempool_unpack(pool, 2);
	mempool_unpack(pool, 1);
	mempool_unpack(pool, 9); /* not there */
	ck_assert_uint_eq(mempool_waiting(pool), 4);
	ck_assert_uint_eq(mempool_take(pool, 3, 8, 1 << 20, out), 4);
	ck_assert(out[0] == t1 && out[1] == t2 && out[2] == t3 && out[3] == t4);
	mempool_free(pool);
}

UNIT_TEST(expired_ones_go_waiting_or_packed)
{
	struct mempool *pool = pool_of(100, 1 << 20, 100);
	struct tx *out[4];
	struct tx *later;
	struct hash id;
	uint64_t until;

	until = add(pool, "A")->message->valid_until;
	(void)add(pool, "B");
	ck_assert_uint_eq(mempool_take(pool, 1, 1, 1 << 20, out), 1);
	world->valid_for_ms += 1;
	later = add(pool, "A");
	id = later->id;
	ck_assert_uint_eq(mempool_expire(pool, until), 0);
	ck_assert_uint_eq(mempool_expire(pool, until + 1), 2);
	ck_assert_uint_eq(mempool_count(pool), 1);
	ck_assert(mempool_find(pool, &id) == later);
	ck_assert_uint_eq(mempool_bytes(pool), later->raw.len);
	mempool_free(pool);
}

/* Against a plain list: whatever happens, the counts agree and what was added is
 * found until it is removed. */
UNIT_TEST(random_use_keeps_the_books)
{
	enum { MAX = 64 };
	static const char *const orgs[] = {"A", "B", "C", "D"};
	struct mempool *pool = pool_of(MAX, 1 << 20, MAX / 2);
	struct tx *held[MAX];
	struct tx *out[MAX];
	uint32_t count = 0;
	struct rng rng;

	rng_init(&rng, 7);
	for (int step = 0; step < 3000; step++) {
		uint64_t dice = rng_below(&rng, 10);

		if (dice < 4 && count < MAX) {
			struct tx *tx = any_tx();
			bool is_duplicate;

			if (mempool_add(pool, tx, orgs[rng_below(&rng, 4)], &is_duplicate) == ERR_OK)
				held[count++] = tx;
			else
				tx_free(tx);
		} else if (dice < 7 && count > 0) {
			uint32_t i = (uint32_t)rng_below(&rng, count);
			struct hash id = held[i]->id;

			ck_assert(mempool_find(pool, &id) == held[i]);
			mempool_remove(pool, &id);
			held[i] = held[--count];
		} else if (dice < 9) {
			(void)mempool_take(pool, rng_below(&rng, 8), (uint32_t)rng_below(&rng, 9),
					   rng_below(&rng, 2000), out);
		} else {
			mempool_unpack(pool, rng_below(&rng, 8));
		}
		ck_assert_uint_eq(mempool_count(pool), count);
		ck_assert_uint_le(mempool_waiting(pool), count);
	}
	for (uint64_t sequence = 0; sequence < 8; sequence++)
		mempool_unpack(pool, sequence);
	ck_assert_uint_eq(mempool_waiting(pool), count);
	ck_assert_uint_eq(mempool_take(pool, 1, MAX, 1 << 20, out), count);
	mempool_free(pool);
}

UNIT_MAIN("mempool", pool_refuses_one_above_its_count,
	  pool_refuses_one_above_an_organisations_count, pool_refuses_one_byte_above_its_bytes,
	  same_transaction_again_is_a_duplicate_even_when_full,
	  take_goes_round_organisations_in_order_of_arrival,
	  take_counts_the_frame_of_each_transaction,
	  take_counts_the_entries_of_a_batch, unpacked_ones_wait_again_before_later_ones,
	  expired_ones_go_waiting_or_packed, random_use_keeps_the_books)
