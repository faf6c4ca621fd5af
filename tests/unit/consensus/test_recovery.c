/* Section 10, "Lost sign state": silence, asking, the floor, refusal. */
#include "consensus/recovery.h"

#include "tests/unit/consensus/lone.h"

static struct core_status status(struct lone *lone)
{
	return cores_status(lone->cores, lone->self);
}

/* A lone node whose journal is gone. */
static struct lone *lone_lost(void)
{
	struct lone *lone = lone_new();

	cores_crash(lone->cores, lone->self);
	cores_lose(lone->cores, lone->self);
	cores_start(lone->cores, lone->self);
	return lone;
}

static uint32_t other(const struct lone *lone, uint32_t n)
{
	return (lone->self + n) % 4;
}

static void hear(struct lone *lone, uint32_t peer, uint64_t view, bool is_signing)
{
	struct event event = {.kind = EVENT_STATUS, .peer = peer};

	event.status.view = view;
	event.status.is_signing = is_signing;
	(void)cores_inject(lone->cores, lone->self, &event);
}

/* vote_floor of the RECORD_FLOOR that the last step put out; 0: none. */
static uint64_t floor_put_out(const struct lone *lone)
{
	const struct effect *effect;

	for (size_t i = 0; (effect = lone_effect(lone, EFFECT_PERSIST, i)) != NULL; i++) {
		if (effect->persist.record.kind == RECORD_FLOOR)
			return load_u64(effect->persist.record.data.at + 8);
	}
	return 0;
}

UNIT_TEST(recovery_lost_node_is_silent_and_says_so)
{
	struct lone *lone = lone_lost();
	const struct effect *effect = lone_effect(lone, EFFECT_STATUS, 0);

	ck_assert_ptr_nonnull(effect);
	ck_assert_uint_eq(effect->to, PEER_ALL);
	ck_assert(!effect->status.status.is_signing);
	ck_assert_int_eq(status(lone).signing, SIGNING_LOST);
	ck_assert_uint_eq(status(lone).answers_wanted, 3);
	lone_propose(lone, lone_block(lone, 1, NULL, 0));
	cores_run(lone->cores, 20 * SECOND);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 1), 0);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 0);
	lone_free(lone);
}

UNIT_TEST(recovery_never_signs_at_or_below_the_highest_answer_plus_one)
{
	struct lone *lone = lone_lost();

	for (uint64_t view = 1; view < 7; view++)
		lone_certificate(lone, VOTE_NULLIFY, view, NULL);
	hear(lone, other(lone, 1), 5, true);
	hear(lone, other(lone, 2), 7, true);
	ck_assert_uint_eq(status(lone).answers, 2);
	ck_assert_int_eq(status(lone).signing, SIGNING_LOST);
	hear(lone, other(lone, 3), 6, true);
	ck_assert_uint_eq(floor_put_out(lone), 8);
	ck_assert_int_eq(status(lone).signing, SIGNING_FLOOR);
	ck_assert(!status(lone).is_signing);
	for (uint64_t view = 7; view < 9; view++) {
		cores_run(lone->cores, 20 * SECOND);
		ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, view), 0);
		ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, view), 0);
		lone_certificate(lone, VOTE_NULLIFY, view, NULL);
	}
	ck_assert_int_eq(status(lone).signing, SIGNING_YES);
	cores_run(lone->cores, 20 * SECOND);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 9), 1);
	lone_free(lone);
}

UNIT_TEST(recovery_floor_goes_to_the_journal_ahead_of_the_reservation)
{
	struct lone *lone = lone_lost();
	uint64_t floor_at = 0, reservation_at = 0;
	const struct effect *effect;

	for (uint32_t i = 1; i < 4; i++)
		hear(lone, other(lone, i), 1, true);
	for (size_t i = 0; (effect = lone_effect(lone, EFFECT_PERSIST, i)) != NULL; i++) {
		if (effect->persist.record.kind == RECORD_FLOOR)
			floor_at = effect->persist.sequence;
		if (effect->persist.record.kind == RECORD_RESERVATION)
			reservation_at = effect->persist.sequence;
	}
	ck_assert_uint_gt(floor_at, 0);
	ck_assert_uint_gt(reservation_at, floor_at);
	lone_free(lone);
}

