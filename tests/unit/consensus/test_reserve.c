/* Section 10, "Sign floor": votes are given in reservations. */
#include "consensus/reserve.h"

#include "tests/unit/consensus/lone.h"

static const struct record *reservation_of(const struct lone *lone)
{
	const struct effect *effect;

	for (size_t i = 0; (effect = lone_effect(lone, EFFECT_PERSIST, i)) != NULL; i++) {
		if (effect->persist.record.kind == RECORD_RESERVATION)
			return &effect->persist.record;
	}
	return NULL;
}

static struct reservation reserved(const struct lone *lone)
{
	const struct record *record = reservation_of(lone);
	struct reservation reservation;

	ck_assert_ptr_nonnull(record);
	ck_assert(reservation_decode(&reservation, record->data));
	return reservation;
}

static struct lone *lone_held(void)
{
	struct lone *lone = lone_new();

	cores_hold_reservations(lone->cores, lone->self, true);
	return lone;
}

static void tell(struct lone *lone, uint64_t stamp, enum verdict want)
{
	struct event event = {.kind = EVENT_RESERVED, .stamp = stamp};

	ck_assert_int_eq(cores_inject(lone->cores, lone->self, &event), want);
}

/* Whether the current view is nullified once its time is over. */
static bool gives_nullify(struct lone *lone)
{
	cores_run(lone->cores, 20 * SECOND);
	return lone_sent(lone, VOTE_NULLIFY, lone_view(lone)) > 0;
}

UNIT_TEST(reserve_encoding_is_three_numbers)
{
	struct reservation in = {1, 2, 3}, out;
	uint8_t data[RESERVATION_BYTES + 1];

	reservation_encode(data, &in);
	ck_assert(reservation_decode(&out, bytes_of(data, RESERVATION_BYTES)));
	ck_assert(out.stamp == 1 && out.epoch == 2 && out.view == 3);
	ck_assert(!reservation_decode(&out, bytes_of(data, RESERVATION_BYTES - 1)));
	ck_assert(!reservation_decode(&out, bytes_of(data, RESERVATION_BYTES + 1)));
}

UNIT_TEST(reserve_first_goes_64_views_far_and_bears_the_time)
{
	struct lone *lone = lone_held();

	ck_assert_uint_eq(reserved(lone).view, 64);
	ck_assert_uint_eq(reserved(lone).epoch, 0);
	ck_assert_uint_eq(reserved(lone).stamp, 1700000000000);
	lone_free(lone);
}

UNIT_TEST(reserve_votes_wait_for_it_and_then_leave)
{
	struct lone *lone = lone_held();
	const struct cores_block *block = lone_block(lone, 1, NULL, 0);

	lone_propose(lone, block);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 1), 0);
	cores_hold_reservations(lone->cores, lone->self, false);
	cores_run(lone->cores, SECOND / 10);
	/* the next event tells of it */
	lone_vote(lone, VOTE_NOTARIZE, 1, block, lone_leader(lone, 2));
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 1), 1);
	lone_free(lone);
}

/* A view that timed out meanwhile is nullified, and never notarized after that. */
UNIT_TEST(reserve_nullify_that_waited_goes_first)
{
	struct lone *lone = lone_held();
	const struct cores_block *block = lone_block(lone, 1, NULL, 0);

	ck_assert(!gives_nullify(lone));
	lone_propose(lone, block);
	lone_settle(lone);
	cores_hold_reservations(lone->cores, lone->self, false);
	cores_run(lone->cores, SECOND);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 1);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 1), 0);
	lone_free(lone);
}

UNIT_TEST(reserve_ends_with_its_last_view)
{
	struct lone *lone = lone_new();

	lone_certificate(lone, VOTE_NULLIFY, 1, NULL);
	cores_hold_reservations(lone->cores, lone->self, true);
	for (uint64_t view = 2; view < 64; view++)
		lone_certificate(lone, VOTE_NULLIFY, view, NULL);
	(void)gives_nullify(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 64), 1); /* it leads that view */
	lone_certificate(lone, VOTE_NULLIFY, 64, NULL);
	ck_assert(!gives_nullify(lone));
	cores_hold_reservations(lone->cores, lone->self, false);
	ck_assert(gives_nullify(lone));
	lone_free(lone);
}

