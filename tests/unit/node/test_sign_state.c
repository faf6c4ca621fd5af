#include "node/sign_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "consensus/record.h"
#include "node/home.h"
#include "tests/lib/unit.h"

static char path[HOME_PATH_BYTES];
static char journal_path[HOME_PATH_BYTES + 16];
static char file_path[HOME_PATH_BYTES];
static bool is_marked_new;

static const struct hash chain = {{1, 2, 3}};
static const struct public_key key = {{2, 7}};

static void begin(void)
{
	char *folder = unit_folder();

	snprintf(path, sizeof(path), "%s/home", folder);
	snprintf(journal_path, sizeof(journal_path), "%s/" HOME_JOURNAL, path);
	free(folder);
	ck_assert_int_eq(home_create(path), ERR_OK);
	ck_assert_int_eq(home_make_sign_folder(path), ERR_OK);
	ck_assert(home_sign_file(file_path, path, ""));
	is_marked_new = true;
}

static struct sign_file *file_of(const struct hash *of_chain, const struct public_key *of_key)
{
	struct sign_file *file;

	ck_assert_int_eq(sign_file_open(&file, file_path, of_chain, of_key), ERR_OK);
	return file;
}

/* One start of the node; the mark goes with the first. */
static enum sign_state start(void)
{
	struct sign_file *file = file_of(&chain, &key);
	struct store *journal;
	enum sign_state state;

	ck_assert_int_eq(store_open(&journal, journal_path), ERR_OK);
	ck_assert_int_eq(sign_state_open(&state, journal, file, is_marked_new), ERR_OK);
	store_close(journal);
	sign_file_close(file);
	is_marked_new = false;
	return state;
}

static void put(enum record_kind kind, struct bytes value)
{
	uint8_t place[49] = {(uint8_t)kind};
	struct store_write *write;
	struct store *journal;

	ck_assert_int_eq(store_open(&journal, journal_path), ERR_OK);
	ck_assert_int_eq(store_write_begin(journal, &write), ERR_OK);
	ck_assert_int_eq(store_put(write, TABLE_RECORD, bytes_of(place, sizeof(place)), value, false),
			 ERR_OK);
	ck_assert_int_eq(store_commit(write), ERR_OK);
	store_close(journal);
}

static struct reservation in_journal(void)
{
	struct reservation reservation = {.stamp = UINT64_MAX};
	uint8_t place[49] = {RECORD_RESERVATION};
	struct store_read *read;
	struct store *journal;
	struct bytes value;

	ck_assert_int_eq(store_open(&journal, journal_path), ERR_OK);
	ck_assert_int_eq(store_read_begin(journal, &read), ERR_OK);
	ck_assert_int_eq(store_get(read, TABLE_RECORD, bytes_of(place, sizeof(place)), &value), ERR_OK);
	ck_assert(reservation_decode(&reservation, value));
	store_read_end(read);
	store_close(journal);
	return reservation;
}

/* What the core puts out and the pump makes durable. */
static void reserve_in_journal(uint64_t stamp, uint64_t view)
{
	struct reservation reservation = {stamp, 0, view};
	uint8_t data[RESERVATION_BYTES];

	reservation_encode(data, &reservation);
	put(RECORD_RESERVATION, bytes_of(data, sizeof(data)));
}

static void reserve_in_file(uint64_t stamp, uint64_t view)
{
	struct sign_file *file = file_of(&chain, &key);
	struct reservation reservation = {stamp, 0, view};

	ck_assert_int_eq(sign_file_write(file, &reservation), ERR_OK);
	sign_file_close(file);
}

static void reserve(uint64_t stamp, uint64_t view)
{
	reserve_in_journal(stamp, view);
	reserve_in_file(stamp, view);
}

static void lose_the_journal(void)
{
	char file[HOME_PATH_BYTES + 32];

	snprintf(file, sizeof(file), "%s/data.mdb", journal_path);
	ck_assert_int_eq(unlink(file), 0);
	snprintf(file, sizeof(file), "%s/lock.mdb", journal_path);
	ck_assert_int_eq(unlink(file), 0);
}

static void lose_the_file(void)
{
	ck_assert_int_eq(unlink(file_path), 0);
}

UNIT_TEST(sign_state_of_a_new_home_is_there_at_every_start)
{
	begin();
	ck_assert_int_eq(start(), SIGN_STATE_NEW);
	ck_assert_int_eq(start(), SIGN_STATE_INTACT);
	reserve(5, 64);
	ck_assert_int_eq(start(), SIGN_STATE_INTACT);
}

UNIT_TEST(sign_state_crash_between_journal_and_file_is_intact)
{
	begin();
	ck_assert_int_eq(start(), SIGN_STATE_NEW);
	reserve(5, 64);
	reserve_in_journal(6, 96);
	ck_assert_int_eq(start(), SIGN_STATE_INTACT);
	ck_assert_int_eq(start(), SIGN_STATE_INTACT);
}

