/* Execution: the queue of the ledger's lane.  Builds, validates and commits, one
 * job at a time: a block once its parent is executed and its parcels are here,
 * commits in order of height. */
#ifndef STELE_NODE_EXECUTION_H
#define STELE_NODE_EXECUTION_H

#include "node/flight.h"

struct executor;

struct executor *execution_new(void);
void execution_free(struct executor *execution);
/* EFFECT_BUILD; replaces a build that has not begun. */
void execution_build(struct node *node, const struct effect *effect);
/* EFFECT_VALIDATE */
void execution_validate(struct node *node, const struct effect_block *block);
/* EFFECT_DELIVER; finalization may be empty. */
void execution_deliver(struct node *node, const struct effect_block *block,
		       struct bytes finalization);
/* Nothing runs in the ledger's lane for the pump. */
bool execution_is_idle(const struct node *node);
/* Starts what has become possible. */
void execution_run(struct node *node);

#endif
