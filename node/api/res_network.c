/* The network and this node: who it is, who validates, how it goes. */
#include <stdio.h>

#include "node/api/resources.h"
#include "node/api/service.h"
#include "node/status.h"

enum progress res_network(struct call *call)
{
	const struct genesis *genesis = call->service->config.genesis;
	struct buf words;
	json_t *json;
	enum err err = call_open_view(call);

	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	buf_init(&words, 256);
	genesis_words(&words, &genesis->chain);
	json = json_object();
	set_text(json, "origin", call->service->origin);
	set_text(json, "name", genesis->name);
	set_hex(json, "chain", genesis->chain.b, sizeof(genesis->chain.b));
	set_text(json, "suite", SIGN_SUITE);
	set_json(json, "fingerprint", json_stringn((const char *)words.at, words.len));
	set_number(json, "height", call->tip.height);
	set_number(json, "time", call->tip.time_ms);
	set_number(json, "log_size", call->tip.log_size);
	set_number(json, "epoch", service_snapshot(call->service)->status.core.epoch);
	set_number(json, "epoch_length", genesis->epoch_length);
	set_number(json, "validators", genesis->set.count);
	set_number(json, "quorum", set_quorum(genesis->set.count));
	set_text(json, "version", STELE_VERSION);
	buf_release(&words);
	return call_ok(call, json);
}

enum progress res_genesis(struct call *call)
{
	return call_ok_bytes(call, "text/plain; charset=utf-8", call->service->config.genesis_sealed,
			     true);
}

static json_t *counters_json(const struct node_status *status)
{
	json_t *json = json_object();

	set_number(json, "submitted", status->submitted);
	set_number(json, "refused", status->refused);
	set_number(json, "accepted", status->accepted);
	set_number(json, "rejected", status->rejected);
	set_number(json, "skipped", status->skipped);
	set_number(json, "votes_in", status->votes_in);
	set_number(json, "proposals_in", status->proposals_in);
	set_number(json, "certificates_in", status->certificates_in);
	set_number(json, "parcels_in", status->parcels_in);
	set_number(json, "messages_refused", status->messages_refused);
	set_number(json, "journal_writes", status->journal_writes);
	set_number(json, "signatures_checked", status->signatures_checked);
	set_number(json, "contradictions", status->equivocations);
	set_number(json, "evidence_recorded", status->evidence_recorded);
	set_number(json, "nullified_views", status->core.nullified_views);
	set_number(json, "finalized_blocks", status->core.finalized_blocks);
	return json;
}

enum progress res_status(struct call *call)
{
	const struct node_status *status = &service_snapshot(call->service)->status;
	uint32_t self = call->service->config.self;
	json_t *json = json_object(), *pool = json_object();

	set_number(json, "height", call->service->height);
	set_number(json, "best_height", status->best_height);
	set_bool(json, "syncing", status->is_syncing);
	set_number(json, "epoch", status->core.epoch);
	set_number(json, "view", status->core.view);
	set_number(json, "leader", status->core.leader);
	set_number(json, "final_height", status->core.final_height);
	set_bool(json, "idle", status->core.is_idle);
	set_bool(json, "signing", status->core.is_signing);
	set_text(json, "sign_state", status_sign_state(status));
	set_bool(json, "tripped", status->core.is_tripped);
	set_bool(json, "disk_full", status->is_disk_full);
	set_number(json, "sessions", status->sessions);
	set_number(json, "validators_connected", status->sessions_validators);
	set_number(pool, "count", status->pool_count);
	set_number(pool, "bytes", status->pool_bytes);
	set_json(json, "pool", pool);
	set_number(json, "parcels_held", status->parcels_held);
	set_json(json, "skew_ms", json_integer(status->skew_ms));
	set_json(json, "counters", counters_json(status));
	set_json(json, "validator", self == SET_NO_INDEX ? json_null() : json_integer(self));
	set_text(json, "version", STELE_VERSION);
	return call_ok(call, json);
}

static json_t *peer_json(const struct net_peer_status *peer, const struct set *set)
{
	json_t *json = json_object();

	if (peer->peer < set->count) {
		set_text(json, "peer", set->validators[peer->peer].id);
		set_number(json, "validator", peer->peer);
	} else {
		char name[24];

		(void)snprintf(name, sizeof(name), "observer-%u", (unsigned)peer->peer);
		set_text(json, "peer", name);
	}
	set_text(json, "address", peer->address);
	set_hex(json, "node_key", peer->node_key.b, sizeof(peer->node_key.b));
	set_number(json, "bytes_in", peer->bytes_in);
	set_number(json, "bytes_out", peer->bytes_out);
	set_number(json, "frames_in", peer->frames_in);
	set_number(json, "frames_out", peer->frames_out);
	set_number(json, "frames_dropped", peer->frames_dropped);
	set_number(json, "queue_bytes", peer->queue_bytes);
	return json;
}

enum progress res_peers(struct call *call)
{
	const struct snapshot *snapshot = service_snapshot(call->service);
	json_t *json = json_object(), *items = json_array();

	for (size_t i = 0; i < snapshot->peers_count; i++)
		(void)json_array_append_new(
			items, peer_json(&snapshot->peers[i], &call->service->config.genesis->set));
	set_json(json, "items", items);
	set_number(json, "total", snapshot->peers_count);
	return call_ok(call, json);
}
