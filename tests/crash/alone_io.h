/* The clock, timers and lanes of alone.c: what happens next, in order of time. */
#ifndef STELE_TESTS_CRASH_ALONE_IO_H
#define STELE_TESTS_CRASH_ALONE_IO_H

#include <stdbool.h>

#include "node/io.h"

struct io *alone_io_new(uint64_t seed);
void alone_io_free(struct io *io);
/* Does the next thing: a job, or *slot is the timer to be told (else IO_TIMERS).
 * False: there is nothing. */
bool alone_io_next(struct io *io, unsigned *slot);
enum err alone_io_stopped(const struct io *io);

#endif
