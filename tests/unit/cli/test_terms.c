/* The terms of a call from a file, from options and from both. */
#include "clients/cli/terms.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/cli/files.h"
#include "tests/lib/unit.h"
#include "tests/unit/cli/asked.h"

static const char file_text[] = "# the first call\n"
				"title-en       Internet 3.0 research\n"
				"title-zh = \"互联网3.0\"\n"
				"\n"
				"opens: 2026-03-01T09:00:00+08:00\n"
				"deadline       2026-04-15T17:00:00+08:00\n"
				"reveal-until   1776300000000\n"
				"review-until   1777000000000\n"
				"objection      7d\n"
				"award-min      1,000,000.00\n"
				"award-max      8,000,000.00\r\n"
				"budget         60,000,000.00\n"
				"max-awards     12\n"
				"area           3d\n"
				"area           genai\n"
				"quorum         2\n"
				"criterion      merit:6000:10:Scientific merit:科学价值\n"
				"criterion      plan:4000:10\n"
				"threshold      60%\n";

static char folder[48];

static char *write_file(const char *text)
{
	struct cli *cli = ASKED("call", "publish", "P", "C");
	char *path;

	memcpy(folder, "/tmp/test_terms.XXXXXX", 23);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	path = path_of("%s/terms.txt", folder);
	ck_assert_int_eq(file_write(cli, path, bytes_text(text), 0644, false), ERR_OK);
	asked_free(cli);
	return path;
}

static void remove_file(char *path)
{
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rmdir(folder), 0);
	free(path);
}

UNIT_TEST(a_file_says_it_all)
{
	Stele__CallTerms terms = STELE__CALL_TERMS__INIT;
	char *path = write_file(file_text);
	struct cli *cli = ASKED("call", "publish", "P", "C", "--terms", path);
	struct arena arena;

	arena_init(&arena, 1 << 20);
	ck_assert_int_eq(terms_read(cli, &arena, "CNY", &terms), ERR_OK);
	ck_assert_str_eq(terms.titles->en, "Internet 3.0 research");
	ck_assert_str_eq(terms.titles->zh, "互联网3.0");
	ck_assert(terms.opens == 1772326800000 && terms.deadline == 1776243600000);
	ck_assert(terms.reveal_until == 1776300000000 && terms.objection_ms == 604800000);
	ck_assert(terms.award_min == 100000000 && terms.award_max == 800000000);
	ck_assert(terms.budget == 6000000000 && terms.max_awards == 12);
	ck_assert_uint_eq(terms.proposals_per_applicant, 1);
	ck_assert_uint_eq(terms.n_areas, 2);
	ck_assert_str_eq(terms.areas[1], "genai");
	ck_assert_uint_eq(terms.review->quorum, 2);
	ck_assert_uint_eq(terms.review->panel_min, 2);
	ck_assert_uint_eq(terms.review->n_criteria, 2);
	ck_assert_str_eq(terms.review->criteria[0]->names->zh, "科学价值");
	ck_assert_ptr_null(terms.review->criteria[1]->names);
	ck_assert(terms.review->threshold == 60000);
	arena_release(&arena);
	asked_free(cli);
	remove_file(path);
}

UNIT_TEST(an_option_goes_before_the_file_and_what_is_not_named_stays)
{
	Stele__CallTerms terms = STELE__CALL_TERMS__INIT;
	char *path = write_file("budget 5.00\narea a\narea b\nmax-awards 3\n");
	struct cli *cli = ASKED("call", "amend", "P", "C", "--terms", path, "--budget", "7.00",
				"--area", "c");
	struct arena arena;

	arena_init(&arena, 1 << 20);
	terms.award_max = 42;
	terms.max_awards = 9;
	terms.proposals_per_applicant = 4;
	ck_assert_int_eq(terms_read(cli, &arena, "CNY", &terms), ERR_OK);
	ck_assert(terms.budget == 700 && terms.award_max == 42 && terms.max_awards == 3);
	ck_assert_uint_eq(terms.proposals_per_applicant, 4);
	ck_assert_uint_eq(terms.n_areas, 1);
	ck_assert_str_eq(terms.areas[0], "c");
	arena_release(&arena);
	asked_free(cli);
	remove_file(path);
}

static void is_refused(const char *text, enum err expected, const char *fact, const char *value)
{
	Stele__CallTerms terms = STELE__CALL_TERMS__INIT;
	char *path = write_file(text);
	struct cli *cli = ASKED("call", "publish", "P", "C", "--terms", path);
	struct arena arena;

	arena_init(&arena, 1 << 20);
	ck_assert_msg(terms_read(cli, &arena, "CNY", &terms) == expected, "%s", text);
	ck_assert_str_eq(json_string_value(json_object_get(cli->failure.facts, fact)), value);
	arena_release(&arena);
	asked_free(cli);
	remove_file(path);
}

UNIT_TEST(what_is_not_understood_names_its_line)
{
	is_refused("budget 5\n\nbugdet 6\n", ERR_FILE_FORM, "line", "3: bugdet");
	is_refused("deadline\n", ERR_FILE_FORM, "line", "1: deadline");
	is_refused("terms other.txt\n", ERR_FILE_FORM, "line", "1: terms");
	is_refused("deadline tomorrow\n", ERR_USAGE, "expected",
		   "2026-04-15T17:00:00+08:00, or ms since 1970");
	is_refused("budget 5.001\n", ERR_USAGE, "expected", "an amount, such as 2,500,000.00");
	is_refused("threshold 101%\n", ERR_USAGE, "expected",
		   "a whole number, or one with % up to 100%");
}

UNIT_MAIN("terms", a_file_says_it_all,
	  an_option_goes_before_the_file_and_what_is_not_named_stays,
	  what_is_not_understood_names_its_line)
