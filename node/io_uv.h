/* The real clock, timers and threads behind node/io.h: one thread for each
 * serial lane, one worker for each core in the verify lane.  What jobs have
 * done comes back to the loop in batches. */
#ifndef STELE_NODE_IO_UV_H
#define STELE_NODE_IO_UV_H

#include <stddef.h>

#include "node/io.h"

struct node;

/* loop: a uv_loop_t; workers 0: as many as there are cores.  ERR_MEMORY. */
MUST_CHECK enum err io_open(struct io **out, void *loop, unsigned workers);
/* Whose timers they are. */
void io_attach(struct io *io, struct node *node);
/* Timers fire no more; jobs still run and come back. */
void io_quiet(struct io *io);
/* Jobs that were given and have not come back. */
size_t io_pending(const struct io *io);
/* Waits for the jobs that run right now and drops the others; no done() is
 * called from here on.  Memory goes once the loop has run the handles down. */
void io_close(struct io *io);

#endif
