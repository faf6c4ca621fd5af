/* R1 to R7 for one core that is told everything by hand. */
#include "consensus/round.h"

#include "crypto/digest.h"
#include "tests/unit/consensus/lone.h"

/* --- R1 ------------------------------------------------------------------------ */

UNIT_TEST(round_first_proposal_is_taken_and_the_second_is_evidence)
{
	struct lone *lone = lone_new();
	const struct cores_block *first = lone_block(lone, 1, NULL, 0);
	const struct cores_block *second = lone_block(lone, 1, NULL, 1);

	ck_assert_int_eq(lone_propose(lone, first), ACCEPTED);
	ck_assert_int_eq(lone_propose(lone, first), IGNORED_DUPLICATE);
	ck_assert_int_eq(lone_propose(lone, second), REJECTED_CONFLICT);
	ck_assert_ptr_nonnull(lone_effect(lone, EFFECT_EVIDENCE, 0));
	lone_settle(lone);
	/* trap 8: the first one keeps its place */
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 1), 1);
	lone_vote(lone, VOTE_NOTARIZE, 1, first, lone_leader(lone, 2));
	ck_assert_uint_eq(lone_view(lone), 2);
	lone_free(lone);
}

UNIT_TEST(round_proposal_of_the_next_view_waits_and_is_used)
{
	struct lone *lone = lone_new();
	const struct cores_block *one = lone_block(lone, 1, NULL, 0);
	const struct cores_block *two = lone_block(lone, 2, one, 0);

	ck_assert_int_eq(lone_propose(lone, one), ACCEPTED);
	ck_assert_int_eq(lone_propose(lone, two), ACCEPTED);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 2), 0);
	lone_certificate(lone, VOTE_NOTARIZE, 1, one);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 2), 1);
	lone_free(lone);
}

UNIT_TEST(round_proposals_further_ahead_or_behind_are_not_taken)
{
	struct lone *lone = lone_new();
	const struct cores_block *far = lone_block(lone, 3, NULL, 0);
	const struct cores_block *old = lone_block(lone, 1, NULL, 0);

	ck_assert_int_eq(lone_propose(lone, far), IGNORED_AHEAD);
	lone_certificate(lone, VOTE_NULLIFY, 1, NULL);
	ck_assert_int_eq(lone_propose(lone, old), IGNORED_OLD);
	lone_free(lone);
}

static enum verdict proposed_with(struct lone *lone, void (*spoil)(struct event *, struct header *))
{
	struct cores_block block;
	struct event event;
	struct header header;
	enum verdict verdict;

	cores_block_make(lone->cores, &block, 1, cores_header0(lone->cores), 0, false);
	event = cores_proposal(lone->cores, &block);
	header = block.header;
	event.proposal.header = &header;
	spoil(&event, &header);
	verdict = cores_inject(lone->cores, lone->self, &event);
	cores_block_free(&block);
	return verdict;
}

static void spoil_nothing(struct event *event, struct header *header)
{
	(void)event, (void)header;
}

static void spoil_chain(struct event *event, struct header *header)
{
	(void)event;
	header->chain.b[0] ^= 1;
}

static void spoil_epoch(struct event *event, struct header *header)
{
	(void)event;
	header->epoch = 1;
}

static void spoil_view(struct event *event, struct header *header)
{
	(void)event;
	header->view = 5; /* the same leader, but not what the vote says */
}

static void spoil_view_zero(struct event *event, struct header *header)
{
	(void)event;
	header->view = 0;
}

static void spoil_parent_view(struct event *event, struct header *header)
{
	(void)event;
	header->parent_view = header->view;
}

static void spoil_set(struct event *event, struct header *header)
{
	(void)event;
	header->validators.b[0] ^= 1;
}

static void spoil_next_set(struct event *event, struct header *header)
{
	(void)event;
	header->has_next_validators = true;
}

static void spoil_body(struct event *event, struct header *header)
{
	(void)header;
	event->proposal.body_text = bytes_text("stele/v1 body\n");
}

