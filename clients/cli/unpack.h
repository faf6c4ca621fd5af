/* Unpacking a receipt into files that stock tools check: headers, vote text,
 * signatures (DER), keys (PEM), leaf and paths, and the script that checks them
 * with openssl and coreutils alone. */
#ifndef STELE_CLIENTS_CLI_UNPACK_H
#define STELE_CLIENTS_CLI_UNPACK_H

#include <jansson.h>

#include "base/err.h"

/* The receipt is of good form; the script judges the rest.  folder is made; it must
 * not exist.  ERR_RECEIPT_FORM, ERR_FILE_EXISTS, ERR_FILE_WRITE. */
MUST_CHECK enum err unpack_receipt(const json_t *receipt, const char *folder);

#endif
