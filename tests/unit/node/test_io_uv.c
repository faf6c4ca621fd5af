#include "node/io_uv.h"

#include <stdatomic.h>
#include <string.h>
#include <uv.h>

#include "node/node.h"
#include "tests/lib/unit.h"

static uv_loop_t loop;
static struct io *io;
static unsigned fired[IO_TIMERS];
static uv_thread_t pump_thread;

void node_on_timer(struct node *node, unsigned slot)
{
	ck_assert_ptr_eq(node, (struct node *)fired);
	fired[slot]++;
}

static void begin(unsigned workers)
{
	memset(fired, 0, sizeof(fired));
	pump_thread = uv_thread_self();
	ck_assert_int_eq(uv_loop_init(&loop), 0);
	ck_assert_int_eq(io_open(&io, &loop, workers), ERR_OK);
	io_attach(io, (struct node *)fired);
}

static void end(void)
{
	io_close(io);
	ck_assert_int_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
	ck_assert_int_eq(uv_loop_close(&loop), 0);
}

static void run_until_idle(void)
{
	while (io_pending(io) > 0)
		uv_run(&loop, UV_RUN_ONCE);
}

struct work {
	unsigned number;
	bool is_done;
	unsigned *turn_run;  /* of serial lanes: whose turn it is */
	unsigned *turn_done;
};

static bool on_pump_thread(void)
{
	uv_thread_t self = uv_thread_self();

	return uv_thread_equal(&self, &pump_thread) != 0;
}

static void run_in_turn(void *job)
{
	struct work *work = job;

	ck_assert(!on_pump_thread());
	ck_assert_uint_eq(work->number, *work->turn_run);
	++*work->turn_run;
}

static void done_in_turn(void *job)
{
	struct work *work = job;

	ck_assert(on_pump_thread());
	ck_assert_uint_eq(work->number, *work->turn_done);
	++*work->turn_done;
	work->is_done = true;
}

UNIT_TEST(io_serial_lanes_keep_the_order)
{
	static struct work works[2][1000];
	unsigned turns[2][2] = {{0}};

	begin(1);
	for (unsigned i = 0; i < 1000; i++) {
		for (unsigned lane = 0; lane < 2; lane++) {
			works[lane][i] = (struct work){i, false, &turns[lane][0], &turns[lane][1]};
			io_work(io, lane == 0 ? IO_LANE_JOURNAL : IO_LANE_LEDGER, run_in_turn,
				done_in_turn, &works[lane][i]);
		}
	}
	ck_assert_uint_eq(io_pending(io), 2000);
	run_until_idle();
	for (unsigned i = 0; i < 2; i++) {
		ck_assert_uint_eq(turns[i][0], 1000);
		ck_assert_uint_eq(turns[i][1], 1000);
	}
	end();
}

static uv_barrier_t meeting;
static unsigned met;

static void run_meet(void *job)
{
	(void)job;
	/* passes only when all workers are in here at once */
	uv_barrier_wait(&meeting);
}

static void done_meet(void *job)
{
	(void)job;
	met++;
}

UNIT_TEST(io_verify_lane_runs_on_all_workers_at_once)
{
	met = 0;
	ck_assert_int_eq(uv_barrier_init(&meeting, 3), 0);
	begin(3);
	for (unsigned i = 0; i < 9; i++)
		io_work(io, IO_LANE_VOTES, run_meet, done_meet, NULL);
	run_until_idle();
	ck_assert_uint_eq(met, 9);
	end();
	uv_barrier_destroy(&meeting);
}

static uv_sem_t vote_passed;

static void run_until_vote(void *job)
{
	(void)job;
	uv_sem_wait(&vote_passed);
}

static void run_vote(void *job)
{
	(void)job;
	for (unsigned i = 0; i < 16; i++)
		uv_sem_post(&vote_passed);
}

/* Transactions and parcels that have all their threads in hand let a vote pass:
 * here they end only once it has. */
