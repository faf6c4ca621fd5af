#include "node/io_uv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "base/log.h"
#include "node/exit_code.h"
#include "node/node.h"

#define WORKERS_MAX 64
#define CLIENTS_NICE 5 /* new work gets the time that agreed work leaves */

struct task {
	struct task *next;
	void (*run)(void *job);
	void (*done)(void *job);
	void *object;
};

/* First in, first out. */
struct task_list {
	struct task *first;
	struct task **last; /* where the next one is hung */
};

struct lane {
	struct io *io;
	enum io_lane number;
	uv_mutex_t mutex;
	uv_cond_t has_work;
	struct task_list waiting;
	bool is_closing;
	uv_thread_t threads[WORKERS_MAX];
	unsigned threads_count;
};

struct io_timer {
	struct io *io;
	unsigned slot;
	uv_timer_t timer;
};

struct io {
	uv_loop_t *loop;
	struct node *node;
	bool is_quiet;
	struct io_timer timers[IO_TIMERS];
	struct lane lanes[IO_LANE_COUNT];
	size_t pending;
	uv_async_t finished_async;
	uv_mutex_t finished_mutex;
	struct task_list finished;
	unsigned handles;
	bool is_closing;
};

static void list_init(struct task_list *list)
{
	list->first = NULL;
	list->last = &list->first;
}

static void list_add(struct task_list *list, struct task *task)
{
	task->next = NULL;
	*list->last = task;
	list->last = &task->next;
}

static struct task *list_take(struct task_list *list)
{
	struct task *task = list->first;

	if (task == NULL)
		return NULL;
	list->first = task->next;
	if (list->first == NULL)
		list->last = &list->first;
	return task;
}

/* ---- clock and end -------------------------------------------------------------- */

uint64_t io_now_us(struct io *io)
{
	(void)io;
	return uv_hrtime() / 1000;
}

