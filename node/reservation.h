/* Reservation: brings a reservation of votes, durable in the journal, into the
 * sign file, and tells the core. */
#ifndef STELE_NODE_RESERVATION_H
#define STELE_NODE_RESERVATION_H

#include "consensus/record.h"

struct node;

/* In the lane of the journal.  A failed write stops the node. */
void reservation_write(struct node *node, const struct reservation *reservation);

#endif
