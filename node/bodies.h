/* Bodies: which blocks wait for which parcels, and asking for what is missing.
 *
 * A body is complete when all its parcels are held, and is told to the core when
 * they are durable too.  The leader and the authors are asked at once, after
 * half of Delta others in turn (docs/protocol.md section 9). */
#ifndef STELE_NODE_BODIES_H
#define STELE_NODE_BODIES_H

#include "node/flight.h"

/* The core wants to hear when this body is complete and durable. */
void bodies_want(struct node *node, struct flight *block);
/* Something became complete or durable: tells the core of what is. */
void bodies_on_durable(struct node *node);
/* A checked parcel, from a peer or a range: takes the reference. */
void bodies_take(struct node *node, struct parcel *parcel);
/* This digest names a parcel with a malformed transaction: bodies that
 * reference it are invalid. */
void bodies_on_malformed(struct node *node, const struct hash *digest);
/* Whether a block misses this parcel. */
bool bodies_wait_for(const struct node *node, const struct hash *digest);
void bodies_on_timer(struct node *node);
/* Answers a peer's request out of the pool. */
void bodies_serve(struct node *node, uint32_t peer, const struct hash *digests, size_t count);
/* Sends parcels that wait for a block for long to who leads now and next. */
void bodies_remind(struct node *node);

#endif
