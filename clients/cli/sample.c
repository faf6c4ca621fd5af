#include "clients/cli/sample.h"

#include <math.h>
#include <stdbool.h>

/* Floyd's: each set of that many is as probable as any other.  out stays ascending. */
static bool insert(uint64_t *out, uint64_t count, uint64_t number)
{
	uint64_t at = count;

	while (at > 0 && out[at - 1] > number)
		at--;
	if (at > 0 && out[at - 1] == number)
		return false;
	for (uint64_t i = count; i > at; i--)
		out[i] = out[i - 1];
	out[at] = number;
	return true;
}

uint64_t sample_pick(uint64_t *out, uint64_t count, uint64_t bound, struct rng *rng)
{
	uint64_t taken = 0;

	if (count > bound)
		count = bound;
	for (uint64_t top = bound - count; top < bound; top++) {
		if (!insert(out, taken, rng_below(rng, top + 1)))
			(void)insert(out, taken, top);
		taken++;
	}
	return count;
}

double sample_power(uint64_t count, double p)
{
	return 1.0 - pow(1.0 - p, (double)count);
}

double sample_fraction(uint64_t count, double power)
{
	return count == 0 ? 1.0 : 1.0 - pow(1.0 - power, 1.0 / (double)count);
}
