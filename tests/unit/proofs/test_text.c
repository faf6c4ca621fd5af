/* One object, one text: what is read renders to the bytes that were read. */
#include "proofs/text.h"

#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "tests/lib/unit.h"

#define MAX 4096

static enum err parse(const char *text)
{
	json_t *object = NULL;
	enum err err = text_parse(bytes_text(text), MAX, &object);

	json_decref(object);
	return err;
}

UNIT_TEST(text_reads_what_is_canonical)
{
	static const char *const good[] = {
		"{}\n",
		"{\"a\":0}\n",
		"{\"a\":9007199254740991,\"b\":[],\"c\":[1,\"x\",{\"y\":[]}]}\n",
		"{\"\":\"\",\"a\":\"\\\"\\\\\\n ~\"}\n",
		"{\"a\\n\":1,\"a\\\"\":2,\"aa\":3}\n", /* U+000A, U+0022, U+0061 */
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(parse(good[i]) == ERR_OK, "%s", good[i]);
}

UNIT_TEST(text_refuses_whatever_would_not_render_so)
{
	static const char *const bad[] = {
		"", "\n", "{}", "{}\n\n", " {}\n", "{} \n", "[]\n", "1\n", "\"a\"\n",
		"{\"a\":0,\"a\":1}\n", "{\"b\":0,\"a\":1}\n", "{\"a\": 0}\n", "{\"a\" :0}\n",
		"{\"a\":0,}\n", "{,\"a\":0}\n", "{\"a\":[0,]}\n", "{\"a\":[,]}\n", "{\"a\"}\n",
		"{\"a\":}\n", "{\"a\":-0}\n", "{\"a\":-1}\n", "{\"a\":+1}\n", "{\"a\":01}\n",
		"{\"a\":1.0}\n", "{\"a\":1e3}\n", "{\"a\":9007199254740992}\n",
		"{\"a\":18446744073709551616}\n", "{\"a\":true}\n", "{\"a\":false}\n",
		"{\"a\":null}\n", "{\"a\":NaN}\n", "{\"a\":\"\\u0041\"}\n", "{\"a\":\"\\/\"}\n",
		"{\"a\":\"\\t\"}\n", "{\"a\":\"\t\"}\n", "{\"a\":\"\n\"}\n", "{\"a\":\"\x7f\"}\n",
		"{\"a\":\"\xc3\xa4\"}\n", "{\"a\":\"\\\n", "{\"a\":\"b\n", "{'a':0}\n", "{a:0}\n",
		"{\"aa\":3,\"a\\\"\":2}\n", "{\"a\\\"\":2,\"a\\n\":1}\n", "{\"a\":\"\\u000a\"}\n",
		"\xef\xbb\xbf{}\n", "{}\r\n", "{\"a\":0}{}\n", "{\"a\":[0}\n", "{\"a\":{0]\n",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(parse(bad[i]) == ERR_RECEIPT_FORM, "%zu: %s", i, bad[i]);
	ck_assert_int_eq(text_parse(bytes_of("{\"a\":\"\0\"}\n", 10), MAX, &(json_t *){NULL}),
			 ERR_RECEIPT_FORM);
}

/* {"a":[[…]]} with so many levels in all. */
static enum err parse_levels(unsigned levels)
{
	char text[256] = "{\"a\":";
	size_t at = strlen(text);

	for (unsigned i = 1; i < levels; i++)
		text[at++] = '[';
	for (unsigned i = 1; i < levels; i++)
		text[at++] = ']';
	memcpy(text + at, "}\n", 3);
	return parse(text);
}

UNIT_TEST(text_has_at_most_32_levels_and_so_many_bytes_and_values)
{
	struct buf buf;
	json_t *object;

	ck_assert_int_eq(parse_levels(32), ERR_OK);
	ck_assert_int_eq(parse_levels(33), ERR_RECEIPT_FORM);
	ck_assert_int_eq(text_parse(bytes_text("{\"a\":0}\n"), 7, &object), ERR_RECEIPT_FORM);
	buf_init(&buf, 1u << 20);
	buf_print(&buf, "{\"a\":[0");
	for (size_t i = 3; i < TEXT_VALUES_MAX; i++)
		buf_print(&buf, ",0");
	buf_print(&buf, "]}\n");
	ck_assert_int_eq(text_parse(buf_bytes(&buf), buf.len, &object), ERR_OK);
	json_decref(object);
	buf.len -= 3;
	buf_print(&buf, ",0]}\n");
	ck_assert_int_eq(text_parse(buf_bytes(&buf), buf.len, &object), ERR_RECEIPT_FORM);
	buf_release(&buf);
}

UNIT_TEST(text_scan_finds_the_version_of_the_outermost_object_alone)
{
	static const struct {
		const char *text;
		bool has;
		uint64_t number;
	} cases[] = {
		{"{\"v\":7}\n", true, 7},
		{"{\"a\":{\"v\":1},\"b\":[\"v\"],\"v\":2,\"w\":3}\n", true, 2},
		{"{\"a\":{\"v\":1}}\n", false, 0},
		{"{\"v\":\"1\"}\n", false, 0},
		{"{}\n", false, 0},
	};
	struct text_scan scan;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ck_assert(text_scan(bytes_text(cases[i].text), MAX, "v", &scan));
		ck_assert(scan.has_number == cases[i].has && scan.number == cases[i].number);
	}
	ck_assert(!text_scan(bytes_text("{\"v\":7} \n"), MAX, "v", &scan));
}

/* --- against jansson: parse, render, compare -------------------------------------- */

static void check_built(struct bytes text, const json_t *want)
{
	json_t *object;

	ck_assert_int_eq(text_parse(text, MAX, &object), ERR_OK);
	ck_assert_msg(json_equal(object, want), "%.*s", (int)text.len, text.at);
	json_decref(object);
}

static bool renders_to(struct bytes text)
{
	json_t *object = json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, NULL);
	struct buf buf;
	bool is_same;

	if (object == NULL)
		return false;
	buf_init(&buf, 2 * MAX);
	is_same = text_render(&buf, object) == ERR_OK && bytes_equal(buf_bytes(&buf), text);
	if (is_same)
		check_built(text, object);
	buf_release(&buf);
	json_decref(object);
	return is_same;
}