static void spoil_vote_kind(struct event *event, struct header *header)
{
	(void)header;
	event->proposal.vote.kind = VOTE_FINALIZE;
}

static void spoil_vote_block(struct event *event, struct header *header)
{
	(void)header;
	event->proposal.vote.block.b[0] ^= 1;
}

static void spoil_proposer(struct event *event, struct header *header)
{
	(void)event;
	header->proposer = (header->proposer + 1) % 4;
}

static void spoil_signer(struct event *event, struct header *header)
{
	(void)header;
	event->proposal.vote.signer = (event->proposal.vote.signer + 1) % 4;
}

UNIT_TEST(round_proposal_must_fit_chain_epoch_leader_and_its_own_vote)
{
	static const struct {
		void (*spoil)(struct event *, struct header *);
		enum verdict verdict;
	} cases[] = {
		{spoil_chain, REJECTED_FORM},       {spoil_epoch, REJECTED_FORM},
		{spoil_view, REJECTED_FORM},        {spoil_view_zero, REJECTED_FORM},
		{spoil_parent_view, REJECTED_FORM}, {spoil_set, REJECTED_FORM},
		{spoil_next_set, REJECTED_FORM},    {spoil_body, REJECTED_FORM},
		{spoil_vote_kind, REJECTED_FORM},   {spoil_vote_block, REJECTED_FORM},
		{spoil_proposer, REJECTED_LEADER},  {spoil_signer, REJECTED_LEADER},
		{spoil_nothing, ACCEPTED},
	};
	struct lone *lone = lone_new();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(proposed_with(lone, cases[i].spoil) == cases[i].verdict, "case %zu", i);
	lone_free(lone);
}

UNIT_TEST(round_justification_inside_a_proposal_moves_the_view)
{
	struct lone *lone = lone_new();
	const struct cores_block *block = lone_block(lone, 3, NULL, 0);
	struct event event = cores_proposal(lone->cores, block);
	struct event_certificate x[2];
	struct certificate list[2];
	struct bytes data[2];

	for (size_t i = 0; i < 2; i++) {
		x[i] = cores_certificate(lone->cores, VOTE_NULLIFY, i + 1, NULL);
		list[i] = *x[i].certificate;
		data[i] = x[i].data;
	}
	event.proposal.justification = list;
	event.proposal.justification_bytes = data;
	event.proposal.justification_count = 2;
	ck_assert_int_eq(cores_inject(lone->cores, lone->self, &event), ACCEPTED);
	ck_assert_uint_eq(lone_view(lone), 3);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 3), 1);
	cores_certificate_free(&x[0]);
	cores_certificate_free(&x[1]);
	lone_free(lone);
}

/* --- R2 ------------------------------------------------------------------------ */

UNIT_TEST(round_missing_justification_is_asked_for_and_the_vote_follows)
{
	struct lone *lone = lone_new();
	const struct cores_block *one = lone_block(lone, 1, NULL, 0);
	const struct cores_block *three = lone_block(lone, 3, one, 0);

	/* trap 4: view 3 is entered by X[2]; N[1] is missing */
	lone_certificate(lone, VOTE_NULLIFY, 1, NULL);
	lone_certificate(lone, VOTE_NULLIFY, 2, NULL);
	ck_assert_int_eq(lone_propose(lone, three), ACCEPTED);
	ck_assert_ptr_nonnull(lone_effect(lone, EFFECT_REQUEST_CERTIFICATE, 0));
	ck_assert_uint_eq(lone_effect(lone, EFFECT_REQUEST_CERTIFICATE, 0)->request.view, 1);
	ck_assert_int_eq(lone_effect(lone, EFFECT_REQUEST_CERTIFICATE, 0)->request.kind,
			 VOTE_NOTARIZE);
	ck_assert_uint_eq(lone_effect(lone, EFFECT_REQUEST_CERTIFICATE, 0)->to,
			  lone_leader(lone, 3));
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 3), 0);
	lone_certificate(lone, VOTE_NOTARIZE, 1, one);
	lone_propose(lone, one);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 3), 1);
	lone_free(lone);
}

