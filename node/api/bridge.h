/* Bridge: the mailbox between the API's thread and the pump's.
 *
 * Submissions go over to the pump and their results come back; every commit is
 * told to the API in order, and never before the result of a submission that it
 * decides.  The node's status is looked at on the pump's thread a few times a
 * second and read from a copy. */
#ifndef STELE_NODE_API_BRIDGE_H
#define STELE_NODE_API_BRIDGE_H

#include "ledger/ledger.h"
#include "ledger/store.h"
#include "node/node.h"
#include "node/turns_uv.h"

struct bridge;
struct call;
struct service;

/* What the pump's thread last saw. */
struct snapshot {
	uint64_t at_ms; /* monotonic; 0: nothing yet */
	struct node_status status;
	uint64_t chain_used, chain_free; /* bytes of the chain store, and free on its disk */
	uint64_t journal_used;
	struct turns_seen pump_turns, api_turns; /* of the two loops */
	size_t peers_count;
	struct net_peer_status peers[NODE_PEERS_MAX];
};

struct bridge_config {
	struct node *node;
	struct net *net;      /* NULL: no sessions are shown */
	struct store *chain_store;   /* may be NULL, as the next */
	struct store *journal_store;
	void *pump_loop;      /* uv_loop_t of the pump's thread */
	void *api_loop;       /* uv_loop_t of the API's thread, not yet running */
	struct service *service;
};

/* On the pump's thread.  ERR_MEMORY, ERR_NET_CONNECT (no handles). */
MUST_CHECK enum err bridge_open(struct bridge **out, const struct bridge_config *config);
/* On the API's thread: nothing is delivered to the service afterwards. */
void bridge_close_api(struct bridge *bridge);
/* On the pump's thread, once the API's thread has ended. */
void bridge_close_pump(struct bridge *bridge);
/* Once the node is freed and the pump's loop has run its handles down. */
void bridge_free(struct bridge *bridge);

/* On the API's thread.  Takes raw; service_on_submitted follows, with raw given
 * back.  False when memory is short (raw stays the caller's). */
bool bridge_submit(struct bridge *bridge, struct call *call, struct buf *raw, bool simulate_rules,
		   bool is_dry);
void bridge_look(struct bridge *bridge, struct snapshot *out);

/* A commit, copied for the API. */
struct bridge_commit {
	uint64_t height;
	uint64_t time_ms;
	size_t outcomes_count;
	struct ledger_outcome outcomes[];
};

#endif
