/* Section 6: when a vote may be cast, line by line. */
#include "consensus/votes.h"

#include "tests/unit/consensus/lone.h"

/* Brings the core to view 2 with N[1] of a block whose body and verdict are here. */
static const struct cores_block *to_view_2(struct lone *lone)
{
	const struct cores_block *block = lone_block(lone, 1, NULL, 0);

	ck_assert_int_eq(lone_propose(lone, block), ACCEPTED);
	lone_settle(lone);
	ck_assert_int_eq(lone_certificate(lone, VOTE_NOTARIZE, 1, block), ACCEPTED);
	lone_settle(lone);
	ck_assert_uint_eq(lone_view(lone), 2);
	return block;
}

UNIT_TEST(votes_notarize_then_finalize_of_one_block)
{
	struct lone *lone = lone_new();

	to_view_2(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 1), 1);
	ck_assert_uint_eq(lone_sent(lone, VOTE_FINALIZE, 1), 1);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 0);
	lone_free(lone);
}

UNIT_TEST(votes_nothing_leaves_before_its_record_is_durable)
{
	struct lone *lone = lone_new();
	const struct cores_block *block = lone_block(lone, 1, NULL, 0);

	cores_disk(lone->cores, lone->self, UINT64_MAX);
	ck_assert_int_eq(lone_propose(lone, block), ACCEPTED);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 1), 0);
	/* block, then own vote: both of this step */
	ck_assert_uint_ge(cores_effects(lone->cores, lone->self, EFFECT_PERSIST), 2);
	ck_assert_int_eq(cores_inject(lone->cores, lone->self,
				      &(struct event){.kind = EVENT_DURABLE, .sequence = 1}),
			 ACCEPTED);
	ck_assert_ptr_null(lone_effect(lone, EFFECT_VOTE, 0));
	lone_free(lone);
}

UNIT_TEST(votes_own_vote_counts_only_after_it_came_back_signed)
{
	struct lone *lone = lone_new();
	const struct cores_block *block = lone_block(lone, 1, NULL, 0);

	/* trap 20: two others and an own vote that is not durable make no quorum */
	cores_disk(lone->cores, lone->self, UINT64_MAX);
	ck_assert_int_eq(lone_propose(lone, block), ACCEPTED);
	lone_settle(lone);
	lone_vote(lone, VOTE_NOTARIZE, 1, block, lone_leader(lone, 2));
	ck_assert_uint_eq(lone_view(lone), 1);
	lone_vote(lone, VOTE_NOTARIZE, 1, block, lone_leader(lone, 3));
	ck_assert_uint_eq(lone_view(lone), 2);
	lone_free(lone);
}

UNIT_TEST(votes_nullify_may_follow_notarize_but_no_finalize_follows_it)
{
	struct lone *lone = lone_new();
	const struct cores_block *block = lone_block(lone, 1, NULL, 0);

	ck_assert_int_eq(lone_propose(lone, block), ACCEPTED);
	lone_settle(lone);
	cores_run(lone->cores, SECOND); /* t_view */
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 1), 1);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 1);
	ck_assert_int_eq(lone_certificate(lone, VOTE_NOTARIZE, 1, block), ACCEPTED);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_FINALIZE, 1), 0);
	lone_free(lone);
}

UNIT_TEST(votes_no_notarize_after_nullify)
{
	struct lone *lone = lone_new();

	cores_run(lone->cores, 4 * SECOND);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 1);
	ck_assert_int_eq(lone_propose(lone, lone_block(lone, 1, NULL, 0)), ACCEPTED);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 1), 0);
	lone_free(lone);
}

UNIT_TEST(votes_no_nullify_after_finalize_nor_of_a_view_left)
{
	struct lone *lone = lone_new();

	to_view_2(lone);
	cores_run(lone->cores, 3 * SECOND);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 0);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 2), 1);
	lone_free(lone);
}

UNIT_TEST(votes_no_finalize_where_x_is_held)
{
	struct lone *lone = lone_new();
	const struct cores_block *block = lone_block(lone, 1, NULL, 0);

	ck_assert_int_eq(lone_propose(lone, block), ACCEPTED);
	lone_settle(lone);
	ck_assert_int_eq(lone_certificate(lone, VOTE_NULLIFY, 1, NULL), ACCEPTED);
	ck_assert_int_eq(lone_certificate(lone, VOTE_NOTARIZE, 1, block), ACCEPTED);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_FINALIZE, 1), 0);
	lone_free(lone);
}

