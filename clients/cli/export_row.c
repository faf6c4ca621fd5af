#include "clients/cli/export_row.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "clients/cli/money.h"
#include "clients/cli/when.h"

#define ROW_MEMORY (1u << 20)

void export_row_init(struct export_row *row, const char *table)
{
	memset(row, 0, sizeof(*row));
	row->table = table;
	arena_init(&row->arena, ROW_MEMORY);
}

void export_row_label(struct export_row *row, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	(void)vsnprintf(row->label, sizeof(row->label), format, list);
	va_end(list);
}

void export_row_release(struct export_row *row)
{
	arena_release(&row->arena);
	row->count = 0;
}

/* text is copied; NULL: there is none. */
static struct export_cell *add(struct export_row *row, const char *name, const char *text)
{
	struct export_cell *cell = &row->cells[row->count];

	ASSERT(row->count < ROW_CELLS_MAX);
	*cell = (struct export_cell){.name = name};
	if (text != NULL) {
		cell->text = arena_copy(&row->arena, text, strlen(text));
		ASSERT(cell->text != NULL);
	}
	row->count++;
	return cell;
}

void row_text(struct export_row *row, const char *name, const char *text)
{
	(void)add(row, name, text != NULL && text[0] != '\0' ? text : NULL);
}

void row_number(struct export_row *row, const char *name, uint64_t number)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	(void)add(row, name, text);
}

void row_index(struct export_row *row, const char *name, uint64_t number)
{
	if (number > 0)
		row_number(row, name, number);
	else
		(void)add(row, name, NULL);
}

void row_flag(struct export_row *row, const char *name, bool flag)
{
	add(row, name, flag ? "true" : "false")->is_flag = true;
}

void row_hex(struct export_row *row, const char *name, ProtobufCBinaryData data)
{
	struct export_cell *cell = add(row, name, NULL);
	char *text;

	if (data.len == 0)
		return;
	text = arena_alloc(&row->arena, 2 * data.len + 1);
	ASSERT(text != NULL);
	hex_encode(text, data.data, data.len);
	cell->text = text;
}

void row_time(struct export_row *row, const char *name, uint64_t ms)
{
	char text[WHEN_TEXT_MAX];

	when_format(text, ms);
	(void)add(row, name, ms > 0 ? text : NULL);
}

void export_decimal(char out[EXPORT_DECIMAL_MAX], uint64_t minor, const char *currency)
{
	unsigned digits = 2;
	int len;

	(void)money_digits(currency, &digits);
	len = snprintf(out, EXPORT_DECIMAL_MAX, "%0*llu", (int)digits + 1, (unsigned long long)minor);
	ASSERT(len > 0 && len + 1 < EXPORT_DECIMAL_MAX);
	if (digits == 0)
		return;
	memmove(out + (size_t)len - digits + 1, out + (size_t)len - digits, digits + 1);
	out[(size_t)len - digits] = '.';
}

void row_money(struct export_row *row, const char *name, const char *name_minor, uint64_t minor,
	       const char *currency)
{
	char text[EXPORT_DECIMAL_MAX];

	export_decimal(text, minor, currency);
	(void)add(row, name, text);
	row_number(row, name_minor, minor);
}
