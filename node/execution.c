#include "node/execution.h"

#include <stdlib.h>

#include "base/mutant.h"
#include "crypto/digest.h"
#include "node/bodies.h"
#include "node/clients.h"
#include "node/evidences.h"
#include "node/execution_internal.h"
#include "node/packer.h"
#include "node/pool.h"
#include "node/ranges.h"
#include "node/room.h"

bool execution_is_idle(const struct node *node)
{
	return !node->execution->is_busy;
}

struct executor *execution_new(void)
{
	return pump_alloc(1, sizeof(struct executor));
}


void execution_job_release(struct job *at)
{
	struct execution_job *job = (struct execution_job *)at;

	for (uint32_t i = 0; i < job->parcels_count; i++)
		parcel_release(job->parcels[i]);
	free(job->parcels);
	for (uint32_t i = 0; i < job->evidence_count; i++)
		free((void *)(uintptr_t)job->evidence[i].at);
	free((void *)(uintptr_t)job->header_text.at);
	free((void *)(uintptr_t)job->body_text.at);
	free((void *)(uintptr_t)job->finalization.at);
	buf_release(&job->header);
	buf_release(&job->body);
	free(job);
}

void execution_free(struct executor *execution)
{
	if (execution != NULL && execution->ahead != NULL)
		execution_job_release(&execution->ahead->job);
	free(execution);
}

static void job_run(struct job *at)
{
	struct execution_job *job = (struct execution_job *)at;
	struct io *io = job->job.node->io; /* never changes; its clock is for any thread */
	uint64_t start_us = io_now_us(io);
	struct block_input input = {
		.header_text = job->header_text,
		.body_text = job->body_text,
		.parcels = job->parcels,
		.parcels_count = job->parcels_count,
		.evidence = job->evidence,
		.evidence_count = job->evidence_count,
	};

	switch (job->task) {
	case TASK_BUILD:
		job->result = ledger_build(job->ledger, &job->params, job->parcels,
					   job->parcels_count, &job->header, &job->body);
		break;
	case TASK_EXECUTE:
		job->result = ledger_execute(job->ledger, &input);
		break;
	case TASK_COMMIT:
		job->result = ledger_commit(job->ledger, &job->hash, job->finalization,
					    &job->committed);
		break;
	}
	job->run_us = io_now_us(io) - start_us;
}

struct execution_job *execution_job(struct node *node, enum task task, void (*done)(struct job *))
{
	struct execution_job *job = pump_alloc(1, sizeof(*job));

	job->job = (struct job){.run = job_run, .done = done, .release = execution_job_release};
	job->task = task;
	job->ledger = node->ledger;
	buf_init(&job->header, LIMIT_HEADER_BYTES);
	buf_init(&job->body, LIMIT_BODY_BYTES);
	return job;
}

void execution_start(struct node *node, struct execution_job *job)
{
	node->execution->is_busy = true;
	job_start(node, IO_LANE_LEDGER, &job->job);
}

enum parent execution_parent(const struct node *node, const struct hash *hash)
{
	const struct flight *parent;

	if (hash_equal(hash, &node->tip_block))
		return PARENT_READY;
	parent = flight_find(node, hash);
	if (parent == NULL)
		return PARENT_UNKNOWN;
	switch (parent->stage) {
	case FLIGHT_KNOWN:
	case FLIGHT_EXECUTING:
		return PARENT_PENDING;
	case FLIGHT_EXECUTED:
	case FLIGHT_COMMITTING:
		return PARENT_READY;
	case FLIGHT_INVALID:
		return PARENT_INVALID;
	}
	UNREACHABLE();
}

/* --- verdicts ------------------------------------------------------------ */

static void tell_verdict(struct node *node, struct flight *block)
{
	struct event event = {.kind = EVENT_VERDICT};

	event.verdict.block = block->hash;
	event.verdict.execution = EXECUTION_OK;
	if (block->stage == FLIGHT_INVALID) {
		event.verdict.reason = block->reason;
		event.verdict.execution = block->reason == ERR_BLOCK_ROOT ? EXECUTION_DIVERGED
									  : EXECUTION_INVALID;
	} else if (!block->is_verdict_wanted) {
		return;
	}
	block->is_verdict_wanted = false;
	(void)pump_event(node, &event);
}

static void conclude(struct node *node, struct flight *block, enum err result)
{
	block->stage = result ? FLIGHT_INVALID : FLIGHT_EXECUTED;
	block->reason = result;
	if (result)
		log_event(LOG_WARN, "block_invalid", "height %llu view %llu: %s",
			  (unsigned long long)block->height, (unsigned long long)block->view,
			  err_text(result));
	tell_verdict(node, block);
}

void execution_validate(struct node *node, const struct effect_block *from)
{
	struct flight *block = flight_add(node, from);

	if (block == NULL)
		return;
	block->is_verdict_wanted = true;
	if (block->stage != FLIGHT_KNOWN && block->stage != FLIGHT_EXECUTING)
		tell_verdict(node, block);
}

/* --- executing ----------------------------------------------------------- */

static struct parcel **parcels_of(const struct flight *block)
{
	struct parcel **list = pump_alloc(block->count + 1, sizeof(struct parcel *));

	for (uint32_t i = 0; i < block->count; i++)
		list[i] = parcel_retain(block->parcels[i]);
	return list;
}

static void execute_done(struct job *at)
{
	struct execution_job *job = (struct execution_job *)at;
	struct node *node = job->job.node;
	struct flight *block = flight_find(node, &job->hash);

	node->execution->is_busy = false;
	building_measure(node, job);
	/* anything else is no verdict on the block */
	if (job->result && job->result != ERR_BLOCK_INVALID && job->result != ERR_BLOCK_ROOT) {
		pump_stop(node, job->result, "a block could not be executed");
		return;
	}
	if (block == NULL || block->stage != FLIGHT_EXECUTING)
		return;
	conclude(node, block, job->result);
}

