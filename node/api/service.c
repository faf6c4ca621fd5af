#include "node/api/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "node/api/http.h"
#include "node/api/reads.h"
#include "node/api/resources.h"

/* How long a read waits for a finalization that covers it. */
#define COVER_WAIT_MS 2000
/* Bytes of an answer that count as one more request. */
#define BYTES_PER_TOKEN 4096
#define TOO_LARGE "the answer would exceed 64 MiB; ask for single items, such as /v1/proofs/state"

static void seed_parts(struct service *service)
{
	const struct service_config *config = &service->config;

	if (config->rate_per_s > 0)
		service->rates = rates_new(config->rate_per_s, config->rate_burst,
					   rng_u64(&service->rng));
	service->recent = recent_new(config->recent_max, rng_u64(&service->rng));
	service->waiters = waiters_new(config->waiters_max, rng_u64(&service->rng));
	service->snapshot = calloc(1, sizeof(*service->snapshot));
}

enum err service_new(struct service **out, const struct service_config *config)
{
	struct service *service = calloc(1, sizeof(*service));
	struct ledger_view *view;
	struct ledger_tip tip;
	enum err err;

	if (service == NULL)
		return ERR_MEMORY;
	service->config = *config;
	service->ledger = config->ledger;
	genesis_origin(service->origin, config->genesis);
	rng_init(&service->rng, config->seed);
	seed_parts(service);
	err = service->recent == NULL || service->waiters == NULL || service->snapshot == NULL ||
			      (config->rate_per_s > 0 && service->rates == NULL)
		      ? ERR_MEMORY
		      : ledger_view_open(service->ledger, &view);
	if (err != ERR_OK) {
		service_free(service);
		return err;
	}
	ledger_view_tip(view, &tip);
	service->height = tip.height;
	ledger_view_close(view);
	ASSERT(api_routes_count + metrics_routes_count <= SERVICE_ROUTES_MAX);
	*out = service;
	return ERR_OK;
}

void service_free(struct service *service)
{
	struct call *call;

	if (service == NULL)
		return;
	service_end_turn(service);
	while ((call = LIST_FIRST(&service->lent)) != NULL) {
		service_take_back(call);
		call_free(call);
	}
	json_decref(service->cover);
	rates_free(service->rates);
	recent_free(service->recent);
	waiters_free(service->waiters);
	free(service->snapshot);
	free(service);
}

uint64_t service_next_id(struct service *service)
{
	return rng_u64(&service->rng);
}

void service_set_time(struct service *service, uint64_t now_ms, uint64_t wall_ms)
{
	service->now_ms = now_ms;
	service->wall_ms = wall_ms;
}

enum err service_view(struct service *service, struct ledger_view **out)
{
	enum err err = ERR_OK;

	if (service->view == NULL)
		err = ledger_view_open(service->ledger, &service->view);
	if (err != ERR_OK)
		service->view = NULL;
	else
		*out = service->view;
	return err;
}

void service_end_turn(struct service *service)
{
	ledger_view_close(service->view);
	service->view = NULL;
}

const struct snapshot *service_snapshot(struct service *service)
{
	if (service->bridge != NULL)
		bridge_look(service->bridge, service->snapshot);
	return service->snapshot;
}

/* --- sending an answer -------------------------------------------------------- */

static void count_answer(struct service *service, const struct call *call)
{
	const struct route *route = call->match.route;
	size_t place;

	if (route == NULL) {
		service->refused_requests++;
		return;
	}
	place = route >= metrics_routes && route < metrics_routes + metrics_routes_count
			? api_routes_count + (size_t)(route - metrics_routes)
			: (size_t)(route - api_routes);
	service->counts[place].by_class[call->answer.status / 100]++;
}

/* A proof of a long list takes as long to make as hundreds of small answers, and so does
 * the state of an older height. */
static void charge(const struct call *call)
{
	const struct service *service = call->service;
	size_t tokens = call->answer.body.len / BYTES_PER_TOKEN + call->tokens;

	if (call->has_rate && tokens > 0)
		rates_charge(service->rates, call->client, service->now_ms, tokens);
}

void service_tag(struct call *call)
{
	if (call->answer.status == 200 && call->answer.etag[0] == '\0' &&
	    call->request.method != METHOD_POST && !call->is_metrics)
		answer_tag(&call->answer);
}

