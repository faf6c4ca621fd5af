/* What repetitions say: the middle, and how far they lie apart.  Pure. */
#ifndef STELE_CLIENTS_CLI_BENCH_SPREAD_H
#define STELE_CLIENTS_CLI_BENCH_SPREAD_H

#include <stdbool.h>
#include <stddef.h>

struct spread {
	size_t count; /* 0: the rest is 0 */
	double median, min, max;
};

/* Sorts the values. */
struct spread spread_of(double *values, size_t count);
/* Whether the two differ by more than they are spread: all of one below all of the other,
 * with at least two of each, since one alone has no spread. */
bool spread_differs(const struct spread *a, const struct spread *b);

#endif
