/* Tables from outside: comma-separated values as in RFC 4180, read strictly.
 *
 * UTF-8 (a mark of byte order in front is passed over), lines end with CR LF or LF, a
 * cell with a comma, a quote or a line end stands in quotes, a quote in it is doubled.
 * What is anything else is a fault with its line, never a guess.  Pure; bounds in
 * base/limits.h. */
#ifndef STELE_CLIENTS_CLI_TABLE_H
#define STELE_CLIENTS_CLI_TABLE_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/limits.h"

struct table_fault {
	enum err err; /* ERR_OK: none */
	size_t line;  /* from 1 */
	char column[32]; /* of a cell; "" where it is the line */
	char what[160];
	const char *remedy; /* NULL: the error's own */
};

struct table {
	const uint8_t *at, *end; /* what is not yet read */
	size_t line;             /* where at stands, from 1 */
	size_t rows;             /* read so far, the heading too */
	struct table_fault fault;
	/* The row read last: its first line and its cells, which hold no NUL. */
	size_t row_line, count;
	const char *cells[LIMIT_TABLE_COLUMNS];
	size_t used;
	char store[LIMIT_TABLE_ROW_BYTES + LIMIT_TABLE_COLUMNS];
};

/* text is borrowed.  More than LIMIT_TABLE_BYTES are a fault of the first row. */
void table_init(struct table *table, struct bytes text);
/* False: there is no further row, or a fault. */
bool table_next(struct table *table);
/* A fault of the row read last; the first one stays.  column may be NULL, remedy too. */
void table_fail(struct table *table, enum err err, const char *column, const char *remedy,
		const char *what, ...) PRINTF_LIKE(5, 6);

#endif
