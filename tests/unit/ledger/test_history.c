#include "ledger/history.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/change.h"
#include "ledger/ledger_internal.h"
#include "ledger/verify.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/town.h"

/* --- which objects ---------------------------------------------------------------- */

/* The row that these keys give, as text: "motion: object object …". */
static void check_change(const char *const *keys, size_t count, const char *want)
{
	char text[512] = "";
	struct row_change row;
	struct change change;
	struct bytes object;
	struct buf bytes;
	enum err err = ERR_OK;

	buf_init(&bytes, 4096);
	change_init(&change);
	for (size_t i = 0; i < count; i++)
		ck_assert_int_eq(change_add(&change, keys[i]), ERR_OK);
	ck_assert_int_eq(change_row(&change, &bytes), ERR_OK);
	if (bytes.len > 0) {
		ck_assert_int_eq(row_change_decode(&row, buf_bytes(&bytes)), ERR_OK);
		(void)snprintf(text, sizeof(text), "%" PRIu64 ":", row.motion);
		while (row_change_next(&row, &object, &err))
			(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), " %.*s",
				       (int)object.len, (const char *)object.at);
		ck_assert_int_eq(err, ERR_OK);
	}
	ck_assert_str_eq(text, want);
	change_release(&change);
	buf_release(&bytes);
}

#define CHECK_CHANGE(want, ...) \
	do { \
		const char *const keys[] = {__VA_ARGS__}; \
\
		check_change(keys, sizeof(keys) / sizeof(keys[0]), want); \
	} while (0)

UNIT_TEST(change_names_each_object_once_and_ascending)
{
	CHECK_CHANGE("0: award/P/1 org/A programme/P", "quota/A", "programme/P", "award/P/1",
		     "org-award/A/1", "org/A", "programme/P");
}

UNIT_TEST(change_counts_what_lies_below_an_object_with_it)
{
	CHECK_CHANGE("0: award/P/12", "milestone/P/12/3");
	CHECK_CHANGE("0: proposal/P/C/7", "review/P/C/7/2");
	CHECK_CHANGE("5: motion/5 org/A", "motion/5/part/1", "count/motion", "motion/5", "org/A");
}

/* Claims, notes, quotas and lists have no rows of their own. */
UNIT_TEST(change_of_nothing_with_a_history_is_no_row)
{
	CHECK_CHANGE("", "quota/A", "content/00", "claim/00/2", "count/org", "org-no/1", "org-key/A/1",
		     "programme-no/1", "call-no/P/1", "note/org/A/1", "motion/5/part/1", "party/P/C/A",
		     "policy/60", "propagation/00/1/1", "award");
}

/* --- tail and table --------------------------------------------------------------- */

struct place {
	char *folder;
	struct store *store;
	struct history *history;
};

static void place_open(struct place *place)
{
	place->folder = unit_folder();
	ck_assert_int_eq(store_open(&place->store, place->folder), ERR_OK);
	place->history = history_new(place->store);
}

static void place_close(struct place *place)
{
	history_free(place->history);
	store_close(place->store);
	free(place->folder);
}

/* A record that changed an object, as a commit leaves it behind. */
static void record(struct place *place, uint64_t log_index, const char *object)
{
	struct row_key key = row_key_u64(log_index);
	struct store_write *write;
	struct buf row;

	buf_init(&row, 512);
	row_change_begin(&row, log_index / 2);
	row_change_add(&row, object);
	ck_assert_int_eq(store_write_begin(place->store, &write), ERR_OK);
	ck_assert_int_eq(store_put(write, TABLE_CHANGE, row_key_bytes(&key), buf_bytes(&row), false),
			 ERR_OK);
	ck_assert_int_eq(store_commit(write), ERR_OK);
	ck_assert_int_eq(history_add(place->history, log_index, buf_bytes(&row)), ERR_OK);
	buf_release(&row);
}

/* Its records are those log indices, below the size, seen by this reader. */
static void check_seen(struct place *place, struct store_read *read, const char *object,
		       uint64_t log_size, size_t count, const uint64_t *log_indices)
{
	struct history_list *list;
	struct row_history row;

	ck_assert_int_eq(history_open(place->history, read, object, log_size, &list), ERR_OK);
	ck_assert_uint_eq(history_count(list), count);
	for (size_t i = 0; i < count; i++) {
		ck_assert_int_eq(history_get(list, i + 1, &row), ERR_OK);
		ck_assert_uint_eq(row.log_index, log_indices[i]);
		ck_assert_uint_eq(row.motion, log_indices[i] / 2);
	}
	ck_assert_int_eq(history_get(list, 0, &row), ERR_NOT_FOUND);
	ck_assert_int_eq(history_get(list, count + 1, &row), ERR_NOT_FOUND);
	history_close(list);
}

