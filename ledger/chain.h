/* What becomes part of the chain, in one store transaction a block. */
#ifndef STELE_LEDGER_CHAIN_H
#define STELE_LEDGER_CHAIN_H

#include "ledger/ledger_internal.h"

/* Makes an empty store block 0 of the genesis document. */
MUST_CHECK enum err chain_begin(struct ledger *ledger);

#endif
