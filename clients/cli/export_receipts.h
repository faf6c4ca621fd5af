/* Receipts of an evidence pack: got from a node, or read from the folder, one for each
 * leaf that the pack holds, and each held against that leaf. */
#ifndef STELE_CLIENTS_CLI_EXPORT_RECEIPTS_H
#define STELE_CLIENTS_CLI_EXPORT_RECEIPTS_H

#include "clients/cli/cli.h"
#include "clients/cli/export_format.h"

/* Adds a file for each leaf in files.  Failures of the node. */
MUST_CHECK enum err export_receipts_get(struct cli *cli, struct export_facts *facts,
					struct export_files *files);
/* Of what lies in the folder: each receipt holds, and is of its leaf; adds each as a file.
 * The failure names the first that does not: ERR_EXPORT_DIFFERS, or what its check said. */
MUST_CHECK enum err export_receipts_check(struct cli *cli, const char *folder,
					  struct export_facts *facts,
					  struct export_files *files);

#endif
