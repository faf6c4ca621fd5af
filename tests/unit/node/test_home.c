#include "node/home.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/unit.h"

static char path[HOME_PATH_BYTES];

static void begin(void)
{
	char *folder = unit_folder();

	snprintf(path, sizeof(path), "%s/home", folder);
	free(folder);
}

static void overwrite(const char *name, const char *content)
{
	char full[HOME_PATH_BYTES + 64];
	FILE *file;

	snprintf(full, sizeof(full), "%s/%s", path, name);
	file = fopen(full, "w");
	ck_assert_ptr_nonnull(file);
	fputs(content, file);
	fclose(file);
}

UNIT_TEST(home_new_is_for_its_owner_alone_and_opens)
{
	char keys[HOME_PATH_BYTES];
	struct home home;
	struct stat seen;

	begin();
	ck_assert_int_eq(home_create(path), ERR_OK);
	ck_assert_int_eq(stat(path, &seen), 0);
	ck_assert_uint_eq(seen.st_mode & 0777, 0700);
	ck_assert(home_join(keys, path, HOME_KEYS));
	ck_assert_int_eq(stat(keys, &seen), 0);
	ck_assert_uint_eq(seen.st_mode & 0777, 0700);
	ck_assert_int_eq(home_open(&home, path), ERR_OK);
	ck_assert_str_eq(home.path, path);
	home_close(&home);
}

UNIT_TEST(home_is_made_in_an_empty_folder_only)
{
	begin();
	ck_assert_int_eq(mkdir(path, 0755), 0);
	ck_assert_int_eq(home_create(path), ERR_OK);
	ck_assert_int_eq(home_create(path), ERR_FILE_EXISTS);
	strcat(path, "/no/such");
	ck_assert_int_eq(home_create(path), ERR_FILE_WRITE);
}

UNIT_TEST(home_takes_one_process)
{
	struct home first;
	struct home second;

	begin();
	ck_assert_int_eq(home_create(path), ERR_OK);
	ck_assert_int_eq(home_open(&first, path), ERR_OK);
	ck_assert_int_eq(home_open(&second, path), ERR_STORE_LOCKED);
	home_close(&first);
	ck_assert_int_eq(home_open(&second, path), ERR_OK);
	home_close(&second);
}

UNIT_TEST(home_of_another_format_is_refused)
{
	struct home home;

	begin();
	ck_assert_int_eq(home_open(&home, path), ERR_FILE_READ);
	ck_assert_int_eq(home_create(path), ERR_OK);
	overwrite(HOME_FORMAT, "stele-home 2\n");
	ck_assert_int_eq(home_open(&home, path), ERR_STORE_FORMAT);
	overwrite(HOME_FORMAT, "stele-home 1");
	ck_assert_int_eq(home_open(&home, path), ERR_STORE_FORMAT);
	overwrite(HOME_FORMAT, "");
	ck_assert_int_eq(home_open(&home, path), ERR_STORE_FORMAT);
}

UNIT_TEST(home_file_is_never_overwritten_and_read_within_its_bound)
{
	struct buf text;

	begin();
	ck_assert_int_eq(home_create(path), ERR_OK);
	ck_assert_int_eq(home_write(path, "note", bytes_text("first")), ERR_OK);
	ck_assert_int_eq(home_write(path, "note", bytes_text("second")), ERR_FILE_EXISTS);
	buf_init(&text, 5);
	ck_assert_int_eq(home_read(&text, path, "note"), ERR_OK);
	unit_assert_bytes(text.at, text.len, "first", 5);
	buf_release(&text);
	buf_init(&text, 4);
	ck_assert_int_eq(home_read(&text, path, "note"), ERR_FILE_FORM);
	ck_assert_int_eq(home_read(&text, path, "none"), ERR_FILE_READ);
	buf_release(&text);
}

UNIT_TEST(home_join_takes_absolute_names_as_they_are)
{
	char joined[HOME_PATH_BYTES];
	char long_name[HOME_PATH_BYTES];

	ck_assert(home_join(joined, "/a/b", "c"));
	ck_assert_str_eq(joined, "/a/b/c");
	ck_assert(home_join(joined, "/a/b", "/c"));
	ck_assert_str_eq(joined, "/c");
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	ck_assert(!home_join(joined, "/a", long_name));
}

UNIT_MAIN("home", home_new_is_for_its_owner_alone_and_opens, home_is_made_in_an_empty_folder_only,
	  home_takes_one_process, home_of_another_format_is_refused,
	  home_file_is_never_overwritten_and_read_within_its_bound,
	  home_join_takes_absolute_names_as_they_are)