UNIT_TEST(round_gap_needs_the_nullification_of_every_skipped_view)
{
	struct lone *lone = lone_new();
	const struct cores_block *four;

	/* views 1 and 3 have X, view 2 has not; the leader of 5 builds on view 0 */
	lone_certificate(lone, VOTE_NULLIFY, 1, NULL);
	lone_certificate(lone, VOTE_NULLIFY, 3, NULL);
	lone_certificate(lone, VOTE_NULLIFY, 4, NULL);
	four = lone_block(lone, 5, NULL, 0);
	ck_assert_int_eq(lone_propose(lone, four), ACCEPTED);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 5), 0);
	lone_certificate(lone, VOTE_NULLIFY, 2, NULL);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 5), 1);
	lone_free(lone);
}

UNIT_TEST(round_any_justified_branch_is_acceptable)
{
	struct lone *lone = lone_new();
	const struct cores_block *one = lone_block(lone, 1, NULL, 0);
	const struct cores_block *two = lone_block(lone, 2, NULL, 0);

	/* traps 3, 5: I hold N[1] and X[1]; a block that skips view 1 is as good */
	lone_propose(lone, one);
	lone_settle(lone);
	lone_certificate(lone, VOTE_NOTARIZE, 1, one);
	lone_certificate(lone, VOTE_NULLIFY, 1, NULL);
	ck_assert_int_eq(lone_propose(lone, two), ACCEPTED);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 2), 1);
	lone_free(lone);
}

UNIT_TEST(round_work_on_n_goes_on_after_x_came)
{
	struct lone *lone = lone_new();
	const struct cores_block *one = lone_block(lone, 1, NULL, 0);
	const struct cores_block *two = lone_block(lone, 2, one, 0);

	/* trap 5: X[1] took me to view 2; N[1] comes later and is built upon */
	lone_certificate(lone, VOTE_NULLIFY, 1, NULL);
	lone_certificate(lone, VOTE_NOTARIZE, 1, one);
	ck_assert_ptr_nonnull(lone_effect(lone, EFFECT_REQUEST_BLOCK, 0));
	lone_propose(lone, one);
	ck_assert_int_eq(lone_propose(lone, two), ACCEPTED);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 2), 1);
	lone_free(lone);
}

UNIT_TEST(round_block_below_last_final_is_nullified_at_once)
{
	struct lone *lone = lone_new();
	const struct cores_block *one = lone_block(lone, 1, NULL, 0);

	lone_propose(lone, one);
	lone_settle(lone);
	lone_certificate(lone, VOTE_FINALIZE, 1, one);
	ck_assert_int_eq(lone_propose(lone, lone_block(lone, 2, NULL, 0)), ACCEPTED);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 2), 1);
	lone_free(lone);
}

static const struct cores_block *block_with(struct lone *lone, uint64_t height, uint64_t time_ms)
{
	struct header parent = *cores_header0(lone->cores);
	struct cores_block *block = &lone->blocks[lone->blocks_count++];

	cores_block_make(lone->cores, block, 1, &parent, 0, false);
	block->header.height = height;
	block->header.time_ms = time_ms;
	buf_reset(&block->header_text);
	header_render(&block->header_text, &block->header);
	sha256(&block->hash, block->header_text.at, block->header_text.len);
	return block;
}

UNIT_TEST(round_height_or_time_that_does_not_follow_is_invalid)
{
	for (int i = 0; i < 2; i++) {
		struct lone *lone = lone_new();
		uint64_t time_ms = cores_header0(lone->cores)->time_ms;
		const struct cores_block *bad = block_with(lone, i == 0 ? 2 : 1, time_ms + (i == 0));

		ck_assert_int_eq(lone_propose(lone, bad), ACCEPTED);
		lone_settle(lone);
		ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 1), 0);
		ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 1);
		lone_free(lone);
	}
}

