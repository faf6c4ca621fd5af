/* Io: clock, timers and work off the loop for the pump; the seam behind which
 * libuv and threads (io_uv.c) or the simulator (tests/sim) stand.
 *
 * The pump runs on one thread.  Work runs in lanes: a serial lane runs its jobs
 * one after the other in order, a parallel lane runs them on several threads at
 * once; done() always comes back on the pump's thread, in a serial lane in
 * order.  No lane waits for another: a vote is not behind a flood of
 * transactions, and what was taken goes before what is new. */
#ifndef STELE_NODE_IO_H
#define STELE_NODE_IO_H

#include <stdint.h>

#include "base/err.h"

struct io;

uint64_t io_now_us(struct io *io);  /* monotonic */
uint64_t io_wall_ms(struct io *io); /* since 1970 */

/* Timers are slots 0 … IO_TIMERS-1; arming again replaces. on_timer is given
 * to the pump's node_on_timer. */
#define IO_TIMERS 16
void io_arm(struct io *io, unsigned slot, uint64_t delay_us);
void io_cancel(struct io *io, unsigned slot);

enum io_lane {
	IO_LANE_JOURNAL, /* serial: durable writes of votes and bodies */
	IO_LANE_LEDGER,  /* serial: execution and commits */
	IO_LANE_VOTES,   /* parallel: signatures of votes and certificates */
	IO_LANE_PARCELS, /* parallel: parcels, and ranges of blocks */
	IO_LANE_CLIENTS, /* parallel: new transactions, at a lower priority */
	IO_LANE_COUNT
};

/* run(job) off the pump's thread, then done(job) on it.  Neither copies job. */
void io_work(struct io *io, enum io_lane lane, void (*run)(void *job), void (*done)(void *job),
	     void *job);

/* In doubt the node stops: logs the reason and ends the process (in the
 * simulator: ends this node's life). Does not return to the caller's caller:
 * the pump does nothing after it. */
void io_stop(struct io *io, enum err reason, const char *what);

#endif
