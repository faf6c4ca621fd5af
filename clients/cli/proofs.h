/* Proofs from a node, held against the pinned networks. */
#ifndef STELE_CLIENTS_CLI_PROOFS_H
#define STELE_CLIENTS_CLI_PROOFS_H

#include "clients/cli/cli.h"
#include "proofs/proof.h"

/* Checks the proof by the pin of its chain; *is_pinned: there is one.  What
 * proof_check says comes back bare, without a failure; release facts in any case.
 * Failures: of the pins, and ERR_GENESIS_MISMATCH where --trust names another
 * chain. */
MUST_CHECK enum err proof_judge(struct cli *cli, const json_t *proof, struct proof_facts *facts,
				bool *is_pinned);

#endif
