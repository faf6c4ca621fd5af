/* Findings on a receipt in words and as JSON: what was checked, who vouches for it, and what
 * is not proven. */
#ifndef STELE_CLIENTS_CLI_FINDINGS_H
#define STELE_CLIENTS_CLI_FINDINGS_H

#include "clients/cli/cli.h"
#include "proofs/receipt.h"

/* Members of the item: content, inclusion, finality, signer and status with "result", and
 * "code", "why", "do" or "detail"; what the record is; who signed. */
/* The operation that a motion.open carries, as its name: "award.terminate"; a text that says so
 * where it cannot be read. */
const char *carried_name(const struct leaf *opened);
void findings_add(json_t *item, const struct receipt_findings *found);
/* The one member that says that there was nothing to judge. */
void findings_add_form(const struct cli *cli, json_t *item, enum err err);
/* The item for people. */
void findings_print(const struct cli *cli, const json_t *item);
/* What such receipts leave open, as an array of texts.  former: whether any relies on sets
 * that were replaced since; since: whether any says what became of its record. */
json_t *findings_limits(bool former, bool since);

#endif