UNIT_TEST(io_votes_wait_for_no_other_lane)
{
	met = 0;
	ck_assert_int_eq(uv_sem_init(&vote_passed, 0), 0);
	begin(2);
	for (unsigned i = 0; i < 8; i++) {
		io_work(io, IO_LANE_CLIENTS, run_until_vote, done_meet, NULL);
		io_work(io, IO_LANE_PARCELS, run_until_vote, done_meet, NULL);
	}
	io_work(io, IO_LANE_VOTES, run_vote, done_meet, NULL);
	run_until_idle();
	ck_assert_uint_eq(met, 17);
	end();
	uv_sem_destroy(&vote_passed);
}

static void run_nothing(void *job)
{
	(void)job;
}

static void done_again(void *job)
{
	unsigned *left = job;

	if (--*left > 0)
		io_work(io, IO_LANE_JOURNAL, run_nothing, done_again, left);
}

UNIT_TEST(io_job_may_give_a_job)
{
	unsigned left = 500;

	begin(1);
	io_work(io, IO_LANE_JOURNAL, run_nothing, done_again, &left);
	run_until_idle();
	ck_assert_uint_eq(left, 0);
	end();
}

static atomic_uint ran;

static void run_slowly(void *job)
{
	(void)job;
	uv_sleep(30);
	atomic_fetch_add(&ran, 1);
}

static void done_never(void *job)
{
	(void)job;
	ck_abort_msg("done after the close");
}

UNIT_TEST(io_close_waits_for_the_running_job_and_drops_the_rest)
{
	atomic_store(&ran, 0);
	begin(1);
	for (int i = 0; i < 50; i++)
		io_work(io, IO_LANE_LEDGER, run_slowly, done_never, NULL);
	uv_sleep(10);
	end();
	ck_assert_uint_eq(atomic_load(&ran), 1);
}

UNIT_TEST(io_timer_fires_once_and_not_early)
{
	uint64_t start_us;

	begin(1);
	start_us = io_now_us(io);
	io_arm(io, 3, 20500);
	while (fired[3] == 0)
		uv_run(&loop, UV_RUN_ONCE);
	ck_assert_uint_ge(io_now_us(io) - start_us, 20000);
	io_arm(io, 4, 1000);
	while (fired[4] == 0)
		uv_run(&loop, UV_RUN_ONCE);
	ck_assert_uint_eq(fired[3], 1);
	end();
}

UNIT_TEST(io_timer_armed_again_is_replaced_and_cancelled_is_silent)
{
	begin(1);
	io_arm(io, 0, 1000);
	io_arm(io, 0, 3600000000);
	io_arm(io, 1, 1000);
	io_cancel(io, 1);
	io_arm(io, IO_TIMERS - 1, 20000);
	while (fired[IO_TIMERS - 1] == 0)
		uv_run(&loop, UV_RUN_ONCE);
	ck_assert_uint_eq(fired[0] + fired[1], 0);
	io_quiet(io);
	io_arm(io, 2, 0);
	uv_run(&loop, UV_RUN_NOWAIT);
	ck_assert_uint_eq(fired[2], 0);
	end();
}

UNIT_TEST(io_clocks_tell_the_time)
{
	uint64_t before_us;

	begin(1);
	before_us = io_now_us(io);
	uv_sleep(5);
	ck_assert_uint_ge(io_now_us(io), before_us + 5000);
	ck_assert_uint_gt(io_wall_ms(io), 1700000000000);
	end();
}

UNIT_MAIN("io_uv", io_serial_lanes_keep_the_order, io_verify_lane_runs_on_all_workers_at_once,
	  io_votes_wait_for_no_other_lane,
	  io_job_may_give_a_job, io_close_waits_for_the_running_job_and_drops_the_rest,
	  io_timer_fires_once_and_not_early,
	  io_timer_armed_again_is_replaced_and_cancelled_is_silent, io_clocks_tell_the_time)
