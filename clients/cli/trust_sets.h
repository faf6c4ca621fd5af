/* Texts of validator sets that were met while a pin was moved on: kept in the home under
 * networks/sets/<set hash>.set, so that it can be said who joined and who left.  A text is
 * what its hash says, wherever it lies; nothing relies on there being one. */
#ifndef STELE_CLIENTS_CLI_TRUST_SETS_H
#define STELE_CLIENTS_CLI_TRUST_SETS_H

#include "clients/cli/cli.h"
#include "proto/set.h"

/* ERR_FILE_WRITE, as a failure; one that is there is a success. */
MUST_CHECK enum err set_keep(struct cli *cli, const struct set *set);
/* False: none is kept, or it is another one. */
bool set_kept(const struct cli *cli, const struct hash *hash, struct set *out);

#endif