static void finish(struct call *call)
{
	struct answer *answer = &call->answer;

	call_end_reading(call);
	if (answer->body.len >= ANSWER_BYTES_LARGE &&
	    call->service->large_under_way >= SERVICE_LARGE_MAX)
		(void)call_fail(call, ERR_API_BUSY, NULL);
	if (answer->is_too_large && !call->is_write)
		(void)call_fail(call, ERR_API_PARAMETER, TOO_LARGE);
	count_answer(call->service, call);
	service_tag(call);
	if (answer->etag[0] != '\0' && request_matches_etag(&call->request, answer->etag)) {
		answer->status = 304;
		buf_reset(&answer->body);
	}
	charge(call);
	http_answer(call);
}

static void fail(struct call *call, enum err err, const char *detail)
{
	(void)call_fail(call, err, detail);
	finish(call);
}

/* A request that got nowhere has certainly submitted nothing. */
static enum submitted submitted_of(const struct call *call)
{
	return call->request.method == METHOD_POST ? SUBMITTED_NO : SUBMITTED_NOT_SAID;
}

void service_refuse(struct call *call, enum err err, unsigned status, const char *detail)
{
	problem_answer_as(&call->answer, status, err, submitted_of(call), detail, NULL);
	finish(call);
}

void service_frame(const struct call *call, struct answer_frame *out)
{
	const struct service *service = call->service;

	*out = (struct answer_frame){.network = service->origin,
				     .height = service->height,
				     .request_id = call->id,
				     .is_keep_alive = call->request.is_keep_alive &&
						      !service->is_stopping,
				     .rate = call->has_rate ? &call->rate : NULL};
}

/* --- from request to handler ---------------------------------------------------- */

static void run(struct call *call);

/* The name or address of a Host header, without port; empty where it is none. */
static struct bytes host_name(const char *host)
{
	const char *end = host[0] == '[' ? strchr(host, ']') : strchr(host, ':');
	const char *port = end == NULL ? "" : end + (host[0] == '[');

	if (port[0] == ':' ? strspn(port + 1, "0123456789") != strlen(port + 1) : port[0] != '\0')
		return bytes_text("");
	if (host[0] == '[')
		return end == NULL ? bytes_text("") : bytes_of(host + 1, (size_t)(end - host - 1));
	return end == NULL ? bytes_text(host) : bytes_of(host, (size_t)(end - host));
}

static bool is_same_host(struct bytes host, const char *allowed)
{
	return strlen(allowed) == host.len &&
	       strncasecmp((const char *)host.at, allowed, host.len) == 0;
}

/* An address literal can't be rebound by a name server, so the address that the
 * request came in at is always served. */
static bool host_is_served(const struct call *call)
{
	const struct service_config *config = &call->service->config;
	struct bytes host = host_name(call->request.host);

	if (is_same_host(host, call->local))
		return true;
	if (call->is_loopback && is_same_host(host, "localhost"))
		return true;
	for (size_t i = 0; i < config->hosts_count; i++) {
		if (is_same_host(host, config->hosts[i]) ||
		    strcasecmp(call->request.host, config->hosts[i]) == 0)
			return true;
	}
	return false;
}

static bool rate_permits(struct call *call)
{
	struct service *service = call->service;

	if (service->rates == NULL || call->is_metrics ||
	    (call->is_loopback && !service->config.limits_loopback))
		return true;
	call->has_rate = true;
	return rates_take(service->rates, call->client, service->now_ms, &call->rate);
}

static enum err find_route(struct call *call)
{
	enum err err = request_split(&call->request);

	if (err != ERR_OK)
		return err;
	return call->is_metrics ? router_find(metrics_routes, metrics_routes_count, &call->request,
					      &call->match)
				: router_find(api_routes, api_routes_count, &call->request,
					      &call->match);
}

static void answer_options(struct call *call)
{
	call->answer.status = 204;
	memcpy(call->answer.allow, call->match.allow, sizeof(call->answer.allow));
	finish(call);
}

static void route(struct call *call)
{
	enum err err = find_route(call);

	if (err == ERR_API_METHOD)
		memcpy(call->answer.allow, call->match.allow, sizeof(call->answer.allow));
	if (err == ERR_API_PARAMETER && call->match.bad_param != NULL) {
		(void)call_bad_param(call, call->match.bad_param);
		finish(call);
	} else if (err != ERR_OK) {
		fail(call, err, NULL);
	} else if (call->request.method == METHOD_OPTIONS) {
		answer_options(call);
	} else if (call->match.route->cost == ROUTE_LARGE &&
		   call->service->large_under_way >= SERVICE_LARGE_MAX) {
		fail(call, ERR_API_BUSY, NULL);
	} else {
		call->handler = call->match.route->handler;
		call->is_long = call->match.route->cost != ROUTE_QUICK ||
				request_param(&call->request, "at_height") != NULL;
		run(call);
	}
}