/* So long after this node's first vote: does it vote in another view? */
static bool votes_after(uint64_t us)
{
	struct lone *lone = lone_new();
	const struct cores_block *first = lone_block(lone, 1, NULL, 0);
	const struct cores_block *second = lone_block(lone, 2, NULL, 0);
	bool has_voted;

	lone_propose(lone, first);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 1), 1);
	cores_hold_reservations(lone->cores, lone->self, true);
	cores_run(lone->cores, us - 3000);
	lone_certificate(lone, VOTE_NULLIFY, 1, NULL);
	lone_propose(lone, second);
	lone_settle(lone);
	has_voted = lone_sent(lone, VOTE_NOTARIZE, 2) == 1;
	lone_free(lone);
	return has_voted;
}

UNIT_TEST(reserve_ends_ten_seconds_after_its_first_vote)
{
	ck_assert(votes_after(RESERVE_US - 5000));
	ck_assert(!votes_after(RESERVE_US + 5000));
}

UNIT_TEST(reserve_next_is_made_when_half_of_the_views_are_gone)
{
	struct lone *lone = lone_new();

	for (uint64_t view = 1; view < 32; view++) {
		lone_certificate(lone, VOTE_NULLIFY, view, NULL);
		ck_assert_ptr_null(reservation_of(lone));
	}
	lone_certificate(lone, VOTE_NULLIFY, 32, NULL);
	ck_assert_uint_eq(reserved(lone).view, 33 + 63);
	lone_free(lone);
}

UNIT_TEST(reserve_next_is_made_when_half_of_the_time_is_gone)
{
	struct lone *lone = lone_new();
	const struct cores_block *block = lone_block(lone, 1, NULL, 0);
	uint64_t stamp = reserved(lone).stamp;

	lone_propose(lone, block);
	cores_run(lone->cores, RESERVE_US / 2 - 10000);
	ck_assert_uint_eq(cores_status(lone->cores, lone->self).reserved.stamp, stamp);
	cores_run(lone->cores, 2 * SECOND);
	ck_assert_uint_gt(cores_status(lone->cores, lone->self).reserved.stamp, stamp);
	/* without a vote under it it does not age, so there is no third one */
	stamp = cores_status(lone->cores, lone->self).reserved.stamp;
	cores_run(lone->cores, 3 * RESERVE_US);
	ck_assert_uint_eq(cores_status(lone->cores, lone->self).reserved.stamp, stamp);
	lone_free(lone);
}

UNIT_TEST(reserve_each_start_makes_its_own_above_the_last)
{
	struct lone *lone = lone_new();
	uint64_t stamp = reserved(lone).stamp;

	cores_run(lone->cores, 1000);
	cores_skew(lone->cores, lone->self, -100000); /* the clock was set back */
	lone_restart(lone);
	ck_assert_uint_eq(reserved(lone).stamp, stamp + 1);
	cores_hold_reservations(lone->cores, lone->self, true);
	ck_assert(!gives_nullify(lone));
	lone_free(lone);
}

UNIT_TEST(reserve_another_stamp_says_nothing)
{
	struct lone *lone = lone_held();
	uint64_t stamp = reserved(lone).stamp;

	tell(lone, stamp + 1, IGNORED_OLD);
	ck_assert(!gives_nullify(lone));
	tell(lone, stamp, ACCEPTED);
	ck_assert_uint_eq(cores_status(lone->cores, lone->self).reserved.stamp, stamp);
	tell(lone, stamp, IGNORED_OLD);
	lone_free(lone);
}

