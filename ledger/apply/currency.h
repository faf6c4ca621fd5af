/* Currencies: the active alphabetic codes of ISO 4217 that have a minor unit,
 * and how many decimal places it makes. */
#ifndef STELE_LEDGER_APPLY_CURRENCY_H
#define STELE_LEDGER_APPLY_CURRENCY_H

#include <stdbool.h>

/* Whether the code is one; *places gets 2 for CNY, 0 for JPY. */
bool currency_places(const char *code, unsigned *places);

#endif
