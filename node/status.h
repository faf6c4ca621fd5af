/* Status: figures about the running node, the warning about its clock, and what the
 * log says of its signing. */
#ifndef STELE_NODE_STATUS_H
#define STELE_NODE_STATUS_H

#include "node/node.h"

/* Why this node signs votes or not, in one word. */
const char *status_sign_state(const struct node_status *status);
/* The core has started. */
void status_begin(struct node *node);
/* Once a second. */
void status_on_house(struct node *node);

#endif
