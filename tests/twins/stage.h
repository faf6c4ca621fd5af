/* The stage on which a drama runs: the simulator's world under its rules. */
#ifndef STELE_TESTS_TWINS_STAGE_H
#define STELE_TESTS_TWINS_STAGE_H

#include "tests/sim/world.h"
#include "tests/twins/drama.h"

/* For the one world that runs; lent until the next call. */
void stage_set(const struct drama *drama);
/* Its leader of a view; false: rotation decides. */
bool stage_leader(uint64_t view, uint32_t *leader);

#endif
