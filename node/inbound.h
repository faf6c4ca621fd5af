/* Inbound: frames of peers into verified events.
 *
 * Decode, bounds, "is it news?", signatures (a few at once, many on a worker),
 * then the core.  What
 * one peer says stays in its order: a message waits until the ones before it
 * are through.  Parcels, ranges and transactions go beside that order. */
#ifndef STELE_NODE_INBOUND_H
#define STELE_NODE_INBOUND_H

#include <stdbool.h>
#include <sys/queue.h>

#include "base/bytes.h"
#include "base/err.h"

struct node;
struct inbound;
struct message;
STAILQ_HEAD(message_list, message);

struct inbound_queue {
	struct message_list list;
	uint32_t count;
	uint64_t bytes;     /* of their payloads */
	uint32_t verifying; /* handed to a worker */
};

struct inbound *inbound_new(void);
/* The peer broke a rule; it may have left. */
void inbound_punish(struct node *node, uint32_t peer, enum err reason);
void inbound_free(struct inbound *inbound);
void inbound_queue_init(struct inbound_queue *queue);
void inbound_queue_release(struct inbound_queue *queue);
/* A block misses the parcel of this digest: if it came, it is checked before what nobody
 * waits for.  False: it did not. */
bool inbound_hurry(struct node *node, const struct hash *digest);
void inbound_on_frame(struct node *node, uint32_t peer, uint8_t type, struct bytes payload);

#endif