UNIT_TEST(reserve_clean_stop_writes_the_newest_own_vote_and_no_vote_follows)
{
	struct lone *lone = lone_new();
	struct event stop = {.kind = EVENT_STOP};
	uint64_t stamp = reserved(lone).stamp;

	for (uint64_t view = 1; view < 5; view++)
		lone_certificate(lone, VOTE_NULLIFY, view, NULL);
	ck_assert(gives_nullify(lone));
	lone_certificate(lone, VOTE_NULLIFY, 5, NULL);
	(void)cores_inject(lone->cores, lone->self, &stop);
	ck_assert_uint_eq(reserved(lone).view, 5);
	ck_assert_uint_gt(reserved(lone).stamp, stamp);
	ck_assert_int_eq(cores_status(lone->cores, lone->self).signing, SIGNING_CLOSED);
	ck_assert(!cores_status(lone->cores, lone->self).is_signing);
	ck_assert(!gives_nullify(lone));
	lone_free(lone);
}

UNIT_TEST(reserve_clean_stop_after_a_restart_knows_the_votes_before)
{
	struct lone *lone = lone_new();
	struct event stop = {.kind = EVENT_STOP};

	for (uint64_t view = 1; view < 4; view++)
		lone_certificate(lone, VOTE_NULLIFY, view, NULL);
	ck_assert(gives_nullify(lone));
	lone_settle(lone);
	lone_restart(lone);
	(void)cores_inject(lone->cores, lone->self, &stop);
	ck_assert_uint_eq(reserved(lone).view, 4);
	lone_free(lone);
}

UNIT_TEST(reserve_malformed_record_trips)
{
	struct lone *lone = lone_new();
	uint8_t data[RESERVATION_BYTES - 1] = {0};
	struct record record = {.kind = RECORD_RESERVATION, .data = bytes_of(data, sizeof(data))};
	struct core *core = core_new(cores_config(lone->cores, 0));
	struct event event = {.kind = EVENT_START,
			      .start = {.records = &record, .records_count = 1}};
	struct effects effects;
	struct core_status status;

	effects_init(&effects);
	(void)core_step(core, &event, &effects);
	core_status(core, &status);
	ck_assert(status.is_tripped);
	effects_release(&effects);
	core_free(core);
	lone_free(lone);
}

/* trap 27: a floor that silences every node after a crash of all */
UNIT_TEST(reserve_all_sign_on_at_once_after_a_crash_of_all)
{
	struct cores *cores = cores_new(4, 0);
	uint64_t height;

	cores_start_all(cores);
	for (uint32_t i = 0; i < 4; i++)
		cores_work(cores, i, true);
	cores_run(cores, 50000);
	height = cores_height(cores, 0);
	for (uint32_t i = 0; i < 4; i++)
		cores_crash(cores, i);
	for (uint32_t i = 0; i < 4; i++)
		cores_start(cores, i);
	for (uint32_t i = 0; i < 4; i++) {
		ck_assert_int_eq(cores_status(cores, i).signing, SIGNING_YES);
		cores_work(cores, i, true);
	}
	ck_assert(cores_run_all_to_height(cores, height + 5, 2 * SECOND));
	cores_free(cores);
}

UNIT_MAIN("reserve", reserve_encoding_is_three_numbers,
	  reserve_first_goes_64_views_far_and_bears_the_time,
	  reserve_votes_wait_for_it_and_then_leave, reserve_nullify_that_waited_goes_first,
	  reserve_ends_with_its_last_view, reserve_ends_ten_seconds_after_its_first_vote,
	  reserve_next_is_made_when_half_of_the_views_are_gone,
	  reserve_next_is_made_when_half_of_the_time_is_gone,
	  reserve_each_start_makes_its_own_above_the_last, reserve_another_stamp_says_nothing,
	  reserve_clean_stop_writes_the_newest_own_vote_and_no_vote_follows,
	  reserve_clean_stop_after_a_restart_knows_the_votes_before, reserve_malformed_record_trips,
	  reserve_all_sign_on_at_once_after_a_crash_of_all)