/* trap 12: the floor moving backwards across a restart */
UNIT_TEST(recovery_floor_stays_across_restarts)
{
	struct lone *lone = lone_lost();

	for (uint32_t i = 1; i < 4; i++)
		hear(lone, other(lone, i), 1, true);
	lone_settle(lone);
	lone_restart(lone);
	ck_assert_uint_eq(status(lone).vote_floor, 2);
	ck_assert_int_eq(status(lone).signing, SIGNING_FLOOR);
	lone_free(lone);
}

UNIT_TEST(recovery_interrupted_begins_again)
{
	struct lone *lone = lone_lost();

	hear(lone, other(lone, 1), 1, true);
	hear(lone, other(lone, 2), 1, true);
	lone_settle(lone);
	lone_restart(lone);
	ck_assert_int_eq(status(lone).signing, SIGNING_LOST);
	ck_assert_uint_eq(status(lone).answers, 0);
	lone_free(lone);
}

/* A claim counts once certificates led this node there. */
UNIT_TEST(recovery_claim_without_proof_does_not_count)
{
	struct lone *lone = lone_lost();

	hear(lone, other(lone, 1), 1, true);
	hear(lone, other(lone, 2), 1, true);
	hear(lone, other(lone, 3), 4, true);
	ck_assert_uint_eq(status(lone).answers, 2);
	hear(lone, other(lone, 3), 1, true); /* a second word does not replace the first */
	ck_assert_uint_eq(status(lone).answers, 2);
	lone_certificate(lone, VOTE_NULLIFY, 1, NULL);
	lone_certificate(lone, VOTE_NULLIFY, 2, NULL);
	ck_assert_int_eq(status(lone).signing, SIGNING_LOST);
	lone_certificate(lone, VOTE_NULLIFY, 3, NULL);
	ck_assert_uint_eq(floor_put_out(lone), 5);
	lone_free(lone);
}

UNIT_TEST(recovery_silent_members_and_observers_do_not_count)
{
	struct lone *lone = lone_lost();

	hear(lone, other(lone, 1), 1, true);
	hear(lone, other(lone, 1), 1, true);
	hear(lone, other(lone, 2), 1, true);
	hear(lone, PEER_OBSERVERS, 1, true);
	ck_assert_uint_eq(status(lone).answers, 2);
	ck_assert_int_eq(status(lone).signing, SIGNING_LOST);
	hear(lone, other(lone, 3), 1, false);
	ck_assert_uint_eq(status(lone).answers, 2);
	/* more than f are silent: nobody can tell any more */
	ck_assert_int_eq(status(lone).signing, SIGNING_REFUSED);
	hear(lone, other(lone, 3), 1, true);
	ck_assert_uint_eq(floor_put_out(lone), 2);
	lone_free(lone);
}

UNIT_TEST(recovery_status_of_another_epoch_does_not_count)
{
	struct lone *lone = lone_lost();
	struct event event = {.kind = EVENT_STATUS, .peer = other(lone, 3)};

	hear(lone, other(lone, 1), 1, true);
	hear(lone, other(lone, 2), 1, true);
	event.status = (struct event_status){.epoch = 1, .view = 1, .is_signing = true};
	ck_assert_int_eq(cores_inject(lone->cores, lone->self, &event), IGNORED_UNWANTED);
	ck_assert_uint_eq(status(lone).answers, 2);
	lone_free(lone);
}

UNIT_TEST(recovery_asks_again_every_view_time)
{
	struct lone *lone = lone_lost();
	uint64_t told = cores_effects(lone->cores, lone->self, EFFECT_STATUS);

	cores_run(lone->cores, 20 * SECOND);
	ck_assert_uint_ge(cores_effects(lone->cores, lone->self, EFFECT_STATUS), told + 5);
	lone_free(lone);
}

