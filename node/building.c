/* Building: what goes into an own block, when it is built, and ahead of time.
 *
 * The next leader need not wait for the notarization of the block it will build on:
 * once it has executed that block it builds, while the votes are on their way.  If it
 * comes otherwise, what was built is dropped. */
#include <stdlib.h>

#include "crypto/digest.h"
#include "node/choice.h"
#include "node/evidences.h"
#include "node/execution_internal.h"
#include "node/pool.h"

#define MEASURED_MIN 64u     /* fewer steps say little of what one costs */
#define MEASURED_FIRST 1024u /* in a block before anything was measured */
#define MEASURE_PARTS 4u     /* a faster measure counts one part in so many */

/* How fast blocks are executed here, when all that runs beside is counted. */
void building_measure(struct node *node, const struct execution_job *job)
{
	struct executor *execution = node->execution;
	uint64_t steps = 0, step_ns;

	for (uint32_t i = 0; i < job->parcels_count; i++)
		steps += job->parcels[i]->steps;
	if (steps < MEASURED_MIN)
		return;
	step_ns = job->run_us * 1000 / steps;
	/* what grew slower counts at once: the next block must not wait for a mean */
	if (step_ns < execution->step_ns)
		step_ns = (execution->step_ns * (MEASURE_PARTS - 1) + step_ns) / MEASURE_PARTS;
	execution->step_ns = step_ns;
}

/* How many steps take no longer than half of the time that the timers allow for
 * building, and for executing at the others. */
static uint64_t steps_in_time(const struct node *node)
{
	const struct genesis_timers *timers = &node->config.genesis->timers;
	uint64_t allowed_us = timers->build_us < timers->validate_us ? timers->build_us
								   : timers->validate_us;

	if (node->execution->step_ns == 0)
		return MEASURED_FIRST;
	return allowed_us * 1000 / 2 / node->execution->step_ns;
}

/* What the disk or memory could not do ends the node. */
static bool is_failure(enum err err)
{
	return err_class_of(err) == ERR_CLASS_DISK || err_class_of(err) == ERR_CLASS_BUG;
}

void execution_build(struct node *node, const struct effect *effect)
{
	node->execution->build = *effect;
	node->execution->has_build = true;
}

static void tell_not_built(struct node *node, uint64_t view)
{
	struct event event = {.kind = EVENT_BUILT};

	event.built.view = view;
	event.built.is_ok = false;
	(void)pump_event(node, &event);
}

/* The block of a job that has built it becomes this node's proposal. */
static void publish(struct node *node, const struct execution_job *job)
{
	struct event event = {.kind = EVENT_BUILT};
	struct effect_block made = {
		.header_text = buf_bytes(&job->header),
		.body_text = buf_bytes(&job->body),
		.parent = job->params.parent,
		.height = job->request.build.parent_height + 1,
		.view = job->params.view,
		.leader = node->self,
	};
	struct flight *block;

	sha256(&made.block, made.header_text.at, made.header_text.len);
	block = flight_add(node, &made);
	if (block == NULL) {
		tell_not_built(node, job->params.view);
		return;
	}
	block->stage = FLIGHT_EXECUTED;
	/* these writes precede the core's, so its vote is not durable before them */
	for (uint32_t i = 0; i < block->count; i++)
		pool_write(node, pool_find(node->pool, &block->lines[i].digest));
	node->counters.built_ahead += job->is_ahead;
	event.built.view = job->params.view;
	event.built.is_ok = true;
	event.built.header_text = made.header_text;
	event.built.body_text = made.body_text;
	(void)pump_event(node, &event);
}

/* Whether the core asks for what this job builds. */
static bool is_asked(const struct node *node, const struct execution_job *job)
{
	const struct effect *asked = &node->execution->build;

	return node->execution->has_build && asked->build.view == job->params.view &&
	       asked->build.parent_view == job->params.parent_view &&
	       hash_equal(&asked->build.parent, &job->params.parent);
}

static void drop_ahead(struct executor *execution)
{
	if (execution->ahead != NULL)
		execution_job_release(&execution->ahead->job);
	execution->ahead = NULL;
}

/* Moves it out of the job, which ends. */
static void keep_ahead(struct node *node, struct execution_job *job)
{
	struct execution_job *kept = pump_alloc(1, sizeof(*kept));

	*kept = *job;
	job->parcels = NULL;
	job->parcels_count = 0;
	job->evidence_count = 0;
	buf_init(&job->header, LIMIT_HEADER_BYTES);
	buf_init(&job->body, LIMIT_BODY_BYTES);
	drop_ahead(node->execution);
	node->execution->ahead = kept;
}

static void build_done(struct job *at)
{
	struct execution_job *job = (struct execution_job *)at;
	struct node *node = job->job.node;
	bool is_wanted = !job->is_ahead || is_asked(node, job);

	node->execution->is_busy = false;
	building_measure(node, job);
	if (is_failure(job->result)) {
		pump_stop(node, job->result, "a block could not be built");
		return;
	}
	if (is_wanted && job->is_ahead)
		node->execution->has_build = false;
	if (job->result) {
		log_event(LOG_WARN, "build_failed", "view %llu: %s",
			  (unsigned long long)job->params.view, err_text(job->result));
		if (is_wanted)
			tell_not_built(node, job->params.view);
	} else if (is_wanted) {
		publish(node, job);
	} else {
		keep_ahead(node, job);
	}
}

