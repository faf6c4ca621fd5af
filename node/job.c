#include "node/job.h"

#include "node/pump.h"

static void job_run(void *at)
{
	struct job *job = at;

	job->run(job);
}

static void job_done(void *at)
{
	struct job *job = at;
	struct node *node = job->node;

	LIST_REMOVE(job, link);
	if (!node->is_stopped)
		job->done(job);
	job->release(job);
	pump_settle(node);
}

void job_start(struct node *node, enum io_lane lane, struct job *job)
{
	job->node = node;
	LIST_INSERT_HEAD(&node->jobs, job, link);
	io_work(node->io, lane, job_run, job_done, job);
}

void jobs_release(struct job_list *jobs)
{
	while (!LIST_EMPTY(jobs)) {
		struct job *job = LIST_FIRST(jobs);

		LIST_REMOVE(job, link);
		job->release(job);
	}
}
