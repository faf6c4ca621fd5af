/* R9 and R13: delivery, ranges, and what is dropped when. */
#include "consensus/catchup.h"

#include <stdlib.h>

#include "tests/unit/consensus/lone.h"

/* Finalized blocks 1 … n of views 1 … n, of which the core knows nothing yet. */
static void chain_make(struct lone *lone, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		lone_block(lone, i + 1, i == 0 ? NULL : &lone->blocks[i - 1], 0);
}

static enum verdict give_range(struct lone *lone, size_t from, size_t to)
{
	struct event event = {.kind = EVENT_RANGE};
	struct header headers[LONE_BLOCKS];
	struct bytes texts[LONE_BLOCKS];
	struct bytes bodies[LONE_BLOCKS];
	struct hash hashes[LONE_BLOCKS];
	struct event_certificate tip =
		cores_certificate(lone->cores, VOTE_FINALIZE, lone->blocks[to].header.view,
				  &lone->blocks[to].header);
	enum verdict verdict;

	for (size_t i = from; i <= to; i++) {
		headers[i - from] = lone->blocks[i].header;
		texts[i - from] = buf_bytes(&lone->blocks[i].header_text);
		bodies[i - from] = buf_bytes(&lone->blocks[i].body_text);
		hashes[i - from] = lone->blocks[i].hash;
	}
	event.range.headers = headers;
	event.range.header_texts = texts;
	event.range.body_texts = bodies;
	event.range.blocks = hashes;
	event.range.count = to - from + 1;
	event.range.certificate = tip.certificate;
	event.range.certificate_data = tip.data;
	verdict = cores_inject(lone->cores, lone->self, &event);
	cores_certificate_free(&tip);
	return verdict;
}

static uint64_t height_of(const struct lone *lone)
{
	return cores_height(lone->cores, lone->self);
}

UNIT_TEST(catchup_short_gap_is_fetched_block_by_block)
{
	struct lone *lone = lone_new();

	chain_make(lone, 3);
	lone_certificate(lone, VOTE_FINALIZE, 3, &lone->blocks[2]);
	ck_assert_ptr_null(lone_effect(lone, EFFECT_RANGE, 0));
	ck_assert_ptr_nonnull(lone_effect(lone, EFFECT_REQUEST_BLOCK, 1)); /* it and its parent */
	for (int i = 2; i >= 0; i--) {
		struct event event = cores_proposal(lone->cores, &lone->blocks[i]);

		event.proposal.has_vote = false;
		ck_assert_int_eq(cores_inject(lone->cores, lone->self, &event), ACCEPTED);
	}
	lone_settle(lone);
	ck_assert_uint_eq(height_of(lone), 3);
	lone_free(lone);
}

UNIT_TEST(catchup_short_gap_that_nobody_fills_block_by_block_asks_for_a_range)
{
	struct lone *lone = lone_new();
	uint32_t asked = 0;

	/* views went by without heights: the others have dropped these blocks (R13) */
	chain_make(lone, 3);
	lone_certificate(lone, VOTE_FINALIZE, 3, &lone->blocks[2]);
	for (int i = 0; i < 20 && lone_effect(lone, EFFECT_RANGE, 0) == NULL; i++) {
		asked += lone_effect(lone, EFFECT_REQUEST_BLOCK, 0) != NULL;
		cores_run(lone->cores, 120000);
		cores_work(lone->cores, lone->self, i % 2 == 0);
	}
	ck_assert_uint_ge(asked, 3);
	ck_assert_ptr_nonnull(lone_effect(lone, EFFECT_RANGE, 0));
	ck_assert_uint_eq(lone_effect(lone, EFFECT_RANGE, 0)->from_height, 1);
	ck_assert_int_eq(give_range(lone, 0, 2), ACCEPTED);
	lone_settle(lone);
	ck_assert_uint_eq(height_of(lone), 3);
	lone_free(lone);
}