static void choose_parcels(struct node *node, struct execution_job *job)
{
	struct choice_bounds bounds = {
		.parent = job->params.parent,
		.view = job->params.view,
		.height = job->request.build.parent_height + 1,
		.bytes_max = job->request.build.payload_bytes_max,
		.steps_max = steps_in_time(node),
	};

	job->parcels = pump_alloc(LIMIT_BODY_PARCELS, sizeof(struct parcel *));
	if (job->request.build.parent_height > node->tip_height + AHEAD_MAX)
		return;
	job->parcels_count = choice_make(node, &bounds, job->parcels);
}

static void choose_evidence(struct node *node, struct execution_job *job)
{
	if (job->request.build.parent_height > node->tip_height + AHEAD_MAX)
		return;
	job->evidence_count = evidences_choose(node, &job->params.parent, job->evidence);
	job->params.evidence = job->evidence;
	job->params.evidence_count = job->evidence_count;
}

static struct execution_job *build_job(struct node *node, const struct effect *request)
{
	struct execution_job *job = execution_job(node, TASK_BUILD, build_done);

	job->request = *request;
	job->params = (struct build_params){
		.parent = request->build.parent,
		.epoch = node->epoch,
		.view = request->build.view,
		.parent_view = request->build.parent_view,
		.proposer = node->self,
		.now_ms = io_wall_ms(node->io),
	};
	choose_parcels(node, job);
	choose_evidence(node, job);
	return job;
}

bool building_run(struct node *node)
{
	struct executor *execution = node->execution;
	struct core_status status;

	if (!execution->has_build)
		return false;
	core_status(node->core, &status);
	if (execution->build.build.view < status.view) {
		execution->has_build = false;
		return false;
	}
	switch (execution_parent(node, &execution->build.build.parent)) {
	case PARENT_PENDING:
		return false;
	case PARENT_UNKNOWN:
	case PARENT_INVALID:
		execution->has_build = false;
		tell_not_built(node, execution->build.build.view);
		return false;
	case PARENT_READY:
		execution->has_build = false;
		execution_start(node, build_job(node, &execution->build));
		return true;
	}
	UNREACHABLE();
}

/* --- ahead --------------------------------------------------------------- */

/* What was chosen may have left the pool since. */
static bool is_all_held(const struct node *node, const struct execution_job *job)
{
	for (uint32_t i = 0; i < job->parcels_count; i++) {
		const struct held *held = pool_find(node->pool, &job->parcels[i]->digest);

		if (held == NULL || held->committed_height != 0)
			return false;
	}
	for (uint32_t i = 0; i < job->evidence_count; i++) {
		struct hash text_hash;

		sha256(&text_hash, job->evidence[i].at, job->evidence[i].len);
		if (evidences_text(node, &text_hash).len == 0)
			return false;
	}
	return true;
}

/* Votes that took long leave a header whose time is past, and more to order. */
static bool is_fresh(const struct node *node, const struct execution_job *job)
{
	return io_wall_ms(node->io) <= job->params.now_ms +
					       node->config.genesis->timers.delta_us / 1000;
}

void building_use_ahead(struct node *node)
{
	struct executor *execution = node->execution;
	struct execution_job *job = execution->ahead;

	if (job == NULL || !execution->has_build)
		return;
	execution->ahead = NULL;
	if (is_asked(node, job) && is_fresh(node, job) && is_all_held(node, job)) {
		execution->has_build = false;
		publish(node, job);
	}
	execution_job_release(&job->job);
}

/* The block of this view that is executed here: most likely what the next stands on. */
static const struct flight *find_parent(const struct node *node, uint64_t view)
{
	const struct flight *block;

	TAILQ_FOREACH(block, flights_list(node), link) {
		if (block->view == view && block->stage == FLIGHT_EXECUTED && !block->is_left)
			return block;
	}
	return NULL;
}

void building_run_ahead(struct node *node)
{
	struct effect request = {.kind = EFFECT_BUILD};
	const struct flight *parent;
	struct execution_job *job;
	struct core_status status;

	if (pool_unreferenced(node->pool) == 0 || node->self == SET_NO_INDEX)
		return;
	core_status(node->core, &status);
	if (!status.is_signing || node->execution->ahead_view > status.view ||
	    core_leader(node->core, status.view + 1) != node->self)
		return;
	parent = find_parent(node, status.view);
	if (parent == NULL || parent->height > node->tip_height + AHEAD_MAX)
		return;
	node->execution->ahead_view = status.view + 1;
	request.build.view = status.view + 1;
	request.build.parent = parent->hash;
	request.build.parent_view = parent->view;
	request.build.parent_height = parent->height;
	request.build.payload_bytes_max = status.budget_bytes;
	job = build_job(node, &request);
	job->is_ahead = true;
	if (job->parcels_count > 0)
		execution_start(node, job);
	else
		execution_job_release(&job->job);
}
