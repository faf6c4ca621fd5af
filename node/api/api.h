/* The HTTP API of a node (docs/api.md), on a loop and a thread of its own. */
#ifndef STELE_NODE_API_API_H
#define STELE_NODE_API_API_H

#include "node/api/http.h"
#include "node/node.h"

#define API_LISTENS_MAX 8
#define API_HOSTS_MAX 16

struct api;

struct api_config {
	struct node *node;
	struct net *net;             /* NULL: no sessions are shown */
	struct store *chain_store;   /* for metrics; NULL: not shown */
	struct store *journal_store;
	void *pump_loop;             /* the uv_loop_t on which the node runs */
	const struct genesis *genesis; /* lent until api_free, as all below */
	struct bytes genesis_sealed; /* the file that every founder signed */
	uint32_t self;               /* index in the set, or SET_NO_INDEX */
	struct net_address listen[API_LISTENS_MAX];
	size_t listen_count;
	struct net_address metrics_listen[API_LISTENS_MAX];
	size_t metrics_listen_count;
	const char *hosts[API_HOSTS_MAX]; /* names that a Host header may say */
	size_t hosts_count;
	uint32_t rate_per_s; /* requests a second of one client; 0: no limit */
	uint32_t rate_burst;
	bool limits_loopback;
	uint32_t waiters_max;
	uint32_t recent_max; /* transactions whose outcome is remembered */
	struct http_limits limits;
	uint64_t seed;
};

/* Generous limits, no listeners; the caller fills in the rest. */
void api_config_init(struct api_config *config);
/* On the pump's thread.  Listens and starts the thread.  ERR_NET_CONNECT: an
 * address can't be listened on; ERR_MEMORY; the ledger's. */
MUST_CHECK enum err api_start(struct api **out, const struct api_config *config);
/* The port of the first listener of each kind. */
uint16_t api_port(const struct api *api);
uint16_t api_metrics_port(const struct api *api);
/* On the pump's thread: answers what waits, closes, ends the threads.  Takes about
 * a second at most, and what is read just now is read to its end. */
void api_stop(struct api *api);
/* After api_stop, node_free, and the pump's loop having run its handles down. */
void api_free(struct api *api);

#endif
