/* Reads: calls whose answers take long to make, on threads of their own and at a lower
 * priority, so that neither quick reads nor submissions wait for them.
 *
 * Bounded: beyond READS_WAITING_MAX a call is refused.  Which call takes long says
 * its route; a handler may find out and say CALL_LONG. */
#ifndef STELE_NODE_API_READS_H
#define STELE_NODE_API_READS_H

#include "base/err.h"

#define READS_THREADS 2
#define READS_WAITING_MAX 64

struct call;
struct reads;

/* loop: a uv_loop_t that is not running yet.  ERR_MEMORY: no threads to be had. */
MUST_CHECK enum err reads_open(struct reads **out, void *loop);
/* On the loop's thread.  Runs the call's handler on another one; then, on the loop's,
 * service_on_read follows.  The call is lent until then.  False: too many wait. */
bool reads_start(struct reads *reads, struct call *call);
/* On the loop's thread.  Begins no handler any more; what waits is given back with
 * CALL_LONG, what runs when it is done. */
void reads_close(struct reads *reads);
/* After the loop has run the handles down. */
void reads_free(struct reads *reads);

#endif
