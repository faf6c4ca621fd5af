#include "ledger/index.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "ledger/ledger_internal.h"
#include "ledger/verify.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/town.h"

static struct hash id_of(uint64_t n)
{
	struct hash id;

	sha256(&id, &n, sizeof(n));
	return id;
}

static void check_find(struct index *index, struct store *store, uint64_t n, enum err want)
{
	struct store_read *read;
	struct hash id = id_of(n);
	struct row_tx found;

	ck_assert_int_eq(store_read_begin(store, &read), ERR_OK);
	ck_assert_int_eq(index_find(index, read, &id, &found), want);
	if (want == ERR_OK)
		ck_assert_uint_eq(found.place, n);
	store_read_end(read);
}

UNIT_TEST(index_finds_in_tail_and_table_alike)
{
	char *folder = unit_folder();
	struct store *store;
	struct index_heights none = {{0}};
	struct index *index;
	uint64_t height = 0;

	ck_assert_int_eq(store_open(&store, folder), ERR_OK);
	index = index_new(store, &none);
	for (uint64_t n = 0; n < INDEX_TAIL_MAX + 1000; n++) {
		struct row_tx place = {true, n / 100 + 1, n};
		struct hash id = id_of(n);

		ck_assert_int_eq(index_add(index, &id, &place), ERR_OK);
		if (n % 100 == 99)
			ck_assert_int_eq(index_block_done(index, ++height, false), ERR_OK);
	}
	ck_assert_uint_eq(index_height(index), INDEX_TAIL_MAX / 100 + 1); /* written once */
	check_find(index, store, 0, ERR_OK);
	check_find(index, store, INDEX_TAIL_MAX, ERR_OK);
	check_find(index, store, INDEX_TAIL_MAX + 999, ERR_OK);
	check_find(index, store, INDEX_TAIL_MAX + 1000, ERR_NOT_FOUND);
	index_free(index);
	store_close(store);
	free(folder);
}

UNIT_TEST(index_is_seen_through_a_reader_older_than_its_last_writing)
{
	char *folder = unit_folder();
	struct store_read *old;
	struct store *store;
	struct index_heights none = {{0}};
	struct index *index;
	struct hash id = id_of(1);
	struct row_tx place = {true, 1, 1}, found;

	ck_assert_int_eq(store_open(&store, folder), ERR_OK);
	index = index_new(store, &none);
	ck_assert_int_eq(index_add(index, &id, &place), ERR_OK);
	ck_assert_int_eq(store_read_begin(store, &old), ERR_OK);
	ck_assert_int_eq(index_block_done(index, 1, true), ERR_OK);
	ck_assert_int_eq(index_find(index, old, &id, &found), ERR_OK);
	store_read_end(old);
	index_free(index);
	store_close(store);
	free(folder);
}

/* What META "index" says, and how many rows the table has. */
static uint64_t table_look(struct store *store, struct index_heights *heights)
{
	struct store_read *read;
	struct bytes row;
	uint64_t count;

	ck_assert_int_eq(store_read_begin(store, &read), ERR_OK);
	ck_assert_int_eq(store_get(read, TABLE_META, bytes_text(META_INDEX), &row), ERR_OK);
	ck_assert_int_eq(index_heights_decode(heights, row), ERR_OK);
	ck_assert_int_eq(store_count(read, TABLE_TX, UINT64_MAX - 1, &count), ERR_OK);
	store_read_end(read);
	return count;
}

static void add_blocks(struct index *index, uint64_t first, uint64_t end)
{
	for (uint64_t n = first; n < end; n++) {
		struct row_tx place = {true, n / 1000 + 1, n};
		struct hash id = id_of(n);

		ck_assert_int_eq(index_add(index, &id, &place), ERR_OK);
		if (n % 1000 == 999)
			ck_assert_int_eq(index_block_done(index, n / 1000 + 1, false), ERR_OK);
	}
}

/* A large table is written part by part: each has all that its height claims and nothing
 * else, and another index goes on from there. */
UNIT_TEST(index_of_many_is_written_part_by_part)
{
	const uint64_t count = 400000, size = INDEX_TAIL_SHARE * 40000;
	char *folder = unit_folder();
	struct index_heights heights = {{0}};
	struct store *store;
	struct index *index;
	uint64_t rows = 0;
	struct hash id = id_of(count);
	struct row_tx last = {true, 1, size}; /* as if the log were longer */

	ck_assert_int_eq(store_open(&store, folder), ERR_OK);
	index = index_new(store, &heights);
	ck_assert_int_eq(index_add(index, &id, &last), ERR_OK);
	add_blocks(index, 0, count);
	index_free(index);
	rows = table_look(store, &heights);
	ck_assert_uint_lt(index_heights_low(&heights), index_heights_high(&heights));
	ck_assert_uint_ge(rows, count - 40000);
	for (uint64_t n = 0; n < count; n++) {
		id = id_of(n);
		rows -= index_heights_cover(&heights, &id, n / 1000 + 1);
	}
	id = id_of(count);
	ck_assert_uint_eq(rows, index_heights_cover(&heights, &id, 1));
	index = index_new(store, &heights);
	add_blocks(index, index_heights_low(&heights) * 1000, count);
	for (uint64_t n = 0; n < count; n += 997)
		check_find(index, store, n, ERR_OK);
	index_free(index);
	store_close(store);
	free(folder);
}

