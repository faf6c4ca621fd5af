#include "clients/cli/out.h"

#include <libsmartcols.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "clients/cli/money.h"
#include "clients/cli/plain.h"

#define HASH_SHOWN 16

bool json_u64(const json_t *object, const char *name, uint64_t *out)
{
	const json_t *member = json_object_get(object, name);

	if (json_is_integer(member) && json_integer_value(member) >= 0) {
		*out = (uint64_t)json_integer_value(member);
		return true;
	}
	return json_is_string(member) && decimal_decode(out, bytes_text(json_string_value(member)));
}

const char *json_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

json_t *json_hex(const void *at, size_t len)
{
	char *hex = malloc(2 * len + 1);
	json_t *text;

	ASSERT(hex != NULL);
	hex_encode(hex, at, len);
	text = json_stringn(hex, 2 * len);
	free(hex);
	return text;
}

uint64_t time_now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void time_format(char out[32], uint64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;

	if (gmtime_r(&seconds, &tm) == NULL || strftime(out, 32, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		(void)snprintf(out, 32, "%llu", (unsigned long long)ms);
}

size_t out_columns(void)
{
	const char *text = getenv("COLUMNS");
	struct winsize window = {0};
	uint64_t columns;

	if (text != NULL && decimal_decode(&columns, bytes_text(text)) && columns > 0)
		return columns;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 ? window.ws_col : 0;
}

/* --- a value as text --------------------------------------------------------- */

static const json_t *member_of(const json_t *object, const char *name)
{
	const char *point = strchr(name, '.');
	char first[64];

	if (point == NULL)
		return json_object_get(object, name);
	(void)snprintf(first, sizeof(first), "%.*s", (int)(point - name), name);
	return member_of(json_object_get(object, first), point + 1);
}

static void add_plain(struct buf *out, const json_t *value)
{
	size_t index;
	json_t *item;

	switch (json_typeof(value)) {
	case JSON_STRING:
		plain_add(out, json_string_value(value), json_string_length(value), false);
		return;
	case JSON_INTEGER:
		buf_print(out, "%lld", (long long)json_integer_value(value));
		return;
	case JSON_REAL:
		buf_print(out, "%g", json_real_value(value));
		return;
	case JSON_TRUE:
		buf_print(out, "yes");
		return;
	case JSON_FALSE:
		buf_print(out, "no");
		return;
	case JSON_NULL:
		buf_print(out, "-");
		return;
	case JSON_ARRAY:
		json_array_foreach(value, index, item) {
			if (index > 0)
				buf_print(out, ", ");
			add_plain(out, item);
		}
		return;
	case JSON_OBJECT: {
		char *text = json_dumps(value, JSON_COMPACT | JSON_PRESERVE_ORDER);

		plain_add(out, text != NULL ? text : "", text != NULL ? strlen(text) : 0, false);
		free(text);
		return;
	}
	}
}

static void add_grouped(struct buf *out, uint64_t number)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number);

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf_u8(out, ',');
		buf_u8(out, (uint8_t)digits[i]);
	}
}

static void add_money(struct buf *out, const json_t *object, uint64_t minor)
{
	char text[MONEY_TEXT_MAX];

	money_format(text, minor, json_text(object, "currency"));
	buf_print(out, "%s", text);
}

static bool number_of(const json_t *value, uint64_t *out)
{
	if (json_is_string(value))
		return decimal_decode(out, bytes_text(json_string_value(value)));
	*out = (uint64_t)json_integer_value(value);
	return json_is_integer(value) && json_integer_value(value) >= 0;
}

/* False where there is nothing to show. */
static bool add_value(struct buf *out, const json_t *object, const struct column *column)
{
	const json_t *value = member_of(object, column->name);
	uint64_t number = 0;
	bool is_number = value != NULL && number_of(value, &number);
	char text[32];

	if (value == NULL)
		return false;
	switch (column->kind) {
	case COLUMN_NUMBER:
		if (is_number)
			add_grouped(out, number);
		else
			add_plain(out, value);
		break;
	case COLUMN_TIME:
		time_format(text, number);
		buf_print(out, "%s", is_number ? text : "");
		break;
	case COLUMN_MONEY:
		if (is_number)
			add_money(out, object, number);
		break;
	case COLUMN_HASH:
		if (json_is_string(value))
			plain_add(out, json_string_value(value),
				  strnlen(json_string_value(value), HASH_SHOWN), false);
		break;
	case COLUMN_TEXT:
	case COLUMN_LINES:
		add_plain(out, value);
		break;
	}
	return true;
}

/* --- printing ----------------------------------------------------------------- */

bool out_json(const struct cli *cli, json_t *result)
{
	if (cli->is_json) {
		(void)plain_dump(stdout, result, JSON_INDENT(2) | JSON_REAL_PRECISION(10));
	}
	json_decref(result);
	return cli->is_json;
}

void out_fields(const json_t *object, const struct column *columns)
{
	size_t width = 0;

	for (const struct column *c = columns; c->name != NULL; c++)
		if (member_of(object, c->name) != NULL && strlen(c->title) > width)
			width = strlen(c->title);
	for (const struct column *c = columns; c->name != NULL; c++) {
		struct buf text;

		buf_init(&text, (size_t)1 << 20);
		if (add_value(&text, object, c))
			(void)printf("%-*s  %.*s\n", (int)width, c->title, (int)text.len,
				     text.at != NULL ? (const char *)text.at : "");
		buf_release(&text);
	}
}

