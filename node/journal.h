/* The journal: records that must be durable before what depends on them leaves.
 *
 * Puts and deletes collect in a batch; while one batch is being written the
 * next one collects, so that one sync serves all that arrived meanwhile.  What
 * was put is durable when anything put after it is.  A failed write stops the
 * node and is never tried again (docs/protocol.md section 10). */
#ifndef STELE_NODE_JOURNAL_H
#define STELE_NODE_JOURNAL_H

#include "base/bytes.h"
#include "base/err.h"
#include "consensus/record.h"

struct node;
struct journal;

/* Reads what is there.  ERR_STORE_DAMAGED, ERR_DISK_*. */
MUST_CHECK enum err journal_open(struct journal **out, struct node *node);
void journal_free(struct journal *journal);
/* What journal_open read, in the order of the keys; dropped by the next call. */
const struct record *journal_records(const struct journal *journal, size_t *count);
void journal_records_drop(struct journal *journal);

/* Copies the record; the core is told its sequence once it is durable, in the
 * order of the puts. */
void journal_put(struct node *node, const struct record *record, uint64_t sequence);
/* Copies a record of which nothing is told: it goes out with the next put. */
void journal_add(struct node *node, const struct record *record);
/* Goes out with the next put: a record too many does no harm. */
void journal_delete(struct node *node, enum record_kind kind, uint64_t epoch, uint64_t view,
		    const struct hash *tag);
/* Deletes the core's per-view records at or below (epoch, view). */
void journal_forget(struct node *node, uint64_t epoch, uint64_t view);
/* Starts a write if something waits and none is under way. */
void journal_flush(struct node *node);

#endif
