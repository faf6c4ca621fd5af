/* Moving what is relied on to a newer header (trust update), and comparing it with others
 * (trust diff). */
#ifndef STELE_CLIENTS_CLI_TRUST_MOVE_H
#define STELE_CLIENTS_CLI_TRUST_MOVE_H

#include "clients/cli/cli.h"

MUST_CHECK enum err trust_update(struct cli *cli);
MUST_CHECK enum err trust_diff(struct cli *cli);

#endif