void service_handle(struct call *call)
{
	if (!call->is_metrics && !host_is_served(call))
		fail(call, ERR_API_HOST, NULL);
	else if (!rate_permits(call))
		fail(call, ERR_API_RATE, NULL);
	else
		route(call);
}

/* --- waiting ---------------------------------------------------------------------- */

static struct call *call_of(struct waiter *waiter)
{
	return (struct call *)(void *)((char *)waiter - offsetof(struct call, waiter));
}

static void on_deadline(struct call *call)
{
	if (call->is_write)
		res_submit_pending(call);
	else
		(void)call_fail(call, ERR_API_UNCOVERED, NULL);
	finish(call);
}

static void wait_for_commit(struct call *call)
{
	struct service *service = call->service;

	if (call->deadline_ms == 0)
		call->deadline_ms = service->now_ms + COVER_WAIT_MS;
	if (service->is_stopping || service->now_ms >= call->deadline_ms)
		on_deadline(call);
	else if (!waiters_add(service->waiters, &call->waiter, NULL, call->deadline_ms))
		on_deadline(call);
}

static void go_on(struct call *call, enum progress progress)
{
	call_end_reading(call);
	switch (progress) {
	case CALL_DONE:
		finish(call);
		return;
	case CALL_DEFERRED:
		return;
	case CALL_RETRY:
		wait_for_commit(call);
		return;
	case CALL_LONG:
		call->is_long = true;
		run(call);
		return;
	}
	UNREACHABLE();
}

/* Off the loop, unless too many wait for that. */
static void run_long(struct call *call)
{
	struct service *service = call->service;

	service_lend(call);
	if (reads_start(service->reads, call))
		return;
	service_take_back(call);
	fail(call, ERR_API_BUSY, NULL);
}

static void run(struct call *call)
{
	if (call->is_long && call->service->reads != NULL)
		run_long(call);
	else
		go_on(call, call->handler(call));
}

void service_on_read(struct call *call, enum progress progress)
{
	service_take_back(call);
	if (call->is_abandoned)
		service_abandon(call);
	else if (progress == CALL_LONG)
		fail(call, ERR_API_BUSY, "the node is stopping");
	else
		go_on(call, progress);
}

void service_abandon(struct call *call)
{
	call->connection = NULL;
	waiters_remove(call->service->waiters, &call->waiter);
	if (call->is_lent)
		call->is_abandoned = true;
	else
		call_free(call);
}

void service_lend(struct call *call)
{
	call->is_lent = true;
	LIST_INSERT_HEAD(&call->service->lent, call, lent);
}

void service_take_back(struct call *call)
{
	ASSERT(call->is_lent);
	call->is_lent = false;
	LIST_REMOVE(call, lent);
}

void service_on_submitted(struct call *call, const struct submit_result *result)
{
	enum progress progress;

	service_take_back(call);
	progress = res_submit_result(call, result);
	if (call->is_abandoned)
		service_abandon(call);
	else
		go_on(call, progress);
}

static void decide(struct service *service, const struct bridge_commit *commit,
		   const struct ledger_outcome *outcome)
{
	struct recent_tx decided = {
		.id = outcome->id,
		.state = outcome->is_accepted ? RECENT_ACCEPTED : RECENT_REJECTED,
		.height = commit->height,
		.time_ms = commit->time_ms,
		.log_index = outcome->log_index,
		.reason = outcome->reason,
	};
	struct waiter *waiter;

	recent_decide(service->recent, &decided);
	while ((waiter = waiters_take_id(service->waiters, &outcome->id)) != NULL)
		run(call_of(waiter));
}

void service_on_committed(struct service *service, const struct bridge_commit *commit)
{
	struct waiters_batch batch;
	struct waiter *waiter;

	service_end_turn(service); /* who waited for it is to see it */
	service->height = commit->height;
	service->committed_ms = service->now_ms;
	waiters_take_any(service->waiters, &batch);
	for (size_t i = 0; i < commit->outcomes_count; i++)
		decide(service, commit, &commit->outcomes[i]);
	while ((waiter = waiters_next(&batch)) != NULL)
		run(call_of(waiter));
}

void service_on_tick(struct service *service)
{
	struct waiter *waiter;

	while ((waiter = waiters_take_expired(service->waiters, service->now_ms)) != NULL)
		on_deadline(call_of(waiter));
}

void service_stop(struct service *service)
{
	struct waiter *waiter;

	service->is_stopping = true;
	while ((waiter = waiters_take_last(service->waiters)) != NULL)
		on_deadline(call_of(waiter));
}
