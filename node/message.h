/* A peer's message on its way to the core: decoded and bounded (message.c), its
 * signatures checked (message_verify), then an event (message_event). */
#ifndef STELE_NODE_MESSAGE_H
#define STELE_NODE_MESSAGE_H

#include <sys/queue.h>

#include "base/arena.h"
#include "consensus/event.h"
#include "proto/peer.h"

struct node;

enum message_stage {
	MESSAGE_WAITING,   /* for a worker */
	MESSAGE_VERIFYING,
	MESSAGE_READY,     /* verified, or nothing to verify */
	MESSAGE_UNWANTED,  /* no news: dropped without a word */
	MESSAGE_BAD,       /* the peer is at fault */
};

struct message {
	uint8_t type;
	uint32_t peer;
	enum message_stage stage;
	bool is_good;  /* what the worker found */
	bool has_left; /* its peer's session ended while a worker had it */
	struct bytes payload; /* owned */
	struct arena arena;

	/* by type; pointers lead into arena or payload */
	struct vote *votes; /* VOTE, VOTES, STATUS */
	size_t votes_count;
	struct header *header;
	struct body *body;
	struct event_proposal proposal;
	struct certificate *certificates; /* CERTIFICATE: one; PROPOSAL: the wanted ones */
	struct bytes *certificates_bytes;
	size_t certificates_count;
	struct event_status status;
	struct event_request request;
	uint32_t checked; /* signatures */
	STAILQ_ENTRY(message) next;
};

struct message *message_new(uint32_t peer, uint8_t type, struct bytes payload);
void message_free(struct message *message);
/* Decodes and bounds it, and drops what is no news for the core: sets stage. */
void message_decode(struct node *node, struct message *message);
/* On a worker: reads only what never changes of the node.  Sets is_good. */
void message_verify(const struct node *node, struct message *message);
/* Gives the core its events.  False: the peer broke a rule. */
bool message_tell(struct node *node, struct message *message);

#endif
