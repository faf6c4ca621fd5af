/* The bench's figures: histograms of latencies, medians and spreads. */
#include "clients/cli/bench/histogram.h"
#include "clients/cli/bench/spread.h"

#include <math.h>
#include <stdlib.h>

#include "tests/lib/unit.h"

#define PRECISION (1.0 / HISTOGRAM_PARTS)

static double ms(const json_t *object, const char *name)
{
	return json_number_value(json_object_get(object, name));
}

UNIT_TEST(histogram_knows_every_size_of_duration_to_a_part_of_a_doubling)
{
	for (uint32_t us = 1; us < UINT32_MAX / 3 * 2; us += us / 3 + 1) {
		struct histogram histogram = {.total = 0};
		uint32_t seen;

		histogram_add(&histogram, us);
		histogram_add(&histogram, UINT32_MAX); /* so that the maximum does not cut it */
		seen = histogram_at(&histogram, 0);
		ck_assert_uint_ge(seen, us);
		ck_assert((double)(seen - us) <= us * PRECISION);
	}
}

UNIT_TEST(histogram_keeps_the_greatest_as_it_is)
{
	struct histogram histogram = {.total = 0};

	histogram_add(&histogram, 1000003);
	ck_assert_uint_eq(histogram_at(&histogram, 1), 1000003);
	ck_assert_uint_eq(histogram_at(&histogram, 0.5), 1000003);
	histogram_add(&histogram, UINT32_MAX);
	ck_assert_uint_eq(histogram_at(&histogram, 1), UINT32_MAX);
}

UNIT_TEST(histogram_points_are_those_of_the_sorted_durations)
{
	struct histogram histogram = {.total = 0};
	json_t *json;

	for (uint32_t us = 100000; us >= 100; us -= 100)
		histogram_add(&histogram, us);
	json = histogram_json(&histogram);
	ck_assert(fabs(ms(json, "p50") - 50) <= 50 * PRECISION + 0.1);
	ck_assert(fabs(ms(json, "p90") - 90) <= 90 * PRECISION + 0.1);
	ck_assert(fabs(ms(json, "p99") - 99) <= 99 * PRECISION + 0.1);
	ck_assert(fabs(ms(json, "p999") - 99.9) <= 99.9 * PRECISION + 0.1);
	ck_assert(fabs(ms(json, "max") - 100) < 0.001);
	json_decref(json);
}

UNIT_TEST(histogram_buckets_hold_every_duration_once_and_ascend)
{
	struct histogram histogram = {.total = 0}, other = {.total = 0};
	json_t *json, *bucket;
	json_int_t sum = 0;
	double last = -1;
	size_t i;

	for (uint32_t us = 0; us < 5000; us++)
		histogram_add(us % 2 == 0 ? &histogram : &other, us);
	histogram_merge(&histogram, &other);
	json = histogram_json(&histogram);
	json_array_foreach(json_object_get(json, "histogram"), i, bucket)
	{
		ck_assert(json_number_value(json_array_get(bucket, 0)) > last);
		last = json_number_value(json_array_get(bucket, 0));
		sum += json_integer_value(json_array_get(bucket, 1));
	}
	ck_assert_int_eq(sum, 5000);
	json_decref(json);
}

UNIT_TEST(histogram_without_durations_says_nothing)
{
	struct histogram histogram = {.total = 0};
	json_t *json = histogram_json(&histogram);

	ck_assert_uint_eq(json_object_size(json), 0);
	ck_assert_uint_eq(histogram_at(&histogram, 0.5), 0);
	json_decref(json);
}

UNIT_TEST(median_is_the_middle_or_between_the_two)
{
	double odd[] = {5, 1, 3}, even[] = {4, 1, 3, 2}, one[] = {7};
	struct spread spread = spread_of(odd, 3);

	ck_assert(spread.median > 2.99 && spread.median < 3.01);
	ck_assert(spread.min < 1.01 && spread.max > 4.99);
	spread = spread_of(even, 4);
	ck_assert(spread.median > 2.49 && spread.median < 2.51);
	spread = spread_of(one, 1);
	ck_assert(spread.median > 6.99 && spread.min > 6.99 && spread.max < 7.01);
	ck_assert_uint_eq(spread_of(NULL, 0).count, 0);
}

UNIT_TEST(two_differ_only_where_their_spreads_do_not_touch)
{
	struct spread low = {.count = 3, .min = 1, .max = 2}, high = {.count = 3, .min = 3, .max = 4};
	struct spread across = {.count = 3, .min = 2, .max = 3}, lone = {.count = 1, .min = 9, .max = 9};

	ck_assert(spread_differs(&low, &high) && spread_differs(&high, &low));
	ck_assert(!spread_differs(&low, &across) && !spread_differs(&across, &high));
	ck_assert(!spread_differs(&low, &lone) && !spread_differs(&lone, &low));
}

UNIT_MAIN("bench_figures", histogram_knows_every_size_of_duration_to_a_part_of_a_doubling,
	  histogram_keeps_the_greatest_as_it_is, histogram_points_are_those_of_the_sorted_durations,
	  histogram_buckets_hold_every_duration_once_and_ascend,
	  histogram_without_durations_says_nothing, median_is_the_middle_or_between_the_two,
	  two_differ_only_where_their_spreads_do_not_touch)
