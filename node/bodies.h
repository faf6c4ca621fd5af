/* Bodies: which blocks wait for which parcels and texts of evidence, and asking for
 * what is missing.
 *
 * A body is complete when all of these are held.  It is told to the core once
 * the journal has them: what the core then persists to vote comes after them, so
 * the vote leaves only when they are durable.  The leader and the authors are asked at once, after
 * half of Delta others in turn (docs/protocol.md section 9). */
#ifndef STELE_NODE_BODIES_H
#define STELE_NODE_BODIES_H

#include "node/flight.h"

/* The core wants to hear when this body is complete. */
void bodies_want(struct node *node, struct flight *block);
/* Parcels came: tells the core of the bodies that are complete now. */
void bodies_tell(struct node *node);
/* A checked parcel, from a peer or a range: takes the reference. */
void bodies_take(struct node *node, struct parcel *parcel);
/* This digest names a parcel with a malformed transaction: bodies that reference it
 * are invalid. */
void bodies_on_malformed(struct node *node, const struct hash *digest);
/* The same for bodies that name a text of evidence which is none. */
void bodies_on_no_evidence(struct node *node, const struct hash *text_hash);
/* Whether a block misses this parcel. */
bool bodies_wait_for(const struct node *node, const struct hash *digest);
/* Whether a block misses this text of evidence. */
bool bodies_wait_for_evidence(const struct node *node, const struct hash *text_hash);
void bodies_on_timer(struct node *node);
/* Answers a peer's request out of the pool. */
void bodies_serve(struct node *node, uint32_t peer, const struct hash *digests, size_t count);
/* Sends parcels that wait for a block for so long to who leads now and next. */
void bodies_remind(struct node *node, uint64_t wait_us);

#endif