/* What the headers refused was never executed, so nothing can be executed on it. */
UNIT_TEST(round_block_on_an_invalid_block_is_not_executed)
{
	struct lone *lone = lone_new();
	uint64_t time_ms = cores_header0(lone->cores)->time_ms;
	const struct cores_block *parent = block_with(lone, 7, time_ms + 1);
	const struct cores_block *child = lone_block(lone, 2, parent, 0);

	(void)lone_propose(lone, parent);
	lone_settle(lone);
	lone_certificate(lone, VOTE_NULLIFY, 1, NULL);
	(void)lone_propose(lone, child);
	lone_settle(lone);
	ck_assert_uint_eq(cores_effects(lone->cores, lone->self, EFFECT_BODY), 2);
	ck_assert_uint_eq(cores_effects(lone->cores, lone->self, EFFECT_VALIDATE), 0);
	lone_free(lone);
}

UNIT_TEST(round_early_block_is_voted_for_when_its_time_has_come)
{
	struct lone *lone = lone_new();
	uint64_t time_ms = cores_header0(lone->cores)->time_ms;

	/* skew 500 ms: 700 ms ahead means 200 ms of waiting, t_view is 420 ms */
	ck_assert_int_eq(lone_propose(lone, block_with(lone, 1, time_ms + 700)), ACCEPTED);
	cores_run(lone->cores, 190000);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 1), 0);
	cores_run(lone->cores, 20000);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 1), 1);
	lone_free(lone);
}

UNIT_TEST(round_block_of_a_far_future_is_waited_for_in_vain)
{
	/* milliseconds that are below 2^63 and, as microseconds, wrap round 2^64 */
	for (uint64_t k = 1; k < 499; k++) {
		struct lone *lone = lone_new();
		uint64_t ahead_ms = k * (UINT64_MAX / 1000) + k * 616 / 1000;
		uint64_t time_ms = cores_header0(lone->cores)->time_ms + 500;

		if (ahead_ms > (uint64_t)INT64_MAX - time_ms) {
			lone_free(lone);
			break;
		}
		lone_propose(lone, block_with(lone, 1, time_ms + ahead_ms));
		cores_run(lone->cores, 100000);
		ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 1), 0);
		cores_run(lone->cores, 500000);
		ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 1);
		lone_free(lone);
	}
}

UNIT_TEST(round_late_block_is_not_voted_for_and_ends_with_the_view)
{
	struct lone *lone = lone_new();

	cores_skew(lone->cores, lone->self, 11000); /* L is 10 s */
	ck_assert_int_eq(lone_propose(lone, lone_block(lone, 1, NULL, 0)), ACCEPTED);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 1), 0);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 0);
	cores_run(lone->cores, SECOND);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 1);
	ck_assert_int_eq(cores_tripped(lone->cores, lone->self), ERR_OK);
	lone_free(lone);
}

/* --- R3 ------------------------------------------------------------------------ */

UNIT_TEST(round_quorum_of_votes_makes_the_certificate_once)
{
	struct lone *lone = lone_new();
	const struct cores_block *one = lone_block(lone, 1, NULL, 0);

	lone_propose(lone, one); /* its vote is the first */
	ck_assert_int_eq(lone_vote(lone, VOTE_NOTARIZE, 1, one, lone_leader(lone, 2)), ACCEPTED);
	ck_assert_int_eq(lone_vote(lone, VOTE_NOTARIZE, 1, one, lone_leader(lone, 2)),
			 IGNORED_DUPLICATE);
	ck_assert_uint_eq(lone_view(lone), 1);
	ck_assert_int_eq(lone_vote(lone, VOTE_NOTARIZE, 1, one, lone_leader(lone, 3)), ACCEPTED);
	ck_assert_uint_eq(lone_view(lone), 2);
	/* R10 */
	ck_assert_ptr_nonnull(lone_effect(lone, EFFECT_CERTIFICATE, 0));
	ck_assert_uint_eq(lone_effect(lone, EFFECT_CERTIFICATE, 0)->to, PEER_ALL);
	lone_free(lone);
}

UNIT_TEST(round_votes_of_the_next_view_count_before_it_is_entered)
{
	struct lone *lone = lone_new();

	for (uint64_t view = 1; view <= 3; view++)
		ck_assert_int_eq(lone_vote(lone, VOTE_NULLIFY, 2, NULL, lone_leader(lone, view)),
				 ACCEPTED);
	ck_assert_uint_eq(lone_view(lone), 3);
	lone_free(lone);
}

