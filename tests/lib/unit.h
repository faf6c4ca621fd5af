/* Unit tests: a thin layer over libcheck, so that a test file is its tests.
 *
 *	#include "tests/lib/unit.h"
 *
 *	UNIT_TEST(merkle_empty_tree_has_hash_of_nothing)
 *	{
 *		ck_assert(...);
 *	}
 *
 *	UNIT_MAIN("merkle", merkle_empty_tree_has_hash_of_nothing)
 *
 * Each test runs in a process of its own (CK_FORK=no for a debugger).  The
 * program prints the failures and ends with "merkle: N passed, N failed".
 * Arguments are words: only tests whose name holds one of them run. */
#ifndef STELE_TESTS_LIB_UNIT_H
#define STELE_TESTS_LIB_UNIT_H

#include <check.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Check writes down each assertion that held, to say where a test was when it
 * died, and reads them all, moving the rest for each: most of the time of a test
 * that has thousands.  Beyond the first 200 one in 10,000 is written, so that
 * the place told is near, not exact. */
void unit_mark(const char *file, int line);
#define _mark_point(file, line) unit_mark(file, line)

#define UNIT_TEST(name) START_TEST(name)

#define UNIT_MAIN(suite, ...) \
	int main(int argc, char **argv) \
	{ \
		const TTest *const unit_tests[] = {__VA_ARGS__}; \
		return unit_run(suite, unit_tests, sizeof(unit_tests) / sizeof(unit_tests[0]), argc, argv); \
	}

/* The exit code of the program: 0 when nothing failed. */
int unit_run(const char *suite, const TTest *const *tests, size_t count, int argc, char **argv);

/* Ends nothing, but the running test then counts as skipped, not as passed. */
void unit_skip(const char *why);

/* The path of a shared data file or folder ("transparency/rfc6962"), under
 * $STELE_SHARED or ../shared, in its data/ if it has one.  Absent: the test
 * is marked as skipped and NULL comes back (return then); with CI=true it
 * fails instead.  Free the path. */
char *unit_shared(const char *name);

/* A file of this repository, seen from its root.  Free the path. */
char *unit_repo(const char *name);

/* The whole file with a NUL behind it that *len does not count; the test
 * fails when it can't be read.  Free the bytes. */
uint8_t *unit_file(const char *path, size_t *len);

/* The JSON document in the file; the test fails when there is none.
 * json_decref it. */
json_t *unit_json(const char *path);

/* A member of an object that must be there and have that type. */
const char *unit_json_text(const json_t *object, const char *key);
int64_t unit_json_integer(const json_t *object, const char *key);
json_t *unit_json_array(const json_t *object, const char *key);

/* Bytes of a hex text in either case (the test fails when it is not one).
 * Free them; never NULL. */
uint8_t *unit_unhex(const char *hex, size_t *len);

/* A fresh empty folder, removed with its files when the program ends.
 * Free the path. */
char *unit_folder(void);

#define unit_assert_bytes(got, got_len, want, want_len) \
	do { \
		ck_assert_uint_eq(got_len, want_len); \
		ck_assert_mem_eq(got, want, want_len); \
	} while (0)

#endif