#define CHECK(place, object, log_size, ...) \
	do { \
		const uint64_t want[] = {__VA_ARGS__}; \
		struct store_read *read; \
\
		ck_assert_int_eq(store_read_begin((place)->store, &read), ERR_OK); \
		check_seen(place, read, object, log_size, sizeof(want) / sizeof(want[0]), want); \
		store_read_end(read); \
	} while (0)

UNIT_TEST(history_goes_on_from_table_to_tail)
{
	struct place place;

	place_open(&place);
	record(&place, 3, "award/P/1");
	record(&place, 4, "award/P/10");
	record(&place, 5, "award/P/1");
	CHECK(&place, "award/P/1", 100, 3, 5);
	ck_assert_int_eq(history_block_done(place.history, true), ERR_OK);
	CHECK(&place, "award/P/1", 100, 3, 5);
	record(&place, 8, "award/P/1");
	CHECK(&place, "award/P/1", 100, 3, 5, 8);
	ck_assert_int_eq(history_block_done(place.history, true), ERR_OK);
	CHECK(&place, "award/P/1", 100, 3, 5, 8);
	CHECK(&place, "award/P/10", 100, 4);
	place_close(&place);
}

UNIT_TEST(history_of_nothing_is_empty)
{
	struct history_list *list;
	struct store_read *read;
	struct place place;

	place_open(&place);
	record(&place, 3, "award/P/10");
	ck_assert_int_eq(history_block_done(place.history, true), ERR_OK);
	ck_assert_int_eq(store_read_begin(place.store, &read), ERR_OK);
	ck_assert_int_eq(history_open(place.history, read, "award/P/1", 100, &list), ERR_OK);
	ck_assert_uint_eq(history_count(list), 0);
	history_close(list);
	ck_assert_int_eq(history_open(place.history, read, "award/Q", 100, &list), ERR_OK);
	ck_assert_uint_eq(history_count(list), 0);
	history_close(list);
	store_read_end(read);
	place_close(&place);
}

/* What was recorded after the reader's state is not in it, be it in tail or table. */
UNIT_TEST(history_ends_at_the_reader_s_log_size)
{
	struct place place;

	place_open(&place);
	record(&place, 3, "org/A");
	record(&place, 5, "org/A");
	CHECK(&place, "org/A", 6, 3, 5);
	CHECK(&place, "org/A", 5, 3);
	ck_assert_int_eq(history_block_done(place.history, true), ERR_OK);
	CHECK(&place, "org/A", 6, 3, 5);
	CHECK(&place, "org/A", 5, 3);
	place_close(&place);
}

UNIT_TEST(history_is_seen_through_a_reader_older_than_its_last_writing)
{
	static const uint64_t want[] = {3};
	struct store_read *old;
	struct place place;

	place_open(&place);
	record(&place, 3, "org/A");
	ck_assert_int_eq(store_read_begin(place.store, &old), ERR_OK);
	ck_assert_int_eq(history_block_done(place.history, true), ERR_OK);
	check_seen(&place, old, "org/A", 100, 1, want);
	store_read_end(old);
	place_close(&place);
}

/* Between the writing and the clearing of the tail it is in both; a second index on the
 * same store stands for whoever writes. */
UNIT_TEST(history_counts_once_what_is_in_tail_and_table)
{
	struct history *writer;
	struct place place;

	place_open(&place);
	record(&place, 3, "org/A");
	record(&place, 5, "org/A");
	writer = history_new(place.store);
	ck_assert_int_eq(history_load(writer), ERR_OK);
	ck_assert_int_eq(history_block_done(writer, true), ERR_OK);
	history_free(writer);
	CHECK(&place, "org/A", 100, 3, 5);
	record(&place, 7, "org/A");
	CHECK(&place, "org/A", 100, 3, 5, 7);
	place_close(&place);
}

