/* Section 5: how long a view may take, when it is idle, who is not waited for. */
#include "consensus/timeout.h"

#include "tests/unit/consensus/lone.h"

/* The delay of the first arming of that timer in the last step, or 0. */
static uint64_t armed_us(const struct lone *lone, enum timer_id timer)
{
	const struct effect *effect;

	for (size_t i = 0; (effect = lone_effect(lone, EFFECT_ARM, i)) != NULL; i++) {
		if (effect->arm.timer == timer)
			return effect->arm.delay_us;
	}
	return 0;
}

UNIT_TEST(timeout_first_view_has_the_genesis_timers)
{
	struct lone *lone = lone_new();

	/* 4 Delta + fetch + build + disk; + Delta + fetch + validate + disk */
	ck_assert_uint_eq(armed_us(lone, TIMER_PROPOSAL), 320000);
	ck_assert_uint_eq(armed_us(lone, TIMER_VIEW), 490000);
	ck_assert_uint_eq(armed_us(lone, TIMER_STAND), 5 * 490000);
	lone_free(lone);
}

UNIT_TEST(timeout_grows_by_a_tenth_a_view_beyond_two_and_is_capped)
{
	struct lone *lone = lone_new();
	uint64_t last = 0;

	for (uint64_t view = 1; view <= 60; view++) {
		lone_certificate(lone, VOTE_NULLIFY, view, NULL);
		if (view == 1)
			ck_assert_uint_eq(armed_us(lone, TIMER_PROPOSAL), 320000);
		if (view == 2)
			ck_assert_uint_eq(armed_us(lone, TIMER_PROPOSAL), 4 * 55000 + 120000);
		if (view == 3)
			ck_assert_uint_eq(armed_us(lone, TIMER_PROPOSAL), 4 * 60500 + 120000);
		ck_assert_uint_ge(armed_us(lone, TIMER_PROPOSAL), last);
		last = armed_us(lone, TIMER_PROPOSAL);
	}
	ck_assert_uint_eq(last, 4 * 64 * 50000 + 120000);
	lone_free(lone);
}

UNIT_TEST(timeout_finalization_cuts_a_wait_that_had_grown)
{
	struct lone *lone = lone_new();
	const struct cores_block *block;

	for (uint64_t view = 1; view <= 40; view++)
		lone_certificate(lone, VOTE_NULLIFY, view, NULL);
	block = lone_block(lone, 41, NULL, 0);
	lone_certificate(lone, VOTE_NOTARIZE, 41, block);
	ck_assert_uint_gt(armed_us(lone, TIMER_VIEW), SECOND);
	lone_certificate(lone, VOTE_FINALIZE, 41, block);
	ck_assert_uint_eq(armed_us(lone, TIMER_PROPOSAL), 320000);
	ck_assert_uint_eq(armed_us(lone, TIMER_VIEW), 490000);
	lone_free(lone);
}

UNIT_TEST(timeout_minority_cannot_inflate_it)
{
	struct lone *lone = lone_new();

	/* cur moves by certificates only */
	for (uint64_t view = 1; view < 50; view++)
		lone_vote(lone, VOTE_NULLIFY, view, NULL, lone_leader(lone, 2));
	ck_assert_uint_eq(lone_view(lone), 1);
	lone_free(lone);
}

UNIT_TEST(timeout_timer_that_fires_early_is_armed_for_the_rest)
{
	struct lone *lone = lone_new();
	struct event event = {.kind = EVENT_TIMER, .timer = TIMER_PROPOSAL};

	cores_run(lone->cores, 100000);
	cores_inject(lone->cores, lone->self, &event);
	/* the view is idle: t_idle of 2 s was added */
	ck_assert_uint_eq(armed_us(lone, TIMER_PROPOSAL), 2320000 - 100000);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 0);
	lone_free(lone);
}

UNIT_TEST(timeout_cancelled_timer_on_its_way_does_nothing)
{
	struct lone *lone = lone_new();
	struct event event = {.kind = EVENT_TIMER, .timer = TIMER_PROPOSAL};

	lone_propose(lone, lone_block(lone, 1, NULL, 0));
	cores_run(lone->cores, 400000);
	cores_inject(lone->cores, lone->self, &event);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 0);
	lone_free(lone);
}

UNIT_TEST(timeout_proposal_ends_t_prop_but_not_t_view)
{
	struct lone *lone = lone_new();

	cores_withhold_bodies(lone->cores, lone->self, true);
	lone_propose(lone, lone_block(lone, 1, NULL, 0));
	cores_run(lone->cores, 480000);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 0);
	cores_run(lone->cores, 20000);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 1);
	lone_free(lone);
}

UNIT_TEST(timeout_several_paths_nullify_once)
{
	struct lone *lone = lone_new();

	/* trap 7: t_prop, the leader's nullify, t_view */
	cores_work(lone->cores, lone->self, true);
	cores_run(lone->cores, 330000);
	lone_vote(lone, VOTE_NULLIFY, 1, NULL, lone_leader(lone, 1));
	cores_run(lone->cores, 300000);
	ck_assert_uint_eq(cores_effects(lone->cores, lone->self, EFFECT_VOTE), 1);
	lone_free(lone);
}

