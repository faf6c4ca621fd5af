#include "base/items.h"

#include "tests/lib/unit.h"

#define BYTES 56
#define PER_CHUNK ((uint32_t)(ITEMS_CHUNK_BYTES / BYTES))

UNIT_TEST(items_stay_where_they_are_and_share_nothing)
{
	struct items items;
	uint64_t *first;

	items_init(&items, BYTES, UINT32_MAX);
	ck_assert_uint_eq(items_memory(&items), 0);
	ck_assert_uint_eq(items_take(&items), 1);
	first = items_at(&items, 1, BYTES);
	for (uint32_t number = 2; number <= 40 * PER_CHUNK; number++) {
		ck_assert_uint_eq(items_take(&items), number);
		*(uint64_t *)items_at(&items, number, BYTES) = number;
		((uint8_t *)items_at(&items, number, BYTES))[BYTES - 1] = 0xff;
	}
	*first = 1;
	ck_assert(items_at(&items, 1, BYTES) == first);
	for (uint32_t number = 1; number <= 40 * PER_CHUNK; number++)
		ck_assert_uint_eq(*(uint64_t *)items_at(&items, number, BYTES), number);
	ck_assert_uint_eq(items_memory(&items), 40 * ITEMS_CHUNK_BYTES);
	items_release(&items);
}

UNIT_TEST(items_end_where_they_were_bounded)
{
	struct items items;

	items_init(&items, BYTES, 3);
	for (uint32_t number = 1; number <= 3; number++)
		ck_assert_uint_eq(items_take(&items), number);
	ck_assert_uint_eq(items_take(&items), 0);
	ck_assert_uint_eq(items_take(&items), 0);
	items_release(&items);
}

UNIT_MAIN("items", items_stay_where_they_are_and_share_nothing, items_end_where_they_were_bounded)
