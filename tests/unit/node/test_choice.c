/* Which parcels a leader's block references: section 9. */
#include "node/choice.h"

#include <stdlib.h>

#include "ledger/parcel.h"
#include "node/flight.h"
#include "node/passing.h"
#include "node/pool.h"
#include "node/pump.h"
#include "tests/lib/unit.h"

#define SELF 0u
#define HEIGHT 100u
#define BYTES 1000u

static struct set set;
static struct node node;
static struct parcel *out[LIMIT_BODY_PARCELS];
static uint32_t of_author[LIMIT_VALIDATORS]; /* how many were chosen */

static void begin(void)
{
	set.count = 4;
	node = (struct node){.set = &set, .self = SELF};
	node.pool = pool_new(1);
	node.flights = flights_new(1);
	node.passing = passing_new(set.count);
}

static void end(void)
{
	pool_free(node.pool);
	flights_free(node.flights);
	passing_free(node.passing);
}

static void hold(uint32_t author, uint32_t count, uint32_t transactions, uint64_t expires)
{
	static uint64_t number;

	for (uint32_t i = 0; i < count; i++) {
		struct parcel *parcel = calloc(1, sizeof(*parcel));

		ck_assert_ptr_nonnull(parcel);
		number++;
		for (size_t k = 0; k < sizeof(number); k++)
			parcel->digest.b[k] = (uint8_t)(number >> 8 * k);
		parcel->text = (struct parcel_text){
			.author = author, .bytes = BYTES, .expires = expires};
		parcel->references = 1;
		parcel->text.count = transactions;
		parcel->steps = transactions;
		parcel->txs = calloc(transactions, sizeof(struct tx *));
		(void)pool_add(&node, parcel);
	}
}

static uint32_t choose(uint64_t bytes_max, uint64_t steps_max)
{
	struct choice_bounds bounds = {
		.view = 5, .height = HEIGHT, .bytes_max = bytes_max, .steps_max = steps_max};
	uint32_t count = choice_make(&node, &bounds, out);

	for (size_t i = 0; i < LIMIT_VALIDATORS; i++)
		of_author[i] = 0;
	for (uint32_t i = 0; i < count; i++) {
		of_author[out[i]->text.author]++;
		parcel_release(out[i]);
	}
	return count;
}

UNIT_TEST(choice_one_author_fills_no_block_while_others_wait)
{
	begin();
	hold(1, 600, 1, HEIGHT);
	hold(2, 5, 1, HEIGHT);
	hold(3, 90, 1, HEIGHT);
	ck_assert_uint_eq(choose(LIMIT_BLOCK_PAYLOAD_BYTES, 1000), LIMIT_BODY_PARCELS);
	ck_assert_uint_eq(of_author[1], LIMIT_BODY_PARCELS - 95);
	ck_assert_uint_eq(of_author[2], 5);
	ck_assert_uint_eq(of_author[3], 90);
	ck_assert_uint_eq(choose(100 * BYTES, 1000), 100);
	ck_assert_uint_eq(of_author[2], 5);
	ck_assert_uint_ge(of_author[3], 47);
	end();
}

UNIT_TEST(choice_begins_with_ones_own_and_keeps_the_order_of_each)
{
	begin();
	hold(3, 2, 1, HEIGHT);
	hold(SELF, 2, 1, HEIGHT);
	ck_assert_uint_eq(choose(3 * BYTES, 1000), 3);
	ck_assert_uint_eq(of_author[SELF], 2);
	ck_assert_ptr_eq(out[1], TAILQ_FIRST(pool_author_list(node.pool, 3))->parcel);
	end();
}

UNIT_TEST(choice_keeps_within_its_bounds)
{
	begin();
	hold(1, 1, 50, HEIGHT - 1);                       /* expired */
	hold(1, 1, 50, HEIGHT + LIMIT_PARCEL_EXPIRY + 1); /* not yet */
	hold(2, 4, 50, HEIGHT);
	ck_assert_uint_eq(choose(LIMIT_BLOCK_PAYLOAD_BYTES, 150), 3);
	ck_assert_uint_eq(choose(2 * BYTES + 1, 1000), 2);
	ck_assert_uint_eq(choose(BYTES - 1, 1000), 0);
	/* one alone may have more transactions than are executed in time */
	ck_assert_uint_eq(choose(LIMIT_BLOCK_PAYLOAD_BYTES, 10), 1);
	end();
}

UNIT_TEST(choice_counts_the_entries_of_batches)
{
	struct held *held;

	begin();
	hold(1, 4, 1, HEIGHT);
	TAILQ_FOREACH(held, pool_author_list(node.pool, 1), author_link)
		held->parcel->steps = 1001;
	ck_assert_uint_eq(choose(LIMIT_BLOCK_PAYLOAD_BYTES, 2500), 2);
	ck_assert_uint_eq(choose(LIMIT_BLOCK_PAYLOAD_BYTES, 4004), 4);
	end();
}

UNIT_TEST(choice_leaves_out_who_is_passed_over)
{
	begin();
	hold(3, 10, 1, HEIGHT);
	hold(1, 1, 1, HEIGHT);
	ck_assert_uint_eq(choose(LIMIT_BLOCK_PAYLOAD_BYTES, 1000), 11);
	(void)passing_on_fetch(node.passing, 3, 1, 4);
	ck_assert(passing_on_fetch(node.passing, 3, 2, 4));
	ck_assert_uint_eq(choose(LIMIT_BLOCK_PAYLOAD_BYTES, 1000), 1);
	ck_assert_uint_eq(of_author[1], 1);
	end();
}

UNIT_MAIN("choice", choice_one_author_fills_no_block_while_others_wait,
	  choice_begins_with_ones_own_and_keeps_the_order_of_each, choice_keeps_within_its_bounds,
	  choice_counts_the_entries_of_batches,
	  choice_leaves_out_who_is_passed_over)
