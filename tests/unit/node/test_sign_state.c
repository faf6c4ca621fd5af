#include "node/sign_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "node/home.h"
#include "tests/lib/unit.h"

static char path[HOME_PATH_BYTES];
static char journal_path[HOME_PATH_BYTES + 16];

static void begin(void)
{
	char *folder = unit_folder();

	snprintf(path, sizeof(path), "%s/home", folder);
	snprintf(journal_path, sizeof(journal_path), "%s/" HOME_JOURNAL, path);
	free(folder);
	ck_assert_int_eq(home_create(path), ERR_OK);
}

/* One start of the node. */
static bool start_finds_it_lost(void)
{
	struct store *journal;
	bool is_lost;

	ck_assert_int_eq(store_open(&journal, journal_path), ERR_OK);
	ck_assert_int_eq(sign_state_open(&is_lost, path, journal), ERR_OK);
	store_close(journal);
	return is_lost;
}

static void lose_the_journal(void)
{
	char file[HOME_PATH_BYTES + 32];

	snprintf(file, sizeof(file), "%s/data.mdb", journal_path);
	ck_assert_int_eq(unlink(file), 0);
	snprintf(file, sizeof(file), "%s/lock.mdb", journal_path);
	ck_assert_int_eq(unlink(file), 0);
}

UNIT_TEST(sign_state_of_a_new_home_is_there_at_every_start)
{
	begin();
	ck_assert(!start_finds_it_lost());
	ck_assert(!start_finds_it_lost());
}

UNIT_TEST(sign_state_is_lost_with_the_journal_and_stays_so)
{
	begin();
	ck_assert(!start_finds_it_lost());
	lose_the_journal();
	ck_assert(start_finds_it_lost());
	ck_assert(start_finds_it_lost());
}

UNIT_TEST(sign_state_of_a_home_copied_without_its_journal_is_lost)
{
	begin();
	ck_assert_int_eq(home_remove(path, HOME_NEVER_SIGNED), ERR_OK);
	ck_assert(start_finds_it_lost());
}

UNIT_TEST(sign_state_survives_a_crash_before_the_mark_is_gone)
{
	begin();
	ck_assert(!start_finds_it_lost());
	ck_assert_int_eq(home_write(path, HOME_NEVER_SIGNED, bytes_of(NULL, 0)), ERR_OK);
	ck_assert(!start_finds_it_lost());
	lose_the_journal();
	ck_assert(start_finds_it_lost());
}

UNIT_MAIN("sign_state", sign_state_of_a_new_home_is_there_at_every_start,
	  sign_state_is_lost_with_the_journal_and_stays_so,
	  sign_state_of_a_home_copied_without_its_journal_is_lost,
	  sign_state_survives_a_crash_before_the_mark_is_gone)