UNIT_TEST(votes_finalize_waits_for_the_body)
{
	struct lone *lone = lone_new();
	const struct cores_block *block = lone_block(lone, 1, NULL, 0);

	cores_withhold_bodies(lone->cores, lone->self, true);
	ck_assert_int_eq(lone_propose(lone, block), ACCEPTED);
	ck_assert_int_eq(lone_certificate(lone, VOTE_NOTARIZE, 1, block), ACCEPTED);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_FINALIZE, 1), 0);
	cores_withhold_bodies(lone->cores, lone->self, false);
	lone_settle(lone);
	/* R8: tried again on a later body, after leaving the view */
	ck_assert_uint_eq(lone_view(lone), 2);
	ck_assert_uint_eq(lone_sent(lone, VOTE_FINALIZE, 1), 1);
	lone_free(lone);
}

UNIT_TEST(votes_no_finalize_of_another_block_than_notarized)
{
	struct lone *lone = lone_new();
	const struct cores_block *mine = lone_block(lone, 1, NULL, 0);
	const struct cores_block *theirs = lone_block(lone, 1, NULL, 1);

	ck_assert_int_eq(lone_propose(lone, mine), ACCEPTED);
	lone_settle(lone);
	/* trap 8: the certificate stands, whatever the leader said here */
	ck_assert_int_eq(lone_certificate(lone, VOTE_NOTARIZE, 1, theirs), ACCEPTED);
	ck_assert_int_eq(lone_propose(lone, theirs), ACCEPTED); /* its body is of use */
	lone_settle(lone);
	ck_assert_uint_eq(lone_view(lone), 2);
	ck_assert_uint_eq(lone_sent(lone, VOTE_FINALIZE, 1), 0);
	ck_assert_uint_eq(cores_evidence(lone->cores, lone->self, lone_leader(lone, 1)), 1);
	lone_free(lone);
}

UNIT_TEST(votes_each_kind_once_a_view_whatever_comes_again)
{
	struct lone *lone = lone_new();
	const struct cores_block *block = to_view_2(lone);

	for (int i = 0; i < 3; i++) {
		lone_propose(lone, block);
		lone_certificate(lone, VOTE_NOTARIZE, 1, block);
		lone_settle(lone);
	}
	ck_assert_uint_eq(cores_effects(lone->cores, lone->self, EFFECT_VOTE), 2);
	lone_free(lone);
}

UNIT_TEST(votes_nothing_at_or_below_last_final)
{
	struct lone *lone = lone_new();
	const struct cores_block *block = lone_block(lone, 3, NULL, 0);

	/* R13: F[3] comes first, the votes for views 1 … 3 never leave */
	ck_assert_int_eq(lone_certificate(lone, VOTE_FINALIZE, 3, block), ACCEPTED);
	lone_settle(lone);
	ck_assert_uint_eq(lone_view(lone), 4);
	ck_assert_int_eq(lone_propose(lone, block), ACCEPTED); /* the text is of use */
	lone_settle(lone);
	for (uint64_t view = 1; view <= 3; view++) {
		for (enum vote_kind kind = VOTE_NOTARIZE; kind <= VOTE_FINALIZE; kind++)
			ck_assert_uint_eq(lone_sent(lone, kind, view), 0);
	}
	lone_free(lone);
}

UNIT_TEST(votes_overtaken_by_finalization_do_not_leave)
{
	struct lone *lone = lone_new();
	const struct cores_block *block = lone_block(lone, 1, NULL, 0);

	cores_disk(lone->cores, lone->self, 50000);
	ck_assert_int_eq(lone_propose(lone, block), ACCEPTED);
	cores_run(lone->cores, 1000);
	ck_assert_int_eq(lone_certificate(lone, VOTE_FINALIZE, 1, block), ACCEPTED);
	cores_run(lone->cores, 200000);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 1), 0);
	lone_free(lone);
}

/* What the core reserved in its last step is durable. */
static void reserve(struct core *core, struct effects *effects)
{
	struct event event = {.kind = EVENT_RESERVED};

	for (size_t i = 0; i < effects->count; i++) {
		const struct record *record = &effects->list[i].persist.record;

		if (effects->list[i].kind == EFFECT_PERSIST && record->kind == RECORD_RESERVATION)
			event.stamp = load_u64(record->data.at);
	}
	if (event.stamp > 0)
		ck_assert_int_eq(core_step(core, &event, effects), ACCEPTED);
}

