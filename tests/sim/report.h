/* What runs saw, one by one and together. */
#ifndef STELE_TESTS_SIM_REPORT_H
#define STELE_TESTS_SIM_REPORT_H

#include "tests/sim/options.h"
#include "tests/sim/world.h"

/* Kinds of drama: each has to be in one seed of twenty of an ordinary range. */
enum drama {
	DRAMA_NULLIFICATION,
	DRAMA_BRANCH_SWITCH,
	DRAMA_CATCH_UP,
	DRAMA_CRASH_BETWEEN,
	DRAMA_EQUIVOCATION,
	DRAMA_BUILT_AHEAD,
	DRAMA_COUNT
};

struct report {
	uint64_t runs, failed;
	uint64_t dramas[DRAMA_COUNT]; /* seeds that saw it */
	uint64_t villains[VILLAIN_COUNT]; /* seeds that had one */
	uint64_t broken, named; /* above the threshold: safety broke; all was shown */
	uint64_t heights, steps, crashes, partitions, resets, pauses, jumps, full_disks, observed;
};

void report_add(struct report *report, const struct scene *scene, const struct world *world);
/* One line for a run that went well. */
void report_run(uint64_t seed, const struct scene *scene, const struct world *world);
/* The command that plays the scene again. */
void report_replay(const struct options *options, uint64_t seed, const struct scene *scene);
/* False: a run failed, or a drama was asked for and not seen. */
bool report_end(const struct options *options, struct report *report, double seconds);

#endif
