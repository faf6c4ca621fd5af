#include "proofs/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --- reading: one walk over the bytes, nothing is built ------------------------ */

struct scan {
	const uint8_t *at;
	const uint8_t *end;
	size_t values;
	unsigned depth;
	struct bytes wanted; /* a name in the outermost object */
	struct bytes found;  /* its value's text */
};

static bool scan_value(struct scan *scan);

static bool scan_take(struct scan *scan, uint8_t byte)
{
	if (scan->at == scan->end || *scan->at != byte)
		return false;
	scan->at++;
	return true;
}

static bool is_plain(uint8_t byte)
{
	return byte >= 0x20 && byte <= 0x7e && byte != '"' && byte != '\\';
}

/* *raw: what stands between the quotes. */
static bool scan_string(struct scan *scan, struct bytes *raw)
{
	const uint8_t *from;

	if (!scan_take(scan, '"'))
		return false;
	from = scan->at;
	while (scan->at < scan->end && *scan->at != '"') {
		if (*scan->at == '\\') {
			scan->at++;
			if (scan->at == scan->end || strchr("\"\\n", *scan->at) == NULL ||
			    *scan->at == '\0')
				return false;
		} else if (!is_plain(*scan->at)) {
			return false;
		}
		scan->at++;
	}
	*raw = bytes_of(from, (size_t)(scan->at - from));
	return scan_take(scan, '"');
}

static bool scan_number(struct scan *scan, uint64_t *out)
{
	const uint8_t *from = scan->at;

	while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
		scan->at++;
	return decimal_decode(out, bytes_of(from, (size_t)(scan->at - from))) &&
	       *out <= (uint64_t)TEXT_NUMBER_MAX;
}

/* The next character of a name; its end is below them all. */
static int name_next(struct bytes *raw)
{
	uint8_t byte;

	if (raw->len == 0)
		return -1;
	byte = *raw->at;
	*raw = bytes_of(raw->at + 1, raw->len - 1);
	if (byte != '\\')
		return byte;
	byte = *raw->at;
	*raw = bytes_of(raw->at + 1, raw->len - 1);
	return byte == 'n' ? '\n' : byte;
}

static bool name_is_below(struct bytes a, struct bytes b)
{
	int from_a, from_b;

	do {
		from_a = name_next(&a);
		from_b = name_next(&b);
	} while (from_a == from_b && from_a >= 0);
	return from_a < from_b;
}

/* The name and the colon of a member that stands behind the one before. */
static bool scan_name(struct scan *scan, const struct bytes *before, struct bytes *name)
{
	return scan_string(scan, name) && scan_take(scan, ':') &&
	       (before == NULL || name_is_below(*before, *name));
}

static bool scan_member(struct scan *scan, struct bytes name)
{
	const uint8_t *from = scan->at;

	if (!scan_value(scan))
		return false;
	if (scan->depth == 1 && bytes_equal(name, scan->wanted))
		scan->found = bytes_of(from, (size_t)(scan->at - from));
	return true;
}

static bool scan_object(struct scan *scan)
{
	struct bytes before, name;
	bool is_first = true;

	if (!scan_take(scan, '{'))
		return false;
	if (scan_take(scan, '}'))
		return true;
	do {
		if (!scan_name(scan, is_first ? NULL : &before, &name) ||
		    !scan_member(scan, name))
			return false;
		before = name;
		is_first = false;
	} while (scan_take(scan, ','));
	return scan_take(scan, '}');
}

static bool scan_array(struct scan *scan)
{
	if (!scan_take(scan, '['))
		return false;
	if (scan_take(scan, ']'))
		return true;
	do {
		if (!scan_value(scan))
			return false;
	} while (scan_take(scan, ','));
	return scan_take(scan, ']');
}

