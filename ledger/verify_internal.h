/* What the parts of verify-ledger share. */
#ifndef STELE_LEDGER_VERIFY_INTERNAL_H
#define STELE_LEDGER_VERIFY_INTERNAL_H

#include "ledger/ledger_internal.h"
#include "ledger/verify.h"
#include "proto/certificate.h"

struct verify {
	struct store_read *read;  /* of the store in question, one state throughout */
	struct ledger *again;     /* the second ledger; NULL: nothing can be executed */
	const struct verify_order *order;
	struct verify_report *report;
	struct merkle_frontier frontier; /* where nothing is executed */
	struct header parent;
	struct hash parent_hash;
	struct hash tip_hash;
	struct hash bound;       /* of the range so far */
	uint64_t value_next;     /* as the tip's row says */
	uint64_t value_low;      /* the first number there */
	struct index_heights index_heights; /* the index is complete up to them */
	uint64_t indexed;        /* ids met whose index rows are right */
	uint64_t attachments;    /* met beside leaves */
	bool is_whole;           /* parcels reach back to height 1 */
	unsigned looks;          /* since the last sign of life */
	struct body *body;
	struct certificate *certificate;
};

/* A read of the store, and what its meta rows say; verify_end also of one that failed. */
MUST_CHECK enum err verify_begin(struct verify *verify, struct store *store,
				 const struct verify_order *order, struct verify_report *report);
void verify_end(struct verify *verify);

/* Notes the first finding; gives ERR_STORE_DAMAGED. */
enum err verify_bad(struct verify *verify, uint64_t height, const char *what);
/* Passes err on, but a row that is missing or malformed becomes a finding. */
enum err verify_row(struct verify *verify, uint64_t height, const char *what, enum err err);
/* The height that is looked at.  ERR_INTERRUPTED. */
MUST_CHECK enum err verify_tell(struct verify *verify, uint64_t height);
/* A sign of life, where many rows are looked at.  ERR_INTERRUPTED. */
MUST_CHECK enum err verify_alive(struct verify *verify);
/* Takes what is signed into the hash of the range. */
void verify_bind(struct verify *verify, struct bytes signed_bytes);
void verify_bind_parcel(struct verify *verify, const struct row_parcel *parcel);

/* verify_block.c: the block and its rows, executed anew where that can be. */
MUST_CHECK enum err verify_block(struct verify *verify, uint64_t height);
/* The finalization's form, and its signatures unless they are checked elsewhere. */
MUST_CHECK enum err verify_finalization(struct verify *verify, uint64_t height,
					struct bytes finalization, const struct hash *block,
					uint64_t epoch);
/* The row of the index of transactions. */
MUST_CHECK enum err verify_index(struct verify *verify, uint64_t height, const struct hash *id,
				 const struct row_tx *want);
/* Leaf k of the block is the evidence that the body names, and names its signer rightly. */
MUST_CHECK enum err verify_evidence(struct verify *verify, const struct header *header,
				    uint32_t k, struct bytes leaf);
/* verify_again.c: executes the block into the second ledger and compares rows. */
MUST_CHECK enum err verify_again(struct verify *verify, const struct header *header,
				 const struct row_block *row);
MUST_CHECK enum err verify_zero_values(struct verify *verify);
/* The height of a log index, for naming it; the tip for what lies beyond. */
uint64_t verify_height_of(struct verify *verify, uint64_t log_index);
/* verify_strangers.c: of a table that has another number of rows than the chain gives it,
 * the first that is none of the chain's. */
enum err verify_stranger(struct verify *verify, enum table table);
/* verify_history.c: that histories are what the records changed. */
MUST_CHECK enum err verify_history(struct verify *verify);
/* verify_undo.c: that what the newest blocks replaced leads back to the roots before. */
MUST_CHECK enum err verify_undo(struct verify *verify);
/* verify_tables.c: tiles, state, and that tables hold nothing more. */
MUST_CHECK enum err verify_tables(struct verify *verify);

#endif
