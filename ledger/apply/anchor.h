/* What an anchor must be before it becomes a claim: rules C of docs/ledger.md. */
#ifndef STELE_LEDGER_APPLY_ANCHOR_H
#define STELE_LEDGER_APPLY_ANCHOR_H

#include "ledger/apply/rules.h"

MUST_CHECK enum err anchor_check(struct apply *apply, const Stele__ContentAnchor *record);

#endif
