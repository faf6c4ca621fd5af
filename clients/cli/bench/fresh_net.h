/* A network that lives for one trial: founded in a folder of its own, run by a given
 * program, ended and removed.  One at a time in a process. */
#ifndef STELE_CLIENTS_CLI_BENCH_FRESH_NET_H
#define STELE_CLIENTS_CLI_BENCH_FRESH_NET_H

#include "clients/cli/bench/bench.h"

/* Founds it below the folder, starts the program for every node, waits until all are
 * ready and points bench at it.  bench->net says validators and port.  On an error
 * nothing runs and nothing is left. */
MUST_CHECK enum err fresh_net_up(struct bench *bench, const char *below, const char *steled);
/* Ends the nodes and removes the folder. */
void fresh_net_down(struct bench *bench);

#endif
