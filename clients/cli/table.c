#include "clients/cli/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "clients/cli/plain.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

void table_init(struct table *table, struct bytes text)
{
	memset(table, 0, sizeof(*table));
	if (text.len == 0) /* the empty view may have no address */
		text = bytes_text("");
	table->at = text.at;
	table->end = text.at + text.len;
	table->line = table->row_line = 1;
	if (text.len > LIMIT_TABLE_BYTES)
		table_fail(table, ERR_TABLE_SIZE, NULL, NULL, "more than %d bytes", LIMIT_TABLE_BYTES);
	else if (text.len >= strlen(BYTE_ORDER_MARK) &&
		 memcmp(text.at, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0)
		table->at += strlen(BYTE_ORDER_MARK);
}

void table_fail(struct table *table, enum err err, const char *column, const char *remedy,
		const char *what, ...)
{
	struct table_fault *fault = &table->fault;
	va_list list;

	if (fault->err != ERR_OK)
		return;
	*fault = (struct table_fault){.err = err, .line = table->row_line, .remedy = remedy};
	if (column != NULL)
		(void)snprintf(fault->column, sizeof(fault->column), "%s", column);
	va_start(list, what);
	(void)vsnprintf(fault->what, sizeof(fault->what), what, list);
	va_end(list);
}

/* Of the line that at stands on, which a quoted cell may have left its row's first. */
static bool fail_here(struct table *table, const char *remedy, const char *what)
{
	table_fail(table, ERR_TABLE_FORM, NULL, remedy, "%s", what);
	table->fault.line = table->line;
	return false;
}

static bool is_line_end(const struct table *table)
{
	return table->at[0] == '\n' ||
	       (table->at[0] == '\r' && table->at + 1 < table->end && table->at[1] == '\n');
}

/* One character into the store, which has room for any row within its bound. */
static bool take_character(struct table *table)
{
	size_t size = utf8_size(table->at, (size_t)(table->end - table->at));

	if (size == 0)
		return fail_here(table, "save the file as UTF-8", "a byte is not UTF-8");
	if (table->at[0] == '\0')
		return fail_here(table, "remove it; is this a text file at all?", "a zero byte");
	if (table->used + size >= LIMIT_TABLE_ROW_BYTES) {
		table_fail(table, ERR_TABLE_SIZE, NULL,
			   "shorten the row; is a quote missing that should end a cell?",
			   "a row has more than %d bytes", LIMIT_TABLE_ROW_BYTES);
		return false;
	}
	table->line += table->at[0] == '\n';
	memcpy(table->store + table->used, table->at, size);
	table->used += size;
	table->at += size;
	return true;
}

static bool read_bare(struct table *table)
{
	while (table->at < table->end && table->at[0] != ',' && !is_line_end(table)) {
		if (table->at[0] == '"')
			return fail_here(table, "put the whole cell in quotes, and double the quote",
					 "a quote within a cell that is not in quotes");
		if (table->at[0] == '\r')
			return fail_here(table, "end lines with CR LF or LF",
					 "a carriage return without a line feed");
		if (!take_character(table))
			return false;
	}
	return true;
}

static bool read_quoted(struct table *table)
{
	size_t opened = table->line;

	for (table->at++;;) {
		if (table->at == table->end) {
			table->line = opened;
			return fail_here(table, "end the cell with a quote",
					 "a quote opens a cell and none closes it");
		}
		if (table->at[0] == '"') {
			table->at++;
			if (table->at == table->end || table->at[0] != '"')
				break;
		}
		if (!take_character(table))
			return false;
	}
	if (table->at < table->end && table->at[0] != ',' && !is_line_end(table))
		return fail_here(table, "double a quote that belongs to the cell",
				 "something follows the quote that closes a cell");
	return true;
}

static bool read_cell(struct table *table)
{
	bool is_quoted = table->at < table->end && table->at[0] == '"';
	const char *cell = table->store + table->used;

	if (table->count == LIMIT_TABLE_COLUMNS) {
		table_fail(table, ERR_TABLE_SIZE, NULL, "leave out columns that are not needed",
			   "more than %d columns", LIMIT_TABLE_COLUMNS);
		return false;
	}
	if (is_quoted ? !read_quoted(table) : !read_bare(table))
		return false;
	table->store[table->used++] = '\0';
	table->cells[table->count++] = cell;
	return true;
}

bool table_next(struct table *table)
{
	if (table->fault.err != ERR_OK || table->at == table->end)
		return false;
	table->row_line = table->line;
	table->count = table->used = 0;
	if (table->rows == LIMIT_TABLE_ROWS) {
		table_fail(table, ERR_TABLE_SIZE, NULL, NULL, "more than %d rows", LIMIT_TABLE_ROWS);
		return false;
	}
	while (read_cell(table)) {
		bool is_last = table->at == table->end || table->at[0] != ',';

		if (!is_last) {
			table->at++;
			continue;
		}
		if (table->at < table->end) {
			table->at += table->at[0] == '\r' ? 2 : 1;
			table->line++;
		}
		table->rows++;
		return true;
	}
	return false;
}