/* The tail is lost with the process; the start gathers it again. */
UNIT_TEST(index_is_complete_again_after_a_restart)
{
	struct town *town = town_new();
	struct ledger_committed committed;
	struct ledger_view *view;
	struct hash ids[5];

	for (uint64_t i = 0; i < 5; i++) {
		struct tx *tx = town_anchor(town, i);

		ids[i] = tx->id;
		town_decide(town, &tx, 1, &committed);
	}
	town_reopen(town);
	ck_assert_int_eq(ledger_view_open(town->ledger, &view), ERR_OK);
	for (uint64_t i = 0; i < 5; i++) {
		struct view_tx found;

		ck_assert_int_eq(view_tx(view, &ids[i], &found), ERR_OK);
		ck_assert_uint_eq(found.height, i + 1);
		ck_assert_uint_eq(found.log_index, i + 1);
	}
	ledger_view_close(view);
	town_free(town);
}

static void meta_put(struct store *store, const char *name, struct bytes value)
{
	struct store_write *write;

	ck_assert_int_eq(store_write_begin(store, &write), ERR_OK);
	ck_assert_int_eq(store_put(write, TABLE_META, bytes_text(name), value, false), ERR_OK);
	ck_assert_int_eq(store_commit(write), ERR_OK);
}

static void table_clear(struct store *store)
{
	struct store_write *write;

	ck_assert_int_eq(store_write_begin(store, &write), ERR_OK);
	ck_assert_int_eq(store_clear(write, TABLE_TX), ERR_OK);
	ck_assert_int_eq(store_commit(write), ERR_OK);
}

static void check_decided(struct town *town, const struct hash *ids)
{
	struct ledger_view *view;
	struct view_tx found;

	ck_assert_int_eq(ledger_view_open(town->ledger, &view), ERR_OK);
	for (uint64_t i = 0; i < 5; i++) {
		ck_assert_int_eq(view_tx(view, &ids[i], &found), ERR_OK);
		ck_assert_uint_eq(found.log_index, i + 1);
	}
	ledger_view_close(view);
}

/* Whether what META says is missing, malformed or ahead of the chain, or the table gone or
 * wrong: each time the index is made again of the records. */
UNIT_TEST(index_that_is_damaged_is_made_again)
{
	struct town *town = town_new();
	struct ledger_committed committed;
	struct hash ids[5];
	uint8_t ahead[8] = {0, 0, 0, 0, 0, 0, 1, 0};

	for (uint64_t i = 0; i < 5; i++) {
		struct tx *tx = town_anchor(town, i);

		ids[i] = tx->id;
		town_decide(town, &tx, 1, &committed);
	}
	for (int damage = 0; damage < 4; damage++) {
		struct store_write *write;

		ck_assert_int_eq(index_block_done(town->ledger->index, 5, true), ERR_OK);
		if (damage == 0) {
			table_clear(town->store);
		} else if (damage == 1) {
			meta_put(town->store, META_INDEX, bytes_text("what is this"));
		} else if (damage == 2) {
			meta_put(town->store, META_INDEX, bytes_of(ahead, sizeof(ahead)));
		} else {
			ck_assert_int_eq(store_write_begin(town->store, &write), ERR_OK);
			ck_assert_int_eq(store_put(write, TABLE_TX, bytes_of(ids[4].b, 32),
						   bytes_text("a row of old"), false),
					 ERR_OK);
			ck_assert_int_eq(store_commit(write), ERR_OK);
		}
		town_reopen(town);
		check_decided(town, ids);
	}
	town_free(town);
}

/* One number for all parts, and the store's next block makes it one of now. */
UNIT_TEST(index_of_an_older_store_goes_on)
{
	struct town *town = town_new();
	struct ledger_committed committed;
	struct index_heights heights;
	uint8_t height[8] = {0, 0, 0, 0, 0, 0, 0, 5};
	struct store_read *read;
	struct hash ids[5];
	struct bytes row;
	struct tx *tx;

	for (uint64_t i = 0; i < 5; i++) {
		tx = town_anchor(town, i);
		ids[i] = tx->id;
		town_decide(town, &tx, 1, &committed);
	}
	ck_assert_int_eq(index_block_done(town->ledger->index, 5, true), ERR_OK);
	meta_put(town->store, META_FORMAT, bytes_text(STORE_FORMAT_3));
	meta_put(town->store, META_INDEX, bytes_of(height, sizeof(height)));
	town_reopen(town);
	ck_assert_uint_eq(index_height(town->ledger->index), 5);
	check_decided(town, ids);
	tx = town_anchor(town, 5);
	town_decide(town, &tx, 1, &committed);
	ck_assert_int_eq(index_block_done(town->ledger->index, 6, true), ERR_OK);
	ck_assert_uint_eq(table_look(town->store, &heights), 6);
	ck_assert_uint_eq(index_heights_low(&heights), 6);
	ck_assert_int_eq(store_read_begin(town->store, &read), ERR_OK);
	ck_assert_int_eq(store_get(read, TABLE_META, bytes_text(META_FORMAT), &row), ERR_OK);
	ck_assert(bytes_equal(row, bytes_text(STORE_FORMAT)));
	store_read_end(read);
	town_free(town);
}

UNIT_MAIN("index", index_finds_in_tail_and_table_alike,
	  index_is_seen_through_a_reader_older_than_its_last_writing,
	  index_of_many_is_written_part_by_part, index_is_complete_again_after_a_restart,
	  index_that_is_damaged_is_made_again, index_of_an_older_store_goes_on)
