/* Change: which objects a record changed, told by the state keys that it put.
 *
 * Objects with a history are organisations, keys, programmes, calls, proposals,
 * awards and motions, each by its state key.  What is put under a milestone counts
 * with its award, under a review with its proposal.  Claims have none here: their
 * values name their records themselves. */
#ifndef STELE_LEDGER_CHANGE_H
#define STELE_LEDGER_CHANGE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

struct change_object;

struct change {
	struct arena arena;
	struct change_object *objects;
	size_t count;
	uint64_t motion; /* among them; 0: none */
};

void change_init(struct change *change);
void change_release(struct change *change);
/* One key that was put; nothing where it is of no object.  ERR_MEMORY. */
MUST_CHECK enum err change_add(struct change *change, const char *key);
/* Appends the row of TABLE_CHANGE: each object once, ascending; nothing where there is
 * none.  ERR_MEMORY. */
MUST_CHECK enum err change_row(struct change *change, struct buf *out);

#endif
