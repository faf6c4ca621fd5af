/* The panel of a call: the keys that review its proposals, each at its place. */
#ifndef STELE_LEDGER_APPLY_PANEL_H
#define STELE_LEDGER_APPLY_PANEL_H

#include "ledger/apply/rules.h"

/* The key's place on the panel, from 1.  ERR_NOT_ON_PANEL. */
MUST_CHECK enum err panel_place(struct apply *apply, const char *programme, const char *call,
				const uint8_t key[33], uint64_t *out);

#endif
