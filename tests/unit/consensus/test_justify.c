/* R2 and R6: what a proposal stands on, what is missing for it, and what is
 * asked for then. */
#include "consensus/justify.h"

#include "tests/unit/consensus/lone.h"

/* Whether the last step asked for that certificate. */
static bool asked(const struct lone *lone, enum vote_kind kind, uint64_t view)
{
	const struct effect *effect;

	for (size_t n = 0; (effect = lone_effect(lone, EFFECT_REQUEST_CERTIFICATE, n)) != NULL; n++) {
		if (effect->request.kind == kind && effect->request.view == view)
			return true;
	}
	return false;
}

static size_t count_asked(const struct lone *lone)
{
	size_t n = 0;

	while (lone_effect(lone, EFFECT_REQUEST_CERTIFICATE, n) != NULL)
		n++;
	return n;
}

/* X of the views from first to last. */
static void skip(struct lone *lone, uint64_t first, uint64_t last)
{
	for (uint64_t view = first; view <= last; view++)
		ck_assert_int_eq(lone_certificate(lone, VOTE_NULLIFY, view, NULL), ACCEPTED);
}

UNIT_TEST(justify_request_is_not_ended_by_a_certificate_of_the_other_kind)
{
	struct lone *lone = lone_new();
	const struct cores_block *one = lone_block(lone, 1, NULL, 0);
	const struct cores_block *two = lone_block(lone, 2, one, 0);
	const struct cores_block *three = lone_block(lone, 3, one, 0);

	/* trap 13: N[2] is held, and the block on view 1 needs X[2] */
	lone_certificate(lone, VOTE_NOTARIZE, 1, one);
	lone_certificate(lone, VOTE_NOTARIZE, 2, two);
	ck_assert_int_eq(lone_propose(lone, three), ACCEPTED);
	ck_assert(asked(lone, VOTE_NULLIFY, 2));
	ck_assert_uint_eq(count_asked(lone), 1);
	lone_propose(lone, one);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 3), 0);
	lone_certificate(lone, VOTE_NULLIFY, 2, NULL);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 3), 1);
	lone_free(lone);
}

UNIT_TEST(justify_parent_beside_last_final_is_never_voted_for)
{
	struct lone *lone = lone_new();
	const struct cores_block *one = lone_block(lone, 1, NULL, 0);
	const struct cores_block *beside = lone_block(lone, 1, NULL, 1);

	lone_propose(lone, one);
	lone_settle(lone);
	ck_assert_int_eq(lone_certificate(lone, VOTE_FINALIZE, 1, one), ACCEPTED);
	lone_settle(lone);
	lone_propose(lone, lone_block(lone, 2, beside, 0));
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 2), 0);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 2), 1);
	lone_free(lone);
}

UNIT_TEST(justify_parent_without_a_certificate_is_neither_final_nor_refused)
{
	struct lone *lone = lone_new();
	const struct cores_block *one = lone_block(lone, 1, NULL, 0);
	const struct cores_block *two = lone_block(lone, 2, one, 0);

	/* trap 4: its parent's proposal was seen, and its certificate was not */
	lone_propose(lone, one);
	lone_settle(lone);
	skip(lone, 1, 1);
	ck_assert_int_eq(lone_propose(lone, two), ACCEPTED);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 2), 0);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 2), 0);
	lone_certificate(lone, VOTE_NOTARIZE, 1, one);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 2), 1);
	lone_free(lone);
}

UNIT_TEST(justify_block_beside_the_notarized_parent_is_never_voted_for)
{
	struct lone *lone = lone_new();
	const struct cores_block *one = lone_block(lone, 1, NULL, 0);
	const struct cores_block *other = lone_block(lone, 1, NULL, 9);
	const struct cores_block *two = lone_block(lone, 2, other, 0);

	lone_certificate(lone, VOTE_NOTARIZE, 1, one);
	ck_assert_int_eq(lone_propose(lone, two), ACCEPTED);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 2), 0);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 2), 1);
	lone_free(lone);
}

UNIT_TEST(justify_relayed_block_comes_with_what_is_held)
{
	struct lone *lone = lone_new();
	const struct cores_block *three = lone_block(lone, 3, NULL, 0);
	struct event event = {.kind = EVENT_BLOCK_REQUEST, .peer = (lone->self + 1) % 4};

	/* of the two skipped views one certificate is here */
	skip(lone, 2, 2);
	ck_assert_int_eq(lone_propose(lone, three), ACCEPTED);
	event.request.block = three->hash;
	ck_assert_int_eq(cores_inject(lone->cores, lone->self, &event), ACCEPTED);
	ck_assert_uint_eq(lone_effect(lone, EFFECT_BLOCK, 0)->proposal.justification_count, 1);
	lone_free(lone);
}

