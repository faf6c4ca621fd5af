/* Overlays: the state as a block leaves it, on top of its parent's overlay,
 * down to the committed state; with the ids that are consumed.
 *
 * Execution reads and writes through this and nothing else.  A transaction's
 * writes can be taken back to a mark, so a rejected one leaves no trace but
 * what the caller writes after the roll-back. */
#ifndef STELE_LEDGER_OVERLAY_H
#define STELE_LEDGER_OVERLAY_H

#include "base/bytes.h"
#include "base/err.h"
#include "proto/value.h"

struct overlay;

/* The value of a key; lent until the overlay's next write of that key, until it
 * settles or ends.  ERR_NOT_FOUND; other errors are the disk's. */
MUST_CHECK enum err overlay_get(struct overlay *overlay, const char *key, struct bytes *value);
/* Reads the values of keys that will be asked for: the ways to them, which wait for memory,
 * are gone together.  Changes nothing of what may be read.  The disk's errors, ERR_MEMORY. */
#define OVERLAY_AHEAD_MAX 16
MUST_CHECK enum err overlay_read_ahead(struct overlay *overlay, const char *const *keys,
				       size_t count);
/* What the value says, decoded once while it stands and shared by all who ask: not to be
 * changed.  Lent until the overlay settles or ends, whatever is put meanwhile.
 * ERR_STORE_DAMAGED: the value is of another type, or malformed. */
MUST_CHECK enum err overlay_get_message(struct overlay *overlay, const char *key,
					enum value_type type, const void **message);
/* Copies. ERR_MEMORY. */
MUST_CHECK enum err overlay_put(struct overlay *overlay, const char *key, struct bytes value);
/* The same of a message.  ERR_VALUE_SIZE. */
MUST_CHECK enum err overlay_put_message(struct overlay *overlay, const char *key,
					enum value_type type, const void *message);

/* A point to come back to; marks nest. */
typedef size_t overlay_mark;
overlay_mark overlay_set_mark(struct overlay *overlay);
/* Undoes every put since the mark. */
void overlay_roll_back(struct overlay *overlay, overlay_mark mark);
/* The key of the put that a mark stands before, while there is one: from a mark to
 * the present one those of all puts since, in their order. */
const char *overlay_key_at(const struct overlay *overlay, overlay_mark at);
/* The value that this put replaced; at = NULL: there was none.  Lent as that of
 * overlay_get. */
struct bytes overlay_replaced_at(const struct overlay *overlay, overlay_mark at);
/* Nothing put so far will be rolled back: what was replaced is freed, and marks end.
 * What was lent until now may be gone. */
void overlay_settle(struct overlay *overlay);

/* Whether the id was decided in this overlay, an ancestor or the committed chain,
 * and is still held at the overlay's block time. */
bool overlay_is_consumed(const struct overlay *overlay, const struct hash *id);
/* until_ms: of an accepted id its valid_until, of a rejected one the block's
 * time + LIMIT_REJECTED_HOLD_MS; held while header time <= until_ms. */
MUST_CHECK enum err overlay_consume(struct overlay *overlay, const struct hash *id,
				    uint64_t until_ms);

#endif
