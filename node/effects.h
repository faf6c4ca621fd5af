/* Effects: carries out what the core wants, in order. */
#ifndef STELE_NODE_EFFECTS_H
#define STELE_NODE_EFFECTS_H

struct node;

/* All effects of the step that just ended. */
void effects_run(struct node *node);

#endif
