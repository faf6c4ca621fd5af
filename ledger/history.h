/* The index of histories: object -> the records that changed it, in order.
 *
 * A block's commit appends, for each record, which objects it changed (TABLE_CHANGE).
 * These gather in memory too (the tail) and go to TABLE_HISTORY in sorted bulk, in a
 * transaction of its own that deletes them from TABLE_CHANGE: a commit never writes
 * at random places, each pair of record and object is stored once, and a start
 * gathers again what TABLE_CHANGE has.
 *
 * One thread adds and flushes, any thread reads. */
#ifndef STELE_LEDGER_HISTORY_H
#define STELE_LEDGER_HISTORY_H

#include "ledger/row.h"
#include "ledger/store.h"

#define HISTORY_TAIL_MAX 8192

struct history;

/* NULL when memory is short. */
struct history *history_new(struct store *store);
void history_free(struct history *history);
/* Gathers what TABLE_CHANGE has.  ERR_STORE_DAMAGED. */
MUST_CHECK enum err history_load(struct history *history);

/* Adds a record's row of TABLE_CHANGE; log indices ascend. */
MUST_CHECK enum err history_add(struct history *history, uint64_t log_index, struct bytes row);
/* All of the block's records are added; writes the tail once it is long enough and the
 * disk has room, or in any case if must_write. */
MUST_CHECK enum err history_block_done(struct history *history, bool must_write);

/* --- one object: any thread ------------------------------------------------------- */

/* The records below log_size that changed one object, numbered from 1. */
struct history_list;
/* read: of the caller, may be older than the tail's last way to the table; lent for the
 * list's life. */
MUST_CHECK enum err history_open(struct history *history, struct store_read *read,
				 const char *object, uint64_t log_size, struct history_list **out);
void history_close(struct history_list *list);
uint64_t history_count(const struct history_list *list);
/* ERR_NOT_FOUND past the count. */
MUST_CHECK enum err history_get(struct history_list *list, uint64_t number,
				struct row_history *out);

#endif
