#include "node/reservation.h"

#include <stdlib.h>

#include "node/pump.h"
#include "node/sign_file.h"

struct reservation_job {
	struct job job;
	const struct sign_file *file;
	struct reservation reservation;
	enum err result;
};

static void write_run(struct job *at)
{
	struct reservation_job *job = (struct reservation_job *)at;

	job->result = sign_file_write(job->file, &job->reservation);
}

static void write_done(struct job *at)
{
	struct reservation_job *job = (struct reservation_job *)at;
	struct event event = {.kind = EVENT_RESERVED, .stamp = job->reservation.stamp};

	if (job->result)
		pump_stop(job->job.node, job->result, "the sign-state file could not be written");
	else
		(void)pump_event(job->job.node, &event);
}

static void write_release(struct job *at)
{
	free(at);
}

void reservation_write(struct node *node, const struct reservation *reservation)
{
	struct reservation_job *job = pump_alloc(1, sizeof(*job));

	ASSERT(node->config.sign_file != NULL);
	job->job = (struct job){.run = write_run, .done = write_done, .release = write_release};
	job->file = node->config.sign_file;
	job->reservation = *reservation;
	job_start(node, IO_LANE_JOURNAL, &job->job);
}
