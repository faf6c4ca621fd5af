/* A set of validators in a file, as people write and mend it: the text of the set,
 * its members in any order. */
#ifndef STELE_CLIENTS_CLI_SET_FILE_H
#define STELE_CLIENTS_CLI_SET_FILE_H

#include "clients/cli/cli.h"
#include "proto/set.h"

/* In order and with its hash.  Failures name the line: ERR_FILE_READ, ERR_FILE_FORM,
 * ERR_SET_FORM. */
MUST_CHECK enum err set_file_read(struct cli *cli, const char *path, struct set *out);

#endif
