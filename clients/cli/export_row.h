/* Rows of tables that an export is made of: named cells, each a text, filled one after
 * the other.  A table's heading is the row of an empty value: the same names. */
#ifndef STELE_CLIENTS_CLI_EXPORT_ROW_H
#define STELE_CLIENTS_CLI_EXPORT_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "proto/tx.pb-c.h"

#define ROW_CELLS_MAX 56
#define ROW_LABEL_MAX 96

struct export_cell {
	const char *name; /* static */
	const char *text; /* in the row's arena; NULL: there is no such value */
	bool is_flag;     /* "true" or "false" */
};

struct export_row {
	const char *table;         /* static */
	char label[ROW_LABEL_MAX]; /* for people: "payment 3 of award 2" */
	struct export_cell cells[ROW_CELLS_MAX];
	size_t count;
	struct arena arena;
};

void export_row_init(struct export_row *row, const char *table);
void export_row_label(struct export_row *row, const char *format, ...) PRINTF_LIKE(2, 3);
void export_row_release(struct export_row *row);

/* NULL or empty: there is no such value. */
void row_text(struct export_row *row, const char *name, const char *text);
void row_number(struct export_row *row, const char *name, uint64_t number);
/* 0: there is no such value. */
void row_index(struct export_row *row, const char *name, uint64_t number);
void row_flag(struct export_row *row, const char *name, bool flag);
void row_hex(struct export_row *row, const char *name, ProtobufCBinaryData data);
/* ms since 1970 as RFC 3339 in UTC; 0: there is no such value. */
void row_time(struct export_row *row, const char *name, uint64_t ms);
/* Two cells: a decimal with the currency's decimals, and minor units behind the
 * second name.  currency empty: as in a heading. */
void row_money(struct export_row *row, const char *name, const char *name_minor, uint64_t minor,
	       const char *currency);

/* "30000.00": as row_money has it, into out. */
#define EXPORT_DECIMAL_MAX 32
void export_decimal(char out[EXPORT_DECIMAL_MAX], uint64_t minor, const char *currency);

#endif
