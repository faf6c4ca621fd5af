/* Receipts: the JSON that proves a record to anyone, offline; docs/receipt.md.
 * Making one needs a ledger's view, checking one needs nothing but the pin. */
#ifndef STELE_LEDGER_RECEIPT_H
#define STELE_LEDGER_RECEIPT_H

#include <jansson.h>

#include "base/arena.h"
#include "ledger/cover.h"
#include "proto/state.pb-c.h"
#include "proto/tx.h"

#define RECEIPT_VERSION 0

enum finding { FINDING_NOT_CHECKED, FINDING_PASS, FINDING_FAIL };

struct receipt_findings {
	enum finding content;   /* the file, against the record */
	enum finding inclusion; /* the record, in the log of a header */
	enum finding finality;  /* that header, by a quorum of the set */
	enum finding signer;    /* that set and chain, against the pin */
	enum finding status;    /* the claim's state as of the top header */
	enum err content_code;  /* why, for each that failed; ERR_OK otherwise */
	enum err inclusion_code;
	enum err finality_code;
	enum err signer_code;
	enum err status_code;
	uint64_t log_index;
	struct cover cover;        /* headers, as far as they were read */
	struct tx *tx;             /* NULL until it was decoded; freed with the findings */
	bool has_entry;            /* of a batch, or an item of a roll-up */
	struct hash subject;       /* the content that the record speaks of */
	uint64_t subject_size;
	bool has_subject;
	bool is_size_open;         /* the record says its hash, not its size */
	Stele__ClaimState claim_state; /* where status passed */
	struct arena arena;
};

/* What a file was found to be; NULL where no file was given. */
struct receipt_file {
	struct hash sha256;
	uint64_t size;
};

/* Checks everything that can be checked and fills findings (release it in any
 * case).  trust NULL: the signer is not checked.  ERR_RECEIPT_FORM,
 * ERR_RECEIPT_VERSION: nothing could be judged.  ERR_OK otherwise, whatever the
 * findings are. */
MUST_CHECK enum err receipt_check(const json_t *receipt, const struct receipt_file *file,
				  const struct trust *trust, struct receipt_findings *out);
void receipt_findings_release(struct receipt_findings *findings);

/* --- making: for the node ------------------------------------------------- */

struct ledger_view;

/* The four members of a cover for the state or record of that height, into the
 * object.  ERR_NOT_FOUND: no height from there on has its own finalization yet. */
MUST_CHECK enum err cover_make(struct ledger_view *view, uint64_t height, struct bytes set_text,
			       json_t *object);
/* The receipt of an accepted transaction; entry: position within a batch, or
 * RECEIPT_NO_ENTRY.  ERR_NOT_FOUND: not accepted, no such entry, or not yet
 * finalized. */
#define RECEIPT_NO_ENTRY UINT32_MAX
MUST_CHECK enum err receipt_make(struct ledger_view *view, uint64_t log_index, uint32_t entry,
				 struct bytes set_text, json_t **out);

#endif
