/* Receipts: whether the JSON that speaks of a record proves it, offline, to anyone;
 * docs/receipt.md.  Needs no ledger, no node and no network. */
#ifndef STELE_PROOFS_RECEIPT_H
#define STELE_PROOFS_RECEIPT_H

#include <jansson.h>

#include "base/arena.h"
#include "proofs/cover.h"
#include "proofs/finding.h"
#include "proofs/leaf.h"
#include "proofs/status.h"
#include "proofs/trust.h"

#define RECEIPT_VERSION 1

struct receipt_findings {
	unsigned version;
	enum finding content;   /* the file, against the record */
	enum finding inclusion; /* the record, in the log of a header */
	enum finding finality;  /* that header, by a quorum of the set */
	enum finding signer;    /* that set and chain, against the trust */
	enum finding status;    /* what has become of the record since */
	enum err content_code;  /* why, for each that failed or was not checked; or ERR_OK */
	enum err inclusion_code;
	enum err finality_code;
	enum err signer_code;
	enum err status_code;
	uint32_t former;        /* sets relied on that were replaced since; where the signer passed */
	struct cover cover;
	struct leaf record;
	struct leaf opened;     /* the motion that the record executed */
	struct leaf_entry entry; /* of a batch, or an item of a roll-up */
	bool has_opened;
	bool has_entry;
	bool has_status;
	bool has_subject;
	bool is_size_open;      /* the record says the content's hash, not its size */
	struct hash subject;    /* the content that the record speaks of */
	uint64_t subject_size;
	struct status said;     /* where status passed; of version 0 word and newest alone */
	struct arena arena;
};

/* What a file was found to be; NULL where no file was given. */
struct receipt_file {
	struct hash sha256;
	uint64_t size;
};

/* Checks everything that can be checked and fills findings (release it in any
 * case).  trust NULL: the signer is not checked.  Reads
 * versions 0 and 1.  ERR_RECEIPT_FORM, ERR_RECEIPT_VERSION: nothing could be judged;
 * ERR_MEMORY.  ERR_OK otherwise, whatever the findings are. */
MUST_CHECK enum err receipt_check(const json_t *receipt, const struct receipt_file *file,
				  const struct trust *trust, struct receipt_findings *out);
/* The first finding that failed; where needs_signer, for the trust was given, also why nobody
 * vouches for the signers.  ERR_OK: neither. */
enum err receipt_fault(const struct receipt_findings *found, bool needs_signer);
void receipt_findings_release(struct receipt_findings *findings);

/* The receipt in a file: canonical of version 1, any JSON of version 0.
 * ERR_RECEIPT_FORM, ERR_RECEIPT_VERSION, ERR_MEMORY. */
MUST_CHECK enum err receipt_parse(struct bytes text, json_t **out);

#endif
