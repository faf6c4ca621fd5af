/* Durations counted in buckets, as HDR histograms do: each doubling is cut into
 * equal parts, so that a value is known to 1.6 % whatever its size.  A plain value
 * of fixed size.  Pure. */
#ifndef STELE_CLIENTS_CLI_BENCH_HISTOGRAM_H
#define STELE_CLIENTS_CLI_BENCH_HISTOGRAM_H

#include <jansson.h>
#include <stdint.h>

#define HISTOGRAM_PARTS 64 /* of a doubling */
#define HISTOGRAM_BUCKETS ((32 - 6 + 1) * HISTOGRAM_PARTS)

struct histogram {
	uint64_t counts[HISTOGRAM_BUCKETS];
	uint64_t total;
	uint32_t max_us;
};

void histogram_add(struct histogram *histogram, uint32_t us);
void histogram_merge(struct histogram *into, const struct histogram *from);
/* The greatest duration that is in the same bucket as the one below or at which that
 * share of all lies, and never more than the greatest of all; 0: it is empty. */
uint32_t histogram_at(const struct histogram *histogram, double share);
/* {"p50": ms, …, "max": ms, "histogram": [[upper bound in ms, count], …]} without the
 * empty buckets; {} where it is empty. */
json_t *histogram_json(const struct histogram *histogram);

#endif