UNIT_TEST(round_votes_further_ahead_are_not_stored_and_f_plus_1_ask_for_status)
{
	struct lone *lone = lone_new();

	ck_assert_int_eq(lone_vote(lone, VOTE_NULLIFY, 9, NULL, lone_leader(lone, 1)),
			 IGNORED_AHEAD);
	ck_assert_ptr_null(lone_effect(lone, EFFECT_STATUS, 0));
	ck_assert_int_eq(lone_vote(lone, VOTE_NULLIFY, 99, NULL, lone_leader(lone, 2)),
			 IGNORED_AHEAD);
	ck_assert_ptr_nonnull(lone_effect(lone, EFFECT_STATUS, 0));
	ck_assert_int_eq(lone_vote(lone, VOTE_NULLIFY, 9, NULL, lone_leader(lone, 3)),
			 IGNORED_AHEAD);
	ck_assert_ptr_null(lone_effect(lone, EFFECT_STATUS, 0)); /* once a view */
	/* nothing of it counts */
	ck_assert_uint_eq(lone_view(lone), 1);
	lone_free(lone);
}

UNIT_TEST(round_quorum_for_an_unknown_block_fetches_it)
{
	struct lone *lone = lone_new();
	const struct cores_block *one = lone_block(lone, 1, NULL, 0);
	struct event event;

	for (uint64_t view = 1; view <= 3; view++)
		lone_vote(lone, VOTE_NOTARIZE, 1, one, lone_leader(lone, view));
	ck_assert_uint_eq(lone_view(lone), 1);
	ck_assert_ptr_nonnull(lone_effect(lone, EFFECT_REQUEST_BLOCK, 0));
	event = cores_proposal(lone->cores, one);
	event.proposal.has_vote = false; /* an answer, not a proposal */
	ck_assert_int_eq(cores_inject(lone->cores, lone->self, &event), ACCEPTED);
	ck_assert_uint_eq(lone_view(lone), 2);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_FINALIZE, 1), 1);
	lone_free(lone);
}

UNIT_TEST(round_block_that_nobody_asked_for_is_unwanted)
{
	struct lone *lone = lone_new();
	struct event event = cores_proposal(lone->cores, lone_block(lone, 1, NULL, 0));

	event.proposal.has_vote = false;
	ck_assert_int_eq(cores_inject(lone->cores, lone->self, &event), IGNORED_UNWANTED);
	lone_free(lone);
}

UNIT_TEST(round_late_nullify_is_answered_with_the_certificate_of_its_view)
{
	struct lone *lone = lone_new();
	uint32_t peer = lone_leader(lone, 2);

	lone_certificate(lone, VOTE_NULLIFY, 1, NULL);
	lone_vote(lone, VOTE_NULLIFY, 1, NULL, peer);
	ck_assert_ptr_nonnull(lone_effect(lone, EFFECT_CERTIFICATE, 0));
	ck_assert_uint_eq(lone_effect(lone, EFFECT_CERTIFICATE, 0)->to, peer);
	/* and below last_final with that */
	lone_certificate(lone, VOTE_FINALIZE, 3, lone_block(lone, 3, NULL, 0));
	lone_vote(lone, VOTE_NULLIFY, 2, NULL, peer);
	ck_assert_ptr_nonnull(lone_effect(lone, EFFECT_CERTIFICATE, 0));
	ck_assert_uint_eq(lone_effect(lone, EFFECT_CERTIFICATE, 0)->certificate.at[0],
			  VOTE_FINALIZE);
	lone_free(lone);
}

UNIT_TEST(round_leader_that_nullifies_its_own_view_ends_it_at_once)
{
	struct lone *lone = lone_new();

	lone_vote(lone, VOTE_NULLIFY, 1, NULL, lone_leader(lone, 2));
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 0);
	lone_vote(lone, VOTE_NULLIFY, 1, NULL, lone_leader(lone, 1));
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 1);
	lone_free(lone);
}

