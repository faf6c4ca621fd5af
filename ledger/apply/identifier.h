/* Identifiers of organisations: `<scheme>-<code>` with check digits.
 *
 *   CN-USCI  GB 32100-2015: 18 characters, the last a check character mod 31
 *   XI-LEI   ISO 17442: 20 characters, ISO 7064 MOD 97-10
 *   XI-ROR   9 characters: 0, six of Crockford's base 32, two check digits */
#ifndef STELE_LEDGER_APPLY_IDENTIFIER_H
#define STELE_LEDGER_APPLY_IDENTIFIER_H

#include <stdbool.h>

#include "base/assert.h"
#include "base/err.h"

#define USCI_LEN 18
#define USCI_DIVISION_LEN 6

enum scheme { SCHEME_NONE, SCHEME_USCI, SCHEME_LEI, SCHEME_ROR };

/* The scheme of exactly that name; SCHEME_NONE for another. */
enum scheme scheme_find(const char *name);
/* The scheme that the identifier begins with, and its code behind the '-'.
 * SCHEME_NONE leaves *code untouched. */
enum scheme identifier_scheme(const char *identifier, const char **code);
/* ERR_ID_SCHEME, ERR_ID_CHECK. */
MUST_CHECK enum err identifier_check(const char *identifier);
/* Whether the identifier is a CN-USCI whose division code (characters 3 to 8 of
 * the code) begins with prefix. */
bool identifier_has_division(const char *identifier, const char *prefix);

#endif