UNIT_TEST(text_is_canonical_iff_parsing_and_rendering_gives_it_again)
{
	static const char seed_text[] = "{\"a\":[0,12,\"x\\n\",{}],\"a\\\\\":\"\","
					"\"ab\":{\"c\":\"\\\\\",\"d\":[[]]},"
					"\"b\":9007199254740991}\n";
	static const char bytes[] = "\"\\,:[]{}01n \n9a-.u\x7f";
	struct rng rng;
	size_t good = 0;

	rng_init(&rng, 7);
	for (unsigned round = 0; round < 60000; round++) {
		char text[sizeof(seed_text)];
		size_t len = sizeof(seed_text) - 1, at = rng_below(&rng, len);
		struct text_scan scan;
		bool is_good;

		memcpy(text, seed_text, sizeof(text));
		if (rng_below(&rng, 3) == 0) {
			memmove(text + at, text + at + 1, len - at - 1);
			len--;
		} else {
			text[at] = bytes[rng_below(&rng, sizeof(bytes) - 1)];
		}
		is_good = text_scan(bytes_of(text, len), MAX, "a", &scan);
		good += is_good;
		ck_assert_msg(is_good == renders_to(bytes_of(text, len)), "%.*s", (int)len, text);
	}
	ck_assert_uint_gt(good, 1000);
}

UNIT_TEST(text_renders_only_what_it_would_read)
{
	static const char *const bad[] = {"[1]",        "{\"a\":true}", "{\"a\":null}", "{\"a\":1.5}",
					  "{\"a\":-1}", "{\"a\":9007199254740992}",
					  "{\"a\":\"\\u00e4\"}", "{\"\\t\":1}"};
	struct buf buf;
	json_t *object;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		object = json_loads(bad[i], 0, NULL);
		buf_init(&buf, MAX);
		ck_assert_msg(text_render(&buf, object) == ERR_RECEIPT_FORM, "%s", bad[i]);
		buf_release(&buf);
		json_decref(object);
	}
	object = json_loads("{\"b\": 1, \"a\": [\"x\\ny\"]}", 0, NULL);
	buf_init(&buf, MAX);
	ck_assert_int_eq(text_render(&buf, object), ERR_OK);
	ck_assert(bytes_equal(buf_bytes(&buf), bytes_text("{\"a\":[\"x\\ny\"],\"b\":1}\n")));
	buf_release(&buf);
	buf_init(&buf, 4);
	ck_assert_int_eq(text_render(&buf, object), ERR_MEMORY);
	buf_release(&buf);
	json_decref(object);
}

UNIT_MAIN("text", text_reads_what_is_canonical, text_refuses_whatever_would_not_render_so,
	  text_has_at_most_32_levels_and_so_many_bytes_and_values,
	  text_scan_finds_the_version_of_the_outermost_object_alone,
	  text_is_canonical_iff_parsing_and_rendering_gives_it_again,
	  text_renders_only_what_it_would_read)