/* A core of view 1 whose journal holds a floor. */
static uint32_t sent_above_floor(uint64_t floor_epoch, uint64_t floor_view, uint64_t view)
{
	struct cores *cores = cores_new(4, 0);
	uint32_t self = cores_leader(cores, 4);
	uint8_t data[16];
	struct record record = {.kind = RECORD_FLOOR, .data = bytes_of(data, sizeof(data))};
	struct core *core = core_new(cores_config(cores, self));
	struct effects effects;
	struct event event = {.kind = EVENT_START, .start = {.records = &record,
							     .records_count = 1}};
	uint32_t sent = 0;

	store_u64(data, floor_epoch);
	store_u64(data + 8, floor_view);
	effects_init(&effects);
	core_step(core, &event, &effects);
	reserve(core, &effects);
	for (uint64_t v = 1; v < view; v++) {
		event = (struct event){.kind = EVENT_CERTIFICATE};
		event.certificate = cores_certificate(cores, VOTE_NULLIFY, v, NULL);
		core_step(core, &event, &effects);
		cores_certificate_free(&event.certificate);
	}
	event = (struct event){.kind = EVENT_TIMER, .timer = TIMER_VIEW, .now_us = 60 * SECOND};
	effects_reset(&effects);
	core_step(core, &event, &effects);
	for (size_t i = 0; i < effects.count; i++)
		sent += effects.list[i].kind == EFFECT_PERSIST &&
			effects.list[i].persist.record.kind == RECORD_OWN;
	core_free(core);
	effects_release(&effects);
	cores_free(cores);
	return sent;
}

UNIT_TEST(votes_nothing_at_or_below_the_floor)
{
	ck_assert_uint_eq(sent_above_floor(0, 0, 1), 1);
	ck_assert_uint_eq(sent_above_floor(0, 2, 1), 0);
	ck_assert_uint_eq(sent_above_floor(0, 2, 2), 0);
	ck_assert_uint_eq(sent_above_floor(0, 2, 3), 1);
	/* trap 19: a floor of a later epoch silences this one altogether */
	ck_assert_uint_eq(sent_above_floor(1, 0, 3), 0);
}

UNIT_TEST(votes_newest_64_are_given_with_a_status)
{
	struct lone *lone = lone_new();
	struct event event = {.kind = EVENT_PEER, .peer = (lone->self + 1) % 4};
	const struct effect *status;

	cores_work(lone->cores, lone->self, true);
	for (uint64_t view = 1; view <= 70; view++) {
		cores_run(lone->cores, 60 * SECOND);
		ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, view), 1);
		lone_certificate(lone, VOTE_NULLIFY, view, NULL);
	}
	event.peer_change.is_up = true;
	cores_inject(lone->cores, lone->self, &event);
	status = lone_effect(lone, EFFECT_STATUS, 0);
	ck_assert_ptr_nonnull(status);
	ck_assert_uint_eq(status->status.votes_count, 64);
	ck_assert_uint_eq(status->status.votes[0].view, 70);
	ck_assert_uint_gt(status->status.votes[63].view, 1);
	lone_free(lone);
}

UNIT_TEST(votes_after_a_trip_nothing_is_signed)
{
	struct lone *lone = lone_new();
	const struct cores_block *block = to_view_2(lone);
	const struct cores_block *other = lone_block(lone, 1, NULL, 1);

	(void)block;
	ck_assert_int_eq(lone_certificate(lone, VOTE_NOTARIZE, 1, other), REJECTED_CONFLICT);
	ck_assert_int_eq(cores_tripped(lone->cores, lone->self), ERR_FORK);
	cores_run(lone->cores, 3 * SECOND);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 2), 0);
	lone_free(lone);
}

UNIT_MAIN("votes", votes_notarize_then_finalize_of_one_block,
	  votes_nothing_leaves_before_its_record_is_durable,
	  votes_own_vote_counts_only_after_it_came_back_signed,
	  votes_nullify_may_follow_notarize_but_no_finalize_follows_it,
	  votes_no_notarize_after_nullify, votes_no_nullify_after_finalize_nor_of_a_view_left,
	  votes_no_finalize_where_x_is_held, votes_finalize_waits_for_the_body,
	  votes_no_finalize_of_another_block_than_notarized,
	  votes_each_kind_once_a_view_whatever_comes_again, votes_nothing_at_or_below_last_final,
	  votes_overtaken_by_finalization_do_not_leave, votes_nothing_at_or_below_the_floor,
	  votes_newest_64_are_given_with_a_status, votes_after_a_trip_nothing_is_signed)
