/* What the bench reads of processes and of nodes' metrics. */
#include "clients/cli/bench/bench.h"

#include <string.h>
#include <unistd.h>

#include "tests/lib/unit.h"

UNIT_TEST(counts_are_the_lines_of_these_names)
{
	static const char text[] = "# HELP stele_blocks_finalized_total Blocks finalized.\n"
				   "# TYPE stele_blocks_finalized_total counter\n"
				   "stele_blocks_finalized_total_of_others 5\n"
				   "stele_blocks_finalized_total 17\n"
				   "stele_views_nullified_total 3\n"
				   "stele_journal_writes_total 18446744073709551615\n"
				   "stele_peer_receive_bytes_total{peer=\"a\"} 100\n"
				   "stele_peer_receive_bytes_total{peer=\"b\"} 20\n"
				   "stele_peer_transmit_bytes_total{peer=\"a b\"} 3\n"
				   "stele_loop_turn_seconds_bucket{loop=\"pump\",le=\"0.001\"} 90\n"
				   "stele_loop_turn_seconds_bucket{loop=\"pump\",le=\"0.002\"} 95\n"
				   "stele_loop_turn_seconds_count{loop=\"pump\"} 97\n"
				   "stele_loop_turn_seconds_count{loop=\"api\"} 5\n"
				   "stele_loop_turn_seconds_bucket{loop=\"api\",le=\"0.001\"} 5\n"
				   "stele_signatures_checked_total 4";
	struct node_counts counts;

	node_counts_read(&counts, bytes_text(text));
	ck_assert_uint_eq(counts.blocks, 17);
	ck_assert_uint_eq(counts.views_nullified, 3);
	ck_assert_uint_eq(counts.journal_writes, UINT64_MAX);
	ck_assert_uint_eq(counts.signatures_checked, 4);
	ck_assert_uint_eq(counts.peer_bytes, 123);
	ck_assert_uint_eq(counts.pump_turns, 97);
	ck_assert_uint_eq(counts.pump_slow, 7);
	ck_assert_uint_eq(counts.api_turns, 5);
	ck_assert_uint_eq(counts.api_slow, 0);
}

UNIT_TEST(what_is_not_there_counts_as_0)
{
	struct node_counts counts = {1, 2, 3, 4, 5, 6, 7, 8, 9};

	node_counts_read(&counts, (struct bytes){NULL, 0});
	ck_assert_uint_eq(counts.blocks + counts.views_nullified + counts.journal_writes +
				  counts.signatures_checked + counts.peer_bytes +
				  counts.pump_turns + counts.pump_slow + counts.api_turns +
				  counts.api_slow,
			  0);
}

UNIT_TEST(own_process_has_threads_by_name)
{
	struct process_sample before, after;
	volatile uint64_t work = 0;

	process_sample(&before, getpid());
	ck_assert_uint_ge(before.stages_count, 1);
	ck_assert_uint_gt(before.rss_kb, 0);
	for (unsigned i = 0; i < 30000000; i++)
		work = work + i;
	ck_assert_int_eq(write(STDOUT_FILENO, "", 0), 0);
	process_sample(&after, getpid());
	ck_assert_uint_gt(after.stages[0].cpu_ns, before.stages[0].cpu_ns);
	ck_assert_uint_gt(after.write_calls + after.read_calls,
			  before.write_calls + before.read_calls);
}

UNIT_TEST(program_of_a_process_is_named_and_hashed)
{
	char path[4096], other[4096];
	struct hash hash, again;
	struct hash none = {.b = {0}};

	ck_assert(process_program(getpid(), path, &hash));
	ck_assert(strstr(path, "test_process") != NULL);
	ck_assert(memcmp(&hash, &none, sizeof(hash)) != 0);
	ck_assert(process_program(getpid(), other, &again));
	ck_assert_mem_eq(&hash, &again, sizeof(hash));
	ck_assert(!process_program(0, path, &hash));
}

UNIT_TEST(no_process_is_told_as_such)
{
	struct process_sample sample;

	process_sample(&sample, 0);
	ck_assert_int_eq(sample.pid, 0);
	ck_assert_uint_eq(sample.stages_count, 0);
}

UNIT_MAIN("process", counts_are_the_lines_of_these_names, what_is_not_there_counts_as_0,
	  own_process_has_threads_by_name,
	  program_of_a_process_is_named_and_hashed, no_process_is_told_as_such)