UNIT_TEST(catchup_long_gap_asks_for_a_range_and_delivers_it)
{
	struct lone *lone = lone_new();

	chain_make(lone, 20);
	lone_certificate(lone, VOTE_FINALIZE, 20, &lone->blocks[19]);
	ck_assert_ptr_nonnull(lone_effect(lone, EFFECT_RANGE, 0));
	ck_assert_uint_eq(lone_effect(lone, EFFECT_RANGE, 0)->from_height, 1);
	ck_assert_int_eq(give_range(lone, 0, 19), ACCEPTED);
	cores_run(lone->cores, 20000);
	ck_assert_uint_eq(height_of(lone), 20);
	lone_free(lone);
}

UNIT_TEST(catchup_range_raises_last_final_by_its_own_certificate)
{
	struct lone *lone = lone_new();

	chain_make(lone, 5);
	ck_assert_int_eq(give_range(lone, 0, 4), ACCEPTED);
	cores_run(lone->cores, 20000);
	ck_assert_uint_eq(height_of(lone), 5);
	ck_assert_uint_eq(lone_view(lone), 6);
	lone_free(lone);
}

UNIT_TEST(catchup_second_range_may_come_before_the_first_is_delivered)
{
	struct lone *lone = lone_new();

	chain_make(lone, 12);
	cores_disk(lone->cores, lone->self, UINT64_MAX); /* nothing is delivered */
	ck_assert_int_eq(give_range(lone, 0, 4), ACCEPTED);
	ck_assert_int_eq(give_range(lone, 8, 11), IGNORED_UNWANTED); /* a hole between */
	ck_assert_int_eq(give_range(lone, 5, 11), ACCEPTED);
	ck_assert_uint_eq(height_of(lone), 0);
	lone_free(lone);
}

UNIT_TEST(catchup_range_that_was_delivered_is_old)
{
	struct lone *lone = lone_new();

	chain_make(lone, 5);
	give_range(lone, 0, 4);
	cores_run(lone->cores, 20000);
	ck_assert_int_eq(give_range(lone, 0, 4), IGNORED_OLD);
	lone_free(lone);
}

UNIT_TEST(catchup_finalized_range_that_leaves_the_own_chain_trips)
{
	struct lone *lone = lone_new();
	const struct cores_block *other;

	chain_make(lone, 2);
	give_range(lone, 0, 1);
	cores_run(lone->cores, 20000);
	other = lone_block(lone, 3, &lone->blocks[0], 9); /* index 2, height 2 */
	lone_block(lone, 4, other, 9);			  /* index 3, height 3 */
	ck_assert_int_eq(give_range(lone, 3, 3), REJECTED_CONFLICT);
	ck_assert_int_eq(cores_tripped(lone->cores, lone->self), ERR_FORK);
	lone_free(lone);
}

UNIT_TEST(catchup_last_final_beside_what_was_delivered_trips)
{
	struct lone *lone = lone_new();
	const struct cores_block *beside;
	struct event event;

	/* F[5] stands on a block of height 2 that is not the delivered one */
	chain_make(lone, 3);
	give_range(lone, 0, 2);
	cores_run(lone->cores, 20000);
	beside = lone_block(lone, 4, &lone->blocks[1], 9); /* height 3 again */
	lone_certificate(lone, VOTE_FINALIZE, 5, lone_block(lone, 5, beside, 9));
	event = cores_proposal(lone->cores, beside);
	event.proposal.has_vote = false;
	cores_inject(lone->cores, lone->self, &event);
	ck_assert_int_eq(cores_tripped(lone->cores, lone->self), ERR_FORK);
	ck_assert_uint_eq(height_of(lone), 3);
	lone_free(lone);
}

UNIT_TEST(catchup_delivers_only_after_last_final_is_durable)
{
	struct lone *lone = lone_new();

	chain_make(lone, 1);
	lone_propose(lone, &lone->blocks[0]);
	lone_settle(lone);
	cores_disk(lone->cores, lone->self, 5000);
	lone_certificate(lone, VOTE_FINALIZE, 1, &lone->blocks[0]);
	cores_run(lone->cores, 4900);
	ck_assert_uint_eq(height_of(lone), 0);
	cores_run(lone->cores, 200);
	ck_assert_uint_eq(height_of(lone), 1);
	lone_free(lone);
}

