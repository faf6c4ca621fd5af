#include "clients/cli/export_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void export_files_init(struct export_files *files)
{
	memset(files, 0, sizeof(*files));
}

void export_files_release(struct export_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		buf_release(&files->files[i].text);
		buf_release(&files->files[i].labels);
		free(files->files[i].marks);
	}
	free(files->files);
	memset(files, 0, sizeof(*files));
}

struct export_file *export_files_add(struct export_files *files, const char *name)
{
	struct export_file *file;

	if (files->count == files->room) {
		files->room = files->room > 0 ? files->room * 2 : 16;
		files->files = reallocarray(files->files, files->room, sizeof(*files->files));
		ASSERT(files->files != NULL);
	}
	file = &files->files[files->count++];
	memset(file, 0, sizeof(*file));
	(void)snprintf(file->name, sizeof(file->name), "%s", name);
	buf_init(&file->text, EXPORT_BYTES_MAX);
	buf_init(&file->labels, EXPORT_BYTES_MAX);
	buf_u8(&file->labels, 0); /* before the first row */
	return file;
}

void export_file_row(struct export_file *file, const char *label)
{
	file->label = file->labels.len;
	buf_add(&file->labels, label, strlen(label) + 1);
	export_file_mark(file, "");
}

void export_file_mark(struct export_file *file, const char *column)
{
	if (file->marks_count == file->marks_room) {
		file->marks_room = file->marks_room > 0 ? file->marks_room * 2 : 256;
		file->marks = reallocarray(file->marks, file->marks_room, sizeof(*file->marks));
		ASSERT(file->marks != NULL);
	}
	file->marks[file->marks_count++] =
		(struct export_mark){.at = file->text.len, .column = column, .label = file->label};
}

const struct export_mark *export_mark_at(const struct export_file *file, size_t at)
{
	size_t low = 0, high = file->marks_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (file->marks[middle].at <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? &file->marks[low - 1] : NULL;
}

const char *export_label(const struct export_file *file, const struct export_mark *mark)
{
	return (const char *)file->labels.at + mark->label;
}

void export_json_text(struct buf *out, const char *text)
{
	buf_u8(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_print(out, "\\%c", *text);
		else if ((unsigned char)*text < 0x20 || *text == 0x7f)
			buf_print(out, "\\u%04x", (unsigned)*text);
		else
			buf_u8(out, (uint8_t)*text);
	}
	buf_u8(out, '"');
}
