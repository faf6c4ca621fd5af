#include "base/log.h"

#include <stdlib.h>
#include <string.h>

#include "tests/lib/unit.h"

static char last[20000];
static unsigned lines;

static void keep(void *context, const char *line)
{
	ck_assert_ptr_eq(context, last);
	ck_assert_uint_lt(strlen(line), sizeof(last));
	memcpy(last, line, strlen(line) + 1);
	lines++;
}

/* The line as JSON; decref it. */
static json_t *line_json(void)
{
	json_error_t error;
	json_t *object = json_loads(last, JSON_REJECT_DUPLICATES, &error);

	ck_assert_msg(object != NULL, "%s: %s", error.text, last);
	ck_assert_ptr_null(strchr(last, '\n'));
	return object;
}

UNIT_TEST(log_line_is_one_json_object)
{
	json_t *object;
	const char *time;

	log_sink_set(keep, last);
	log_event(LOG_WARN, "disk_slow", "took %d ms", 300);
	object = line_json();
	ck_assert_uint_eq(json_object_size(object), 4);
	ck_assert_str_eq(unit_json_text(object, "level"), "warn");
	ck_assert_str_eq(unit_json_text(object, "event"), "disk_slow");
	ck_assert_str_eq(unit_json_text(object, "text"), "took 300 ms");
	time = unit_json_text(object, "time");
	ck_assert_uint_eq(strlen(time), strlen("2026-01-01T00:00:00.000Z"));
	ck_assert_int_eq(time[10], 'T');
	ck_assert_int_eq(time[23], 'Z');
	json_decref(object);
	log_sink_set(NULL, NULL);
}

UNIT_TEST(log_text_is_escaped)
{
	char all[256];
	json_t *object;

	for (int i = 0; i < 127; i++)
		all[i] = (char)(i + 1);
	all[127] = '\0';
	log_sink_set(keep, last);
	log_event(LOG_ERROR, "x", "%s", all);
	object = line_json();
	ck_assert_str_eq(unit_json_text(object, "text"), all);
	json_decref(object);
	log_event(LOG_ERROR, "x", "%s", "\"}\n{\"level\":\"forged\"}");
	object = line_json();
	ck_assert_str_eq(unit_json_text(object, "text"), "\"}\n{\"level\":\"forged\"}");
	json_decref(object);
	log_sink_set(NULL, NULL);
}

UNIT_TEST(log_keeps_utf8_and_marks_what_is_none)
{
	static const char *const cases[][2] = {
		{"\xe5\x9f\xba\xe9\x87\x91", "\xe5\x9f\xba\xe9\x87\x91"},
		{"\xf0\x9f\x8c\xbe\xc3\xa9", "\xf0\x9f\x8c\xbe\xc3\xa9"},
		{"a\xff", "a\xef\xbf\xbd"},
		{"\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd"},
		{"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
		{"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
		{"\xe5\x9f", "\xef\xbf\xbd\xef\xbf\xbd"},
		{"\xe0\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
	};

	log_sink_set(keep, last);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *object;

		log_event(LOG_ERROR, "x", "%s", cases[i][0]);
		object = line_json();
		ck_assert_str_eq(unit_json_text(object, "text"), cases[i][1]);
		json_decref(object);
	}
	log_sink_set(NULL, NULL);
}

UNIT_TEST(log_cuts_a_long_text)
{
	size_t len = 100000;
	char *text = malloc(len + 1);
	json_t *object;
	const char *got;

	ck_assert_ptr_nonnull(text);
	memset(text, 1, len); /* six characters each when escaped */
	text[len] = '\0';
	log_sink_set(keep, last);
	log_event(LOG_ERROR, "x", "%s", text);
	object = line_json();
	got = unit_json_text(object, "text");
	ck_assert_uint_gt(strlen(got), 1000);
	ck_assert_str_eq(got + strlen(got) - 3, "...");
	json_decref(object);
	free(text);
	log_sink_set(NULL, NULL);
}

UNIT_TEST(log_below_its_level_is_silent)
{
	log_sink_set(keep, last);
	lines = 0;
	log_event(LOG_DEBUG, "x", "no");
	log_level_set(LOG_ERROR);
	log_event(LOG_WARN, "x", "no");
	ck_assert(!log_is_on(LOG_WARN));
	ck_assert_uint_eq(lines, 0);
	log_level_set(LOG_DEBUG);
	ck_assert(log_is_on(LOG_DEBUG));
	log_event(LOG_DEBUG, "x", "yes");
	ck_assert_uint_eq(lines, 1);
	log_level_set(LOG_INFO);
	log_sink_set(NULL, NULL);
}

UNIT_MAIN("log", log_line_is_one_json_object, log_text_is_escaped,
	  log_keeps_utf8_and_marks_what_is_none, log_cuts_a_long_text,
	  log_below_its_level_is_silent)
