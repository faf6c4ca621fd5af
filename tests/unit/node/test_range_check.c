#include "node/range_check.h"

#include "tests/lib/unit.h"

#define BLOCKS 4
#define PARCELS 300

static Stele__ParcelMessage parcels[PARCELS];
static Stele__ParcelMessage *pointers[PARCELS];
static Stele__RangeBlock blocks[BLOCKS];
static Stele__RangeBlock *block_pointers[BLOCKS];
static Stele__RangeMessage message;
static struct range_answer answer;

/* Blocks of so many parcels, each with a payload of so many bytes. */
static void fill(const size_t counts[BLOCKS], size_t bytes)
{
	for (size_t k = 0; k < PARCELS; k++) {
		parcels[k].payload.len = bytes;
		pointers[k] = &parcels[k];
	}
	for (size_t i = 0; i < BLOCKS; i++) {
		ck_assert_uint_le(counts[i], PARCELS);
		blocks[i].parcels = pointers;
		blocks[i].n_parcels = counts[i];
		block_pointers[i] = &blocks[i];
	}
	message.blocks = block_pointers;
	message.n_blocks = BLOCKS;
	answer.message = &message;
	answer.count = BLOCKS;
}

/* Each slice begins where the one before ended; gives how many there are. */
static size_t slices_follow(const size_t counts[BLOCKS])
{
	size_t seen[BLOCKS] = {0}, slices = 0;
	struct range_slice slice = {0, 0, 0};

	for (; range_slice_next(&answer, &slice); slices++) {
		ck_assert_uint_lt(slice.block, BLOCKS);
		ck_assert_uint_gt(slice.count, 0);
		ck_assert_uint_eq(slice.first, seen[slice.block]);
		seen[slice.block] += slice.count;
	}
	for (size_t i = 0; i < BLOCKS; i++)
		ck_assert_uint_eq(seen[i], counts[i]);
	return slices;
}

UNIT_TEST(range_slices_cover_each_parcel_once)
{
	const size_t none[BLOCKS] = {0, 0, 0, 0}, few[BLOCKS] = {0, 2, 0, 1},
		     many[BLOCKS] = {1, 300, 7, 0};

	fill(none, 100);
	ck_assert_uint_eq(slices_follow(none), 0);
	fill(few, 100);
	ck_assert_uint_eq(slices_follow(few), 2);
	fill(many, 100);
	ck_assert_uint_eq(slices_follow(many), 3);
}

UNIT_TEST(range_slices_share_a_large_block_among_workers)
{
	const size_t counts[BLOCKS] = {16, 0, 0, 0};

	fill(counts, LIMIT_PARCEL_BYTES);
	ck_assert_uint_eq(slices_follow(counts), 16);
	fill(counts, 20000);
	ck_assert_uint_eq(slices_follow(counts), 4);
}

UNIT_MAIN("range_check", range_slices_cover_each_parcel_once,
	  range_slices_share_a_large_block_among_workers)
