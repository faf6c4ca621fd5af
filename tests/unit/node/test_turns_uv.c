#include "node/turns_uv.h"

#include <time.h>
#include <uv.h>

#include "tests/lib/unit.h"

#define LONG_NS 3000000u /* above the bound of 2 ms */

static uv_loop_t loop;
static struct loop_turns *turns;

static void begin(void)
{
	ck_assert_int_eq(uv_loop_init(&loop), 0);
	ck_assert_int_eq(turns_open(&turns, &loop), ERR_OK);
}

static void end(void)
{
	turns_close(turns);
	ck_assert_int_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
	ck_assert_int_eq(uv_loop_close(&loop), 0);
}

static uint64_t count_above_us(uint32_t us)
{
	const struct turns_seen *seen = turns_seen(turns);
	uint64_t count = seen->counts[TURNS_BOUNDS];

	for (size_t i = 1; i < TURNS_BOUNDS; i++)
		count += turns_bound_us[i - 1] >= us ? seen->counts[i] : 0;
	return count;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	ck_assert_int_eq(clock_gettime(clock, &now), 0);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void work_long(uv_timer_t *timer)
{
	uint64_t until = clock_ns(CLOCK_THREAD_CPUTIME_ID) + LONG_NS;

	while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < until)
		;
	uv_close((uv_handle_t *)timer, NULL);
}

static void sleep_long(uv_timer_t *timer)
{
	struct timespec time = {0, LONG_NS};

	(void)nanosleep(&time, NULL);
	uv_close((uv_handle_t *)timer, NULL);
}

static void do_nothing(uv_timer_t *timer)
{
	(void)timer;
}

/* In the second turn: the first begins the count, and a loop without a timer takes none. */
static void run_once_late(uv_timer_cb callback)
{
	uv_timer_t timer;

	uv_timer_init(&loop, &timer);
	uv_timer_start(&timer, do_nothing, 0, 0);
	uv_run(&loop, UV_RUN_NOWAIT);
	uv_timer_start(&timer, callback, 1, 0);
	ck_assert_int_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
	uv_run(&loop, UV_RUN_NOWAIT);
}

UNIT_TEST(turn_that_works_long_is_counted_as_long)
{
	begin();
	run_once_late(work_long);
	ck_assert_uint_eq(count_above_us(2000), 1);
	ck_assert_uint_ge(turns_seen(turns)->max_ns, LONG_NS);
	ck_assert_uint_ge(turns_seen(turns)->sum_ns, turns_seen(turns)->max_ns);
	end();
}

UNIT_TEST(turn_that_waits_takes_no_time_of_its_thread)
{
	begin();
	run_once_late(sleep_long);
	ck_assert_uint_eq(count_above_us(2000), 0);
	ck_assert_uint_lt(turns_seen(turns)->max_ns, LONG_NS);
	end();
}

UNIT_TEST(handle_keeps_no_loop_running)
{
	begin();
	ck_assert_int_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
	end();
}

UNIT_MAIN("turns", turn_that_works_long_is_counted_as_long,
	  turn_that_waits_takes_no_time_of_its_thread, handle_keeps_no_loop_running)
