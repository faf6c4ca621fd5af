/* What came from outside cannot disturb a terminal, nor JSON. */
#include <stdlib.h>
#include <string.h>

#include "clients/cli/plain.h"
#include "tests/lib/unit.h"

static void expect(const char *text, bool keeps_lines, const char *plain)
{
	char *made = plain_text(text, keeps_lines);

	ck_assert_str_eq(made, plain);
	free(made);
}

UNIT_TEST(plain_leaves_ordinary_text_of_any_script)
{
	expect("", false, "");
	expect("Institut 3, 北京 — €, 😀", false, "Institut 3, 北京 — €, 😀");
	expect("a\n\tb", true, "a\n\tb");
}

UNIT_TEST(plain_shows_what_would_move_or_turn_the_writing)
{
	expect("\x1b]0;x\x07\x7f", false, "\\u001b]0;x\\u0007\\u007f");
	expect("a\nb\rc", false, "a\\u000ab\\u000dc");
	expect("a\rb\x1b[2J\n", true, "a\\u000db\\u001b[2J\n");
	expect("\xc2\x9b" "1m \u202ee \u2066i \u200fr \u2028l \ufeff", false,
	       "\\u009b1m \\u202ee \\u2066i \\u200fr \\u2028l \\ufeff");
}

UNIT_TEST(plain_shows_bytes_that_are_not_utf_8)
{
	expect("a\xff\xc3", false, "a\\xff\\xc3");
	expect("\xc0\x9b \xe0\x80\x9b \xed\xa0\x80 \xf4\x90\x80\x80", false,
	       "\\xc0\\x9b \\xe0\\x80\\x9b \\xed\\xa0\\x80 \\xf4\\x90\\x80\\x80");
	expect("\xe2\x82", false, "\\xe2\\x82");
}

UNIT_TEST(plain_json_takes_any_name_and_dump_keeps_the_value)
{
	json_t *name = plain_json("a\xff.jpg"), *whole = json_pack("{s:s}", "a", "\u202ex\xc2\x9b");
	char *line = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&line, &len);
	json_t *again;

	ck_assert_str_eq(json_string_value(name), "a\\xff.jpg");
	ck_assert(plain_dump(file, whole, JSON_INDENT(2)));
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_ptr_null(strstr(line, "\u202e"));
	again = json_loads(line, 0, NULL);
	ck_assert(json_equal(again, whole));
	ck_assert(!plain_dump(stdout, NULL, 0));
	free(line);
	json_decref(again);
	json_decref(whole);
	json_decref(name);
}

UNIT_MAIN("cli/plain", plain_leaves_ordinary_text_of_any_script,
	  plain_shows_what_would_move_or_turn_the_writing, plain_shows_bytes_that_are_not_utf_8,
	  plain_json_takes_any_name_and_dump_keeps_the_value)
