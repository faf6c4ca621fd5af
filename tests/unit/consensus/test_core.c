/* The core among its peers: what several of them do together.  The harness
 * judges every step besides: chains agree, no own vote contradicts another,
 * nothing leaves before it is durable. */
#include "tests/lib/cores.h"
#include "tests/lib/unit.h"

#include <string.h>

#define SECOND 1000000u

static void all_have_work(struct cores *cores, uint32_t count, bool has_work)
{
	for (uint32_t i = 0; i < count; i++)
		cores_work(cores, i, has_work);
}

static struct cores *running(uint32_t n, uint32_t observers, bool has_work)
{
	struct cores *cores = cores_new(n, observers);

	cores_start_all(cores);
	if (has_work)
		all_have_work(cores, n, true);
	return cores;
}

static uint64_t nullified(const struct cores *cores, uint32_t node)
{
	return cores_status(cores, node).nullified_views;
}

/* --- all are well ------------------------------------------------------------ */

UNIT_TEST(core_four_validators_finalize_blocks)
{
	struct cores *cores = running(4, 0, true);

	ck_assert(cores_run_all_to_height(cores, 200, 10 * SECOND));
	for (uint32_t i = 0; i < 4; i++)
		ck_assert_uint_eq(nullified(cores, i), 0);
	cores_free(cores);
}

UNIT_TEST(core_one_validator_is_a_quorum_of_itself)
{
	struct cores *cores = running(1, 0, true);

	ck_assert(cores_run_all_to_height(cores, 50, 10 * SECOND));
	ck_assert_uint_eq(nullified(cores, 0), 0);
	cores_free(cores);
}

UNIT_TEST(core_every_small_size_of_set_finalizes)
{
	for (uint32_t n = 1; n <= 13; n++) {
		struct cores *cores = running(n, 0, true);

		ck_assert_msg(cores_run_all_to_height(cores, 30, 10 * SECOND), "n = %u", n);
		ck_assert_uint_eq(nullified(cores, 0), 0);
		cores_free(cores);
	}
}

UNIT_TEST(core_large_set_relays_certificates_to_few)
{
	struct cores *cores = running(43, 0, true);

	/* R10: above 40 not to all; every vote reaches all here, so nobody needs more */
	ck_assert(cores_run_all_to_height(cores, 3, 10 * SECOND));
	for (uint32_t i = 0; i < 43; i++)
		ck_assert_uint_eq(nullified(cores, i), 0);
	cores_free(cores);
}

UNIT_TEST(core_finality_takes_three_hops_and_a_block_two)
{
	struct cores *cores = running(4, 0, true);
	uint64_t before;

	ck_assert(cores_run_all_to_height(cores, 20, 10 * SECOND));
	before = cores_now_us(cores);
	ck_assert(cores_run_all_to_height(cores, 120, 10 * SECOND));
	/* two hops and the disk's time twice, no timeout anywhere */
	ck_assert_uint_le(cores_now_us(cores) - before, 100 * (2 * CORES_DELAY_US + 700));
	cores_free(cores);
}

UNIT_TEST(core_observer_follows_without_voting)
{
	struct cores *cores = running(4, 1, true);

	ck_assert(cores_run_to_height(cores, 4, 50, 10 * SECOND));
	ck_assert_uint_eq(cores_effects(cores, 4, EFFECT_VOTE), 0);
	ck_assert_uint_eq(cores_effects(cores, 4, EFFECT_PROPOSE), 0);
	ck_assert(!cores_status(cores, 4).is_signing);
	cores_free(cores);
}

UNIT_TEST(core_same_calls_give_the_same_run)
{
	struct buf traces[2];

	for (size_t i = 0; i < 2; i++) {
		struct cores *cores = cores_new(4, 0);

		buf_init(&traces[i], 64u * 1024 * 1024);
		cores_trace(cores, 15, &traces[i]);
		cores_start_all(cores);
		all_have_work(cores, 4, true);
		cores_run(cores, SECOND / 2);
		cores_crash(cores, 2);
		cores_run(cores, 3 * SECOND);
		cores_free(cores);
		ck_assert(!traces[i].has_failed);
	}
	ck_assert_uint_gt(traces[0].len, 1000);
	unit_assert_bytes(traces[0].at, traces[0].len, traces[1].at, traces[1].len);
	buf_release(&traces[0]);
	buf_release(&traces[1]);
}

