/* Producer codes of GB 45438 labels, and which organisation may use whose. */
#ifndef STELE_LEDGER_APPLY_PRODUCER_H
#define STELE_LEDGER_APPLY_PRODUCER_H

#include "ledger/apply/rules.h"

/* A text that is no code says nothing about an organisation and passes.
 * ERR_LABEL_PRODUCER: a code that is neither the actor's nor lent to it. */
MUST_CHECK enum err producer_check(struct apply *apply, const char *text);

#endif
