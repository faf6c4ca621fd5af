/* What the simulator knows of sign state: the file outside of the home, and
 * copies of a journal, so that it can be lost or put back. */
#ifndef STELE_TESTS_SIM_SIGN_SIM_H
#define STELE_TESTS_SIM_SIGN_SIM_H

#include "consensus/record.h"
#include "node/sign_file.h"
#include "tests/sim/world.h"

struct sign_file {
	bool is_there;
	struct reservation reservation;
	const struct sim_node *sim; /* whose it is */
	uint64_t life;              /* the one in which it was written */
};

/* A new home's. */
void sign_sim_new(struct sim_node *sim);
/* As steled does at each start; a home is new until its first. */
MUST_CHECK enum err sign_sim_open(struct sim_node *sim);
/* Of the reservation in its journal; 0: none. */
uint64_t sign_sim_stamp(const struct sim_node *sim);

#endif
