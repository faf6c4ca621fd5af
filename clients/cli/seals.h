/* Commitments to contents in the vault: entries of kind "content". */
#ifndef STELE_CLIENTS_CLI_SEALS_H
#define STELE_CLIENTS_CLI_SEALS_H

#include "clients/cli/vault.h"
#include "proofs/receipt.h"

/* The organisation's entry for that content on that chain, borrowed; NULL: none. */
json_t *seal_find(const struct vault *vault, const struct hash *chain, const char *org,
		  const struct hash *content);
/* A new entry with a salt of its own; borrowed.  path: where the file lies. */
json_t *seal_add(struct vault *vault, const struct hash *chain, const char *org,
		 const struct receipt_file *file, const char *path);
/* Commitment and salt.  ERR_FILE_FORM where one is not that of the other. */
MUST_CHECK enum err seal_read(struct cli *cli, const json_t *entry, struct hash *commitment,
			      struct hash *salt);
/* What the ledger says of a commitment: "sealed", "opened", or "" where it has
 * none.  Free it. */
MUST_CHECK enum err seal_state(struct cli *cli, const char *org, const char *commitment,
			       json_t **out);

#endif
