/* What an anchor must be before it becomes a claim: rules C and X of docs/ledger.md. */
#ifndef STELE_LEDGER_APPLY_ANCHOR_H
#define STELE_LEDGER_APPLY_ANCHOR_H

#include "ledger/apply/commit.h"

/* opening: the commitment that it opens. */
MUST_CHECK enum err anchor_check(struct apply *apply, const Stele__ContentAnchor *record,
				 struct opening *opening);

#endif