static bool scan_value(struct scan *scan)
{
	struct bytes raw;
	uint64_t number;
	bool is_good;

	if (scan->at == scan->end)
		return false;
	scan->values++;
	if (*scan->at == '"')
		return scan_string(scan, &raw);
	if (*scan->at != '{' && *scan->at != '[')
		return scan_number(scan, &number);
	if (scan->depth == TEXT_DEPTH)
		return false;
	scan->depth++;
	is_good = *scan->at == '{' ? scan_object(scan) : scan_array(scan);
	scan->depth--;
	return is_good;
}

bool text_scan(struct bytes text, size_t max, const char *name, struct text_scan *out)
{
	struct scan scan = {
		.at = text.at, .end = text.at + text.len, .wanted = bytes_text(name)};

	*out = (struct text_scan){0};
	if (text.len == 0 || text.len > max || *text.at != '{' || !scan_value(&scan) ||
	    !scan_take(&scan, '\n') || scan.at != scan.end)
		return false;
	out->values = scan.values;
	out->has_number = decimal_decode(&out->number, scan.found);
	return true;
}

/* --- building: a second walk, over what the first let pass; NULL: no memory --------- */

static json_t *build_value(struct scan *scan);

/* What the raw text stands for: raw itself, or *owned, which is the caller's. */
static struct bytes unescape(struct bytes raw, uint8_t **owned)
{
	size_t len = 0;

	*owned = NULL;
	if (memchr(raw.at, '\\', raw.len) == NULL)
		return raw;
	*owned = malloc(raw.len);
	while (*owned != NULL && raw.len > 0)
		(*owned)[len++] = (uint8_t)name_next(&raw);
	return bytes_of(*owned, len);
}

static json_t *build_string(struct scan *scan)
{
	struct bytes raw, text;
	uint8_t *owned;
	json_t *string = NULL;

	ASSERT(scan_string(scan, &raw));
	text = unescape(raw, &owned);
	if (text.at != NULL)
		string = json_stringn_nocheck((const char *)text.at, text.len);
	free(owned);
	return string;
}

static json_t *build_number(struct scan *scan)
{
	uint64_t number;

	ASSERT(scan_number(scan, &number));
	return json_integer((json_int_t)number);
}

static bool build_member(struct scan *scan, json_t *object)
{
	struct bytes raw, name;
	uint8_t *owned;
	bool is_built;

	ASSERT(scan_name(scan, NULL, &raw));
	name = unescape(raw, &owned);
	is_built = name.at != NULL &&
		   json_object_setn_new_nocheck(object, (const char *)name.at, name.len,
						build_value(scan)) == 0;
	free(owned);
	return is_built;
}

static json_t *build_object(struct scan *scan)
{
	json_t *object = json_object();
	bool is_built = object != NULL;

	ASSERT(scan_take(scan, '{'));
	if (scan_take(scan, '}'))
		return object;
	do
		is_built = is_built && build_member(scan, object);
	while (is_built && scan_take(scan, ','));
	if (is_built && scan_take(scan, '}'))
		return object;
	json_decref(object);
	return NULL;
}

static json_t *build_array(struct scan *scan)
{
	json_t *array = json_array();
	bool is_built = array != NULL;

	ASSERT(scan_take(scan, '['));
	if (scan_take(scan, ']'))
		return array;
	do
		is_built = is_built && json_array_append_new(array, build_value(scan)) == 0;
	while (is_built && scan_take(scan, ','));
	if (is_built && scan_take(scan, ']'))
		return array;
	json_decref(array);
	return NULL;
}

static json_t *build_value(struct scan *scan)
{
	switch (*scan->at) {
	case '"':
		return build_string(scan);
	case '{':
		return build_object(scan);
	case '[':
		return build_array(scan);
	default:
		return build_number(scan);
	}
}

/* jansson reads any JSON, a character at a time; this text's form is known. */
enum err text_build(struct bytes text, const struct text_scan *scan, json_t **out)
{
	struct scan walk = {.at = text.at, .end = text.at + text.len};
	json_t *object;

