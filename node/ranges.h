/* Ranges: catch-up.  Asking one peer at a time for consecutive finalized blocks,
 * having all checked that consensus would check (range_check.h) while the next are on
 * their way, and handing them to the core; and serving others out of the committed chain. */
#ifndef STELE_NODE_RANGES_H
#define STELE_NODE_RANGES_H

#include "base/bytes.h"
#include "proto/peer.h"

struct node;
struct ranges;

struct ranges *ranges_new(void);
void ranges_free(struct ranges *ranges);
/* EFFECT_RANGE: the chain from this height is wanted. */
void ranges_want(struct node *node, uint64_t from_height);
/* The pump's own wish: what follows the committed height, unless something is
 * wanted already. */
void ranges_need(struct node *node);
/* Drops the wish once the chain has grown past it. */
void ranges_on_commit(struct node *node);
void ranges_on_timer(struct node *node);
void ranges_on_close(struct node *node, uint32_t peer);
/* The payload of a peer's answer: copied, decoded and checked on workers. */
void ranges_on_answer(struct node *node, uint32_t peer, struct bytes payload);
/* A peer asks: read and encoded on a worker. */
void ranges_serve(struct node *node, uint32_t peer, uint64_t from_height);

#endif
