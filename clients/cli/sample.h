/* Random picks for an audit, and what finding nothing in them means.  Pure. */
#ifndef STELE_CLIENTS_CLI_SAMPLE_H
#define STELE_CLIENTS_CLI_SAMPLE_H

#include <stdint.h>

#include "base/rng.h"

#define SAMPLE_MAX 10000

/* count distinct numbers of [0, bound), ascending; all of them where there are no more.
 * Gives how many; out has room for count. */
uint64_t sample_pick(uint64_t *out, uint64_t count, uint64_t bound, struct rng *rng);
/* How probable it is that among count items picked at random there is at least one of a
 * fraction p of all: 1 - (1 - p)^count.  (Picked without putting back it is more.) */
double sample_power(uint64_t count, double p);
/* The least fraction that is found with that probability. */
double sample_fraction(uint64_t count, double power);

#endif