UNIT_TEST(recovery_member_that_signs_answers_who_does_not)
{
	struct lone *lone = lone_new();
	const struct effect *effect;

	hear(lone, other(lone, 2), 1, false);
	effect = lone_effect(lone, EFFECT_STATUS, 0);
	ck_assert_ptr_nonnull(effect);
	ck_assert_uint_eq(effect->to, other(lone, 2));
	ck_assert(effect->status.status.is_signing);
	hear(lone, other(lone, 2), 1, true);
	ck_assert_ptr_null(lone_effect(lone, EFFECT_STATUS, 0));
	hear(lone, PEER_OBSERVERS, 1, false);
	ck_assert_ptr_null(lone_effect(lone, EFFECT_STATUS, 0));
	lone_free(lone);
	/* or two of them would never stop */
	lone = lone_lost();
	hear(lone, other(lone, 2), 1, false);
	ck_assert_ptr_null(lone_effect(lone, EFFECT_STATUS, 0));
	lone_free(lone);
}

/* --- a key that never voted ------------------------------------------------------- */

static struct lone *lone_new_home(void)
{
	struct lone *lone = lone_new();

	cores_free(lone->cores);
	lone->cores = cores_new(4, 0);
	cores_new_home(lone->cores, lone->self);
	cores_start(lone->cores, lone->self);
	return lone;
}

UNIT_TEST(recovery_new_home_signs_from_the_first_view)
{
	struct lone *lone = lone_new_home();

	ck_assert_int_eq(status(lone).signing, SIGNING_YES);
	lone_propose(lone, lone_block(lone, 1, NULL, 0));
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 1), 1);
	lone_certificate(lone, VOTE_NULLIFY, 1, NULL);
	ck_assert_int_eq(status(lone).signing, SIGNING_YES);
	lone_free(lone);
}

UNIT_TEST(recovery_new_home_that_sees_a_chain_ahead_of_it_asks)
{
	struct lone *lone = lone_new_home();

	/* what was said before the loss was noticed does not count */
	for (uint32_t i = 1; i < 4; i++)
		hear(lone, other(lone, i), 1, true);
	lone_certificate(lone, VOTE_NULLIFY, 2, NULL);
	ck_assert_int_eq(status(lone).signing, SIGNING_LOST);
	ck_assert_uint_eq(status(lone).answers, 0);
	lone_settle(lone);
	lone_restart(lone);
	ck_assert_int_eq(status(lone).signing, SIGNING_LOST);
	for (uint32_t i = 1; i < 4; i++)
		hear(lone, other(lone, i), 3, true);
	ck_assert_uint_eq(status(lone).vote_floor, 4);
	lone_free(lone);
}

/* The slowest of a new network is not taken for one that has voted before. */
UNIT_TEST(recovery_new_home_goes_along_with_the_first_views)
{
	struct lone *lone = lone_new_home();

	for (uint64_t view = 1; view <= 3; view++) {
		lone_certificate(lone, VOTE_NULLIFY, view, NULL);
		ck_assert_int_eq(status(lone).signing, SIGNING_YES);
		ck_assert_uint_eq(status(lone).view, view + 1);
	}
	/* it has not voted yet: above its own view lies what it may have forgotten */
	lone_certificate(lone, VOTE_NULLIFY, 5, NULL);
	ck_assert_int_eq(status(lone).signing, SIGNING_LOST);
	lone_free(lone);
}

/* Old keys in a home that stele init made: its votes on an isolated first view do not
 * make it one that remembers. */
