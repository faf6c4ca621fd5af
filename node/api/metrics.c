/* Metrics as Prometheus text, and the two questions of whoever watches over the
 * process: does it live, may it be sent traffic. */
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "node/api/http.h"
#include "node/api/resources.h"
#include "node/api/service.h"
#include "node/status.h"

#define STALE_MS 5000  /* the pump is looked at five times a second */
#define QUIET_MS 60000 /* without a commit, though not idle */

static void metric(struct buf *out, const char *name, const char *type, const char *help,
		   uint64_t value)
{
	buf_print(out, "# HELP stele_%s %s\n# TYPE stele_%s %s\nstele_%s %" PRIu64 "\n", name, help,
		  name, type, name, value);
}

static void add_consensus(struct buf *out, const struct service *service,
			  const struct node_status *status)
{
	metric(out, "height", "gauge", "Newest committed height.", service->height);
	metric(out, "final_height", "gauge", "Newest finalized height.", status->core.final_height);
	metric(out, "best_height", "gauge", "Highest finalized height that a peer claims.",
	       status->best_height);
	metric(out, "view", "gauge", "Current view.", status->core.view);
	metric(out, "epoch", "gauge", "Current epoch.", status->core.epoch);
	metric(out, "syncing", "gauge", "1 while catching up.", status->is_syncing);
	metric(out, "idle", "gauge", "1 while there is nothing to decide.", status->core.is_idle);
	metric(out, "signing", "gauge", "1 while this node signs votes.", status->core.is_signing);
	buf_print(out, "# HELP stele_sign_state Why it signs or not, as a label.\n"
		       "# TYPE stele_sign_state gauge\nstele_sign_state{state=\"%s\"} 1\n",
		  status_sign_state(status));
	metric(out, "tripped", "gauge", "1 after certified data contradicted own execution.",
	       status->core.is_tripped);
	metric(out, "disk_full", "gauge", "1 while the node is paused for want of disk space.",
	       status->is_disk_full);
	metric(out, "views_nullified_total", "counter", "Views that ended without a block.",
	       status->core.nullified_views);
	metric(out, "blocks_finalized_total", "counter", "Blocks finalized since the start.",
	       status->core.finalized_blocks);
	metric(out, "blocks_built_ahead_total", "counter",
	       "Own blocks built while their parent's votes were on their way.",
	       status->built_ahead);
	metric(out, "votes_received_total", "counter", "Votes received.", status->votes_in);
	metric(out, "proposals_received_total", "counter", "Proposals received.",
	       status->proposals_in);
	metric(out, "certificates_received_total", "counter", "Certificates received.",
	       status->certificates_in);
	metric(out, "parcels_received_total", "counter", "Parcels received.", status->parcels_in);
	metric(out, "parcels_held", "gauge", "Parcels that no committed block references.",
	       status->parcels_held);
	metric(out, "authors_passed_over_total", "counter",
	       "Times that a validator's parcels had to be fetched from here.",
	       status->passed_over);
	metric(out, "messages_refused_total", "counter", "Messages of peers that were refused.",
	       status->messages_refused);
	metric(out, "evidence_contradictions_total", "counter",
	       "Pairs of votes seen here that no correct validator casts both.",
	       status->equivocations);
	metric(out, "evidence_received_total", "counter", "Evidence of peers that was new and held.",
	       status->evidence_received);
	metric(out, "evidence_refused_total", "counter", "Evidence of peers that was none.",
	       status->evidence_refused);
	metric(out, "evidence_recorded_total", "counter", "Evidence recorded by blocks since the start.",
	       status->evidence_recorded);
	metric(out, "evidence_held", "gauge", "Evidence held until a block records it.",
	       status->evidence_held);
	metric(out, "signatures_checked_total", "counter", "Signatures checked.",
	       status->signatures_checked);
	metric(out, "journal_writes_total", "counter", "Durable writes of the journal.",
	       status->journal_writes);
}

static void add_transactions(struct buf *out, const struct node_status *status)
{
	metric(out, "transactions_submitted_total", "counter", "Transactions submitted here.",
	       status->submitted);
	metric(out, "transactions_refused_total", "counter", "Transactions refused at admission.",
	       status->refused);
	metric(out, "transactions_accepted_total", "counter", "Transactions accepted in blocks.",
	       status->accepted);
	metric(out, "transactions_rejected_total", "counter", "Transactions rejected in blocks.",
	       status->rejected);
	metric(out, "transactions_skipped_total", "counter", "Transactions skipped in blocks.",
	       status->skipped);
	metric(out, "pool_transactions", "gauge", "Transactions in the pool.", status->pool_count);
	metric(out, "pool_bytes", "gauge", "Bytes of the transactions in the pool.",
	       status->pool_bytes);
}

