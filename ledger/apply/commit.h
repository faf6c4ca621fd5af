/* Commitments to a content, and their opening by an anchor that brings the salt. */
#ifndef STELE_LEDGER_APPLY_COMMIT_H
#define STELE_LEDGER_APPLY_COMMIT_H

#include "ledger/apply/values.h"

/* What an anchor opens; commit is NULL where it brings no salt. */
struct opening {
	struct state_key key;
	Stele__CommitValue *commit;
};

/* C-01, C-07 */
MUST_CHECK enum err commit_find(struct apply *apply, const Stele__ContentAnchor *record,
				struct opening *out);
/* It was opened by that claim on the content. */
MUST_CHECK enum err commit_open(struct apply *apply, struct opening *opening,
				ProtobufCBinaryData content, uint64_t claim);

#endif
