#include "node/api/bridge.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <uv.h>

#include "ledger/outlook.h"
#include "node/api/service.h"

#define LOOK_MS 200
/* Commits the API's thread has not yet read; more than this and it has stalled,
 * and waiting clients are answered by their deadlines. */
#define COMMITS_MAX 1024

/* Goes over to the pump with a transaction and comes back with its result. */
struct job {
	STAILQ_ENTRY(job) entry;
	struct bridge *bridge;
	struct call *call; /* NULL: the API's side is gone */
	struct buf raw;
	bool simulate_rules;
	bool is_dry;
	struct submit_result result;
	struct bridge_commit *commit; /* a message about a commit instead */
};
STAILQ_HEAD(jobs, job);

struct bridge {
	struct bridge_config config;
	uv_mutex_t mutex; /* guards all down to snapshot */
	struct jobs to_pump;
	struct jobs to_api;
	uint32_t commits;
	bool is_api_open;
	bool is_pump_open;
	struct snapshot snapshot;
	/* each of its own thread */
	uv_async_t pump_wakes;
	uv_timer_t pump_looks;
	uv_async_t api_wakes;
	struct loop_turns *pump_turns;
	struct loop_turns *api_turns;
	struct snapshot *looked; /* the pump's side's scratch */
};

/* --- the pump's thread -------------------------------------------------------- */

static void look(struct bridge *bridge)
{
	struct snapshot *looked = bridge->looked;
	uint64_t unused;

	node_status(bridge->config.node, &looked->status);
	if (bridge->config.net != NULL) {
		looked->peers_count = net_peers(bridge->config.net, looked->peers, NODE_PEERS_MAX);
		if (looked->peers_count > NODE_PEERS_MAX)
			looked->peers_count = NODE_PEERS_MAX;
	}
	if (bridge->config.chain_store != NULL)
		store_size(bridge->config.chain_store, &looked->chain_used, &looked->chain_free);
	if (bridge->config.journal_store != NULL)
		store_size(bridge->config.journal_store, &looked->journal_used, &unused);
	looked->pump_turns = *turns_seen(bridge->pump_turns);
	looked->at_ms = uv_now(bridge->config.pump_loop);
	uv_mutex_lock(&bridge->mutex);
	memcpy(&bridge->snapshot, looked,
	       offsetof(struct snapshot, peers) + looked->peers_count * sizeof(looked->peers[0]));
	uv_mutex_unlock(&bridge->mutex);
}

static void on_look(uv_timer_t *timer)
{
	look(timer->data);
}

static void job_free(struct job *job)
{
	buf_release(&job->raw);
	outlook_free(job->result.outlook);
	free(job->commit);
	free(job);
}

/* On the pump's thread: the job goes back, or ends where nobody waits for it. */
static void send_to_api(struct job *job)
{
	struct bridge *bridge = job->bridge;
	bool is_sent;

	uv_mutex_lock(&bridge->mutex);
	is_sent = bridge->is_api_open;
	if (is_sent) {
		STAILQ_INSERT_TAIL(&bridge->to_api, job, entry);
		(void)uv_async_send(&bridge->api_wakes);
	}
	uv_mutex_unlock(&bridge->mutex);
	if (!is_sent)
		job_free(job);
}

static void on_result(void *context, const struct submit_result *result)
{
	struct job *job = context;

	job->result = *result;
	send_to_api(job);
}

static void on_pump_wake(uv_async_t *async)
{
	struct bridge *bridge = async->data;
	struct jobs jobs = STAILQ_HEAD_INITIALIZER(jobs);
	struct job *job;

	uv_mutex_lock(&bridge->mutex);
	STAILQ_CONCAT(&jobs, &bridge->to_pump);
	uv_mutex_unlock(&bridge->mutex);
	while ((job = STAILQ_FIRST(&jobs)) != NULL) {
		STAILQ_REMOVE_HEAD(&jobs, entry);
		node_submit(bridge->config.node, buf_bytes(&job->raw), job->simulate_rules,
			    job->is_dry, on_result, job);
	}
}

static struct job *job_of_commit(struct bridge *bridge, const struct ledger_committed *committed)
{
	size_t outcomes = committed->outcomes_count * sizeof(committed->outcomes[0]);
	struct job *job = calloc(1, sizeof(*job));
	struct bridge_commit *commit = malloc(sizeof(*commit) + outcomes);

	if (job == NULL || commit == NULL) {
		free(job);
		free(commit);
		return NULL;
	}
	*commit = (struct bridge_commit){.height = committed->height,
					 .time_ms = committed->time_ms,
					 .outcomes_count = committed->outcomes_count};
	if (outcomes > 0)
		memcpy(commit->outcomes, committed->outcomes, outcomes);
	job->bridge = bridge;
	job->commit = commit;
	buf_init(&job->raw, 0);
	return job;
}

static void on_committed(void *context, const struct ledger_committed *committed)
{
	struct bridge *bridge = context;
	struct job *job;
	bool is_full;

	uv_mutex_lock(&bridge->mutex);
	is_full = !bridge->is_api_open || bridge->commits == COMMITS_MAX;
	bridge->commits += !is_full;
	uv_mutex_unlock(&bridge->mutex);
	job = is_full ? NULL : job_of_commit(bridge, committed);
	if (job != NULL)
		send_to_api(job);
}

/* --- the API's thread ----------------------------------------------------------- */

