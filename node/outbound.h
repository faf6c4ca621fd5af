/* Outbound: our words as frames.  to: a peer, or PEER_ALL. */
#ifndef STELE_NODE_OUTBOUND_H
#define STELE_NODE_OUTBOUND_H

#include "consensus/effect.h"
#include "ledger/parcel.h"
#include "proto/peer.h"

struct node;

/* Encodes and sends any message. */
void outbound_send(struct node *node, uint32_t to, enum peer_type type, const void *message);
void outbound_vote(struct node *node, uint32_t to, const struct vote *vote);
/* vote NULL: a block in answer to a request. */
void outbound_block(struct node *node, uint32_t to, const struct effect_block *block,
		    const struct vote *vote, const struct bytes *justification, size_t count);
void outbound_certificate(struct node *node, uint32_t to, struct bytes certificate);
void outbound_announcement(struct node *node, uint32_t to, const struct event_request *announced);
void outbound_status(struct node *node, uint32_t to, const struct event_status *status,
		     const struct vote *votes, size_t votes_count);
void outbound_votes(struct node *node, uint32_t to, const struct vote *votes, size_t count);
void outbound_certificate_request(struct node *node, uint32_t to,
				  const struct event_request *request);
void outbound_votes_request(struct node *node, uint32_t to, const struct event_request *request);
void outbound_block_request(struct node *node, uint32_t to, const struct hash *block);
void outbound_parcel(struct node *node, uint32_t to, const struct parcel *parcel);
void outbound_parcel_request(struct node *node, uint32_t to, const struct hash *digests,
			     size_t count);
void outbound_evidence(struct node *node, uint32_t to, struct bytes text);
void outbound_range_request(struct node *node, uint32_t to, uint64_t from_height);

#endif
