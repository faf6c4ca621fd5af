/* Where things stand in the text of a package: the bytes of each row, and of its
 * amount.  Amounts are read from the text itself, so that no floating point
 * comes near them, and the hash of a row is over the row as it was published. */
#ifndef STELE_CLIENTS_CLI_IMPORT_SCAN_H
#define STELE_CLIENTS_CLI_IMPORT_SCAN_H

#include "base/bytes.h"

struct import_span {
	struct bytes row;    /* from its '{' to its '}' */
	struct bytes amount; /* the number behind "amountAwarded"; empty: none */
};

/* text is JSON already (no other text may be given).  The rows of its member
 * "grants" that are objects, in order; free *out. */
void import_scan(struct bytes text, struct import_span **out, size_t *count);

enum number_verdict {
	NUMBER_OK,
	NUMBER_NEGATIVE,
	NUMBER_ZERO,
	NUMBER_PRECISE, /* more decimals than the currency has */
	NUMBER_LARGE,   /* 2^63 minor units or more */
	NUMBER_FORM,    /* no JSON number */
};

/* A JSON number as minor units of a currency with that many digits, exactly. */
enum number_verdict import_number(uint64_t *minor, struct bytes token, unsigned digits);

#endif