static void deliver(struct bridge *bridge, struct job *job)
{
	if (job->commit != NULL) {
		service_on_committed(bridge->config.service, job->commit);
	} else {
		job->call->request.body = job->raw; /* given back */
		buf_init(&job->raw, 0);
		service_on_submitted(job->call, &job->result);
	}
	job_free(job);
}

static void on_api_wake(uv_async_t *async)
{
	struct bridge *bridge = async->data;
	struct jobs jobs = STAILQ_HEAD_INITIALIZER(jobs);
	struct job *job;
	struct timespec wall;

	uv_mutex_lock(&bridge->mutex);
	STAILQ_CONCAT(&jobs, &bridge->to_api);
	bridge->commits = 0;
	uv_mutex_unlock(&bridge->mutex);
	(void)clock_gettime(CLOCK_REALTIME, &wall);
	service_set_time(bridge->config.service, uv_now(bridge->config.api_loop),
			 (uint64_t)wall.tv_sec * 1000 + (uint64_t)wall.tv_nsec / 1000000);
	while ((job = STAILQ_FIRST(&jobs)) != NULL) {
		STAILQ_REMOVE_HEAD(&jobs, entry);
		deliver(bridge, job);
	}
}

bool bridge_submit(struct bridge *bridge, struct call *call, struct buf *raw, bool simulate_rules,
		   bool is_dry)
{
	struct job *job = calloc(1, sizeof(*job));
	size_t max = raw->max;

	if (job == NULL)
		return false;
	*job = (struct job){.bridge = bridge,
			    .call = call,
			    .raw = *raw,
			    .simulate_rules = simulate_rules,
			    .is_dry = is_dry};
	buf_init(raw, max);
	uv_mutex_lock(&bridge->mutex);
	STAILQ_INSERT_TAIL(&bridge->to_pump, job, entry);
	(void)uv_async_send(&bridge->pump_wakes);
	uv_mutex_unlock(&bridge->mutex);
	return true;
}

void bridge_look(struct bridge *bridge, struct snapshot *out)
{
	uv_mutex_lock(&bridge->mutex);
	memcpy(out, &bridge->snapshot,
	       offsetof(struct snapshot, peers) +
		       bridge->snapshot.peers_count * sizeof(out->peers[0]));
	uv_mutex_unlock(&bridge->mutex);
	out->api_turns = *turns_seen(bridge->api_turns);
}

/* --- opening and closing ---------------------------------------------------------- */

static void open_handles(struct bridge *bridge)
{
	const struct bridge_config *config = &bridge->config;

	/* fail only for want of a file descriptor at start; then there is no node */
	ASSERT(uv_mutex_init(&bridge->mutex) == 0);
	ASSERT(uv_async_init(config->pump_loop, &bridge->pump_wakes, on_pump_wake) == 0);
	ASSERT(uv_async_init(config->api_loop, &bridge->api_wakes, on_api_wake) == 0);
	ASSERT(uv_timer_init(config->pump_loop, &bridge->pump_looks) == 0);
	bridge->pump_wakes.data = bridge;
	bridge->api_wakes.data = bridge;
	bridge->pump_looks.data = bridge;
	(void)uv_timer_start(&bridge->pump_looks, on_look, 0, LOOK_MS);
}

static bool open_turns(struct bridge *bridge, const struct bridge_config *config)
{
	if (turns_open(&bridge->pump_turns, config->pump_loop))
		return false;
	if (turns_open(&bridge->api_turns, config->api_loop) == ERR_OK)
		return true;
	turns_close(bridge->pump_turns);
	return false;
}

enum err bridge_open(struct bridge **out, const struct bridge_config *config)
{
	struct bridge *bridge = calloc(1, sizeof(*bridge));

	if (bridge == NULL)
		return ERR_MEMORY;
	bridge->looked = calloc(1, sizeof(*bridge->looked));
	if (bridge->looked == NULL || !open_turns(bridge, config)) {
		free(bridge->looked);
		free(bridge);
		return ERR_MEMORY;
	}
	bridge->config = *config;
	STAILQ_INIT(&bridge->to_pump);
	STAILQ_INIT(&bridge->to_api);
	bridge->is_api_open = true;
	bridge->is_pump_open = true;
	open_handles(bridge);
	look(bridge);
	node_listen(config->node, on_committed, bridge);
	*out = bridge;
	return ERR_OK;
}

void bridge_close_api(struct bridge *bridge)
{
	uv_mutex_lock(&bridge->mutex);
	bridge->is_api_open = false;
	uv_mutex_unlock(&bridge->mutex);
	uv_close((uv_handle_t *)&bridge->api_wakes, NULL);
	turns_close(bridge->api_turns);
}

void bridge_close_pump(struct bridge *bridge)
{
	ASSERT(!bridge->is_api_open && bridge->is_pump_open);
	bridge->is_pump_open = false;
	uv_close((uv_handle_t *)&bridge->pump_wakes, NULL);
	uv_close((uv_handle_t *)&bridge->pump_looks, NULL);
	turns_close(bridge->pump_turns);
}

static void free_jobs(struct jobs *jobs)
{
	struct job *job;

	while ((job = STAILQ_FIRST(jobs)) != NULL) {
		STAILQ_REMOVE_HEAD(jobs, entry);
		job_free(job);
	}
}

void bridge_free(struct bridge *bridge)
{
	if (bridge == NULL)
		return;
	free_jobs(&bridge->to_pump);
	free_jobs(&bridge->to_api);
	uv_mutex_destroy(&bridge->mutex);
	free(bridge->looked);
	free(bridge);
}
