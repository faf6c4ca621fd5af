/* Reads that take long, on a loop of the test's own: what runs, waits, is refused and
 * given back. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "node/api/reads.h"
#include "node/api/service.h"
#include "tests/lib/unit.h"


static struct {
	uv_loop_t loop;
	struct reads *reads;
	struct service service;
	uv_sem_t may_end;
	uv_thread_t loop_thread;
	atomic_uint begun;
	atomic_uint on_loop; /* handlers that ran where they should not */
	unsigned given_back[CALL_LONG + 1];
} world;

uint64_t service_next_id(struct service *service)
{
	(void)service;
	return 1;
}

enum err service_view(struct service *service, struct ledger_view **out)
{
	(void)service;
	(void)out;
	return ERR_NOT_FOUND;
}

void service_tag(struct call *call)
{
	(void)call;
}

void service_on_read(struct call *call, enum progress progress)
{
	world.given_back[progress]++;
	call_free(call);
}

static enum progress slow(struct call *call)
{
	uv_thread_t self = uv_thread_self();

	(void)call;
	atomic_fetch_add(&world.begun, 1);
	if (uv_thread_equal(&self, &world.loop_thread))
		atomic_fetch_add(&world.on_loop, 1);
	uv_sem_wait(&world.may_end);
	return CALL_DONE;
}

static void setup(void)
{
	memset(&world, 0, sizeof(world));
	world.loop_thread = uv_thread_self();
	ck_assert_int_eq(uv_sem_init(&world.may_end, 0), 0);
	ck_assert_int_eq(uv_loop_init(&world.loop), 0);
	ck_assert_int_eq(reads_open(&world.reads, &world.loop), ERR_OK);
}

static bool start(void)
{
	struct call *call = call_new(&world.service);
	bool is_taken;

	call->handler = slow;
	call->is_long = true;
	is_taken = reads_start(world.reads, call);
	if (!is_taken)
		call_free(call);
	return is_taken;
}

static void wait_until_begun(unsigned count)
{
	while (atomic_load(&world.begun) < count)
		(void)usleep(1000);
}

static void let_end(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		uv_sem_post(&world.may_end);
}

static void teardown(void)
{
	(void)uv_run(&world.loop, UV_RUN_DEFAULT);
	reads_free(world.reads);
	uv_sem_destroy(&world.may_end);
	ck_assert_int_eq(uv_loop_close(&world.loop), 0);
}

UNIT_TEST(reads_run_off_the_loop_and_too_many_are_refused)
{
	setup();
	for (unsigned i = 0; i < READS_THREADS; i++)
		ck_assert(start());
	wait_until_begun(READS_THREADS);
	(void)uv_run(&world.loop, UV_RUN_NOWAIT); /* is free meanwhile */
	ck_assert_uint_eq(world.given_back[CALL_DONE], 0);
	for (unsigned i = 0; i < READS_WAITING_MAX; i++)
		ck_assert(start());
	ck_assert(!start());
	let_end(READS_THREADS + READS_WAITING_MAX);
	while (world.given_back[CALL_DONE] < READS_THREADS + READS_WAITING_MAX)
		(void)uv_run(&world.loop, UV_RUN_ONCE);
	ck_assert_uint_eq(atomic_load(&world.on_loop), 0);
	ck_assert(start());
	let_end(1);
	wait_until_begun(READS_THREADS + READS_WAITING_MAX + 1);
	reads_close(world.reads);
	teardown();
	ck_assert_uint_eq(world.given_back[CALL_DONE], READS_THREADS + READS_WAITING_MAX + 1);
}

UNIT_TEST(reads_that_wait_are_given_back_at_the_end)
{
	setup();
	for (unsigned i = 0; i < READS_THREADS; i++)
		ck_assert(start());
	wait_until_begun(READS_THREADS);
	for (unsigned i = 0; i < 3; i++)
		ck_assert(start());
	reads_close(world.reads);
	ck_assert_uint_eq(world.given_back[CALL_LONG], 3);
	ck_assert(!start());
	let_end(READS_THREADS);
	teardown();
	ck_assert_uint_eq(world.given_back[CALL_DONE], READS_THREADS);
}

UNIT_MAIN("node/api/reads_uv", reads_run_off_the_loop_and_too_many_are_refused,
	  reads_that_wait_are_given_back_at_the_end)