UNIT_TEST(timeout_retry_repeats_status_with_own_votes)
{
	struct lone *lone = lone_new();

	cores_work(lone->cores, lone->self, true);
	cores_run(lone->cores, 330000);
	ck_assert_uint_eq(cores_effects(lone->cores, lone->self, EFFECT_STATUS), 1);
	cores_run(lone->cores, 620000); /* t_retry: t_view and up to a quarter */
	ck_assert_uint_eq(cores_effects(lone->cores, lone->self, EFFECT_STATUS), 2);
	cores_run(lone->cores, 620000);
	ck_assert_uint_eq(cores_effects(lone->cores, lone->self, EFFECT_STATUS), 3);
	lone_free(lone);
}

UNIT_TEST(timeout_idle_view_is_waited_for_t_idle_longer)
{
	struct lone *lone = lone_new();

	cores_run(lone->cores, 2300000);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 0);
	cores_run(lone->cores, 40000);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 1);
	lone_free(lone);
}

UNIT_TEST(timeout_work_ends_idleness_and_counts_from_now)
{
	struct lone *lone = lone_new();

	cores_run(lone->cores, SECOND);
	cores_work(lone->cores, lone->self, true);
	ck_assert_uint_eq(armed_us(lone, TIMER_PROPOSAL), 320000);
	ck_assert_uint_eq(armed_us(lone, TIMER_VIEW), 490000);
	/* once a view: it neither begins nor ends again */
	cores_work(lone->cores, lone->self, false);
	ck_assert_ptr_null(lone_effect(lone, EFFECT_ARM, 0));
	cores_work(lone->cores, lone->self, true);
	ck_assert_ptr_null(lone_effect(lone, EFFECT_ARM, 0));
	lone_free(lone);
}

UNIT_TEST(timeout_f_plus_1_nullify_votes_end_idleness)
{
	struct lone *lone = lone_new();

	cores_run(lone->cores, SECOND);
	lone_vote(lone, VOTE_NULLIFY, 1, NULL, lone_leader(lone, 2));
	ck_assert(cores_status(lone->cores, lone->self).is_idle);
	lone_vote(lone, VOTE_NULLIFY, 1, NULL, lone_leader(lone, 3));
	ck_assert(!cores_status(lone->cores, lone->self).is_idle);
	ck_assert_uint_eq(armed_us(lone, TIMER_PROPOSAL), 320000);
	lone_free(lone);
}

UNIT_TEST(timeout_leader_without_work_waits_two_delta_for_the_parent_then_t_idle)
{
	struct lone *lone = lone_new();
	const struct cores_block *three = lone_block(lone, 3, NULL, 0);

	for (uint64_t view = 1; view <= 2; view++)
		lone_certificate(lone, VOTE_NULLIFY, view, NULL);
	lone_propose(lone, three);
	lone_settle(lone);
	lone_certificate(lone, VOTE_NOTARIZE, 3, three); /* this core leads view 4 */
	ck_assert_uint_eq(armed_us(lone, TIMER_IDLE), 2 * timeout_delta(
				  cores_core(lone->cores, lone->self)));
	cores_run(lone->cores, 50000);
	lone_certificate(lone, VOTE_FINALIZE, 3, three);
	ck_assert_uint_eq(armed_us(lone, TIMER_IDLE), 2000000);
	cores_run(lone->cores, 1900000);
	ck_assert_uint_eq(cores_effects(lone->cores, lone->self, EFFECT_BUILD), 0);
	cores_run(lone->cores, 200000);
	ck_assert_uint_eq(cores_effects(lone->cores, lone->self, EFFECT_BUILD), 1);
	lone_free(lone);
}

UNIT_TEST(timeout_leader_proposes_an_empty_block_if_the_finalization_does_not_come)
{
	struct lone *lone = lone_new();
	const struct cores_block *three = lone_block(lone, 3, NULL, 0);

	for (uint64_t view = 1; view <= 2; view++)
		lone_certificate(lone, VOTE_NULLIFY, view, NULL);
	lone_propose(lone, three);
	lone_settle(lone);
	lone_certificate(lone, VOTE_NOTARIZE, 3, three);
	cores_run(lone->cores, 150000);
	ck_assert_uint_eq(cores_effects(lone->cores, lone->self, EFFECT_BUILD), 1);
	lone_free(lone);
}

UNIT_TEST(timeout_wall_clock_moves_no_timer)
{
	struct lone *lone = lone_new();

	/* trap 16 */
	cores_skew(lone->cores, lone->self, 3600000);
	cores_run(lone->cores, 2300000);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 0);
	lone_free(lone);
	/* nor does one that was set back put it off */
	lone = lone_new();
	cores_skew(lone->cores, lone->self, -3600000);
	cores_run(lone->cores, 2340000);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 1);
	lone_free(lone);
}

UNIT_MAIN("timeout", timeout_first_view_has_the_genesis_timers,
	  timeout_grows_by_a_tenth_a_view_beyond_two_and_is_capped,
	  timeout_finalization_cuts_a_wait_that_had_grown, timeout_minority_cannot_inflate_it,
	  timeout_timer_that_fires_early_is_armed_for_the_rest,
	  timeout_cancelled_timer_on_its_way_does_nothing,
	  timeout_proposal_ends_t_prop_but_not_t_view, timeout_several_paths_nullify_once,
	  timeout_retry_repeats_status_with_own_votes,
	  timeout_idle_view_is_waited_for_t_idle_longer,
	  timeout_work_ends_idleness_and_counts_from_now,
	  timeout_f_plus_1_nullify_votes_end_idleness,
	  timeout_leader_without_work_waits_two_delta_for_the_parent_then_t_idle,
	  timeout_leader_proposes_an_empty_block_if_the_finalization_does_not_come,
	  timeout_wall_clock_moves_no_timer)
