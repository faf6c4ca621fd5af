/* Peers: who is in session, what each claims, and its clock. */
#ifndef STELE_NODE_PEERS_H
#define STELE_NODE_PEERS_H

#include <sys/queue.h>

#include "node/inbound.h"
#include "p2p/peer.h"
#include "proto/peer.h"

struct peer_table;

struct peer_state {
	uint32_t number;
	bool is_served; /* a range is being read for it */
	uint32_t ranges_asked; /* of it, and not answered yet */
	uint64_t final_height, committed_height; /* as it claims */
	bool has_clock;
	int64_t skew_ms; /* its clock less ours, when its status came */
	struct quota asking; /* its requests, and what it is sent in answer */
	struct inbound_queue queue;
	LIST_ENTRY(peer_state) link;
};
LIST_HEAD(peer_list, peer_state);

struct peer_table *peers_new(void);
void peers_free(struct peer_table *table);
/* NULL: no session. */
struct peer_state *peers_find(const struct node *node, uint32_t number);
void peers_open(struct node *node, uint32_t number);
void peers_close(struct node *node, uint32_t number);
struct peer_list *peers_list(const struct node *node);
/* What a peer's status says of its chain and clock. */
void peers_hear_status(struct node *node, uint32_t number, const Stele__StatusMessage *status);
/* The height that f+1 validators claim to have final: one of them is correct. */
uint64_t peers_height(const struct node *node);

#endif
