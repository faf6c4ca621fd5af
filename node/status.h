/* Status: figures about the running node, and the warning about its clock. */
#ifndef STELE_NODE_STATUS_H
#define STELE_NODE_STATUS_H

struct node;

/* Once a second. */
void status_on_house(struct node *node);

#endif