/* --- idle ------------------------------------------------------------------------ */

UNIT_TEST(core_idle_network_makes_heartbeats_only)
{
	struct cores *cores = running(4, 0, false);

	/* trap 30: no empty blocks at full rate; t_idle is 2 s here */
	cores_run(cores, 60 * SECOND);
	ck_assert_uint_ge(cores_height(cores, 0), 25);
	ck_assert_uint_le(cores_height(cores, 0), 31);
	ck_assert_uint_eq(nullified(cores, 0), 0);
	cores_free(cores);
}

UNIT_TEST(core_idle_network_wakes_at_once_when_the_leader_has_work)
{
	struct cores *cores = running(4, 0, false);
	uint64_t height;
	uint64_t before;

	cores_run(cores, 5 * SECOND);
	height = cores_height(cores, 0);
	ck_assert(cores_status(cores, 0).is_idle);
	before = cores_now_us(cores);
	all_have_work(cores, 4, true);
	ck_assert(cores_run_all_to_height(cores, height + 1, SECOND));
	ck_assert_uint_le(cores_now_us(cores) - before, 4 * CORES_DELAY_US + 2000);
	cores_free(cores);
}

UNIT_TEST(core_work_known_to_one_voter_wakes_the_network_within_two_views)
{
	struct cores *cores = running(4, 0, false);
	uint64_t height;
	uint64_t view;
	uint32_t other;

	cores_run(cores, 5 * SECOND);
	height = cores_height(cores, 0);
	view = cores_status(cores, 0).view;
	other = (cores_status(cores, 0).leader + 2) % 4;
	/* it sends its parcel to leader(v) and leader(v + 1): they know a moment later */
	cores_work(cores, other, true);
	cores_run(cores, CORES_DELAY_US);
	cores_work(cores, cores_leader(cores, view), true);
	cores_work(cores, cores_leader(cores, view + 1), true);
	ck_assert(cores_run_all_to_height(cores, height + 1, SECOND));
	ck_assert_uint_le(cores_status(cores, 0).view, view + 3);
	cores_free(cores);
}

UNIT_TEST(core_notarized_block_is_not_taken_for_idle)
{
	struct cores *cores = running(4, 0, true);

	/* trap 21: one last block with work, then none: it becomes final without t_idle */
	ck_assert(cores_run_all_to_height(cores, 5, 5 * SECOND));
	all_have_work(cores, 4, false);
	cores_run(cores, SECOND);
	for (uint32_t i = 0; i < 4; i++) {
		struct core_status status = cores_status(cores, i);

		ck_assert_uint_eq(status.final_view + 1, status.view);
		ck_assert(status.is_idle);
	}
	cores_free(cores);
}

/* --- leaders that fail --------------------------------------------------------------- */

UNIT_TEST(core_silent_leader_costs_one_round)
{
	struct cores *cores = running(4, 0, true);
	uint64_t height;

	ck_assert(cores_run_all_to_height(cores, 10, 5 * SECOND));
	cores_crash(cores, 1);
	height = cores_height(cores, 0);
	ck_assert(cores_run_all_to_height(cores, height + 3, 5 * SECOND));
	ck_assert_uint_le(nullified(cores, 0), 2);
	cores_free(cores);
}

UNIT_TEST(core_leader_that_stays_silent_is_no_longer_waited_for)
{
	struct cores *cores = running(4, 0, true);
	uint64_t before;
	uint64_t height;

	ck_assert(cores_run_all_to_height(cores, 10, 5 * SECOND));
	cores_crash(cores, 1);
	cores_run(cores, 10 * SECOND); /* beyond t_skip and t_idle */
	height = cores_height(cores, 0);
	before = cores_now_us(cores);
	ck_assert(cores_run_all_to_height(cores, height + 30, 5 * SECOND));
	/* ten skipped views without a single t_prop of 320 ms */
	ck_assert_uint_le(cores_now_us(cores) - before, 300000);
	cores_free(cores);
}

