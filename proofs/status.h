/* What has become of a record since: docs/receipt.md section 4. */
#ifndef STELE_PROOFS_STATUS_H
#define STELE_PROOFS_STATUS_H

#include <jansson.h>

#include "base/arena.h"
#include "base/limits.h"
#include "proofs/cover.h"
#include "proofs/entry.h"
#include "proofs/leaf.h"

struct status {
	struct entry *entries;
	size_t entries_count;
	struct bytes tree;
	bool has_newer; /* under a newer header than the top, by the members that follow */
	struct hash *consistency;
	size_t consistency_count;
	struct bytes finalization;
	struct set_change *changes;
	size_t changes_count;
	/* where it was checked: */
	struct block newest; /* the status header: the newer one, or else the top */
	const struct set *set; /* of its epoch */
	const char *word;    /* live, superseded, withdrawn, open, executed, recorded */
	char org[LIMIT_SEGMENT + 1]; /* whose key the signer's is */
	uint64_t revoked_height;     /* the key is revoked from there on; 0: in force */
};

/* What the record says, as a status has to fit it. */
struct status_of {
	const struct leaf *record;
	const struct leaf *opened;      /* or NULL */
	const struct leaf_entry *entry; /* or NULL */
	const struct hash *subject;     /* or NULL */
};

/* Form.  ERR_RECEIPT_FORM, ERR_MEMORY. */
MUST_CHECK enum err status_read(const json_t *object, struct arena *arena, struct status *out);
/* T1 to T4, of a cover that holds.  ERR_RECEIPT_STATUS. */
MUST_CHECK enum err status_check(struct status *status, const struct cover *cover,
				 const struct status_of *of);

#endif
