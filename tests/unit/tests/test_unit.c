/* The test helpers themselves. */
#include "tests/lib/unit.h"

#include <stdlib.h>
#include <sys/stat.h>

UNIT_TEST(unhex_takes_either_case)
{
	size_t len;
	uint8_t *at = unit_unhex("00fFA7", &len);
	const uint8_t want[] = {0x00, 0xff, 0xa7};

	unit_assert_bytes(at, len, want, sizeof(want));
	free(at);
}

UNIT_TEST(file_is_read_whole)
{
	char *path = unit_repo("tests/lib/unit.h");
	size_t len;
	uint8_t *at = unit_file(path, &len);

	ck_assert_uint_gt(len, 100);
	ck_assert_uint_eq(at[0], '/');
	ck_assert_uint_eq(at[len], 0);
	free(at);
	free(path);
}

UNIT_TEST(folders_are_fresh_and_distinct)
{
	char *one = unit_folder(), *two = unit_folder();
	struct stat stat_one;

	ck_assert_str_ne(one, two);
	ck_assert_int_eq(stat(one, &stat_one), 0);
	ck_assert(S_ISDIR(stat_one.st_mode));
	free(one);
	free(two);
}

UNIT_MAIN("unit", unhex_takes_either_case, file_is_read_whole, folders_are_fresh_and_distinct)
