/* stele proof get: facts asked of a node, in one proof or in parts under one height. */
#ifndef STELE_CLIENTS_CLI_PROOF_GET_H
#define STELE_CLIENTS_CLI_PROOF_GET_H

#include "clients/cli/command.h"

extern const struct option_spec options_proof_get[];

enum err proof_get_run(struct cli *cli);

#endif
