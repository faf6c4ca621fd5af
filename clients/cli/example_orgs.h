/* The organisations of the example that ships: made-up ones, whose identifiers
 * carry EXAMPLE in their organisation part and valid check digits. */
#ifndef STELE_CLIENTS_CLI_EXAMPLE_ORGS_H
#define STELE_CLIENTS_CLI_EXAMPLE_ORGS_H

#include "proto/genesis.h"

#define EXAMPLE_VALIDATORS_MAX 16
#define EXAMPLE_INSTITUTES 13
#define EXAMPLE_ORGS_MAX (EXAMPLE_VALIDATORS_MAX + 4 + EXAMPLE_INSTITUTES + 1)

struct example_org {
	char name[32]; /* of its key file: "validator-1", "institute-3" */
	struct genesis_org org; /* keys are still to come */
	bool is_validator;
};

/* The validators first; the rest is a funder, an agency, two anchorers, thirteen
 * institutes in Beijing and one elsewhere.  Gives the count. */
size_t example_orgs(struct example_org out[EXAMPLE_ORGS_MAX], unsigned validators);

#endif
