/* The service: takes each request to its answer.  Host and rate, the route, its
 * handler, waits for decisions and commits, the frame of the answer.
 *
 * On the API's thread, without a socket or clock of its own: http_uv.c brings
 * requests and time, bridge_uv.c results and commits. */
#ifndef STELE_NODE_API_SERVICE_H
#define STELE_NODE_API_SERVICE_H

#include "base/rng.h"
#include "node/api/bridge.h"
#include "node/api/call.h"
#include "node/api/recent.h"
#include "node/api/waiters.h"

#define SERVICE_HOSTS_MAX 16
#define SERVICE_ROUTES_MAX 96
#define SERVICE_LARGE_MAX 4 /* large answers under way at a time */

struct http;

struct service_config {
	struct ledger *ledger;
	const struct genesis *genesis; /* lent, as all below, for the service's life */
	struct bytes genesis_sealed;   /* the file that every founder signed */
	struct bytes set_text;
	uint32_t self;                 /* index in the set, or SET_NO_INDEX */
	const char *hosts[SERVICE_HOSTS_MAX]; /* names that a Host header may say */
	size_t hosts_count;
	uint32_t rate_per_s;           /* 0: no limit */
	uint32_t rate_burst;
	bool limits_loopback;
	uint32_t waiters_max;
	uint32_t recent_max;
	uint64_t seed;
};

struct route_count {
	uint64_t by_class[6]; /* answers of 1xx … 5xx */
};

LIST_HEAD(call_list, call);

struct service {
	struct service_config config;
	struct ledger *ledger;
	struct bridge *bridge;
	struct http *http;
	struct reads *reads; /* NULL: all is made on the loop */
	char origin[ORIGIN_MAX + 1];
	uint64_t height;       /* newest committed */
	uint64_t committed_ms; /* when it came, monotonic; 0: since before the start */
	uint64_t now_ms;       /* monotonic */
	uint64_t wall_ms;
	struct rng rng;
	struct rates *rates; /* NULL: no limit */
	struct recent *recent;
	struct waiters *waiters;
	struct call_list lent;   /* calls that another thread has */
	uint32_t large_under_way; /* answers that are not yet out */
	struct ledger_view *view; /* the newest state, for who reads in this turn; or NULL */
	json_t *cover; /* of proofs under cover_height; or NULL */
	uint64_t cover_height;
	struct snapshot *snapshot;
	struct route_count counts[SERVICE_ROUTES_MAX]; /* by place in the table */
	uint64_t refused_requests; /* before a route was found */
	bool is_stopping;
};

/* ERR_MEMORY, or the ledger's. */
MUST_CHECK enum err service_new(struct service **out, const struct service_config *config);
void service_free(struct service *service);
uint64_t service_next_id(struct service *service);
/* Time moves only here. */
void service_set_time(struct service *service, uint64_t now_ms, uint64_t wall_ms);
/* The newest look at the node. */
const struct snapshot *service_snapshot(struct service *service);

/* The newest committed state, or as it was earlier in this turn of the loop: lent until
 * the turn ends or a commit is told. */
MUST_CHECK enum err service_view(struct service *service, struct ledger_view **out);
/* The loop is about to wait: no view is held meanwhile. */
void service_end_turn(struct service *service);

/* A whole request is there.  http_answer follows, now or later.  Takes call. */
void service_handle(struct call *call);
/* A request that could not be read: only the answer to it is made. */
void service_refuse(struct call *call, enum err err, unsigned status, const char *detail);
/* What every answer carries besides its own. */
void service_frame(const struct call *call, struct answer_frame *out);
/* The connection is gone before the answer.  Takes call. */
void service_abandon(struct call *call);

/* Another thread has the call, or gave it back. */
void service_lend(struct call *call);
void service_take_back(struct call *call);
void service_on_submitted(struct call *call, const struct submit_result *result);
void service_on_committed(struct service *service, const struct bridge_commit *commit);
/* Gives an answer its tag where it is to have one and has none yet; any thread that has
 * the call, for that of a large answer takes long. */
void service_tag(struct call *call);
/* Its handler ran on a thread that reads; CALL_LONG: it could not. */
void service_on_read(struct call *call, enum progress progress);
void service_on_tick(struct service *service);
/* Answers all that wait. */
void service_stop(struct service *service);

#endif
