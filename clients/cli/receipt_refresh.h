/* stele receipt refresh: what has become of records since, asked of a node, checked, and
 * put into their receipts. */
#ifndef STELE_CLIENTS_CLI_RECEIPT_REFRESH_H
#define STELE_CLIENTS_CLI_RECEIPT_REFRESH_H

#include "clients/cli/command.h"

enum err receipt_refresh_run(struct cli *cli);

#endif
