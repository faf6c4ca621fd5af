#include "clients/cli/bench/spread.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	double first = *(const double *)a, second = *(const double *)b;

	return (first > second) - (first < second);
}

struct spread spread_of(double *values, size_t count)
{
	if (count == 0)
		return (struct spread){.count = 0};
	qsort(values, count, sizeof(*values), compare);
	return (struct spread){.count = count,
			       .median = (values[(count - 1) / 2] + values[count / 2]) / 2,
			       .min = values[0],
			       .max = values[count - 1]};
}

bool spread_differs(const struct spread *a, const struct spread *b)
{
	return a->count > 1 && b->count > 1 && (a->max < b->min || b->max < a->min);
}