UNIT_TEST(recovery_new_home_is_new_until_a_certificate_of_a_view_it_voted_in)
{
	struct lone *lone = lone_new_home();

	/* reserved, and then the power failed before the first vote */
	lone_settle(lone);
	lone_restart(lone);
	lone_certificate(lone, VOTE_NULLIFY, 2, NULL);
	ck_assert_int_eq(status(lone).signing, SIGNING_LOST);
	lone_free(lone);
	lone = lone_new_home();
	cores_run(lone->cores, 10 * SECOND);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 1);
	lone_restart(lone);
	lone_certificate(lone, VOTE_NULLIFY, 2, NULL);
	ck_assert_int_eq(status(lone).signing, SIGNING_LOST);
	lone_free(lone);
	lone = lone_new_home();
	cores_run(lone->cores, 10 * SECOND);
	lone_certificate(lone, VOTE_NULLIFY, 1, NULL);
	lone_certificate(lone, VOTE_NULLIFY, 9, NULL);
	ck_assert_int_eq(status(lone).signing, SIGNING_YES);
	lone_free(lone);
}

/* A vote was entered, and before it was durable the chain turned out to be ahead. */
UNIT_TEST(recovery_vote_under_way_does_not_leave_once_it_is_lost)
{
	for (int is_ahead = 0; is_ahead <= 1; is_ahead++) {
		struct lone *lone = lone_new_home();

		lone_settle(lone);
		cores_disk(lone->cores, lone->self, 200000);
		lone_propose(lone, lone_block(lone, 1, NULL, 0));
		cores_run(lone->cores, 50000);
		if (is_ahead)
			lone_certificate(lone, VOTE_NULLIFY, 2, NULL);
		cores_run(lone->cores, 600000);
		ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 1), is_ahead ? 0 : 1);
		lone_free(lone);
	}
}

/* --- networks ------------------------------------------------------------------------ */

static struct cores *network(uint32_t n)
{
	struct cores *cores = cores_new(n, 0);

	cores_start_all(cores);
	for (uint32_t i = 0; i < n; i++)
		cores_work(cores, i, true);
	cores_run(cores, 50000);
	return cores;
}

static void lose(struct cores *cores, uint32_t node)
{
	cores_crash(cores, node);
	cores_lose(cores, node);
	cores_start(cores, node);
}

/* "validators restarted with empty disks never resumed" */
UNIT_TEST(recovery_up_to_f_that_lost_theirs_sign_again)
{
	for (uint32_t n = 4; n <= 10; n += 3) {
		struct cores *cores = network(n);

		for (uint32_t i = 0; i < set_faults(n); i++)
			lose(cores, i);
		cores_run(cores, 10 * SECOND);
		for (uint32_t i = 0; i < n; i++)
			ck_assert_int_eq(cores_status(cores, i).signing, SIGNING_YES);
		cores_free(cores);
	}
}

UNIT_TEST(recovery_more_than_f_that_lost_theirs_refuse)
{
	struct cores *cores = network(4);
	uint64_t height;

	cores_crash(cores, 0);
	cores_crash(cores, 1);
	cores_lose(cores, 0);
	cores_lose(cores, 1);
	cores_start(cores, 0);
	cores_start(cores, 1);
	cores_run(cores, 10 * SECOND);
	height = cores_height(cores, 2);
	for (uint32_t i = 0; i < 2; i++)
		ck_assert_int_eq(cores_status(cores, i).signing, SIGNING_REFUSED);
	cores_run(cores, 60 * SECOND);
	ck_assert_uint_eq(cores_height(cores, 2), height);
	ck_assert_int_eq(cores_status(cores, 0).signing, SIGNING_REFUSED);
	cores_free(cores);
}

UNIT_TEST(recovery_one_that_cannot_be_asked_is_waited_for)
{
	struct cores *cores = network(4);

	cores_isolate(cores, 3, true);
	lose(cores, 0);
	cores_run(cores, 5 * SECOND);
	ck_assert_int_eq(cores_status(cores, 0).signing, SIGNING_LOST);
	ck_assert_uint_eq(cores_status(cores, 0).answers, 2);
	cores_isolate(cores, 3, false);
	cores_run(cores, 20 * SECOND);
	ck_assert_int_eq(cores_status(cores, 0).signing, SIGNING_YES);
	cores_free(cores);
}