UNIT_TEST(round_votes_of_other_epochs_and_of_view_zero_are_refused)
{
	struct lone *lone = lone_new();
	struct event event = {.kind = EVENT_VOTE};

	event.vote = cores_vote(lone->cores, VOTE_NULLIFY, 1, NULL, 0);
	event.vote.epoch = 1;
	ck_assert_int_eq(cores_inject(lone->cores, lone->self, &event), REJECTED_FORM);
	event.vote = cores_vote(lone->cores, VOTE_NULLIFY, 0, NULL, 0);
	ck_assert_int_eq(cores_inject(lone->cores, lone->self, &event), REJECTED_FORM);
	lone_free(lone);
}

/* --- R6 ------------------------------------------------------------------------ */

/* To view 4, which this core leads, over X[1 … 3]. */
static void lead(struct lone *lone)
{
	cores_work(lone->cores, lone->self, true);
	for (uint64_t view = 1; view <= 3; view++)
		lone_certificate(lone, VOTE_NULLIFY, view, NULL);
	ck_assert_uint_eq(lone_view(lone), 4);
}

UNIT_TEST(round_leader_proposes_once_with_every_certificate_between)
{
	struct lone *lone = lone_new();

	lead(lone);
	ck_assert_ptr_nonnull(lone_effect(lone, EFFECT_BUILD, 0));
	ck_assert_uint_eq(lone_effect(lone, EFFECT_BUILD, 0)->build.parent_view, 0);
	lone_settle(lone);
	ck_assert_uint_eq(cores_effects(lone->cores, lone->self, EFFECT_BUILD), 1);
	ck_assert_uint_eq(cores_effects(lone->cores, lone->self, EFFECT_PROPOSE), 1);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 4), 1);
	lone_free(lone);
}

UNIT_TEST(round_leader_without_a_certificate_below_asks_and_waits)
{
	struct lone *lone = lone_new();

	cores_work(lone->cores, lone->self, true);
	lone_certificate(lone, VOTE_NULLIFY, 1, NULL);
	lone_certificate(lone, VOTE_NULLIFY, 3, NULL);
	ck_assert_ptr_null(lone_effect(lone, EFFECT_BUILD, 0));
	/* of both kinds: which exists is not known */
	ck_assert_ptr_nonnull(lone_effect(lone, EFFECT_REQUEST_CERTIFICATE, 1));
	ck_assert_uint_eq(lone_effect(lone, EFFECT_REQUEST_CERTIFICATE, 1)->request.view, 2);
	lone_certificate(lone, VOTE_NULLIFY, 2, NULL);
	ck_assert_ptr_nonnull(lone_effect(lone, EFFECT_BUILD, 0));
	lone_free(lone);
}

UNIT_TEST(round_failed_build_nullifies_the_own_view)
{
	struct lone *lone = lone_new();
	struct event event = {.kind = EVENT_BUILT, .built = {.view = 4}};

	lead(lone);
	ck_assert_int_eq(cores_inject(lone->cores, lone->self, &event), ACCEPTED);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 4), 1);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 4), 0); /* the late block is dropped */
	lone_free(lone);
}

UNIT_TEST(round_block_built_for_a_view_left_is_dropped)
{
	struct lone *lone = lone_new();

	lead(lone);
	lone_certificate(lone, VOTE_NULLIFY, 4, NULL);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 4), 0);
	ck_assert_uint_eq(cores_effects(lone->cores, lone->self, EFFECT_PROPOSE), 0);
	lone_free(lone);
}

