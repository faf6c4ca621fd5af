/* Anchoring files, in pieces: gathering and hashing them, what is said about
 * each, receipts made, checked and written.  cmd_anchor.c puts them together. */
#ifndef STELE_CLIENTS_CLI_ANCHOR_H
#define STELE_CLIENTS_CLI_ANCHOR_H

#include "base/arena.h"
#include "clients/cli/cli.h"
#include "clients/cli/receipt_file.h"
#include "clients/cli/sending.h"
#include "proofs/trust.h"
#include "proto/tx.pb-c.h"

enum anchor_state {
	ANCHOR_WAITING,
	ANCHOR_SKIPPED, /* has a good receipt beside it */
	ANCHOR_DONE,
	ANCHOR_PENDING,
	ANCHOR_FAILED,
};

struct anchor_item {
	char *path;
	struct receipt_file file;
	enum anchor_state state;
	enum err err; /* where it failed */
	const char *why; /* more about it, or NULL */
	struct hash id;
	uint64_t height, time_ms, log_index;
	bool has_salt; /* it opens this commitment */
	struct hash commitment, salt;
};

struct anchor {
	struct cli *cli;
	struct anchor_item *items;
	struct anchor_item **by_hash; /* sorted, so that equal contents are neighbours */
	size_t count, room;
	struct arena arena;          /* of the record */
	Stele__ContentAnchor record; /* what all of them say: everything but content */
	struct hash parent;
	bool has_parent;
	bool has_media_type, has_title;
	bool is_batch, wants_receipts, may_replace;
	struct hash chain;
	bool is_pinned;
	struct trust trust;
	struct anchor_journal *journal; /* NULL: none */
};

/* --- anchor_files.c: which files --------------------- */

/* The plain files of all arguments, in order of their names within folders.
 * ERR_USAGE: a folder without -r. */
MUST_CHECK enum err anchor_gather(struct anchor *anchor);
/* Hashes them all.  Files that cannot be read have failed, the others go on. */
void anchor_hash(struct anchor *anchor);
/* Marks those that have a good receipt beside them, or beside a twin. */
void anchor_skip(struct anchor *anchor);
/* The run of items of that content; the count of it may be 0. */
struct anchor_item **anchor_find(const struct anchor *anchor, const struct hash *content,
				 size_t *count);
void anchor_release(struct anchor *anchor);

/* --- anchor_record.c: what is said --------------------- */

/* The record from options and --from.  ERR_USAGE, ERR_FILE_READ, ERR_FILE_FORM. */
MUST_CHECK enum err anchor_record(struct anchor *anchor);
/* If the parent's content is on the ledger, names its claim. */
MUST_CHECK enum err anchor_parent_claim(struct anchor *anchor);
/* content.anchor of one file, content.batch of several; into the arena. */
void anchor_operation(const struct anchor *anchor, const struct anchor_item *item,
		      struct arena *arena, Stele__TransactionBody *body);
MUST_CHECK enum err anchor_batch(const struct anchor *anchor, struct anchor_item *const *items,
				 size_t count, struct arena *arena, Stele__TransactionBody *body,
				 struct buf *attachment);

/* --- anchor_seal.c: what is opened --------------------- */

/* Items whose commitment lies sealed in the ledger, and its salt in the vault, open
 * it.  ERR_USAGE: a batch would. */
MUST_CHECK enum err anchor_unseal(struct anchor *anchor);

/* --- anchor_receipt.c: receipts --------------------- */

/* Gives all waiting items that the transaction speaks of their outcome, and of an
 * accepted one writes the receipts. */
void anchor_settle(struct anchor *anchor, const struct sent *sent);
/* Puts the receipt's text beside the item's file and gives it that state. */
void anchor_write_beside(struct anchor *anchor, struct anchor_item *item, const char *text,
			 enum anchor_state state);
/* Whether the receipt speaks of that content, on this chain, and everything in it
 * that can be checked holds. */
bool anchor_receipt_is_good(const struct anchor *anchor, const struct receipt_file *file,
			    const json_t *receipt);

/* --- anchor_journal.c: what was sent ----------------------------------------------------------

 * Signed bytes are noted in the home before they leave, so that a run that was
 * cut off between the ledger's word and the receipt is gone on with, and not
 * anchored a second time. */

/* Without it where another run holds it. */
MUST_CHECK enum err anchor_journal_open(struct anchor *anchor);
MUST_CHECK enum err anchor_journal_add(struct anchor *anchor, struct bytes raw);
/* What an earlier run sent and did not settle. */
size_t anchor_journal_count(const struct anchor *anchor);
struct bytes anchor_journal_get(const struct anchor *anchor, size_t index);
/* is_settled: nothing in it is needed any more. */
void anchor_journal_close(struct anchor *anchor, bool is_settled);

#endif