UNIT_TEST(justify_asks_for_no_more_than_a_reply_holds)
{
	struct lone *lone = lone_new();
	const struct cores_block *block = lone_block(lone, 22, NULL, 0);

	/* of the 21 views between only the highest is known to be skipped */
	skip(lone, 21, 21);
	ck_assert_int_eq(lone_propose(lone, block), ACCEPTED);
	ck_assert_uint_eq(count_asked(lone), LIMIT_REPLY_CERTIFICATES);
	ck_assert(asked(lone, VOTE_NULLIFY, 20));
	ck_assert(!asked(lone, VOTE_NULLIFY, 4));
	lone_free(lone);
}

UNIT_TEST(justify_leader_asks_down_to_the_first_view_that_is_notarized)
{
	struct lone *lone = lone_new();
	const struct cores_block *one = lone_block(lone, 1, NULL, 0);

	cores_work(lone->cores, lone->self, true);
	lone_certificate(lone, VOTE_NOTARIZE, 1, one);
	lone_certificate(lone, VOTE_NULLIFY, 3, NULL);
	ck_assert_uint_eq(lone_view(lone), 4);
	ck_assert(asked(lone, VOTE_NOTARIZE, 2) && asked(lone, VOTE_NULLIFY, 2));
	ck_assert_uint_eq(count_asked(lone), 2);
	lone_free(lone);
}

UNIT_TEST(justify_leader_asks_for_no_more_than_a_reply_holds)
{
	struct lone *lone = lone_new();

	cores_work(lone->cores, lone->self, true);
	lone_certificate(lone, VOTE_NULLIFY, 19, NULL);
	ck_assert_uint_eq(lone_view(lone), 20);
	ck_assert_uint_eq(count_asked(lone), LIMIT_REPLY_CERTIFICATES);
	ck_assert(asked(lone, VOTE_NOTARIZE, 18));
	ck_assert(!asked(lone, VOTE_NOTARIZE, 10));
	lone_free(lone);
}

/* Keeps the last proposal that went out. */
static bool keep_proposal(void *context, uint32_t from, uint32_t to, const struct event *event)
{
	struct event_proposal *last = context;

	(void)from;
	(void)to;
	if (event->kind == EVENT_PROPOSAL)
		*last = event->proposal;
	return true;
}

/* How many certificates the leader of view 68 sends with its proposal after those
 * skips. */
static size_t list_after(struct lone *lone, uint64_t first)
{
	struct event_proposal last = {.justification_count = 0};

	skip(lone, first, 67);
	cores_filter_set(lone->cores, keep_proposal, &last);
	cores_start(lone->cores, (lone->self + 1) % 4); /* somebody to send it to */
	cores_work(lone->cores, lone->self, true);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 68), 1);
	return last.justification_count;
}

UNIT_TEST(justify_list_holds_the_highest_64)
{
	struct lone *lone = lone_new();

	ck_assert_uint_eq(list_after(lone, 1), LIMIT_JUSTIFICATION);
	lone_free(lone);
}

UNIT_TEST(justify_list_leaves_out_the_parent_where_64_views_were_skipped)
{
	struct lone *lone = lone_new();
	const struct cores_block *three = lone_block(lone, 3, NULL, 0);

	skip(lone, 1, 2);
	lone_propose(lone, three);
	lone_settle(lone);
	lone_certificate(lone, VOTE_NOTARIZE, 3, three);
	lone_settle(lone);
	ck_assert_uint_eq(list_after(lone, 4), LIMIT_JUSTIFICATION);
	lone_free(lone);
}

UNIT_MAIN("justify", justify_request_is_not_ended_by_a_certificate_of_the_other_kind,
	  justify_parent_beside_last_final_is_never_voted_for,
	  justify_parent_without_a_certificate_is_neither_final_nor_refused,
	  justify_block_beside_the_notarized_parent_is_never_voted_for,
	  justify_relayed_block_comes_with_what_is_held, justify_asks_for_no_more_than_a_reply_holds,
	  justify_leader_asks_down_to_the_first_view_that_is_notarized,
	  justify_leader_asks_for_no_more_than_a_reply_holds, justify_list_holds_the_highest_64,
	  justify_list_leaves_out_the_parent_where_64_views_were_skipped)