/* "stale sign state accepted" */
UNIT_TEST(sign_state_journal_below_its_file_was_rolled_back)
{
	begin();
	ck_assert_int_eq(start(), SIGN_STATE_NEW);
	reserve(5, 64);
	reserve_in_file(6, 96);
	ck_assert_int_eq(start(), SIGN_STATE_ROLLED_BACK);
	/* the next reservation stands above what the file said */
	ck_assert_uint_eq(in_journal().stamp, 6);
	ck_assert_int_eq(start(), SIGN_STATE_STILL_LOST);
}

/* A clean stop lowers the view to the newest vote; its stamp is newer all the same. */
UNIT_TEST(sign_state_copy_from_before_a_clean_stop_was_rolled_back)
{
	begin();
	ck_assert_int_eq(start(), SIGN_STATE_NEW);
	reserve_in_journal(5, 100);
	reserve_in_file(6, 60);
	ck_assert_int_eq(start(), SIGN_STATE_ROLLED_BACK);
}

UNIT_TEST(sign_state_is_lost_with_the_journal_and_stays_so)
{
	begin();
	ck_assert_int_eq(start(), SIGN_STATE_NEW);
	reserve(9, 64);
	lose_the_journal();
	ck_assert_int_eq(start(), SIGN_STATE_NO_JOURNAL);
	ck_assert_uint_eq(in_journal().stamp, 9);
	ck_assert_int_eq(start(), SIGN_STATE_STILL_LOST);
}

UNIT_TEST(sign_state_is_lost_with_the_file)
{
	begin();
	ck_assert_int_eq(start(), SIGN_STATE_NEW);
	reserve(9, 64);
	lose_the_file();
	ck_assert_int_eq(start(), SIGN_STATE_NO_FILE);
	ck_assert_int_eq(start(), SIGN_STATE_STILL_LOST);
}

UNIT_TEST(sign_state_is_lost_with_both)
{
	begin();
	ck_assert_int_eq(start(), SIGN_STATE_NEW);
	reserve(9, 64);
	lose_the_journal();
	lose_the_file();
	ck_assert_int_eq(start(), SIGN_STATE_NOTHING);
}

/* A backup of the home from before its first start has the mark. */
UNIT_TEST(sign_state_mark_says_nothing_where_a_vote_was_reserved)
{
	begin();
	ck_assert_int_eq(start(), SIGN_STATE_NEW);
	reserve(9, 64);
	lose_the_journal();
	is_marked_new = true;
	ck_assert_int_eq(start(), SIGN_STATE_NO_JOURNAL);
	is_marked_new = true;
	ck_assert_int_eq(start(), SIGN_STATE_STILL_LOST);
}

UNIT_TEST(sign_state_survives_a_crash_in_the_first_start)
{
	begin();
	ck_assert_int_eq(start(), SIGN_STATE_NEW);
	is_marked_new = true;
	lose_the_file();
	ck_assert_int_eq(start(), SIGN_STATE_NEW);
	is_marked_new = true;
	ck_assert_int_eq(start(), SIGN_STATE_NEW);
	ck_assert_int_eq(start(), SIGN_STATE_INTACT);
}

UNIT_TEST(sign_state_had_back_is_intact_again)
{
	uint8_t floor[16] = {0};

	begin();
	ck_assert_int_eq(start(), SIGN_STATE_NEW);
	reserve(9, 64);
	lose_the_journal();
	ck_assert_int_eq(start(), SIGN_STATE_NO_JOURNAL);
	store_u64(floor + 8, 70);
	put(RECORD_FLOOR, bytes_of(floor, sizeof(floor)));
	reserve(10, 130);
	ck_assert_int_eq(start(), SIGN_STATE_INTACT);
}

/* Between floor and file: it asks once more. */
UNIT_TEST(sign_state_had_back_and_cut_short_is_lost_again)
{
	uint8_t floor[16] = {0};

	begin();
	ck_assert_int_eq(start(), SIGN_STATE_NEW);
	reserve(9, 64);
	lose_the_file();
	ck_assert_int_eq(start(), SIGN_STATE_NO_FILE);
	put(RECORD_FLOOR, bytes_of(floor, sizeof(floor)));
	ck_assert_int_eq(start(), SIGN_STATE_NO_FILE);
}

UNIT_TEST(sign_state_of_another_chain_or_key_is_refused_by_name)
{
	static const struct hash other_chain = {{9}};
	static const struct public_key other_key = {{3, 9}};
	struct reservation reservation;
	struct sign_file *file;

	begin();
	ck_assert_int_eq(start(), SIGN_STATE_NEW);
	file = file_of(&other_chain, &key);
	ck_assert_int_eq(sign_file_read(file, &reservation), ERR_SIGN_FILE_FOREIGN);
	sign_file_close(file);
	file = file_of(&chain, &other_key);
	ck_assert_int_eq(sign_file_read(file, &reservation), ERR_SIGN_FILE_FOREIGN);
	sign_file_close(file);
}

