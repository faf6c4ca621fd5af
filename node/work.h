/* Work: whether there is something to order, as the core must know to tell an
 * idle view from a stalled one (docs/protocol.md section 5). */
#ifndef STELE_NODE_WORK_H
#define STELE_NODE_WORK_H

struct node;

/* Tells the core when something to order appeared or is gone. */
void work_update(struct node *node);
/* The leader has been waited for, and perhaps knows of nothing to order. */
void work_on_timer(struct node *node);

#endif
