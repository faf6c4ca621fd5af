#include "node/api/reads.h"

#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <uv.h>

#include "node/api/service.h"

#define READS_NICE 5 /* agreed work comes first, as before new transactions */

struct read_job {
	STAILQ_ENTRY(read_job) entry;
	struct call *call;
	enum progress progress;
};
STAILQ_HEAD(read_jobs, read_job);

struct reads {
	uv_thread_t threads[READS_THREADS];
	unsigned threads_count;
	uv_async_t done_wakes;
	unsigned under_way; /* of the loop's thread: started and not given back */
	uv_mutex_t mutex;   /* guards all below */
	uv_cond_t has_work;
	struct read_jobs waiting;
	struct read_jobs done;
	unsigned waiting_count;
	bool is_closing;
};

/* --- on threads of their own -------------------------------------------------------- */

/* NULL: it is over. */
static struct read_job *wait_for_job(struct reads *reads)
{
	struct read_job *job = NULL;

	uv_mutex_lock(&reads->mutex);
	while (!reads->is_closing && STAILQ_EMPTY(&reads->waiting))
		uv_cond_wait(&reads->has_work, &reads->mutex);
	if (!reads->is_closing) {
		job = STAILQ_FIRST(&reads->waiting);
		STAILQ_REMOVE_HEAD(&reads->waiting, entry);
		reads->waiting_count--;
	}
	uv_mutex_unlock(&reads->mutex);
	return job;
}

static void run(void *context)
{
	struct reads *reads = context;
	struct read_job *job;

	(void)prctl(PR_SET_NAME, "reads", 0, 0, 0);
	(void)setpriority(PRIO_PROCESS, 0, READS_NICE); /* of this thread, as Linux has it */
	while ((job = wait_for_job(reads)) != NULL) {
		job->progress = job->call->handler(job->call);
		call_end_reading(job->call);
		if (job->progress == CALL_DONE)
			service_tag(job->call);
		uv_mutex_lock(&reads->mutex);
		STAILQ_INSERT_TAIL(&reads->done, job, entry);
		uv_mutex_unlock(&reads->mutex);
		(void)uv_async_send(&reads->done_wakes);
	}
}

/* --- on the loop's thread ------------------------------------------------------------ */

static void close_if_over(struct reads *reads)
{
	if (reads->is_closing && reads->under_way == 0 &&
	    !uv_is_closing((uv_handle_t *)&reads->done_wakes))
		uv_close((uv_handle_t *)&reads->done_wakes, NULL);
}

static void give_back(struct reads *reads, struct read_jobs *jobs)
{
	struct read_job *job;

	while ((job = STAILQ_FIRST(jobs)) != NULL) {
		STAILQ_REMOVE_HEAD(jobs, entry);
		reads->under_way--;
		service_on_read(job->call, job->progress);
		free(job);
	}
}

static void on_done(uv_async_t *async)
{
	struct reads *reads = async->data;
	struct read_jobs jobs = STAILQ_HEAD_INITIALIZER(jobs);

	uv_mutex_lock(&reads->mutex);
	STAILQ_CONCAT(&jobs, &reads->done);
	uv_mutex_unlock(&reads->mutex);
	give_back(reads, &jobs);
	close_if_over(reads);
}

bool reads_start(struct reads *reads, struct call *call)
{
	struct read_job *job = calloc(1, sizeof(*job));
	bool is_taken;

	if (job == NULL)
		return false;
	job->call = call;
	job->progress = CALL_LONG;
	uv_mutex_lock(&reads->mutex);
	is_taken = !reads->is_closing && reads->waiting_count < READS_WAITING_MAX;
	if (is_taken) {
		STAILQ_INSERT_TAIL(&reads->waiting, job, entry);
		reads->waiting_count++;
		uv_cond_signal(&reads->has_work);
	}
	uv_mutex_unlock(&reads->mutex);
	if (is_taken)
		reads->under_way++;
	else
		free(job);
	return is_taken;
}

void reads_close(struct reads *reads)
{
	struct read_jobs jobs = STAILQ_HEAD_INITIALIZER(jobs);

	uv_mutex_lock(&reads->mutex);
	reads->is_closing = true;
	STAILQ_CONCAT(&jobs, &reads->waiting);
	reads->waiting_count = 0;
	uv_cond_broadcast(&reads->has_work);
	uv_mutex_unlock(&reads->mutex);
	give_back(reads, &jobs);
	close_if_over(reads);
}

/* --- opening and closing -------------------------------------------------------------- */

enum err reads_open(struct reads **out, void *loop)
{
	struct reads *reads = calloc(1, sizeof(*reads));

	if (reads == NULL)
		return ERR_MEMORY;
	STAILQ_INIT(&reads->waiting);
	STAILQ_INIT(&reads->done);
	/* fail only for want of a file descriptor at start; then there is no node */
	ASSERT(uv_mutex_init(&reads->mutex) == 0 && uv_cond_init(&reads->has_work) == 0);
	ASSERT(uv_async_init(loop, &reads->done_wakes, on_done) == 0);
	reads->done_wakes.data = reads;
	while (reads->threads_count < READS_THREADS &&
	       uv_thread_create(&reads->threads[reads->threads_count], run, reads) == 0)
		reads->threads_count++;
	ASSERT(reads->threads_count > 0);
	*out = reads;
	return ERR_OK;
}

void reads_free(struct reads *reads)
{
	if (reads == NULL)
		return;
	for (unsigned i = 0; i < reads->threads_count; i++)
		(void)uv_thread_join(&reads->threads[i]);
	uv_cond_destroy(&reads->has_work);
	uv_mutex_destroy(&reads->mutex);
	free(reads);
}
