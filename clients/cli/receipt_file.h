/* Receipts on disk: which receipt belongs to a file, reading one, hashing what
 * it speaks of. */
#ifndef STELE_CLIENTS_CLI_RECEIPT_FILE_H
#define STELE_CLIENTS_CLI_RECEIPT_FILE_H

#include "clients/cli/cli.h"
#include "proofs/receipt.h"

#define RECEIPT_SUFFIX ".stele.json"

bool receipt_path_is(const char *path);
/* The receipt beside a file, or the file beside a receipt.  Free it. */
char *receipt_path_beside(const char *path);

/* Canonical of version 1, any JSON of version 0; at most LIMIT_RECEIPT_BYTES.
 * Failures name the path: ERR_FILE_READ, ERR_RECEIPT_VERSION, ERR_RECEIPT_FORM with
 * the place. */
MUST_CHECK enum err receipt_read(struct cli *cli, const char *path, json_t **out);
/* The text of a receipt as it is kept: canonical.  NULL: it has none, or memory is short.
 * Free it. */
char *receipt_text(const json_t *receipt);
/* Whether it is the receipt of that leaf of the log: as its record, or as the opening of the
 * motion that its record executed. */
bool receipt_speaks_of(const struct receipt_findings *found, uint64_t log_index, struct bytes leaf);
/* SHA-256 and size, with progress on a large file.  ERR_FILE_READ. */
MUST_CHECK enum err content_hash(struct cli *cli, const char *path, struct receipt_file *out);

#endif
