/* From the words of the command line to a call: which command, which options,
 * which arguments.  Nothing is carried out here. */
#ifndef STELE_CLIENTS_CLI_PARSE_H
#define STELE_CLIENTS_CLI_PARSE_H

#include "clients/cli/cli.h"

/* Fills cli (release it in any case).  wants_help: print help of
 * topic ("" is the tool, "genesis" a family, else a command) and be done.
 * ERR_USAGE as a failure, with the nearest match where there is one. */
MUST_CHECK enum err parse(struct cli *cli, int argc, char **argv, bool *wants_help,
			  char topic[64]);

#endif
