/* The files of an export as they are written, with marks: what stands where, so that
 * a difference can be named. */
#ifndef STELE_CLIENTS_CLI_EXPORT_FILE_H
#define STELE_CLIENTS_CLI_EXPORT_FILE_H

#include "base/bytes.h"

#define EXPORT_NAME_MAX 48
#define EXPORT_BYTES_MAX ((size_t)1 << 30)

/* From its place to that of the next mark stands this. */
struct export_mark {
	size_t at;
	const char *column; /* static; "" between columns */
	size_t label;       /* into labels: "award 3" */
};

struct export_file {
	char name[EXPORT_NAME_MAX]; /* within the folder; empty: the export is this file alone */
	struct buf text;
	struct export_mark *marks;
	size_t marks_count, marks_room;
	struct buf labels; /* each with its NUL */
	size_t label;      /* of what is being written */
};

struct export_files {
	struct export_file *files;
	size_t count, room;
};

void export_files_init(struct export_files *files);
void export_files_release(struct export_files *files);
/* Lent until the next one is added. */
struct export_file *export_files_add(struct export_files *files, const char *name);
/* From here on stands that row; column: as in the mark. */
void export_file_row(struct export_file *file, const char *label);
void export_file_mark(struct export_file *file, const char *column);

/* The mark that the byte at that place stands behind; NULL: before the first one. */
const struct export_mark *export_mark_at(const struct export_file *file, size_t at);
const char *export_label(const struct export_file *file, const struct export_mark *mark);

/* A string of JSON with its quotes: UTF-8 as it is, `"`, `\` and control characters escaped. */
void export_json_text(struct buf *out, const char *text);

#endif
