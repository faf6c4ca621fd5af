/* Random numbers from a seed: the same seed gives the same numbers on every
 * machine.  For the simulator, for jitter and for keyed hashes; never for keys
 * (crypto/random.h is for those).  Algorithm: xoshiro256** 1.0, seeded through
 * splitmix64 (Blackman, Vigna, 2018). */
#ifndef STELE_BASE_RNG_H
#define STELE_BASE_RNG_H

#include <stdint.h>

struct rng {
	uint64_t s[4];
};

void rng_init(struct rng *rng, uint64_t seed);
uint64_t rng_u64(struct rng *rng);
/* Uniform in [0, bound), bound > 0, without modulo bias. */
uint64_t rng_below(struct rng *rng, uint64_t bound);
/* True with probability parts_per_million / 1,000,000. */
int rng_chance(struct rng *rng, uint32_t parts_per_million);

#endif
