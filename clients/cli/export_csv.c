#include "clients/cli/export_format.h"

#include <stdio.h>
#include <string.h>

#include "clients/cli/export_tables.h"

/* A spreadsheet takes what begins so for a formula, or ends the cell there. */
static bool is_armed(const char *text)
{
	return strchr("=+-@\t\r\n'", text[0]) != NULL;
}

void export_csv_cell(struct buf *out, const char *text)
{
	bool is_quoted = text[strcspn(text, "\",\r\n")] != '\0';

	if (is_quoted)
		buf_u8(out, '"');
	if (text[0] != '\0' && is_armed(text))
		buf_u8(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_u8(out, '"');
		buf_u8(out, (uint8_t)*text);
	}
	if (is_quoted)
		buf_u8(out, '"');
}

static void take(void *context, const struct export_row *row, bool is_heading)
{
	struct export_files *files = context;
	struct export_file *file;
	char name[EXPORT_NAME_MAX];

	(void)snprintf(name, sizeof(name), "%s.csv", row->table);
	file = is_heading ? export_files_add(files, name) : &files->files[files->count - 1];
	export_file_row(file, is_heading ? "the names of the columns" : row->label);
	for (size_t i = 0; i < row->count; i++) {
		const struct export_cell *cell = &row->cells[i];

		if (i > 0)
			buf_u8(&file->text, ',');
		export_file_mark(file, cell->name);
		if (is_heading)
			buf_print(&file->text, "%s", cell->name);
		else if (cell->text != NULL)
			export_csv_cell(&file->text, cell->text);
	}
	buf_print(&file->text, "\r\n");
}

void export_csv(struct export_facts *facts, struct export_files *out)
{
	export_tables(facts, take, out);
}
