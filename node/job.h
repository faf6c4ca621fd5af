/* Jobs: work of the pump that runs off its thread, in a lane of node/io.h.
 *
 * A job owns what it works on.  The node knows its outstanding jobs, so that
 * what a crash of the simulator cuts off is freed with the node. */
#ifndef STELE_NODE_JOB_H
#define STELE_NODE_JOB_H

#include <sys/queue.h>

#include "node/io.h"

struct node;

/* First member of each kind of job. */
struct job {
	struct node *node;
	void (*run)(struct job *job);     /* off the thread */
	void (*done)(struct job *job);    /* on it; not called once the node has stopped */
	void (*release)(struct job *job); /* frees the job and all it holds */
	LIST_ENTRY(job) link;
};
LIST_HEAD(job_list, job);

/* Takes the job. */
void job_start(struct node *node, enum io_lane lane, struct job *job);
void jobs_release(struct job_list *jobs);

#endif