static void add_peer_bytes(struct buf *out, const struct service *service,
			   const struct snapshot *snapshot, bool is_in)
{
	const struct set *set = &service->config.genesis->set;
	const char *name = is_in ? "peer_receive_bytes_total" : "peer_transmit_bytes_total";

	buf_print(out, "# HELP stele_%s Bytes %s a validator in this session.\n# TYPE stele_%s counter\n",
		  name, is_in ? "received from" : "sent to", name);
	for (size_t i = 0; i < snapshot->peers_count; i++) {
		const struct net_peer_status *peer = &snapshot->peers[i];

		if (peer->peer < set->count)
			buf_print(out, "stele_%s{peer=\"%s\"} %" PRIu64 "\n", name,
				  set->validators[peer->peer].id,
				  is_in ? peer->bytes_in : peer->bytes_out);
	}
}

static void add_network(struct buf *out, const struct service *service,
			const struct snapshot *snapshot)
{
	const struct node_status *status = &snapshot->status;
	uint64_t dropped = 0, queued = 0;

	for (size_t i = 0; i < snapshot->peers_count; i++) {
		dropped += snapshot->peers[i].frames_dropped;
		queued += snapshot->peers[i].queue_bytes;
	}
	metric(out, "sessions", "gauge", "Sessions with other nodes.", status->sessions);
	metric(out, "sessions_validators", "gauge", "Sessions with validators.",
	       status->sessions_validators);
	metric(out, "send_queue_bytes", "gauge", "Bytes that wait to be sent to peers.", queued);
	metric(out, "frames_dropped", "gauge", "Frames dropped in the sessions that are open.",
	       dropped);
	buf_print(out, "# HELP stele_clock_skew_seconds Median of the peers' clocks less this one.\n"
		       "# TYPE stele_clock_skew_seconds gauge\nstele_clock_skew_seconds %.3f\n",
		  (double)status->skew_ms / 1000);
	add_peer_bytes(out, service, snapshot, true);
	add_peer_bytes(out, service, snapshot, false);
}

static void add_http(struct buf *out, const struct service *service)
{
	size_t count = api_routes_count + metrics_routes_count;

	if (service->http != NULL)
		metric(out, "http_connections", "gauge", "Open HTTP connections.",
		       http_connections(service->http));
	metric(out, "http_waiters", "gauge", "Requests that wait for a decision or a commit.",
	       waiters_count(service->waiters));
	metric(out, "http_refused_requests_total", "counter",
	       "Requests that reached no resource: malformed, limited, or unknown.",
	       service->refused_requests);
	buf_print(out, "# HELP stele_http_requests_total Answers by resource and class of status.\n"
		       "# TYPE stele_http_requests_total counter\n");
	for (size_t i = 0; i < count; i++) {
		const struct route *route = i < api_routes_count
						    ? &api_routes[i]
						    : &metrics_routes[i - api_routes_count];

		for (unsigned class = 2; class < 6; class++) {
			if (service->counts[i].by_class[class] > 0)
				buf_print(out, "stele_http_requests_total{method=\"%s\",route=\"%s\","
					       "status=\"%uxx\"} %" PRIu64 "\n",
					  route->method == METHOD_GET ? "GET" : "POST", route->pattern,
					  class, service->counts[i].by_class[class]);
		}
	}
}

static void add_turns(struct buf *out, const char *loop, const struct turns_seen *seen)
{
	uint64_t count = 0;

	for (size_t i = 0; i < TURNS_BOUNDS; i++) {
		count += seen->counts[i];
		buf_print(out, "stele_loop_turn_seconds_bucket{loop=\"%s\",le=\"%g\"} %" PRIu64 "\n",
			  loop, (double)turns_bound_us[i] / 1e6, count);
	}
	count += seen->counts[TURNS_BOUNDS];
	buf_print(out, "stele_loop_turn_seconds_bucket{loop=\"%s\",le=\"+Inf\"} %" PRIu64 "\n"
		       "stele_loop_turn_seconds_sum{loop=\"%s\"} %.6f\n"
		       "stele_loop_turn_seconds_count{loop=\"%s\"} %" PRIu64 "\n",
		  loop, count, loop, (double)seen->sum_ns / 1e9, loop, count);
}

