#include "tests/crash/alone_io.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/rng.h"

#define NEVER UINT64_MAX
#define START_WALL_MS UINT64_C(1800000001000)
#define JOB_US_MAX 3000
#define SLOW_US_MAX 900000 /* long enough for a view to time out */
#define SLOW_PARTS 40000   /* of a million jobs */

struct work {
	uint64_t at_us;
	void (*run)(void *job);
	void (*done)(void *job);
	void *job;
	struct work *next;
};

struct io {
	uint64_t now_us;
	uint64_t armed[IO_TIMERS];
	struct work *first[IO_LANE_COUNT], **last[IO_LANE_COUNT];
	struct rng rng;
	enum err stopped;
};

struct io *alone_io_new(uint64_t seed)
{
	struct io *io = calloc(1, sizeof(*io));

	if (io == NULL)
		return NULL;
	rng_init(&io->rng, seed);
	for (unsigned i = 0; i < IO_TIMERS; i++)
		io->armed[i] = NEVER;
	for (unsigned i = 0; i < IO_LANE_COUNT; i++)
		io->last[i] = &io->first[i];
	return io;
}

void alone_io_free(struct io *io)
{
	if (io == NULL)
		return;
	for (unsigned i = 0; i < IO_LANE_COUNT; i++) {
		while (io->first[i] != NULL) {
			struct work *work = io->first[i];

			io->first[i] = work->next;
			free(work);
		}
	}
	free(io);
}

uint64_t io_now_us(struct io *io)
{
	return io->now_us;
}

uint64_t io_wall_ms(struct io *io)
{
	return START_WALL_MS + io->now_us / 1000;
}

void io_arm(struct io *io, unsigned slot, uint64_t delay_us)
{
	io->armed[slot] = io->now_us + delay_us;
}

void io_cancel(struct io *io, unsigned slot)
{
	io->armed[slot] = NEVER;
}

void io_work(struct io *io, enum io_lane lane, void (*run)(void *job), void (*done)(void *job),
	     void *job)
{
	struct work *work = calloc(1, sizeof(*work));
	uint64_t takes_us = 1 + rng_below(&io->rng, JOB_US_MAX);

	ASSERT(work != NULL);
	if (rng_chance(&io->rng, SLOW_PARTS))
		takes_us = rng_below(&io->rng, SLOW_US_MAX);
	*work = (struct work){io->now_us + takes_us, run, done, job, NULL};
	*io->last[lane] = work;
	io->last[lane] = &work->next;
}

void io_stop(struct io *io, enum err reason, const char *what)
{
	log_event(LOG_ERROR, "stopped", "[E%04d %s] %s: %s", (int)reason, err_name(reason), what,
		  err_text(reason));
	io->stopped = reason;
}

enum err alone_io_stopped(const struct io *io)
{
	return io->stopped;
}

static void work_do(struct io *io, unsigned lane)
{
	struct work *work = io->first[lane];

	io->first[lane] = work->next;
	if (io->first[lane] == NULL)
		io->last[lane] = &io->first[lane];
	if (work->at_us > io->now_us)
		io->now_us = work->at_us;
	work->run(work->job);
	work->done(work->job);
	free(work);
}

bool alone_io_next(struct io *io, unsigned *slot)
{
	uint64_t soonest_us = NEVER;
	unsigned lane = IO_LANE_COUNT;

	*slot = IO_TIMERS;
	for (unsigned i = 0; i < IO_LANE_COUNT; i++) {
		if (io->first[i] != NULL && io->first[i]->at_us < soonest_us) {
			soonest_us = io->first[i]->at_us;
			lane = i;
		}
	}
	for (unsigned i = 0; i < IO_TIMERS; i++) {
		if (io->armed[i] < soonest_us) {
			soonest_us = io->armed[i];
			*slot = i;
		}
	}
	if (soonest_us == NEVER)
		return false;
	if (*slot == IO_TIMERS) {
		work_do(io, lane);
		return true;
	}
	io->armed[*slot] = NEVER;
	if (soonest_us > io->now_us)
		io->now_us = soonest_us;
	return true;
}