static bool add_lines(struct buf *out, const json_t *item, const struct column *column)
{
	const json_t *list = member_of(item, column->name);

	for (size_t i = 0; i < json_array_size(list); i++) {
		if (i > 0)
			buf_u8(out, '\n');
		add_plain(out, json_array_get(list, i));
	}
	return json_array_size(list) > 0;
}

/* Lines are broken where the value has a line feed, nowhere else. */
static void table_column(struct libscols_table *table, const struct column *column)
{
	bool is_right = column->kind == COLUMN_NUMBER || column->kind == COLUMN_MONEY;
	struct libscols_column *made = scols_table_new_column(
		table, column->title, 0.1,
		column->kind == COLUMN_LINES ? SCOLS_FL_WRAP : is_right ? SCOLS_FL_RIGHT : 0);

	ASSERT(made != NULL);
	if (column->kind == COLUMN_LINES) {
		ASSERT(scols_column_set_wrapfunc(made, scols_wrapnl_chunksize,
						 scols_wrapnl_nextchunk, NULL) == 0);
		ASSERT(scols_column_set_safechars(made, "\n") == 0);
	}
}

static void table_row(struct libscols_table *table, const json_t *item,
		      const struct column *columns)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	size_t index = 0;

	ASSERT(line != NULL);
	for (const struct column *c = columns; c->name != NULL; c++, index++) {
		struct buf text;

		buf_init(&text, (size_t)1 << 20);
		if (c->kind == COLUMN_LINES ? !add_lines(&text, item, c) : !add_value(&text, item, c))
			buf_print(&text, "-");
		buf_u8(&text, 0);
		ASSERT(!text.has_failed);
		ASSERT(scols_line_set_data(line, index, (const char *)text.at) == 0);
		buf_release(&text);
	}
}

/* Without the blanks that fill a line, which a narrow terminal would fold into empty ones. */
static void print_trimmed(const char *text)
{
	while (*text != '\0') {
		size_t whole = strcspn(text, "\n"), len = whole;

		while (len > 0 && text[len - 1] == ' ')
			len--;
		(void)printf("%.*s\n", (int)len, text);
		text += whole + (text[whole] == '\n');
	}
}

/* A terminal gets what a pipe gets: fitted to its width, identifiers would be cut. */
void out_table(const json_t *items, const struct column *columns)
{
	struct libscols_table *table = scols_new_table();
	char *text = NULL;
	size_t index;
	json_t *item;

	ASSERT(table != NULL);
	ASSERT(scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER) == 0);
	for (const struct column *c = columns; c->name != NULL; c++)
		table_column(table, c);
	json_array_foreach(items, index, item)
		table_row(table, item, columns);
	if (json_array_size(items) > 0) {
		ASSERT(scols_print_table_to_string(table, &text) == 0);
		print_trimmed(text);
	}
	free(text);
	scols_unref_table(table);
}

void out_object(const struct cli *cli, json_t *result, const struct column *columns)
{
	if (!cli->is_json)
		out_fields(result, columns);
	(void)out_json(cli, result);
}

void out_list(const struct cli *cli, json_t *result, const struct column *columns)
{
	const json_t *items = json_object_get(result, "items");
	uint64_t total = json_array_size(items), height;

	if (!cli->is_json) {
		(void)fflush(stdout);
		out_table(items, columns);
		(void)json_u64(result, "total", &total);
		if (json_array_size(items) == 0)
			out_remark(cli, "nothing to show");
		else if (total > json_array_size(items))
			out_remark(cli, "%zu of %llu shown", json_array_size(items),
				   (unsigned long long)total);
		if (json_u64(result, "as_of_height", &height))
			out_remark(cli, "as of height %llu", (unsigned long long)height);
	}
	(void)out_json(cli, result);
}

/* Lines of our own stay; what would disturb them has been made visible. */
static char *format_plain(const char *format, va_list list) PRINTF_LIKE(1, 0);

static char *format_plain(const char *format, va_list list)
{
	char *raw = NULL, *plain;

	ASSERT(vasprintf(&raw, format, list) >= 0);
	plain = plain_text(raw, true);
	free(raw);
	return plain;
}

void out_line(const struct cli *cli, const char *format, ...)
{
	va_list list;
	char *text;

	if (cli->is_json)
		return;
	va_start(list, format);
	text = format_plain(format, list);
	va_end(list);
	(void)puts(text);
	free(text);
}

void out_named(const struct cli *cli, const char *name, const char *format, ...)
{
	char *plain = plain_text(name, false), *rest = NULL;
	va_list list;

	if (format != NULL) {
		va_start(list, format);
		rest = format_plain(format, list);
		va_end(list);
	}
	if (!cli->is_json)
		(void)printf("%s%s\n", plain, rest != NULL ? rest : "");
	free(plain);
	free(rest);
}

void out_remark(const struct cli *cli, const char *format, ...)
{
	va_list list;
	char *text;

	if (cli->is_quiet)
		return;
	va_start(list, format);
	text = format_plain(format, list);
	va_end(list);
	(void)fflush(stdout);
	if (cli->is_json) {
		json_t *remark = json_pack("{s:s}", "remark", text);

		(void)plain_dump(stderr, remark, JSON_COMPACT);
		json_decref(remark);
	} else {
		(void)fprintf(stderr, "%s\n", text);
	}
	free(text);
}
