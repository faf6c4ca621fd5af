/* The ledger's records as one stream that needs no database to be read: what the network
 * agreed on, height by height, and nothing that follows from it.  docs/ledger.md section 9.
 *
 *   "stele/v1 blocks\n" | chain, 32 bytes | frame of height 0 | frame of height 1 | … | end
 *
 * A frame is u32be length | u8 kind | …, the length being that of all after it. */
#ifndef STELE_LEDGER_EXPORT_H
#define STELE_LEDGER_EXPORT_H

#include "base/bytes.h"
#include "base/err.h"
#include "ledger/store.h"

#define EXPORT_TITLE "stele/v1 blocks\n"
#define EXPORT_HEAD_BYTES (sizeof(EXPORT_TITLE) - 1 + sizeof(struct hash))
#define EXPORT_FRAME_MAX ((uint32_t)64 << 20)

/* --- writing: all append -------------------------------------------------- */

void export_head(struct buf *out, const struct hash *chain);
/* What the store has of that height, its length in front.  ERR_STORE_DAMAGED: a row is
 * missing or malformed; ERR_FULL: more than EXPORT_FRAME_MAX. */
MUST_CHECK enum err export_block(struct buf *out, struct store_read *read, uint64_t height);
void export_end(struct buf *out, uint64_t heights);

/* --- reading -------------------------------------------------------------- */

/* How far a stream was read. */
struct export_reading {
	uint64_t height;   /* the next frame's */
	uint64_t log_next; /* log index of its first leaf */
	bool has_ended;
};

/* ERR_FILE_FORM: no such stream; ERR_STORE_CHAIN: another chain's. */
MUST_CHECK enum err export_head_read(struct bytes head, const struct hash *chain);
/* Takes a frame's rows (frame: without its length) into a store of records alone, and
 * with the end what says where its tip is.  That the form is right is all that is known
 * of them.  ERR_FILE_FORM. */
MUST_CHECK enum err export_take(struct export_reading *reading, struct store_write *write,
				struct bytes frame, const struct hash *chain);

#endif
