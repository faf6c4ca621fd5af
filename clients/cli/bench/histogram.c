#include "clients/cli/bench/histogram.h"

#include "base/bytes.h"

static unsigned bucket_of(uint32_t us)
{
	unsigned doublings = 0;

	while (us >> doublings >= 2 * HISTOGRAM_PARTS)
		doublings++;
	return us < HISTOGRAM_PARTS ? us : doublings * HISTOGRAM_PARTS + (us >> doublings);
}

/* The greatest value in a bucket. */
static uint32_t bucket_end(unsigned bucket)
{
	unsigned doublings = bucket / HISTOGRAM_PARTS > 0 ? bucket / HISTOGRAM_PARTS - 1 : 0;
	uint64_t part = bucket - doublings * HISTOGRAM_PARTS;

	return (uint32_t)(((part + 1) << doublings) - 1);
}

void histogram_add(struct histogram *histogram, uint32_t us)
{
	histogram->counts[bucket_of(us)]++;
	histogram->total++;
	histogram->max_us = us > histogram->max_us ? us : histogram->max_us;
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
		into->counts[i] += from->counts[i];
	into->total += from->total;
	into->max_us = from->max_us > into->max_us ? from->max_us : into->max_us;
}

uint32_t histogram_at(const struct histogram *histogram, double share)
{
	uint64_t rank = (uint64_t)(share * (double)histogram->total), seen = 0;

	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		uint32_t end = bucket_end(i);

		seen += histogram->counts[i];
		if (seen > rank)
			return end < histogram->max_us ? end : histogram->max_us;
	}
	return histogram->max_us;
}

static json_t *milliseconds(uint32_t us)
{
	return json_real((double)us / 1000);
}

json_t *histogram_json(const struct histogram *histogram)
{
	static const struct {
		const char *name;
		double share;
	} points[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}, {"max", 1}};
	json_t *result = json_object(), *buckets;

	if (histogram->total == 0)
		return result;
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++)
		json_object_set_new(result, points[i].name,
				    milliseconds(histogram_at(histogram, points[i].share)));
	buckets = json_array();
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
		if (histogram->counts[i] > 0)
			json_array_append_new(buckets, json_pack("[o, I]", milliseconds(bucket_end(i)),
								 (json_int_t)histogram->counts[i]));
	json_object_set_new(result, "histogram", buckets);
	return result;
}
