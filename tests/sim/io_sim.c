/* Clock, timers and lanes of one node.  A serial lane takes time for each job;
 * what the job writes is on disk at its end, and the node hears of it a little
 * later: a crash falls before, between or after. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "tests/sim/faults.h"

#define TOLD_MAX_US 200u
#define VERIFY_MIN_US 30u
#define VERIFY_MAX_US 300u

struct io {
	struct world *world;
	uint32_t node;
	uint64_t armed[IO_TIMERS]; /* generation; 0: not armed */
	uint64_t generation;
	uint64_t free_us[IO_LANE_COUNT]; /* when a serial lane has ended all it has */
	uint64_t told_us[IO_LANE_COUNT];
	TAILQ_HEAD(works, work) waiting[IO_LANE_COUNT]; /* of serial lanes, the first is at work */
};

struct timer {
	unsigned slot;
	uint64_t generation;
};

struct work {
	TAILQ_ENTRY(work) link;
	enum io_lane lane;
	uint64_t told_us; /* after it ran */
	void (*run)(void *job);
	void (*done)(void *job);
	void *job;
};

struct io *io_sim_new(struct world *world, uint32_t node)
{
	struct io *io = calloc(1, sizeof(*io));

	ASSERT(io != NULL);
	io->world = world;
	io->node = node;
	for (size_t i = 0; i < IO_LANE_COUNT; i++)
		TAILQ_INIT(&io->waiting[i]);
	return io;
}

void io_sim_free(struct io *io)
{
	for (size_t i = 0; costs_count(io->world) && i < IO_LANE_COUNT; i++) {
		while (!TAILQ_EMPTY(&io->waiting[i])) {
			struct work *work = TAILQ_FIRST(&io->waiting[i]);

			TAILQ_REMOVE(&io->waiting[i], work, link);
			free(work);
		}
	}
	free(io);
}

uint64_t io_now_us(struct io *io)
{
	return io->world->now_us;
}

uint64_t io_wall_ms(struct io *io)
{
	int64_t wall = (int64_t)(WORLD_TIME_MS + 1000 + io->world->now_us / 1000);

	return (uint64_t)(wall + io->world->nodes[io->node].skew_ms +
			  io->world->nodes[io->node].jumped_ms);
}

static void fire(struct world *world, uint32_t node, void *argument)
{
	struct timer timer = *(struct timer *)argument;
	struct io *io = world->nodes[node].io;

	free(argument);
	if (io->armed[timer.slot] != timer.generation)
		return;
	io->armed[timer.slot] = 0;
	node_on_timer(world->nodes[node].node, timer.slot);
}

void io_arm(struct io *io, unsigned slot, uint64_t delay_us)
{
	struct timer *timer = calloc(1, sizeof(*timer));

	ASSERT(timer != NULL && slot < IO_TIMERS);
	io->armed[slot] = ++io->generation;
	*timer = (struct timer){slot, io->generation};
	world_at(io->world, delay_us + costs_passed_us(io->world), io->node, fire, free, timer);
}

void io_cancel(struct io *io, unsigned slot)
{
	io->armed[slot] = 0;
}

static bool is_serial(enum io_lane lane)
{
	return lane == IO_LANE_JOURNAL || lane == IO_LANE_LEDGER;
}

static void tell(struct world *world, uint32_t node, void *argument)
{
	struct work work = *(struct work *)argument;

	free(argument);
	if (work.lane == IO_LANE_JOURNAL)
		world->nodes[node].is_undone = false;
	work.done(work.job);
}

static void die(struct world *world, uint32_t node, void *argument)
{
	(void)argument;
	scene_crash(world, node);
}

static void crash_at_point(struct world *world, uint32_t node)
{
	for (uint32_t i = 0; i < world->count; i++) {
		if (i == node || (world->scene.is_point_all && world->nodes[i].node != NULL))
			scene_crash(world, i);
	}
}

/* True: the node has died in this moment. */
static bool is_the_end(struct world *world, uint32_t node, struct work *work)
{
	const struct scene *scene = &world->scene;
	struct sim_node *sim = &world->nodes[node];

	if (!is_serial(work->lane) || world->is_calm)
		return false;
	sim->disk_jobs++;
	faults_disk_on_job(world, node, work->lane == IO_LANE_JOURNAL);
	if (node != scene->crash_point_node || sim->disk_jobs != scene->crash_point)
		return false;
	if (!scene->is_point_before)
		work->run(work->job);
	sim->is_undone = !scene->is_point_before && work->lane == IO_LANE_JOURNAL;
	free(work);
	crash_at_point(world, node);
	return true;
}

static void run(struct world *world, uint32_t node, void *argument)
{
	struct work *work = argument;

	if (is_serial(work->lane))
		TAILQ_REMOVE(&world->nodes[node].io->waiting[work->lane], work, link);
	if (is_the_end(world, node, work))
		return;
	work->run(work->job);
	if (work->lane == IO_LANE_JOURNAL) {
		world->nodes[node].is_undone = true;
		if (!world->is_calm &&
		    rng_chance(&world->rng_fault, world->scene.crash_written_ppm))
			world_at(world, 0, node, die, NULL, NULL);
	}
	world_at(world, work->told_us - world->now_us, node, tell, free, work);
}

