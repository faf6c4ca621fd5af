/* Daemon: the parts of a node put together in one process, and its life from
 * the lock on its home to the last handle closed. */
#ifndef STELE_NODE_DAEMON_UV_H
#define STELE_NODE_DAEMON_UV_H

#include "node/config.h"

/* Runs until SIGTERM or SIGINT (a second one ends at once, with 130), and gives
 * the exit code of the process.  What prevents a start is in the log. */
int daemon_run(const char *home, const struct config *config);

#endif