UNIT_TEST(round_leader_after_a_restart_sends_the_same_block)
{
	struct lone *lone = lone_new();
	struct hash first;

	lead(lone);
	cores_run(lone->cores, 150); /* built, not yet durable */
	cores_run(lone->cores, 100);
	first = cores_last(lone->cores, lone->self)->count > 0 &&
				lone_effect(lone, EFFECT_PROPOSE, 0) != NULL
			? lone_effect(lone, EFFECT_PROPOSE, 0)->proposal.block.block
			: (struct hash){{0}};
	lone_settle(lone);
	ck_assert_uint_eq(cores_effects(lone->cores, lone->self, EFFECT_PROPOSE), 1);
	lone_restart(lone);
	ck_assert_ptr_nonnull(lone_effect(lone, EFFECT_PROPOSE, 0));
	if (!hash_is_zero(&first))
		ck_assert(hash_equal(&lone_effect(lone, EFFECT_PROPOSE, 0)->proposal.block.block,
				     &first));
	ck_assert_uint_eq(lone_effect(lone, EFFECT_PROPOSE, 0)->proposal.justification_count, 3);
	cores_work(lone->cores, lone->self, true);
	cores_run(lone->cores, 300000);
	/* the harness would have failed on a second block */
	ck_assert_uint_eq(cores_effects(lone->cores, lone->self, EFFECT_BUILD), 1);
	lone_free(lone);
}

/* --- R4: trips ------------------------------------------------------------------- */

static enum verdict second_certificate(enum vote_kind first, enum vote_kind second, uint32_t salt,
				       enum err *tripped, uint32_t *guilty)
{
	struct lone *lone = lone_new();
	const struct cores_block *a = lone_block(lone, 1, NULL, 0);
	const struct cores_block *b = lone_block(lone, 1, NULL, salt);
	enum verdict verdict;

	lone_certificate(lone, first, 1, first == VOTE_NULLIFY ? NULL : a);
	verdict = lone_certificate(lone, second, 1, second == VOTE_NULLIFY ? NULL : b);
	*tripped = cores_tripped(lone->cores, lone->self);
	*guilty = 0;
	for (uint32_t i = 0; i < 4; i++)
		*guilty += cores_evidence(lone->cores, lone->self, i) > 0;
	lone_free(lone);
	return verdict;
}

UNIT_TEST(round_certificates_that_contradict_each_other_trip_and_name_who_signed_both)
{
	static const struct {
		enum vote_kind first, second;
		uint32_t salt;
		enum err tripped;
	} cases[] = {
		{VOTE_NOTARIZE, VOTE_NOTARIZE, 1, ERR_FORK},
		{VOTE_FINALIZE, VOTE_FINALIZE, 1, ERR_FORK},
		{VOTE_NOTARIZE, VOTE_FINALIZE, 1, ERR_FORK},
		{VOTE_FINALIZE, VOTE_NOTARIZE, 1, ERR_FORK},
		{VOTE_NULLIFY, VOTE_FINALIZE, 0, ERR_FORK},
		{VOTE_FINALIZE, VOTE_NULLIFY, 0, ERR_FORK},
		{VOTE_NOTARIZE, VOTE_NULLIFY, 0, ERR_OK}, /* normal */
		{VOTE_NULLIFY, VOTE_NOTARIZE, 0, ERR_OK},
		{VOTE_NOTARIZE, VOTE_FINALIZE, 0, ERR_OK},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum err tripped;
		uint32_t guilty;
		enum verdict verdict = second_certificate(cases[i].first, cases[i].second,
							  cases[i].salt, &tripped, &guilty);

		ck_assert_msg(tripped == cases[i].tripped, "case %zu", i);
		ck_assert_msg((verdict == REJECTED_CONFLICT) == (tripped == ERR_FORK), "case %zu", i);
		/* both are signed by the same three of four; f + 1 are 2 */
		ck_assert_msg(guilty == (tripped == ERR_FORK ? 3 : 0), "case %zu: %u", i, guilty);
	}
}

UNIT_TEST(round_two_finalized_blocks_of_one_height_trip)
{
	struct lone *lone = lone_new();
	const struct cores_block *a = lone_block(lone, 1, NULL, 0);
	const struct cores_block *b = lone_block(lone, 2, NULL, 1);

	lone_certificate(lone, VOTE_FINALIZE, 1, a);
	ck_assert_int_eq(lone_certificate(lone, VOTE_FINALIZE, 2, b), REJECTED_CONFLICT);
	ck_assert_int_eq(cores_tripped(lone->cores, lone->self), ERR_FORK);
	lone_free(lone);
}