static uint64_t duration(struct io *io, enum io_lane lane)
{
	struct world *world = io->world;
	uint64_t span = world->scene.disk_max_us - world->scene.disk_min_us + 1;
	uint64_t times = world->scene.disk_slow_times;

	if (times == 0 || world->is_calm || io->node != world->scene.disk_slow_node)
		times = 1;
	switch (lane) {
	case IO_LANE_JOURNAL:
	case IO_LANE_LEDGER:
		return times * (world->scene.disk_min_us + rng_below(&world->rng_disk, span));
	case IO_LANE_VOTES:
	case IO_LANE_PARCELS:
	case IO_LANE_CLIENTS:
	case IO_LANE_COUNT:
		break;
	}
	return VERIFY_MIN_US + rng_below(&world->rng_disk, VERIFY_MAX_US - VERIFY_MIN_US);
}

/* --- where work costs time ----------------------------------------------- */

static void run_costed(struct world *world, uint32_t node, void *argument)
{
	struct work *work = argument;
	struct io *io = world->nodes[node].io;
	struct work *next;
	uint64_t end_us, wake_us = world->scene.wake_ns / 1000;

	costs_job_begin(world, node);
	work->run(work->job);
	end_us = costs_job_end(world, duration(io, IO_LANE_JOURNAL));
	world_at(world, end_us + wake_us / 2, node, tell, free, work);
	if (!is_serial(work->lane))
		return;
	io->free_us[work->lane] = world->now_us + end_us;
	TAILQ_REMOVE(&io->waiting[work->lane], work, link);
	next = TAILQ_FIRST(&io->waiting[work->lane]);
	if (next != NULL)
		world_at_beside(world, end_us, node, run_costed, NULL, next);
}

/* Of a serial lane the first that waits is in the heap, and the others behind it. */
static void work_costed(struct io *io, struct work *work)
{
	struct world *world = io->world;
	uint64_t ready_us = costs_passed_us(world) + world->scene.wake_ns / 2000;
	uint64_t free_us = io->free_us[work->lane];
	bool is_first;

	meter.jobs++;
	if (!is_serial(work->lane)) {
		world_at_beside(world, ready_us, io->node, run_costed, free, work);
		return;
	}
	is_first = TAILQ_EMPTY(&io->waiting[work->lane]);
	TAILQ_INSERT_TAIL(&io->waiting[work->lane], work, link);
	if (!is_first)
		return;
	if (free_us > world->now_us + ready_us)
		ready_us = free_us - world->now_us;
	world_at_beside(world, ready_us, io->node, run_costed, NULL, work);
}

void io_work(struct io *io, enum io_lane lane, void (*run_job)(void *job),
	     void (*done)(void *job), void *job)
{
	struct world *world = io->world;
	struct work *work = calloc(1, sizeof(*work));
	uint64_t end_us = world->now_us;

	ASSERT(work != NULL);
	if (costs_count(world)) {
		*work = (struct work){.lane = lane, .run = run_job, .done = done, .job = job};
		work_costed(io, work);
		return;
	}
	if (is_serial(lane) && io->free_us[lane] > end_us)
		end_us = io->free_us[lane];
	end_us += duration(io, lane);
	*work = (struct work){
		.lane = lane,
		.told_us = end_us + 1 + rng_below(&world->rng_disk, TOLD_MAX_US),
		.run = run_job,
		.done = done,
		.job = job,
	};
	if (is_serial(lane)) {
		io->free_us[lane] = end_us;
		if (work->told_us <= io->told_us[lane])
			work->told_us = io->told_us[lane] + 1;
		io->told_us[lane] = work->told_us;
		TAILQ_INSERT_TAIL(&io->waiting[lane], work, link);
	}
	world_at(world, end_us - world->now_us, io->node, run, free, work);
}

void io_sim_crash(struct world *world, uint32_t node)
{
	struct sim_node *sim = &world->nodes[node];

	for (size_t i = 0; i < IO_LANE_COUNT; i++) {
		struct work *work = TAILQ_FIRST(&sim->io->waiting[i]);

		if (work == NULL || sim->is_stopped ||
		    !rng_chance(&world->rng_fault, world->scene.crash_kept_ppm))
			continue;
		work->run(work->job);
		sim->is_undone = sim->is_undone || i == IO_LANE_JOURNAL;
	}
}

void io_stop(struct io *io, enum err reason, const char *what)
{
	io->world->nodes[io->node].is_stopped = true;
	if (io->world->scene.disk_fail_ppm > 0 && reason == ERR_DISK_IO) {
		io->world->statistics.disk_failures++;
		world_at(io->world, rng_below(&io->world->rng_fault, 1000000), io->node, die, NULL,
			 NULL);
		return;
	}
	world_fail(io->world, "stop: node %u stops itself: %s: %s", io->node, what,
		   err_name(reason));
}