static void add_loops(struct buf *out, const struct snapshot *snapshot)
{
	buf_print(out, "# HELP stele_loop_turn_seconds CPU time of a turn of an event loop.\n"
		       "# TYPE stele_loop_turn_seconds histogram\n");
	add_turns(out, "pump", &snapshot->pump_turns);
	add_turns(out, "api", &snapshot->api_turns);
	buf_print(out, "# HELP stele_loop_turn_max_seconds The longest of them since the start.\n"
		       "# TYPE stele_loop_turn_max_seconds gauge\n"
		       "stele_loop_turn_max_seconds{loop=\"pump\"} %.6f\n"
		       "stele_loop_turn_max_seconds{loop=\"api\"} %.6f\n",
		  (double)snapshot->pump_turns.max_ns / 1e9,
		  (double)snapshot->api_turns.max_ns / 1e9);
}

static uint64_t resident_bytes(void)
{
	unsigned long long size, resident = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (file == NULL)
		return 0;
	if (fscanf(file, "%llu %llu", &size, &resident) != 2)
		resident = 0;
	(void)fclose(file);
	return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void add_process(struct buf *out, const struct snapshot *snapshot)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) == 0)
		buf_print(out, "# HELP stele_process_cpu_seconds_total CPU time of the process.\n"
			       "# TYPE stele_process_cpu_seconds_total counter\n"
			       "stele_process_cpu_seconds_total %.3f\n",
			  (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
				  (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
	metric(out, "process_resident_memory_bytes", "gauge", "Resident memory of the process.",
	       resident_bytes());
	metric(out, "store_chain_bytes", "gauge", "Bytes of the chain store.", snapshot->chain_used);
	metric(out, "store_journal_bytes", "gauge", "Bytes of the journal.", snapshot->journal_used);
	metric(out, "disk_free_bytes", "gauge", "Free bytes on the chain store's disk.",
	       snapshot->chain_free);
}

enum progress res_metrics(struct call *call)
{
	struct service *service = call->service;
	const struct snapshot *snapshot = service_snapshot(service);
	struct buf text;

	buf_init(&text, 1048576);
	buf_print(&text, "# HELP stele_info The version and network of this node.\n"
			 "# TYPE stele_info gauge\nstele_info{version=\"%s\",network=\"%s\"} 1\n",
		  STELE_VERSION, service->origin);
	add_consensus(&text, service, &snapshot->status);
	add_transactions(&text, &snapshot->status);
	add_network(&text, service, snapshot);
	add_http(&text, service);
	add_loops(&text, snapshot);
	add_process(&text, snapshot);
	(void)call_ok_bytes(call, "text/plain; version=0.0.4; charset=utf-8", buf_bytes(&text), false);
	buf_release(&text);
	return CALL_DONE;
}

enum progress res_livez(struct call *call)
{
	return call_ok_bytes(call, "text/plain; charset=utf-8", bytes_text("ok\n"), false);
}

static bool report(struct buf *out, const char *what, bool is_good)
{
	buf_print(out, "%s %s\n", is_good ? "[+]" : "[-]", what);
	return is_good;
}

/* A validator that does not vote, for now or for good. */
static bool is_lost(enum signing signing)
{
	return signing == SIGNING_LOST || signing == SIGNING_REFUSED || signing == SIGNING_FLOOR;
}

enum progress res_readyz(struct call *call)
{
	struct service *service = call->service;
	const struct snapshot *snapshot = service_snapshot(service);
	const struct node_status *status = &snapshot->status;
	uint32_t validators = status->sessions_validators + (service->config.self != SET_NO_INDEX);
	bool has_quorum = validators >= set_quorum(service->config.genesis->set.count);
	bool has_committed = service->committed_ms > 0 &&
			     service->now_ms < service->committed_ms + QUIET_MS;
	bool is_ready = true;
	struct buf text;

	buf_init(&text, 4096);
	is_ready &= report(&text, "the pump runs", service->now_ms < snapshot->at_ms + STALE_MS);
	is_ready &= report(&text, "not catching up", !status->is_syncing);
	is_ready &= report(&text, "not tripped", !status->core.is_tripped);
	is_ready &= report(&text, "sign state not lost", !is_lost(status->core.signing));
	is_ready &= report(&text, "the disk has room", !status->is_disk_full);
	is_ready &= report(&text, "committed within a minute, or idle and in session with a quorum",
			   has_committed || (status->core.is_idle && has_quorum));
	buf_print(&text, is_ready ? "ready\n" : "not ready\n");
	(void)call_ok_bytes(call, "text/plain; charset=utf-8", buf_bytes(&text), false);
	if (!is_ready)
		call->answer.status = 503;
	else if (request_param(&call->request, "verbose") == NULL)
		answer_bytes(&call->answer, "text/plain; charset=utf-8", bytes_text("ok\n"));
	buf_release(&text);
	return CALL_DONE;
}
