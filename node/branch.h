/* The branch that is being built on: the newest block that is notarized, or may still be, and
 * its ancestors that are on their way.  A parcel that one of them references, or evidence
 * that one names, does not wait to be ordered. */
#ifndef STELE_NODE_BRANCH_H
#define STELE_NODE_BRANCH_H

struct flight;
struct node;

/* Finds the branch again: one look at each block on its way, and then what has changed. */
void branch_update(struct node *node);
/* The block is about to be dropped. */
void branch_leave(struct node *node, struct flight *block);

#endif