static uint64_t rows_of(struct store *store, enum table table)
{
	uint8_t from[ROW_HISTORY_KEY_MAX + 1] = {0};
	struct bytes key, row, at = bytes_of(from, 1);
	struct store_read *read;
	uint64_t count = 0;

	ck_assert_int_eq(store_read_begin(store, &read), ERR_OK);
	while (store_seek(read, table, at, false, &key, &row) == ERR_OK) {
		memcpy(from, key.at, key.len);
		from[key.len] = 0;
		at = bytes_of(from, key.len + 1);
		count++;
	}
	store_read_end(read);
	return count;
}

/* A pair of record and object is stored once: in the one table or in the other. */
UNIT_TEST(history_moves_its_rows_once_there_are_many)
{
	struct place place;

	place_open(&place);
	for (uint64_t n = 1; n < HISTORY_TAIL_MAX; n++) {
		struct buf row;

		buf_init(&row, 64);
		row_change_begin(&row, 0);
		row_change_add(&row, n % 2 == 0 ? "org/A" : "org/B");
		ck_assert_int_eq(history_add(place.history, n, buf_bytes(&row)), ERR_OK);
		buf_release(&row);
	}
	ck_assert_int_eq(history_block_done(place.history, false), ERR_OK);
	ck_assert_uint_eq(rows_of(place.store, TABLE_HISTORY), 0);
	record(&place, HISTORY_TAIL_MAX, "org/A");
	ck_assert_uint_eq(rows_of(place.store, TABLE_CHANGE), 1);
	ck_assert_int_eq(history_block_done(place.history, false), ERR_OK);
	ck_assert_uint_eq(rows_of(place.store, TABLE_HISTORY), HISTORY_TAIL_MAX);
	ck_assert_uint_eq(rows_of(place.store, TABLE_CHANGE), 0);
	place_close(&place);
}

/* --- in a ledger ------------------------------------------------------------------ */

static void check_history(struct town *town, const char *object, size_t count,
			  const uint64_t *log_indices)
{
	struct history_list *list;
	struct ledger_view *view;
	struct row_history row;

	ck_assert_int_eq(ledger_view_open(town->ledger, &view), ERR_OK);
	ck_assert_int_eq(view_history(view, object, &list), ERR_OK);
	ck_assert_uint_eq(history_count(list), count);
	for (size_t i = 0; i < count; i++) {
		ck_assert_int_eq(history_get(list, i + 1, &row), ERR_OK);
		ck_assert_uint_eq(row.log_index, log_indices[i]);
	}
	history_close(list);
	ledger_view_close(view);
}

#define CHECK_TOWN(town, object, ...) \
	do { \
		const uint64_t want[] = {__VA_ARGS__}; \
\
		check_history(town, object, sizeof(want) / sizeof(want[0]), want); \
	} while (0)

/* A programme at log index 1, awards at 2 and 3, an acceptance at 4; a rejected
 * acceptance and an anchor change nothing. */
static struct town *town_lived_in(void)
{
	struct town *town = town_new();
	struct ledger_committed committed;
	struct tx *create = town_tx(town, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	struct tx *txs[5];

	town_decide(town, &create, 1, &committed);
	txs[0] = town_tx(town, AGENCY, OP(AWARD_GRANT), make_grant(10));
	txs[1] = town_tx(town, AGENCY, OP(AWARD_GRANT), make_grant(20));
	txs[2] = town_tx(town, LAB_1, OP(AWARD_ACCEPT), make_accept(1));
	txs[3] = town_tx(town, LAB_1, OP(AWARD_ACCEPT), make_accept(9));
	txs[4] = town_anchor(town, 1);
	town_decide(town, txs, 5, &committed);
	return town;
}

static void check_town(struct town *town)
{
	char org[80];

	CHECK_TOWN(town, "programme/P1", 1, 2, 3);
	CHECK_TOWN(town, "award/P1/1", 2, 4);
	CHECK_TOWN(town, "award/P1/2", 3);
	(void)snprintf(org, sizeof(org), "org/%s", world_id(LAB_1));
	CHECK_TOWN(town, org, 0, 2, 3);
	(void)snprintf(org, sizeof(org), "org/%s", world_id(AUDITOR));
	CHECK_TOWN(town, org, 0);
}

UNIT_TEST(history_has_the_accepted_records_that_changed_an_object)
{
	struct town *town = town_lived_in();

	check_town(town);
	town_free(town);
}

/* The tail is lost with the process; the start gathers it again. */
UNIT_TEST(history_is_the_same_after_a_restart_and_a_writing)
{
	struct town *town = town_lived_in();

	town_reopen(town);
	check_town(town);
	ck_assert_int_eq(history_block_done(town->ledger->history, true), ERR_OK);
	check_town(town);
	ck_assert_uint_eq(rows_of(town->store, TABLE_CHANGE), 0);
	town_reopen(town);
	check_town(town);
	town_free(town);
}

/* --- verify-ledger ---------------------------------------------------------------- */

static enum err verify(struct town *town)
{
	char *scratch = unit_folder();
	struct verify_report report;
	struct verify_order order = {.genesis = town->world->genesis,
				     .genesis_text = buf_bytes(&town->genesis_text),
				     .scratch = scratch};
	enum err err = verify_ledger(town->store, &order, &report);