UNIT_TEST(round_contradicting_certificates_are_wanted_though_one_is_held)
{
	struct lone *lone = lone_new();
	const struct cores_block *a = lone_block(lone, 1, NULL, 0);
	const struct cores_block *b = lone_block(lone, 1, NULL, 1);
	const struct core *core = cores_core(lone->cores, lone->self);

	ck_assert(core_wants_certificate(core, VOTE_NOTARIZE, 0, 1, &a->hash));
	lone_certificate(lone, VOTE_NOTARIZE, 1, a);
	ck_assert(!core_wants_certificate(core, VOTE_NOTARIZE, 0, 1, &a->hash));
	ck_assert(core_wants_certificate(core, VOTE_NOTARIZE, 0, 1, &b->hash));
	ck_assert(core_wants_certificate(core, VOTE_NULLIFY, 0, 1, NULL));
	ck_assert(!core_wants_certificate(core, VOTE_NULLIFY, 1, 1, NULL));
	ck_assert(!core_wants_certificate(core, VOTE_NULLIFY, 0, 0, NULL));
	lone_free(lone);
}

UNIT_TEST(round_certified_block_found_invalid_trips_in_either_order)
{
	for (int i = 0; i < 2; i++) {
		struct lone *lone = lone_new();
		const struct cores_block *a = lone_block(lone, 1, NULL, 0);

		cores_execution(lone->cores, lone->self, 1, EXECUTION_INVALID);
		lone_propose(lone, a);
		if (i == 0)
			lone_settle(lone);
		ck_assert_int_eq(cores_tripped(lone->cores, lone->self), ERR_OK);
		lone_certificate(lone, VOTE_NOTARIZE, 1, a);
		lone_settle(lone);
		ck_assert_int_eq(cores_tripped(lone->cores, lone->self), ERR_BLOCK_INVALID);
		lone_free(lone);
	}
}

UNIT_MAIN("round", round_first_proposal_is_taken_and_the_second_is_evidence,
	  round_proposal_of_the_next_view_waits_and_is_used,
	  round_proposals_further_ahead_or_behind_are_not_taken,
	  round_proposal_must_fit_chain_epoch_leader_and_its_own_vote,
	  round_justification_inside_a_proposal_moves_the_view,
	  round_missing_justification_is_asked_for_and_the_vote_follows,
	  round_gap_needs_the_nullification_of_every_skipped_view,
	  round_any_justified_branch_is_acceptable, round_work_on_n_goes_on_after_x_came,
	  round_block_below_last_final_is_nullified_at_once,
	  round_height_or_time_that_does_not_follow_is_invalid,
	  round_block_on_an_invalid_block_is_not_executed,
	  round_early_block_is_voted_for_when_its_time_has_come,
	  round_block_of_a_far_future_is_waited_for_in_vain,
	  round_late_block_is_not_voted_for_and_ends_with_the_view,
	  round_quorum_of_votes_makes_the_certificate_once,
	  round_votes_of_the_next_view_count_before_it_is_entered,
	  round_votes_further_ahead_are_not_stored_and_f_plus_1_ask_for_status,
	  round_quorum_for_an_unknown_block_fetches_it,
	  round_block_that_nobody_asked_for_is_unwanted,
	  round_late_nullify_is_answered_with_the_certificate_of_its_view,
	  round_leader_that_nullifies_its_own_view_ends_it_at_once,
	  round_votes_of_other_epochs_and_of_view_zero_are_refused,
	  round_leader_proposes_once_with_every_certificate_between,
	  round_leader_without_a_certificate_below_asks_and_waits,
	  round_failed_build_nullifies_the_own_view,
	  round_block_built_for_a_view_left_is_dropped,
	  round_leader_after_a_restart_sends_the_same_block,
	  round_certificates_that_contradict_each_other_trip_and_name_who_signed_both,
	  round_two_finalized_blocks_of_one_height_trip,
	  round_contradicting_certificates_are_wanted_though_one_is_held,
	  round_certified_block_found_invalid_trips_in_either_order)
