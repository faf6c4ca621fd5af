/* Eligibility: the identifiers that a programme or a call asks of who applies.
 * NULL, as an empty one: anybody.  Pure. */
#ifndef STELE_LEDGER_APPLY_ELIGIBILITY_H
#define STELE_LEDGER_APPLY_ELIGIBILITY_H

#include <stdbool.h>

#include "base/err.h"
#include "proto/tx.pb-c.h"

/* G-09: the scheme is a known one, and a division is of CN-USCI.  ERR_ID_SCHEME. */
MUST_CHECK enum err eligibility_check(const Stele__Eligibility *eligibility);
/* Whether the organisation meets it. */
bool eligibility_admits(const Stele__Eligibility *eligibility, const char *org);
/* CP-07: whether inner, which passed its check, admits nobody whom outer does not. */
bool eligibility_narrows(const Stele__Eligibility *inner, const Stele__Eligibility *outer);

#endif