UNIT_TEST(core_more_than_f_down_stops_and_never_forks)
{
	struct cores *cores = running(4, 0, true);
	uint64_t height;

	ck_assert(cores_run_all_to_height(cores, 10, 5 * SECOND));
	cores_crash(cores, 0);
	cores_crash(cores, 1);
	cores_run(cores, SECOND);
	height = cores_height(cores, 2);
	cores_run(cores, 20 * SECOND);
	ck_assert_uint_eq(cores_height(cores, 2), height);
	cores_start(cores, 0);
	cores_work(cores, 0, true);
	ck_assert(cores_run_all_to_height(cores, height + 20, 60 * SECOND));
	cores_free(cores);
}


/* A leader that shows its second block to validator `victim` and its first to
 * the others. */
UNIT_TEST(core_equivocating_leader_is_named_and_survived)
{
	struct cores *cores = cores_new(4, 0);
	struct cores_block blocks[2];
	uint32_t leader;

	cores_start_all(cores);
	leader = cores_leader(cores, 1);
	cores_isolate(cores, leader, true);
	for (uint32_t i = 0; i < 2; i++)
		cores_block_make(cores, &blocks[i], 1, cores_header0(cores), i, false);
	for (uint32_t i = 0; i < 4; i++) {
		struct event event = cores_proposal(cores, &blocks[i == (leader + 1) % 4]);

		if (i != leader)
			ck_assert_int_eq(cores_inject(cores, i, &event), ACCEPTED);
	}
	for (uint32_t i = 0; i < 4; i++) {
		struct event event = cores_proposal(cores, &blocks[i != (leader + 1) % 4]);

		if (i != leader)
			ck_assert_int_eq(cores_inject(cores, i, &event), REJECTED_CONFLICT);
	}
	cores_isolate(cores, leader, false);
	all_have_work(cores, 4, true);
	ck_assert(cores_run_all_to_height(cores, 10, 20 * SECOND));
	for (uint32_t i = 0; i < 4; i++) {
		if (i == leader)
			continue;
		ck_assert_uint_eq(cores_evidence(cores, i, leader), 1);
		for (uint32_t k = 0; k < 4; k++)
			ck_assert(k == leader || cores_evidence(cores, i, k) == 0);
	}
	cores_block_free(&blocks[0]);
	cores_block_free(&blocks[1]);
	cores_free(cores);
}

/* --- some hold N, others X ------------------------------------------------------------ */

struct cut_view {
	uint64_t view;
	uint32_t keeper; /* the only one that hears notarize votes and certificates of it */
};

static bool only_keeper_hears(void *context, uint32_t from, uint32_t to, const struct event *event)
{
	const struct cut_view *cut = context;

	(void)from;
	if (to == cut->keeper)
		return true;
	if (event->kind == EVENT_VOTE && event->vote.kind == VOTE_NOTARIZE)
		return event->vote.view != cut->view;
	/* encoded: kind, epoch, set hash, view */
	if (event->kind == EVENT_CERTIFICATE && event->certificate.data.at[0] == VOTE_NOTARIZE)
		return load_u64(event->certificate.data.at + 41) != cut->view;
	/* nor the next leader's proposal, which carries the certificate */
	return event->kind != EVENT_PROPOSAL || event->proposal.vote.view != cut->view + 1;
}

UNIT_TEST(core_some_hold_n_others_x_and_both_go_on)
{
	struct cores *cores = running(4, 0, true);
	struct cut_view cut = {.view = 12};

	/* trap 3 */
	cut.keeper = (cores_leader(cores, 12) + 1) % 4;
	cores_filter_set(cores, only_keeper_hears, &cut);
	cores_run(cores, 3 * SECOND);
	cores_filter_set(cores, NULL, NULL);
	ck_assert(cores_run_all_to_height(cores, 40, 20 * SECOND));
	ck_assert_uint_gt(nullified(cores, (cut.keeper + 1) % 4), 0);
	cores_free(cores);
}

/* --- partitions and laggards --------------------------------------------------------- */