	if (scan->values > TEXT_VALUES_MAX)
		return ERR_RECEIPT_FORM;
	/* nothing is left to be refused but for want of memory */
	object = build_value(&walk);
	if (object == NULL)
		return ERR_MEMORY;
	*out = object;
	return ERR_OK;
}

enum err text_parse(struct bytes text, size_t max, json_t **out)
{
	struct text_scan scan;

	return text_scan(text, max, "", &scan) ? text_build(text, &scan, out) : ERR_RECEIPT_FORM;
}

/* --- writing ------------------------------------------------------------------- */

static enum err render_value(struct buf *out, const json_t *value, unsigned depth);

static enum err render_string(struct buf *out, const char *text, size_t len)
{
	size_t from = 0;

	buf_u8(out, '"');
	for (size_t i = 0; i < len; i++) {
		uint8_t byte = (uint8_t)text[i];

		if (is_plain(byte)) /* copied together */
			continue;
		if (byte != '\n' && byte != '"' && byte != '\\')
			return ERR_RECEIPT_FORM;
		buf_add(out, text + from, i - from);
		buf_add(out, (const uint8_t[]){'\\', byte == '\n' ? 'n' : byte}, 2);
		from = i + 1;
	}
	buf_add(out, text + from, len - from);
	buf_u8(out, '"');
	return ERR_OK;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum err render_members(struct buf *out, const json_t *object, const char **names,
			       unsigned depth)
{
	size_t count = 0;
	const char *name;
	json_t *value;
	enum err err = ERR_OK;

	json_object_foreach((json_t *)object, name, value)
		names[count++] = name;
	qsort(names, count, sizeof(*names), compare_names);
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		if (i > 0)
			buf_u8(out, ',');
		err = render_string(out, names[i], strlen(names[i]));
		buf_u8(out, ':');
		if (err == ERR_OK)
			err = render_value(out, json_object_get(object, names[i]), depth);
	}
	return err;
}

static enum err render_object(struct buf *out, const json_t *object, unsigned depth)
{
	const char **names = calloc(json_object_size(object) + 1, sizeof(*names));
	enum err err;

	if (names == NULL)
		return ERR_MEMORY;
	buf_u8(out, '{');
	err = render_members(out, object, names, depth);
	buf_u8(out, '}');
	free(names);
	return err;
}

static enum err render_array(struct buf *out, const json_t *array, unsigned depth)
{
	enum err err = ERR_OK;

	buf_u8(out, '[');
	for (size_t i = 0; i < json_array_size(array) && err == ERR_OK; i++) {
		if (i > 0)
			buf_u8(out, ',');
		err = render_value(out, json_array_get(array, i), depth);
	}
	buf_u8(out, ']');
	return err;
}

static enum err render_number(struct buf *out, json_int_t number)
{
	if (number < 0 || number > TEXT_NUMBER_MAX)
		return ERR_RECEIPT_FORM;
	buf_print(out, "%" JSON_INTEGER_FORMAT, number);
	return ERR_OK;
}

/* depth: of levels around the value. */
static enum err render_value(struct buf *out, const json_t *value, unsigned depth)
{
	if (json_is_string(value))
		return render_string(out, json_string_value(value), json_string_length(value));
	if (json_is_integer(value))
		return render_number(out, json_integer_value(value));
	if (depth == TEXT_DEPTH)
		return ERR_RECEIPT_FORM;
	if (json_is_object(value))
		return render_object(out, value, depth + 1);
	if (json_is_array(value))
		return render_array(out, value, depth + 1);
	return ERR_RECEIPT_FORM;
}

enum err text_render(struct buf *out, const json_t *object)
{
	enum err err;

	if (!json_is_object(object))
		return ERR_RECEIPT_FORM;
	err = render_value(out, object, 0);
	buf_u8(out, '\n');
	if (err == ERR_OK && out->has_failed)
		err = ERR_MEMORY;
	return err;
}
