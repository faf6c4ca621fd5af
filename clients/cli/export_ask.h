/* Facts for an export, asked of a node: in rounds, since what is wanted shows only in what
 * was proved before, and all under the height of the first answer. */
#ifndef STELE_CLIENTS_CLI_EXPORT_ASK_H
#define STELE_CLIENTS_CLI_EXPORT_ASK_H

#include <jansson.h>

#include "clients/cli/export_proof.h"

/* Checks one proof and adds its facts.  What the check said comes back bare;
 * ERR_EXPORT_PROOF: it stands under another header than those before, or is of another
 * programme. */
MUST_CHECK enum err export_proof_take(struct cli *cli, const json_t *proof,
				      struct export_facts *facts, struct export_vouch *vouch);

#endif