UNIT_TEST(core_split_in_halves_heals)
{
	struct cores *cores = running(4, 0, true);
	uint64_t height;

	ck_assert(cores_run_all_to_height(cores, 10, 5 * SECOND));
	for (uint32_t i = 0; i < 2; i++) {
		for (uint32_t k = 2; k < 4; k++) {
			cores_link(cores, i, k, false);
			cores_link(cores, k, i, false);
		}
	}
	cores_run(cores, 10 * SECOND);
	height = cores_height(cores, 0);
	for (uint32_t i = 0; i < 4; i++) {
		for (uint32_t k = 0; k < 4; k++)
			cores_link(cores, i, k, true);
	}
	ck_assert(cores_run_all_to_height(cores, height + 10, 10 * SECOND));
	cores_free(cores);
}

UNIT_TEST(core_ring_of_four_makes_progress)
{
	struct cores *cores = running(4, 0, true);

	/* R12: votes reach those across by way of others */
	cores_link(cores, 0, 2, false);
	cores_link(cores, 2, 0, false);
	cores_link(cores, 1, 3, false);
	cores_link(cores, 3, 1, false);
	ck_assert(cores_run_all_to_height(cores, 10, 60 * SECOND));
	cores_free(cores);
}

UNIT_TEST(core_laggard_of_few_heights_fetches_blocks)
{
	struct cores *cores = running(4, 0, true);
	uint64_t height;

	ck_assert(cores_run_all_to_height(cores, 10, 5 * SECOND));
	cores_isolate(cores, 3, true);
	height = cores_height(cores, 0);
	ck_assert(cores_run_to_height(cores, 0, height + 4, 5 * SECOND));
	all_have_work(cores, 4, false);
	cores_run(cores, 100000);
	cores_isolate(cores, 3, false);
	ck_assert(cores_run_all_to_height(cores, height + 4, 20 * SECOND));
	ck_assert_uint_eq(cores_effects(cores, 3, EFFECT_RANGE), 0);
	ck_assert_uint_gt(cores_effects(cores, 3, EFFECT_REQUEST_BLOCK), 0);
	cores_free(cores);
}

UNIT_TEST(core_laggard_of_hundreds_of_heights_fetches_ranges)
{
	struct cores *cores = running(4, 0, true);
	uint64_t height;

	ck_assert(cores_run_all_to_height(cores, 10, 5 * SECOND));
	cores_crash(cores, 3);
	ck_assert(cores_run_to_height(cores, 0, 400, 60 * SECOND));
	cores_start(cores, 3);
	height = cores_height(cores, 0);
	ck_assert(cores_run_to_height(cores, 3, height + 50, 20 * SECOND));
	ck_assert_uint_ge(cores_effects(cores, 3, EFFECT_RANGE), 5);
	/* and it votes again */
	cores_crash(cores, 2);
	ck_assert(cores_run_to_height(cores, 3, height + 80, 20 * SECOND));
	cores_free(cores);
}

UNIT_TEST(core_observer_that_starts_late_catches_up)
{
	struct cores *cores = cores_new(4, 1);

	for (uint32_t i = 0; i < 4; i++)
		cores_start(cores, i);
	all_have_work(cores, 4, true);
	ck_assert(cores_run_to_height(cores, 0, 150, 20 * SECOND));
	cores_start(cores, 4);
	ck_assert(cores_run_to_height(cores, 4, 200, 20 * SECOND));
	cores_free(cores);
}

/* --- bodies ------------------------------------------------------------------------------ */

UNIT_TEST(core_late_body_of_one_voter_hinders_nobody)
{
	struct cores *cores = running(4, 0, true);
	uint64_t height;

	ck_assert(cores_run_all_to_height(cores, 5, 5 * SECOND));
	cores_withhold_bodies(cores, 2, true);
	height = cores_height(cores, 2);
	ck_assert(cores_run_to_height(cores, 0, height + 5, 10 * SECOND));
	ck_assert_uint_lt(cores_height(cores, 2), height + 5);
	cores_withhold_bodies(cores, 2, false);
	ck_assert(cores_run_all_to_height(cores, height + 20, 10 * SECOND));
	cores_free(cores);
}