static void execute_start(struct node *node, struct flight *block)
{
	struct execution_job *job = execution_job(node, TASK_EXECUTE, execute_done);

	job->hash = block->hash;
	job->parcels = parcels_of(block);
	job->parcels_count = block->count;
	for (uint32_t i = 0; i < block->evidence_count; i++)
		job->evidence[job->evidence_count++] =
			pump_copy(evidences_text(node, &block->evidence[i].text_hash));
	job->header_text = pump_copy(block->header_text);
	job->body_text = pump_copy(block->body_text);
	block->stage = FLIGHT_EXECUTING;
	execution_start(node, job);
}

/* Whether its execution can begin now; a verdict that needs none is given. */
static bool is_executable(struct node *node, struct flight *block)
{
	if (block->stage != FLIGHT_KNOWN || block->is_left)
		return false;
	switch (execution_parent(node, &block->parent)) {
	case PARENT_PENDING:
		if (mutant_on("pending_parent_invalid"))
			conclude(node, block, ERR_BLOCK_INVALID);
		return false;
	case PARENT_UNKNOWN:
		return false;
	case PARENT_INVALID:
		conclude(node, block, ERR_BLOCK_INVALID);
		return false;
	case PARENT_READY:
		break;
	}
	if (block->is_malformed) {
		conclude(node, block, ERR_BLOCK_INVALID);
		return false;
	}
	if (block->missing > 0)
		return false;
	/* a voter that lags behind holds such a body pending, section 8 */
	return block->is_final || (block->count == 0 && block->evidence_count == 0) ||
	       block->height <= node->tip_height + 1 + AHEAD_MAX;
}

/* --- committing ---------------------------------------------------------- */

void execution_deliver(struct node *node, const struct effect_block *from,
		       struct bytes finalization)
{
	struct flight *block = flight_add(node, from);

	if (block == NULL) {
		pump_stop(node, ERR_INTERNAL, "a finalized block could not be taken");
		return;
	}
	block->is_final = true;
	block->is_commit_wanted = true;
	if (block->finalization.len == 0 && finalization.len > 0)
		block->finalization = pump_copy(finalization);
	if (block->missing > 0)
		io_arm(node->io, SLOT_FETCH, 0);
}

static void commit_outcomes(struct node *node, const struct ledger_committed *committed)
{
	for (size_t i = 0; i < committed->outcomes_count; i++) {
		const struct ledger_outcome *outcome = &committed->outcomes[i];

		mempool_remove(node->mempool, &outcome->id);
		if (outcome->is_accepted)
			node->counters.accepted++;
		else
			node->counters.rejected++;
	}
}

static void commit_put_off(struct node *node, struct flight *block, struct execution_job *job)
{
	ASSERT(block != NULL);
	block->stage = FLIGHT_EXECUTED;
	block->finalization = job->finalization;
	job->finalization = (struct bytes){NULL, 0};
	room_refused(node);
}

static void commit_done(struct job *at)
{
	struct execution_job *job = (struct execution_job *)at;
	struct node *node = job->job.node;
	struct flight *block = flight_find(node, &job->hash);
	struct event event = {.kind = EVENT_COMMITTED};

	node->execution->is_busy = false;
	if (job->result == ERR_DISK_LOW) {
		commit_put_off(node, block, job);
		return;
	}
	if (job->result) {
		pump_stop(node, job->result, "a block could not be committed");
		return;
	}
	ASSERT(block != NULL && block->height == node->tip_height + 1);
	node->tip_height = block->height;
	node->tip_block = block->hash;
	node->tip_time_ms = job->committed.time_ms;
	event.committed.height = block->height;
	event.committed.block = block->hash;
	commit_outcomes(node, &job->committed);
	for (uint32_t i = 0; i < block->count; i++)
		pool_commit(node, &block->lines[i].digest, block->height);
	for (uint32_t i = 0; i < block->evidence_count; i++)
		evidences_commit(node, &block->evidence[i].text_hash);
	flights_commit(node, &event.committed.block, event.committed.height, block->view);
	pool_trim(node);
	evidences_trim(node);
	ranges_on_commit(node);
	if (node->listener != NULL)
		node->listener(node->listener_context, &job->committed);
	(void)pump_event(node, &event);
}

static void commit_start(struct node *node, struct flight *block)
{
	struct execution_job *job = execution_job(node, TASK_COMMIT, commit_done);

	job->hash = block->hash;
	if (mutant_on("event_before_commit") && node->listener != NULL)
		node->listener(node->listener_context,
			       &(struct ledger_committed){.height = block->height,
							  .block = block->hash});
	job->finalization = block->finalization;
	block->finalization = (struct bytes){NULL, 0};
	block->stage = FLIGHT_COMMITTING;
	execution_start(node, job);
}

/* --- the queue ----------------------------------------------------------- */

void execution_run(struct node *node)
{
	struct flight *block;

	building_use_ahead(node);
	if (node->execution->is_busy || node->is_stopped)
		return;
	TAILQ_FOREACH(block, flights_list(node), link) {
		if (block->is_commit_wanted && block->stage == FLIGHT_EXECUTED &&
		    block->height == node->tip_height + 1 && !node->is_tripped) {
			commit_start(node, block);
			return;
		}
	}
	if (building_run(node))
		return;
	TAILQ_FOREACH(block, flights_list(node), link) {
		if (node->is_stopped)
			return;
		if (is_executable(node, block)) {
			execute_start(node, block);
			return;
		}
	}
	building_run_ahead(node);
}