UNIT_TEST(catchup_final_ancestor_that_was_never_final_itself_carries_no_certificate)
{
	struct lone *lone = lone_new();
	struct event event = {.kind = EVENT_DURABLE};
	const struct effect *effect;

	chain_make(lone, 2);
	for (int i = 0; i < 2; i++) {
		lone_propose(lone, &lone->blocks[i]);
		lone_settle(lone);
		if (i == 0)
			lone_certificate(lone, VOTE_NOTARIZE, 1, &lone->blocks[0]);
	}
	cores_disk(lone->cores, lone->self, UINT64_MAX);
	lone_certificate(lone, VOTE_FINALIZE, 2, &lone->blocks[1]);
	event.sequence = cores_effects(lone->cores, lone->self, EFFECT_PERSIST);
	cores_inject(lone->cores, lone->self, &event);
	effect = lone_effect(lone, EFFECT_DELIVER, 0);
	ck_assert_ptr_nonnull(effect);
	ck_assert_uint_eq(effect->deliver.block.height, 1);
	ck_assert_uint_eq(effect->deliver.finalization.len, 0);
	effect = lone_effect(lone, EFFECT_DELIVER, 1);
	ck_assert_ptr_nonnull(effect);
	ck_assert_uint_gt(effect->deliver.finalization.len, 0);
	lone_free(lone);
}

UNIT_TEST(catchup_non_empty_body_far_above_committed_is_pending)
{
	struct lone *lone = lone_new();

	/* section 8: 20 notarized blocks, none final: nothing is committed */
	chain_make(lone, 20);
	for (uint32_t i = 0; i < 20; i++) {
		lone_propose(lone, &lone->blocks[i]);
		lone_settle(lone);
		ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, i + 1),
				  i + 1 <= 17);
		lone_certificate(lone, VOTE_NOTARIZE, i + 1, &lone->blocks[i]);
		lone_settle(lone);
	}
	/* once it has caught up, the pending ones are executed and voted for (R8) */
	lone_certificate(lone, VOTE_FINALIZE, 10, &lone->blocks[9]);
	cores_run(lone->cores, 20000);
	ck_assert_uint_eq(height_of(lone), 10);
	ck_assert_uint_eq(lone_sent(lone, VOTE_FINALIZE, 19), 1);
	lone_free(lone);
}

UNIT_TEST(catchup_journal_is_cleaned_r_views_behind_committed)
{
	struct cores *cores = cores_new(4, 0);

	cores_start_all(cores);
	for (uint32_t i = 0; i < 4; i++)
		cores_work(cores, i, true);
	ck_assert(cores_run_all_to_height(cores, 300, 60 * SECOND));
	ck_assert_uint_gt(cores_effects(cores, 0, EFFECT_FORGET), 5);
	/* at most R + 16 views and those above: six records each */
	ck_assert_uint_lt(cores_journal_count(cores, 0), 6 * (64 + 16 + 24));
	for (size_t i = 0; i < cores_journal_count(cores, 0); i++) {
		const struct record *record = cores_journal(cores, 0, i);

		ck_assert(record->view == 0 || record->view + 64 + 40 > 300);
	}
	cores_free(cores);
}

UNIT_MAIN("catchup", catchup_short_gap_is_fetched_block_by_block,
	  catchup_short_gap_that_nobody_fills_block_by_block_asks_for_a_range,
	  catchup_long_gap_asks_for_a_range_and_delivers_it,
	  catchup_range_raises_last_final_by_its_own_certificate,
	  catchup_second_range_may_come_before_the_first_is_delivered,
	  catchup_range_that_was_delivered_is_old,
	  catchup_finalized_range_that_leaves_the_own_chain_trips,
	  catchup_last_final_beside_what_was_delivered_trips,
	  catchup_delivers_only_after_last_final_is_durable,
	  catchup_final_ancestor_that_was_never_final_itself_carries_no_certificate,
	  catchup_non_empty_body_far_above_committed_is_pending,
	  catchup_journal_is_cleaned_r_views_behind_committed)