UNIT_TEST(core_body_withheld_from_all_is_nullified_not_waited_for)
{
	struct cores *cores = cores_new(4, 0);

	/* trap 11: the next leader goes on without it */
	cores_start_all(cores);
	for (uint32_t i = 0; i < 4; i++)
		cores_withhold_bodies(cores, i, true);
	all_have_work(cores, 4, true);
	cores_run(cores, 300000);
	ck_assert_uint_eq(cores_status(cores, 0).view, 1);
	cores_run(cores, SECOND);
	ck_assert_uint_ge(cores_status(cores, 0).view, 2);
	for (uint32_t i = 0; i < 4; i++)
		cores_withhold_bodies(cores, i, false);
	ck_assert(cores_run_all_to_height(cores, 10, 20 * SECOND));
	cores_free(cores);
}

/* --- crashes ------------------------------------------------------------------------------ */

UNIT_TEST(core_all_crash_at_any_moment_and_go_on)
{
	/* traps 2, 6 and 20: every moment of a few views, one disk's time apart */
	for (uint64_t at_us = 0; at_us < 9000; at_us += 130) {
		struct cores *cores = running(4, 0, true);
		uint64_t height;

		cores_run(cores, 20000 + at_us);
		for (uint32_t i = 0; i < 4; i++)
			cores_crash(cores, i);
		height = cores_height(cores, 0);
		for (uint32_t i = 0; i < 4; i++)
			cores_start(cores, i);
		all_have_work(cores, 4, true);
		ck_assert_msg(cores_run_all_to_height(cores, height + 5, 20 * SECOND),
			      "stuck after a crash at %llu us", (unsigned long long)at_us);
		cores_free(cores);
	}
}

UNIT_TEST(core_all_crash_in_a_nullified_view_and_go_on)
{
	/* trap 2: the own nullify counts again after the restart */
	for (uint64_t at_us = 0; at_us < 8000; at_us += 250) {
		struct cores *cores = cores_new(4, 0);
		uint32_t leader;

		cores_start_all(cores);
		leader = cores_leader(cores, 1);
		cores_crash(cores, leader);
		for (uint32_t i = 0; i < 4; i++) {
			if (i != leader)
				cores_work(cores, i, true);
		}
		cores_run(cores, 320000 + at_us); /* t_prop is 320 ms */
		for (uint32_t i = 0; i < 4; i++) {
			if (i != leader)
				cores_crash(cores, i);
		}
		for (uint32_t i = 0; i < 4; i++) {
			if (i != leader) {
				cores_start(cores, i);
				cores_work(cores, i, true);
			}
		}
		ck_assert_msg(cores_run_to_height(cores, (leader + 1) % 4, 3, 20 * SECOND),
			      "stuck after a crash at %llu us", (unsigned long long)at_us);
		cores_free(cores);
	}
}

UNIT_TEST(core_restarts_one_after_the_other_lose_nothing)
{
	struct cores *cores = running(4, 0, true);

	for (uint32_t round = 0; round < 24; round++) {
		uint32_t node = round % 4;

		cores_run(cores, 37000 + 1300 * round);
		cores_crash(cores, node);
		cores_run(cores, 11000 * (round % 7));
		cores_start(cores, node);
		cores_work(cores, node, true);
	}
	ck_assert(cores_run_all_to_height(cores, cores_height(cores, 0) + 20, 20 * SECOND));
	cores_free(cores);
}

UNIT_TEST(core_with_a_stuck_disk_signs_nothing)
{
	struct cores *cores = cores_new(4, 0);

	cores_start_all(cores);
	cores_disk(cores, 2, UINT64_MAX);
	all_have_work(cores, 4, true);
	cores_run(cores, 5 * SECOND);
	ck_assert_uint_eq(cores_effects(cores, 2, EFFECT_VOTE), 0);
	ck_assert_uint_eq(cores_effects(cores, 2, EFFECT_PROPOSE), 0);
	ck_assert_uint_gt(cores_height(cores, 0), 10);
	cores_free(cores);
}

/* --- trips --------------------------------------------------------------------------------- */

