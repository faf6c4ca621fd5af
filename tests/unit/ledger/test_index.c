#include "ledger/index.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
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
	struct index *index;
	uint64_t height = 0;

	ck_assert_int_eq(store_open(&store, folder), ERR_OK);
	index = index_new(store, 0);
	for (uint64_t n = 0; n < INDEX_TAIL_MAX + 1000; n++) {
		struct row_tx place = {true, n / 100, n};
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
	struct index *index;
	struct hash id = id_of(1);
	struct row_tx place = {true, 1, 1}, found;

	ck_assert_int_eq(store_open(&store, folder), ERR_OK);
	index = index_new(store, 0);
	ck_assert_int_eq(index_add(index, &id, &place), ERR_OK);
	ck_assert_int_eq(store_read_begin(store, &old), ERR_OK);
	ck_assert_int_eq(index_block_done(index, 1, true), ERR_OK);
	ck_assert_int_eq(index_find(index, old, &id, &found), ERR_OK);
	store_read_end(old);
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

UNIT_MAIN("index", index_finds_in_tail_and_table_alike,
	  index_is_seen_through_a_reader_older_than_its_last_writing,
	  index_is_complete_again_after_a_restart)
