/* Undo: what each of the newest blocks replaced in the state, so that the state of an
 * older height can be had again.  Rows are written and deleted with the block; keys are
 * never taken away by one, so what was replaced is a value or nothing.
 *
 * A row says nothing of leaf numbers: those are the business of compaction, which moves
 * values without changing them. */
#ifndef STELE_LEDGER_UNDO_H
#define STELE_LEDGER_UNDO_H

#include "ledger/ledger_internal.h"

#define UNDO_HEIGHTS 1024 /* rows of so many heights stay */
/* Changes that views of older heights may hold at once, all together. */
#define UNDO_CHANGES_MAX ((size_t)1 << 20)

/* The rows of a block that is being committed on the tip, and away with those that are
 * too old.  Before compact_delete: what is replaced is read from TABLE_VALUE. */
MUST_CHECK enum err undo_write(struct store_write *write, const struct executed *block);

/* Calls visit for each change of a block, ascending by H(key), with bytes that are lent
 * until the reader ends.  ERR_STORE_DAMAGED: a row is missing or malformed. */
typedef enum err undo_visit(void *context, const struct row_undo *change);
MUST_CHECK enum err undo_each(struct store_read *read, uint64_t height, undo_visit *visit,
			      void *context);

/* The state after an older block, beside the newest one. */
struct undone {
	struct ledger *ledger;
	state_version version;
	struct bytes *values; /* lent by the reader */
	size_t values_count;
	size_t held;          /* of UNDO_CHANGES_MAX */
};

/* From the reader's newest height and its version back to an older one, whose root is
 * compared with its header's.  What is kept is to be given back by undone_release, before
 * the reader ends.  Errors of ledger_view_open_at. */
MUST_CHECK enum err undone_make(struct undone *out, struct ledger *ledger, struct store_read *read,
				state_version newest, uint64_t newest_height,
				const struct header *at);
void undone_release(struct undone *undone);

/* Of a leaf that state_find gives in that version: whether it is a value of ours, and
 * that value, or one of TABLE_VALUE. */
bool undone_value(const struct undone *undone, uint64_t leaf, struct bytes *value);

#endif