UNIT_TEST(core_that_executes_differently_trips_and_the_others_go_on)
{
	struct cores *cores = running(4, 0, true);
	uint32_t odd = (cores_leader(cores, 7) + 1) % 4; /* who leads executes by building */
	uint32_t other = (odd + 1) % 4;

	cores_execution(cores, odd, 7, EXECUTION_DIVERGED);
	ck_assert(cores_run_to_height(cores, other, 30, 20 * SECOND));
	ck_assert_int_eq(cores_tripped(cores, odd), ERR_BLOCK_ROOT);
	ck_assert_uint_eq(cores_height(cores, odd), 6);
	ck_assert(!cores_status(cores, odd).is_signing);
	/* it survives a restart */
	cores_crash(cores, odd);
	cores_start(cores, odd);
	ck_assert(cores_status(cores, odd).is_tripped);
	cores_run(cores, SECOND);
	ck_assert_uint_eq(cores_height(cores, odd), 6);
	cores_free(cores);
}

UNIT_TEST(core_block_that_all_find_invalid_is_skipped_without_a_trip)
{
	struct cores *cores = running(4, 0, true);
	uint32_t leader = cores_leader(cores, 3);

	/* the leader of view 3 alone thinks well of its block at height 3 */
	for (uint32_t i = 0; i < 4; i++) {
		if (i != leader)
			cores_execution(cores, i, 3, EXECUTION_INVALID);
	}
	cores_run(cores, SECOND);
	ck_assert_uint_ge(nullified(cores, 0), 1);
	for (uint32_t i = 0; i < 4; i++)
		ck_assert_int_eq(cores_tripped(cores, i), ERR_OK);
	cores_free(cores);
}

/* --- clocks -------------------------------------------------------------------------------- */

UNIT_TEST(core_clock_half_a_second_fast_is_tolerated)
{
	struct cores *cores = running(4, 0, true);

	cores_skew(cores, 1, 450);
	ck_assert(cores_run_all_to_height(cores, 40, 60 * SECOND));
	for (uint32_t i = 0; i < 4; i++)
		ck_assert_uint_eq(nullified(cores, i), 0);
	cores_free(cores);
}

UNIT_TEST(core_clock_seconds_fast_costs_its_own_views_only)
{
	struct cores *cores = running(4, 0, true);

	/* two more views of others pass for each of the liar's; nothing is invalid for ever */
	cores_skew(cores, 1, 5000);
	ck_assert(cores_run_to_height(cores, 0, 10, 60 * SECOND));
	ck_assert_uint_gt(nullified(cores, 0), 0);
	for (uint32_t i = 0; i < 4; i++)
		ck_assert_int_eq(cores_tripped(cores, i), ERR_OK);
	cores_free(cores);
}

UNIT_MAIN("core", core_four_validators_finalize_blocks,
	  core_one_validator_is_a_quorum_of_itself, core_every_small_size_of_set_finalizes,
	  core_large_set_relays_certificates_to_few,
	  core_finality_takes_three_hops_and_a_block_two, core_observer_follows_without_voting,
	  core_same_calls_give_the_same_run, core_idle_network_makes_heartbeats_only,
	  core_idle_network_wakes_at_once_when_the_leader_has_work,
	  core_work_known_to_one_voter_wakes_the_network_within_two_views,
	  core_notarized_block_is_not_taken_for_idle, core_silent_leader_costs_one_round,
	  core_leader_that_stays_silent_is_no_longer_waited_for,
	  core_more_than_f_down_stops_and_never_forks,
	  core_equivocating_leader_is_named_and_survived,
	  core_some_hold_n_others_x_and_both_go_on, core_split_in_halves_heals,
	  core_ring_of_four_makes_progress, core_laggard_of_few_heights_fetches_blocks,
	  core_laggard_of_hundreds_of_heights_fetches_ranges,
	  core_observer_that_starts_late_catches_up,
	  core_late_body_of_one_voter_hinders_nobody,
	  core_body_withheld_from_all_is_nullified_not_waited_for,
	  core_all_crash_at_any_moment_and_go_on,
	  core_all_crash_in_a_nullified_view_and_go_on,
	  core_restarts_one_after_the_other_lose_nothing, core_with_a_stuck_disk_signs_nothing,
	  core_that_executes_differently_trips_and_the_others_go_on,
	  core_block_that_all_find_invalid_is_skipped_without_a_trip,
	  core_clock_half_a_second_fast_is_tolerated,
	  core_clock_seconds_fast_costs_its_own_views_only)
