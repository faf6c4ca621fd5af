/* Results on standard output, remarks and progress on standard error.
 *
 * A command makes its result as JSON; with --json that is printed as it is, and
 * for people the same JSON goes through a list of columns, so both always say
 * the same. */
#ifndef STELE_CLIENTS_CLI_OUT_H
#define STELE_CLIENTS_CLI_OUT_H

#include <jansson.h>

#include "clients/cli/cli.h"

enum column_kind {
	COLUMN_TEXT,   /* strings, numbers, lists joined by commas */
	COLUMN_LINES,  /* the same; in a table each of a list on a line of its own */
	COLUMN_NUMBER, /* to the right, thousands grouped */
	COLUMN_TIME,   /* ms since 1970, as UTC */
	COLUMN_HASH,   /* the first 16 hex */
	COLUMN_MONEY,  /* minor units, with the object's "currency" */
};

struct column {
	const char *name;  /* member; "a.b" is member b of member a; NULL ends a list */
	const char *title;
	enum column_kind kind;
};

/* Prints the result with --json, else nothing.  Takes it; true if it printed. */
bool out_json(const struct cli *cli, json_t *result);
/* One line per column: title and value; absent ones are left out.  Borrows. */
void out_fields(const json_t *object, const struct column *columns);
/* A table of an array's objects, a line each however narrow the terminal is, but for
 * COLUMN_LINES.  Borrows. */
void out_table(const json_t *items, const struct column *columns);
/* out_json or out_fields; out_json of the whole or out_table of its "items", with
 * a remark where there are more.  Take the result. */
void out_object(const struct cli *cli, json_t *result, const struct column *columns);
void out_list(const struct cli *cli, json_t *result, const struct column *columns);

/* A line for people: on standard output, not with --json. */
void out_line(const struct cli *cli, const char *format, ...) PRINTF_LIKE(2, 3);
/* The same that begins with a file's name, all of it on one line whatever the name holds, so
 * that it passes for no line of ours; format: NULL for the name alone. */
void out_named(const struct cli *cli, const char *name, const char *format, ...)
	PRINTF_LIKE(3, 4);
/* On standard error, not with --quiet; with --json {"remark":…}. */
void out_remark(const struct cli *cli, const char *format, ...) PRINTF_LIKE(2, 3);

/* How wide the terminal is that results go to: $COLUMNS, else what the terminal says; 0: it
 * is none. */
size_t out_columns(void);

/* Unsigned numbers that the API gives as number or as text. */
bool json_u64(const json_t *object, const char *name, uint64_t *out);
/* The text of a member, or "". */
const char *json_text(const json_t *object, const char *name);
json_t *json_hex(const void *at, size_t len);
/* UTC, "2025-11-22 09:30:00". */
void time_format(char out[32], uint64_t ms);
uint64_t time_now_ms(void);

#endif