UNIT_TEST(sign_state_file_that_is_malformed_is_an_error)
{
	struct sign_file *file;
	struct reservation reservation;

	begin();
	file = file_of(&chain, &key);
	ck_assert_int_eq(sign_file_read(file, &reservation), ERR_NOT_FOUND);
	ck_assert_int_eq(home_write(path, file_path, bytes_text("stele/v1 sign-state\n")), ERR_OK);
	ck_assert_int_eq(sign_file_read(file, &reservation), ERR_FILE_FORM);
	sign_file_close(file);
}

UNIT_TEST(sign_state_file_holds_what_was_written_last)
{
	struct reservation first = {1, 2, 3}, second = {UINT64_MAX / 2, 0, 5}, got;
	struct sign_file *file;

	begin();
	file = file_of(&chain, &key);
	ck_assert_int_eq(sign_file_write(file, &first), ERR_OK);
	ck_assert_int_eq(sign_file_write(file, &second), ERR_OK);
	ck_assert_int_eq(sign_file_read(file, &got), ERR_OK);
	ck_assert_uint_eq(got.stamp, second.stamp);
	ck_assert_uint_eq(got.epoch, 0);
	ck_assert_uint_eq(got.view, 5);
	sign_file_close(file);
}

UNIT_TEST(sign_state_file_without_its_folder_cannot_be_written)
{
	struct reservation reservation = {1, 0, 1};
	char folder[HOME_PATH_BYTES + 16];
	struct sign_file *file;

	begin();
	snprintf(folder, sizeof(folder), "%s" HOME_SIGN_FOLDER, path);
	ck_assert_int_eq(rmdir(folder), 0);
	file = file_of(&chain, &key);
	ck_assert_int_eq(sign_file_write(file, &reservation), ERR_DISK_IO);
	sign_file_close(file);
}

UNIT_TEST(sign_state_file_stands_beside_the_home_or_where_the_settings_say)
{
	char got[HOME_PATH_BYTES], want[HOME_PATH_BYTES + 64];

	begin();
	snprintf(want, sizeof(want), "%s.sign-state/reserved", path);
	ck_assert(home_sign_file(got, path, ""));
	ck_assert_str_eq(got, want);
	snprintf(want, sizeof(want), "%s/../elsewhere", path);
	ck_assert(home_sign_file(got, path, "../elsewhere"));
	ck_assert_str_eq(got, want);
	ck_assert(home_sign_file(got, path, "/var/reserved"));
	ck_assert_str_eq(got, "/var/reserved");
	ck_assert(!home_sign_file(got, "/no/such/home", ""));
}

UNIT_TEST(sign_state_file_has_a_folder_outside_of_the_home)
{
	char place[HOME_PATH_BYTES + 64];

	begin();
	ck_assert_int_eq(home_check_sign_file(path, file_path), ERR_OK);
	snprintf(place, sizeof(place), "%s/../elsewhere", path);
	ck_assert_int_eq(home_check_sign_file(path, place), ERR_OK);
	snprintf(place, sizeof(place), "%s/reserved", path);
	ck_assert_int_eq(home_check_sign_file(path, place), ERR_CONFIG);
	snprintf(place, sizeof(place), "%s/" HOME_KEYS "/reserved", path);
	ck_assert_int_eq(home_check_sign_file(path, place), ERR_CONFIG);
	ck_assert_int_eq(home_check_sign_file(path, "/no/such/folder"), ERR_FILE_WRITE);
	ck_assert_int_eq(home_check_sign_file(path, "/etc/passwd/reserved"), ERR_FILE_WRITE);
}

UNIT_MAIN("sign_state", sign_state_of_a_new_home_is_there_at_every_start,
	  sign_state_crash_between_journal_and_file_is_intact,
	  sign_state_journal_below_its_file_was_rolled_back,
	  sign_state_copy_from_before_a_clean_stop_was_rolled_back,
	  sign_state_is_lost_with_the_journal_and_stays_so, sign_state_is_lost_with_the_file,
	  sign_state_is_lost_with_both, sign_state_mark_says_nothing_where_a_vote_was_reserved,
	  sign_state_survives_a_crash_in_the_first_start, sign_state_had_back_is_intact_again,
	  sign_state_had_back_and_cut_short_is_lost_again,
	  sign_state_of_another_chain_or_key_is_refused_by_name,
	  sign_state_file_that_is_malformed_is_an_error, sign_state_file_holds_what_was_written_last,
	  sign_state_file_without_its_folder_cannot_be_written,
	  sign_state_file_stands_beside_the_home_or_where_the_settings_say,
	  sign_state_file_has_a_folder_outside_of_the_home)
