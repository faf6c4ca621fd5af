/* The simulator's command line. */
#ifndef STELE_TESTS_SIM_OPTIONS_H
#define STELE_TESTS_SIM_OPTIONS_H

#include "tests/sim/scene.h"

#define OPTIONS_SETS_MAX 128u

struct options {
	uint64_t first, last;
	uint64_t heights;
	uint32_t nodes; /* 0: as the seed says */
	const char *scene; /* NULL: by seed */
	const char *messages; /* file for the record of a run; NULL: none */
	uint32_t villains; /* of the scene's kind; 0: as it says */
	bool is_above; /* more villains than may be faulty */
	const char *sets[OPTIONS_SETS_MAX]; /* name=value, in this order */
	size_t sets_count;
	bool is_traced;
	bool is_quiet;
	bool is_shrinking; /* a scene that fails is made small */
	bool is_dramatic;  /* each kind of drama is in one seed of twenty, or the run fails */
	uint64_t stride;   /* of crash points; 0: none are tried */
};

/* Ends the process where they make no sense, and after --help. */
void options_take(struct options *out, int argc, char **argv);
/* The scene of that seed without what was set, and with it. */
void options_scene(const struct options *options, uint64_t seed, struct scene *base,
		   struct scene *out);

#endif
