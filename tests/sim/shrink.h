/* Makes a scene that fails small: fewer heights, nodes, villains and faults, as long
 * as the same judge objects. */
#ifndef STELE_TESTS_SIM_SHRINK_H
#define STELE_TESTS_SIM_SHRINK_H

#include "tests/sim/world.h"

/* verdict: of the run that failed.  False: the scene does not fail that way again. */
bool shrink(uint64_t seed, struct scene *scene, const char *verdict);

#endif
