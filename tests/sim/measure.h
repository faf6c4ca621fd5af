/* Figures of a run in which work costs time (costs.h): writers who each wait for the
 * finality of their record, how long that takes, and what a view costs a node. */
#ifndef STELE_TESTS_SIM_MEASURE_H
#define STELE_TESTS_SIM_MEASURE_H

#include "tests/sim/world.h"

void measure_begin(struct world *world);
/* A node committed a block. */
void measure_on_commit(struct world *world, uint32_t node, const struct ledger_committed *committed);
/* One line of JSON. */
void measure_print(const struct world *world);

#endif
