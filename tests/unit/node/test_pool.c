/* Which parcels are taken unasked: section 9's bounds. */
#include "node/pool.h"

#include "ledger/parcel.h"
#include "node/flight.h"
#include "node/pump.h"
#include "tests/lib/unit.h"

#define TIP 100u
#define BYTES_MAX 1000u

/* A pump that holds nothing and has a set of four. */
static void node_init(struct node *node, struct set *set)
{
	*node = (struct node){.set = set, .tip_height = TIP};
	set->count = 4;
	node->config.parcel_bytes_max = BYTES_MAX;
	node->pool = pool_new(1);
	node->flights = flights_new(1);
}

static void node_release(struct node *node)
{
	pool_free(node->pool);
	flights_free(node->flights);
}

static bool wants(const struct node *node, uint32_t author, uint64_t expires, uint32_t bytes,
		  uint64_t opening_bytes)
{
	static const struct hash digest = {{1}};
	struct parcel_text text = {.author = author, .expires = expires, .bytes = bytes, .count = 1};

	return pool_wants(node, &digest, &text, opening_bytes);
}

UNIT_TEST(pool_unreferenced_parcels_of_one_author_are_bounded)
{
	struct node node;
	struct set set;

	node_init(&node, &set);
	ck_assert(wants(&node, 3, TIP + 1, BYTES_MAX, 0));
	ck_assert(!wants(&node, 3, TIP + 1, BYTES_MAX + 1, 0));
	/* what is being opened counts as held */
	ck_assert(wants(&node, 3, TIP + 1, BYTES_MAX / 2, BYTES_MAX / 2));
	ck_assert(!wants(&node, 3, TIP + 1, BYTES_MAX / 2, BYTES_MAX / 2 + 1));
	node_release(&node);
}

UNIT_TEST(pool_takes_only_what_some_block_may_still_reference)
{
	struct node node;
	struct set set;

	node_init(&node, &set);
	ck_assert(!wants(&node, 0, TIP, 10, 0));
	ck_assert(wants(&node, 0, TIP + 1, 10, 0));
	ck_assert(wants(&node, 0, TIP + 1 + LIMIT_PARCEL_EXPIRY, 10, 0));
	ck_assert(!wants(&node, 0, TIP + 2 + LIMIT_PARCEL_EXPIRY, 10, 0));
	ck_assert(!wants(&node, 4, TIP + 1, 10, 0)); /* by nobody of the set */
	node_release(&node);
}

UNIT_MAIN("pool", pool_unreferenced_parcels_of_one_author_are_bounded,
	  pool_takes_only_what_some_block_may_still_reference)
