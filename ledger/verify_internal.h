/* What the parts of verify-ledger share. */
#ifndef STELE_LEDGER_VERIFY_INTERNAL_H
#define STELE_LEDGER_VERIFY_INTERNAL_H

#include "ledger/ledger_internal.h"
#include "ledger/verify.h"
#include "proto/certificate.h"

struct verify {
	struct store_read *read;  /* of the store in question, one state throughout */
	struct ledger *again;     /* the second ledger; NULL: nothing can be executed */
	const struct genesis *genesis;
	struct bytes genesis_text;
	struct verify_report *report;
	struct merkle_frontier frontier;
	struct header parent;
	struct hash parent_hash;
	struct hash tip_hash;
	uint64_t value_next;     /* as the tip's row says */
	uint64_t index_height;   /* the index is complete up to it */
	uint64_t indexed;        /* ids met whose index rows are right */
	uint64_t attachments;    /* met beside leaves */
	uint64_t parcels;        /* met of the blocks */
	bool has_all_values;     /* no value row was compacted, so rows can be compared */
	struct body *body;
	struct certificate *certificate;
};

/* Notes the first finding; gives ERR_STORE_DAMAGED. */
enum err verify_bad(struct verify *verify, uint64_t height, const char *what);
/* Passes err on, but a row that is missing or malformed becomes a finding. */
enum err verify_row(struct verify *verify, uint64_t height, const char *what, enum err err);

/* verify_block.c: the block and its rows, without execution. */
MUST_CHECK enum err verify_block(struct verify *verify, uint64_t height);
/* verify_again.c: executes the block into the second ledger and compares rows. */
MUST_CHECK enum err verify_again(struct verify *verify, uint64_t height);
/* verify_history.c: that histories are what the records changed. */
MUST_CHECK enum err verify_history(struct verify *verify);
/* verify_undo.c: that what the newest blocks replaced leads back to the roots before. */
MUST_CHECK enum err verify_undo(struct verify *verify);
/* verify_tables.c: tiles, state, and that tables hold nothing more. */
MUST_CHECK enum err verify_tables(struct verify *verify);

#endif
