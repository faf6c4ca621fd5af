/* Room: whether the disk has room for what signing needs.
 *
 * Below the configured minimum, or once a store refused a write for want of
 * room, the node is paused: nothing new is written, so no vote becomes durable
 * and none is signed; the core gets neither time nor messages, nothing is
 * executed, no transaction is taken.  What was under way ends, what is committed
 * is served, and the node goes on by itself once there is room. */
#ifndef STELE_NODE_ROOM_H
#define STELE_NODE_ROOM_H

#include <stdbool.h>

struct node;

/* Once a second, and before the start: pauses or goes on. */
void room_check(struct node *node);
/* A store gave ERR_DISK_LOW; whoever wrote keeps it for later. */
void room_refused(struct node *node);
/* True: the timer of this slot fires when the node goes on. */
bool room_holds(struct node *node, unsigned slot);

#endif
