#include "tests/lib/unit.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEST_SECONDS 120
#define FILE_BYTES_MAX ((size_t)256 << 20)

/* Lies in memory shared with the forked tests, which run one after another. */
static struct {
	bool is_skipped; /* the test that runs now */
	int skipped;
	char root[48]; /* holds all temporary folders */
} *shared;

/* --- running --------------------------------------------------------------- */

void unit_mark(const char *file, int line)
{
	static _Thread_local unsigned held; /* in the process of the test */

	if (held++ < 200 || held % 10000 == 0)
		(_mark_point)(file, line);
}

static void before_test(void)
{
	shared->is_skipped = false;
}

static int remove_entry(const char *path, const struct stat *stat, int kind, struct FTW *ftw)
{
	(void)stat;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static bool is_chosen(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strstr(name, argv[i]))
			return true;
	return argc < 2;
}

static int seconds_per_test(void)
{
	const char *text = getenv("UNIT_TEST_TIMEOUT_S");
	int seconds = text ? atoi(text) : 0;

	return seconds > 0 ? seconds : TEST_SECONDS;
}

static void print_failures(SRunner *runner)
{
	TestResult **results = srunner_failures(runner);
	int count = srunner_ntests_failed(runner);

	for (int i = 0; i < count; i++)
		printf("%s:%d: %s: %s\n", tr_lfile(results[i]), tr_lno(results[i]), tr_tcname(results[i]),
		       tr_msg(results[i]));
	free(results); /* only the array is ours */
}

static void prepare(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		abort();
	snprintf(shared->root, sizeof(shared->root), "/tmp/stele-unit-%ld", (long)getpid());
}

int unit_run(const char *suite_name, const TTest *const *tests, size_t count, int argc, char **argv)
{
	Suite *suite = suite_create(suite_name);
	SRunner *runner;
	int failed, passed = 0;

	prepare();
	for (size_t i = 0; i < count; i++) {
		TCase *tcase;

		if (!is_chosen(tests[i]->name, argc, argv))
			continue;
		tcase = tcase_create(tests[i]->name); /* one each, so a failure tells its test */
		tcase_set_timeout(tcase, seconds_per_test());
		tcase_add_checked_fixture(tcase, before_test, NULL);
		tcase_add_test(tcase, tests[i]);
		suite_add_tcase(suite, tcase);
		passed++;
	}
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_SILENT);
	print_failures(runner);
	failed = srunner_ntests_failed(runner);
	passed -= failed + shared->skipped;
	srunner_free(runner);
	nftw(shared->root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	printf("%s: %d passed, %d failed", suite_name, passed, failed);
	printf(shared->skipped ? " (%d skipped)\n" : "\n", shared->skipped);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

void unit_skip(const char *why)
{
	if (shared->is_skipped)
		return;
	shared->is_skipped = true;
	shared->skipped++;
	printf("skipped: %s\n", why);
}

/* --- files ----------------------------------------------------------------- */

static char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

static char *text_format(const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	return text;
}

/* The root is where the Makefile is, at or above the working folder. */
char *unit_repo(const char *name)
{
	char up[64] = ".";

	for (int i = 0; i < 8; i++) {
		char *mark = text_format("%s/tests/lib/unit.h", up);
		bool is_root = access(mark, F_OK) == 0;

		free(mark);
		if (is_root)
			return text_format("%s/%s", up, name);
		strcat(up, "/..");
	}
	ck_abort_msg("run unit tests from inside the repository");
	return NULL;
}

char *unit_shared(const char *name)
{
	const char *given = getenv("STELE_SHARED"), *ci = getenv("CI");
	char *base = given ? text_format("%s", given) : unit_repo("../shared");
	char *path = text_format("%s/data/%s", base, name);

	if (access(path, R_OK) != 0) {
		free(path);
		path = text_format("%s/%s", base, name);
	}
	free(base);
	if (access(path, R_OK) == 0)
		return path;
	if (ci && strcmp(ci, "true") == 0)
		ck_abort_msg("with CI=true the shared data must be there: %s", path);
	unit_skip(path);
	free(path);
	return NULL;
}

uint8_t *unit_file(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	struct stat stat;
	uint8_t *at;
	size_t size;

	ck_assert_msg(file != NULL, "cannot open %s", path);
	ck_assert_msg(fstat(fileno(file), &stat) == 0 && (size_t)stat.st_size <= FILE_BYTES_MAX,
		      "cannot read %s", path);
	size = (size_t)stat.st_size;
	at = malloc(size + 1);
	ck_assert(at != NULL);
	ck_assert_msg(fread(at, 1, size, file) == size, "cannot read %s", path);
	fclose(file);
	at[size] = 0;
	*len = size;
	return at;
}

char *unit_folder(void)
{
	char *path = text_format("%s/XXXXXX", shared->root);

	mkdir(shared->root, 0700); /* may be there from an earlier test */
	ck_assert_msg(mkdtemp(path) != NULL, "cannot make a folder in %s", shared->root);
	return path;
}

/* --- JSON and hex ---------------------------------------------------------- */

json_t *unit_json(const char *path)
{
	json_error_t error;
	json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);

	ck_assert_msg(json != NULL, "%s:%d:%d: %s", path, error.line, error.column, error.text);
	return json;
}

const char *unit_json_text(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	ck_assert_msg(json_is_string(value), "no text \"%s\"", key);
	return json_string_value(value);
}

int64_t unit_json_integer(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	ck_assert_msg(json_is_integer(value), "no integer \"%s\"", key);
	return json_integer_value(value);
}

json_t *unit_json_array(const json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	ck_assert_msg(json_is_array(value), "no array \"%s\"", key);
	return value;
}

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at;

	if (c >= 'A' && c <= 'F')
		c = (char)(c - 'A' + 'a');
	at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

uint8_t *unit_unhex(const char *hex, size_t *len)
{
	size_t digits = strlen(hex);
	uint8_t *at = malloc(digits / 2 + 1);

	ck_assert(at != NULL);
	ck_assert_msg(digits % 2 == 0, "odd hex: %s", hex);
	for (size_t i = 0; i < digits; i += 2) {
		int high = hex_digit(hex[i]), low = hex_digit(hex[i + 1]);

		ck_assert_msg(high >= 0 && low >= 0, "not hex: %s", hex);
		at[i / 2] = (uint8_t)(high << 4 | low);
	}
	*len = digits / 2;
	return at;
}
