#include "clients/cli/export_format.h"

#include <string.h>

#include "clients/cli/export_tables.h"

/* Where the next member by name stands, behind the one before. */
static const struct export_cell *next_cell(const struct export_row *row, const char *after)
{
	const struct export_cell *next = NULL;

	for (size_t i = 0; i < row->count; i++) {
		const struct export_cell *cell = &row->cells[i];

		if (cell->text != NULL && strcmp(cell->name, after) > 0 &&
		    (next == NULL || strcmp(cell->name, next->name) < 0))
			next = cell;
	}
	return next;
}

static void put_member(struct export_file *file, const struct export_cell *cell, bool is_first)
{
	if (!is_first)
		buf_u8(&file->text, ',');
	export_json_text(&file->text, cell->name);
	buf_u8(&file->text, ':');
	export_file_mark(file, cell->name);
	if (cell->is_flag)
		buf_print(&file->text, "%s", cell->text);
	else
		export_json_text(&file->text, cell->text);
}

static void take(void *context, const struct export_row *row, bool is_heading)
{
	struct export_file *file = &((struct export_files *)context)->files[0];
	const struct export_cell table = {.name = "table", .text = row->table};
	const struct export_cell *cell;
	const char *after = "";
	bool is_first = true, has_table = false;

	if (is_heading)
		return;
	export_file_row(file, row->label);
	buf_u8(&file->text, '{');
	while ((cell = next_cell(row, after)) != NULL || !has_table) {
		if (!has_table && (cell == NULL || strcmp(cell->name, table.name) > 0)) {
			cell = &table;
			has_table = true;
		}
		put_member(file, cell, is_first);
		is_first = false;
		after = cell->name;
	}
	buf_print(&file->text, "}\n");
}

void export_ndjson(struct export_facts *facts, struct export_files *out)
{
	(void)export_files_add(out, "");
	export_tables(facts, take, out);
}