UNIT_TEST(recovery_one_validator_alone_refuses)
{
	struct cores *cores = network(1);

	ck_assert_int_eq(cores_status(cores, 0).signing, SIGNING_YES);
	lose(cores, 0);
	ck_assert_int_eq(cores_status(cores, 0).signing, SIGNING_REFUSED);
	cores_run(cores, 60 * SECOND);
	ck_assert_int_eq(cores_status(cores, 0).signing, SIGNING_REFUSED);
	cores_free(cores);
}

/* Where f = 0 all others are asked; the views up to the floor need the lost vote. */
UNIT_TEST(recovery_of_three_needs_both_others)
{
	struct cores *cores = network(3);

	cores_isolate(cores, 2, true);
	lose(cores, 0);
	cores_run(cores, 5 * SECOND);
	ck_assert_int_eq(cores_status(cores, 0).signing, SIGNING_LOST);
	ck_assert_uint_eq(cores_status(cores, 0).answers_wanted, 2);
	cores_isolate(cores, 2, false);
	cores_run(cores, 5 * SECOND);
	ck_assert_int_eq(cores_status(cores, 0).signing, SIGNING_FLOOR);
	cores_free(cores);
}

/* trap 1: votes of the life before, given back by others, are not sent as its own. */
UNIT_TEST(recovery_old_votes_that_come_back_are_not_its_own)
{
	struct lone *lone = lone_lost();
	const struct cores_block *block = lone_block(lone, 1, NULL, 0);
	struct event event = {.kind = EVENT_PEER, .peer = other(lone, 1)};

	lone_vote(lone, VOTE_NOTARIZE, 1, block, lone->self);
	event.peer_change.is_up = true;
	(void)cores_inject(lone->cores, lone->self, &event);
	ck_assert_uint_eq(lone_effect(lone, EFFECT_STATUS, 0)->status.votes_count, 0);
	lone_free(lone);
}

/* An older journal's own votes stay unsaid: it may have said more in those views. */
UNIT_TEST(recovery_votes_of_a_journal_put_back_are_not_sent_again)
{
	struct lone *lone = lone_new();

	cores_run(lone->cores, 10 * SECOND);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 1);
	cores_keep(lone->cores, lone->self);
	cores_crash(lone->cores, lone->self);
	cores_put_back(lone->cores, lone->self);
	cores_start(lone->cores, lone->self);
	ck_assert_ptr_null(lone_effect(lone, EFFECT_VOTE, 0));
	for (uint32_t i = 1; i < 4; i++)
		hear(lone, other(lone, i), 1, true);
	lone_settle(lone);
	lone_restart(lone);
	ck_assert_ptr_null(lone_effect(lone, EFFECT_VOTE, 0));
	lone_free(lone);
}

UNIT_MAIN("recovery", recovery_lost_node_is_silent_and_says_so,
	  recovery_never_signs_at_or_below_the_highest_answer_plus_one,
	  recovery_floor_goes_to_the_journal_ahead_of_the_reservation,
	  recovery_floor_stays_across_restarts, recovery_interrupted_begins_again,
	  recovery_claim_without_proof_does_not_count,
	  recovery_silent_members_and_observers_do_not_count,
	  recovery_status_of_another_epoch_does_not_count, recovery_asks_again_every_view_time,
	  recovery_member_that_signs_answers_who_does_not,
	  recovery_new_home_signs_from_the_first_view,
	  recovery_new_home_that_sees_a_chain_ahead_of_it_asks,
	  recovery_new_home_goes_along_with_the_first_views,
	  recovery_vote_under_way_does_not_leave_once_it_is_lost,
	  recovery_new_home_is_new_until_a_certificate_of_a_view_it_voted_in,
	  recovery_up_to_f_that_lost_theirs_sign_again, recovery_more_than_f_that_lost_theirs_refuse,
	  recovery_one_that_cannot_be_asked_is_waited_for, recovery_one_validator_alone_refuses,
	  recovery_of_three_needs_both_others, recovery_old_votes_that_come_back_are_not_its_own,
	  recovery_votes_of_a_journal_put_back_are_not_sent_again)
