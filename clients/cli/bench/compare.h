/* stele bench compare: two builds under the same load, in turn. */
#ifndef STELE_CLIENTS_CLI_BENCH_COMPARE_H
#define STELE_CLIENTS_CLI_BENCH_COMPARE_H

#include "clients/cli/cli.h"

/* The command's run. */
enum err run_compare(struct cli *cli);

#endif
