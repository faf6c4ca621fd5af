/* Net: sessions with the other nodes of the network; the seam behind which TLS
 * over libuv (net_uv.c) or the simulator's network (tests/sim) stands.
 *
 * A frame is u32be length | u8 type | payload (docs/ledger.md section 11).  Only
 * peers that proved their key for this chain are ever seen above this seam; the
 * handshake (TLS 1.3, then a hello with the node key's signature over the
 * session text) is this floor's own business.  Everything here runs on one
 * thread, and callbacks come from the loop, never from inside a call. */
#ifndef STELE_P2P_NET_H
#define STELE_P2P_NET_H

#include "base/bytes.h"
#include "base/err.h"
#include "crypto/sign.h"
#include "proto/peer.h"
#include "proto/set.h"

struct net;

/* Validators are known by index in the set; observers get the next free number
 * from NET_OBSERVERS on, for the length of their session. */
#define NET_OBSERVERS 1000u

struct net_address {
	char ip[46]; /* an IP literal: names are not resolved */
	uint16_t port;
};

struct net_callbacks {
	void *context;
	/* A session is open; address is for people.  One session a peer: where
	 * both ends dialled, frames of the other session still come, unannounced. */
	void (*on_open)(void *context, uint32_t peer, const struct public_key *node_key,
			const char *address);
	void (*on_close)(void *context, uint32_t peer, enum err reason);
	/* payload is lent during the call; its length is within peer_payload_max. */
	void (*on_frame)(void *context, uint32_t peer, uint8_t type, struct bytes payload);
	/* Whether an observer with this key may have a session; gives its organisation. */
	bool (*may_observe)(void *context, const struct public_key *node_key);
};

struct net_config {
	struct net_address listen; /* ip empty: does not listen; port 0: any */
	const struct net_address *peers; /* dialled for ever, with backoff and jitter */
	size_t peers_count;
	struct hash chain;
	uint64_t epoch;
	const struct set *set; /* lent */
	uint32_t self;         /* SET_NO_INDEX: an observer */
	const struct secret *node_key; /* lent */
	uint32_t sessions_max;
	uint64_t queue_bytes_max; /* of frames waiting to be sent, per peer */
	struct net_callbacks callbacks;
};

/* loop: a uv_loop_t, or the simulator's world.  ERR_NET_CONNECT: cannot listen. */
MUST_CHECK enum err net_open(struct net **out, void *loop, const struct net_config *config);
/* Closes all sessions; the object is freed once the loop has run them down. */
void net_close(struct net *net);
/* The port it listens on (the system's choice where config gave 0 and an ip). */
uint16_t net_port(const struct net *net);

/* Queues a frame; payload is copied (once for a broadcast).  False: no session,
 * or its queue is full (then the frame is dropped and counted). */
bool net_send(struct net *net, uint32_t peer, enum peer_type type, struct bytes payload);
/* Whether fewer than so many bytes wait to be sent to the peer, and less than half of
 * what its queue takes: bulk that it asked for waits until then, since what drives
 * consensus stands behind it in the queue. */
bool net_has_room(const struct net *net, uint32_t peer, uint64_t bytes);
/* To every validator in session, and to observers too where is_all. */
void net_broadcast(struct net *net, enum peer_type type, struct bytes payload, bool is_all);
/* Ends a session that broke a rule; it is not dialled or accepted for a while. */
void net_punish(struct net *net, uint32_t peer, enum err reason);

struct net_peer_status {
	uint32_t peer;
	char address[64];
	struct public_key node_key;
	uint64_t bytes_in, bytes_out;
	uint64_t frames_in, frames_out, frames_dropped;
	uint64_t queue_bytes;
};
/* Fills at most max; gives how many sessions there are. */
size_t net_peers(const struct net *net, struct net_peer_status *out, size_t max);

#endif