uint64_t io_wall_ms(struct io *io)
{
	struct timespec now;

	(void)io;
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Nothing is tidied up: in doubt, not one more byte is written.  What was
 * durable before is where the next start goes on. */
void io_stop(struct io *io, enum err reason, const char *what)
{
	(void)io;
	log_event(LOG_ERROR, "stopped", "[E%04d %s] %s: %s; %s", (int)reason, err_name(reason), what,
		  err_text(reason), err_remedy(reason));
	fflush(NULL);
	_exit(exit_code(reason));
}

/* ---- timers ----------------------------------------------------------------------- */

static void on_timer(uv_timer_t *handle)
{
	struct io_timer *timer = handle->data;

	if (!timer->io->is_quiet)
		node_on_timer(timer->io->node, timer->slot);
}

void io_arm(struct io *io, unsigned slot, uint64_t delay_us)
{
	ASSERT(slot < IO_TIMERS);
	if (io->is_quiet)
		return;
	/* the loop counts from its own idea of now, in milliseconds */
	uv_update_time(io->loop);
	uv_timer_start(&io->timers[slot].timer, on_timer, (delay_us + 999) / 1000, 0);
}

void io_cancel(struct io *io, unsigned slot)
{
	ASSERT(slot < IO_TIMERS);
	if (!io->is_closing)
		uv_timer_stop(&io->timers[slot].timer);
}

void io_quiet(struct io *io)
{
	io->is_quiet = true;
	for (unsigned i = 0; i < IO_TIMERS; i++)
		uv_timer_stop(&io->timers[i].timer);
}

/* ---- lanes --------------------------------------------------------------------------- */

/* NULL: the lane closes. */
static struct task *wait_for_task(struct lane *lane)
{
	struct task *task = NULL;

	uv_mutex_lock(&lane->mutex);
	while (!lane->is_closing && (task = list_take(&lane->waiting)) == NULL)
		uv_cond_wait(&lane->has_work, &lane->mutex);
	uv_mutex_unlock(&lane->mutex);
	return task;
}

static void hand_back(struct io *io, struct task *task)
{
	bool was_empty;

	uv_mutex_lock(&io->finished_mutex);
	was_empty = io->finished.first == NULL;
	list_add(&io->finished, task);
	uv_mutex_unlock(&io->finished_mutex);
	/* otherwise the loop has been told and has not yet looked */
	if (was_empty)
		uv_async_send(&io->finished_async);
}

/* For people who look at threads, and for the scheduler. */
static void name_thread(enum io_lane number)
{
	static const char *const names[IO_LANE_COUNT] = {
		[IO_LANE_JOURNAL] = "journal", [IO_LANE_LEDGER] = "ledger",
		[IO_LANE_VOTES] = "votes",     [IO_LANE_PARCELS] = "parcels",
		[IO_LANE_CLIENTS] = "clients",
	};

	(void)prctl(PR_SET_NAME, names[number], 0, 0, 0);
	/* of this thread alone, as Linux has it */
	if (number == IO_LANE_CLIENTS)
		(void)setpriority(PRIO_PROCESS, 0, CLIENTS_NICE);
}

static void run_lane(void *context)
{
	struct lane *lane = context;
	struct task *task;

	name_thread(lane->number);
	while ((task = wait_for_task(lane)) != NULL) {
		task->run(task->object);
		hand_back(lane->io, task);
	}
}

void io_work(struct io *io, enum io_lane lane_number, void (*run)(void *job),
	     void (*done)(void *job), void *object)
{
	struct lane *lane = &io->lanes[lane_number];
	struct task *task = malloc(sizeof(*task));

	ASSERT(lane_number < IO_LANE_COUNT);
	if (task == NULL) {
		io_stop(io, ERR_MEMORY, "work for a thread");
		return;
	}
	task->run = run;
	task->done = done;
	task->object = object;
	io->pending++;
	uv_mutex_lock(&lane->mutex);
	list_add(&lane->waiting, task);
	uv_cond_signal(&lane->has_work);
	uv_mutex_unlock(&lane->mutex);
}

static void on_finished(uv_async_t *async)
{
	struct io *io = async->data;
	struct task *task;
	struct task *next;

	uv_mutex_lock(&io->finished_mutex);
	task = io->finished.first;
	list_init(&io->finished);
	uv_mutex_unlock(&io->finished_mutex);
	for (; task != NULL; task = next) {
		next = task->next;
		io->pending--;
		task->done(task->object);
		free(task);
	}
}

size_t io_pending(const struct io *io)
{
	return io->pending;
}

/* ---- open and close --------------------------------------------------------------------- */

static bool start_lane(struct io *io, enum io_lane number, unsigned threads)
{
	struct lane *lane = &io->lanes[number];

	lane->io = io;
	lane->number = number;
	list_init(&lane->waiting);
	if (uv_mutex_init(&lane->mutex) != 0)
		return false;
	if (uv_cond_init(&lane->has_work) != 0) {
		uv_mutex_destroy(&lane->mutex);
		return false;
	}
	while (lane->threads_count < threads) {
		if (uv_thread_create(&lane->threads[lane->threads_count], run_lane, lane) != 0)
			break;
		lane->threads_count++;
	}
	return lane->threads_count > 0; /* fewer workers do, none do not */
}

static void drop_all(struct task_list *list)
{
	struct task *task;

	while ((task = list_take(list)) != NULL)
		free(task);
}

static void stop_lane(struct lane *lane)
{
	if (lane->io == NULL)
		return;
	uv_mutex_lock(&lane->mutex);
	lane->is_closing = true;
	uv_cond_broadcast(&lane->has_work);
	uv_mutex_unlock(&lane->mutex);
	for (unsigned i = 0; i < lane->threads_count; i++)
		uv_thread_join(&lane->threads[i]);
	drop_all(&lane->waiting);
	uv_cond_destroy(&lane->has_work);
	uv_mutex_destroy(&lane->mutex);
}

static unsigned count_cores(void)
{
	unsigned cores = uv_available_parallelism();

	return cores == 0 ? 1 : cores;
}

enum err io_open(struct io **out, void *loop, unsigned workers)
{
	struct io *io = calloc(1, sizeof(*io));
	bool is_started = true;

	if (io == NULL)
		return ERR_MEMORY;
	if (workers == 0)
		workers = count_cores();
	if (workers > WORKERS_MAX)
		workers = WORKERS_MAX;
	io->loop = loop;
	list_init(&io->finished);
	if (uv_mutex_init(&io->finished_mutex) != 0 ||
	    uv_async_init(loop, &io->finished_async, on_finished) != 0) {
		free(io);
		return ERR_MEMORY;
	}
	io->finished_async.data = io;
	for (unsigned i = 0; i < IO_TIMERS; i++) {
		ASSERT(uv_timer_init(loop, &io->timers[i].timer) == 0);
		io->timers[i].timer.data = &io->timers[i];
		io->timers[i].io = io;
		io->timers[i].slot = i;
	}
	io->handles = IO_TIMERS + 1;
	is_started = start_lane(io, IO_LANE_JOURNAL, 1) && start_lane(io, IO_LANE_LEDGER, 1) &&
		     start_lane(io, IO_LANE_VOTES, workers) &&
		     start_lane(io, IO_LANE_PARCELS, workers) &&
		     start_lane(io, IO_LANE_CLIENTS, workers);
	if (!is_started) {
		io_close(io);
		return ERR_MEMORY;
	}
	*out = io;
	return ERR_OK;
}

void io_attach(struct io *io, struct node *node)
{
	io->node = node;
}

static void handle_gone(struct io *io)
{
	if (--io->handles > 0)
		return;
	uv_mutex_destroy(&io->finished_mutex);
	free(io);
}

static void on_async_closed(uv_handle_t *handle)
{
	handle_gone(handle->data);
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct io_timer *timer = handle->data;

	handle_gone(timer->io);
}

void io_close(struct io *io)
{
	if (io->is_closing)
		return;
	io->is_quiet = true;
	io->is_closing = true;
	for (unsigned i = 0; i < IO_LANE_COUNT; i++)
		stop_lane(&io->lanes[i]);
	drop_all(&io->finished);
	uv_close((uv_handle_t *)&io->finished_async, on_async_closed);
	for (unsigned i = 0; i < IO_TIMERS; i++)
		uv_close((uv_handle_t *)&io->timers[i].timer, on_timer_closed);
}