	if (err != ERR_OK)
		ck_assert_ptr_nonnull(report.what);
	free(scratch);
	return err;
}

static void put_row(struct town *town, const char *object, uint64_t number, uint64_t log_index)
{
	struct row_history history = {.log_index = log_index};
	uint8_t key[ROW_HISTORY_KEY_MAX], row[ROW_HISTORY_BYTES];
	struct store_write *write;

	row_history_encode(row, &history);
	ck_assert_int_eq(store_write_begin(town->store, &write), ERR_OK);
	ck_assert_int_eq(store_put(write, TABLE_HISTORY,
				   row_history_key(key, bytes_text(object), number),
				   bytes_of(row, sizeof(row)), false),
			 ERR_OK);
	ck_assert_int_eq(store_commit(write), ERR_OK);
}

static void delete_row(struct town *town, enum table table, struct bytes key)
{
	struct store_write *write;

	ck_assert_int_eq(store_write_begin(town->store, &write), ERR_OK);
	ck_assert_int_eq(store_delete(write, table, key), ERR_OK);
	ck_assert_int_eq(store_commit(write), ERR_OK);
}

/* Half of it written, half of it not yet. */
static struct town *town_half_written(void)
{
	struct town *town = town_lived_in();
	struct ledger_committed committed;
	struct tx *tx;

	ck_assert_int_eq(history_block_done(town->ledger->history, true), ERR_OK);
	tx = town_tx(town, LAB_1, OP(AWARD_ACCEPT), make_accept(2)); /* log index 6 */
	town_decide(town, &tx, 1, &committed);
	ck_assert_int_eq(verify(town), ERR_OK);
	return town;
}

UNIT_TEST(verify_finds_a_history_row_that_is_missing_moved_or_too_many)
{
	uint8_t key[ROW_HISTORY_KEY_MAX];
	struct row_key record = row_key_u64(6);
	struct town *town = town_half_written();

	delete_row(town, TABLE_HISTORY, row_history_key(key, bytes_text("award/P1/1"), 2));
	ck_assert_int_eq(verify(town), ERR_STORE_DAMAGED);
	put_row(town, "award/P1/1", 2, 5); /* the anchor's index instead */
	ck_assert_int_eq(verify(town), ERR_STORE_DAMAGED);
	put_row(town, "award/P1/1", 2, 4);
	ck_assert_int_eq(verify(town), ERR_OK);
	put_row(town, "award/P1/1", 3, 5);
	ck_assert_int_eq(verify(town), ERR_STORE_DAMAGED);
	delete_row(town, TABLE_HISTORY, row_history_key(key, bytes_text("award/P1/1"), 3));
	put_row(town, "award/P1/3", 1, 5); /* of an object that is none */
	ck_assert_int_eq(verify(town), ERR_STORE_DAMAGED);
	delete_row(town, TABLE_HISTORY, row_history_key(key, bytes_text("award/P1/3"), 1));
	ck_assert_int_eq(verify(town), ERR_OK);
	delete_row(town, TABLE_CHANGE, row_key_bytes(&record));
	ck_assert_int_eq(verify(town), ERR_STORE_DAMAGED);
	town_free(town);
}

UNIT_MAIN("history", change_names_each_object_once_and_ascending,
	  change_counts_what_lies_below_an_object_with_it,
	  change_of_nothing_with_a_history_is_no_row, history_goes_on_from_table_to_tail,
	  history_of_nothing_is_empty, history_ends_at_the_reader_s_log_size,
	  history_is_seen_through_a_reader_older_than_its_last_writing,
	  history_counts_once_what_is_in_tail_and_table,
	  history_moves_its_rows_once_there_are_many,
	  history_has_the_accepted_records_that_changed_an_object,
	  history_is_the_same_after_a_restart_and_a_writing,
	  verify_finds_a_history_row_that_is_missing_moved_or_too_many)
