/* R4: which certificates are taken, wanted, old, or contradict what is held. */
#include "consensus/certificates.h"

#include "tests/unit/consensus/lone.h"

#define OLD 66u /* more than R views behind */

static bool wants(const struct lone *lone, enum vote_kind kind, uint64_t view,
		  const struct hash *block)
{
	return core_wants_certificate(cores_core(lone->cores, lone->self), kind, 0, view, block);
}

/* A chain of the blocks of views 1 to 3; nothing of it is told yet. */
static void chain_of_three(struct lone *lone, const struct cores_block *blocks[3])
{
	for (uint64_t view = 1; view <= 3; view++)
		blocks[view - 1] = lone_block(lone, view, view == 1 ? NULL : blocks[view - 2], 0);
}

UNIT_TEST(certificates_of_another_epoch_or_of_view_zero_are_unwanted)
{
	struct lone *lone = lone_new();
	struct event event = {.kind = EVENT_CERTIFICATE, .peer = 1};
	struct event_certificate made = cores_certificate(lone->cores, VOTE_NULLIFY, 1, NULL);
	struct certificate changed = *made.certificate;

	event.certificate = made;
	changed.epoch = 1;
	event.certificate.certificate = &changed;
	ck_assert_int_eq(cores_inject(lone->cores, lone->self, &event), IGNORED_UNWANTED);
	changed.epoch = 0;
	changed.view = 0;
	ck_assert_int_eq(cores_inject(lone->cores, lone->self, &event), IGNORED_UNWANTED);
	ck_assert(!core_wants_certificate(cores_core(lone->cores, lone->self), VOTE_NULLIFY, 1, 1,
					  NULL));
	ck_assert(!wants(lone, VOTE_NULLIFY, 0, NULL));
	ck_assert_uint_eq(lone_view(lone), 1);
	cores_certificate_free(&made);
	lone_free(lone);
}

UNIT_TEST(certificates_liars_two_votes_count_for_no_third_block)
{
	struct lone *lone = lone_new();
	const struct cores_block *blocks[3];
	uint32_t liar = (lone->self + 1) % 4;

	for (uint32_t i = 0; i < 3; i++)
		blocks[i] = lone_block(lone, 1, NULL, i);
	ck_assert_int_eq(lone_vote(lone, VOTE_NOTARIZE, 1, blocks[0], liar), ACCEPTED);
	ck_assert_int_eq(lone_vote(lone, VOTE_NOTARIZE, 1, blocks[1], liar), REJECTED_CONFLICT);
	ck_assert_int_eq(lone_vote(lone, VOTE_NOTARIZE, 1, blocks[2], liar), REJECTED_CONFLICT);
	lone_vote(lone, VOTE_NOTARIZE, 1, blocks[2], (liar + 1) % 4);
	lone_vote(lone, VOTE_NOTARIZE, 1, blocks[2], (liar + 2) % 4);
	/* two of the three that a quorum takes: the block is not even asked for */
	ck_assert_uint_eq(cores_effects(lone->cores, lone->self, EFFECT_REQUEST_BLOCK), 0);
	ck_assert_uint_eq(cores_effects(lone->cores, lone->self, EFFECT_CERTIFICATE), 0);
	lone_free(lone);
}

UNIT_TEST(certificates_below_last_final_are_old)
{
	struct lone *lone = lone_new();
	const struct cores_block *far = lone_block(lone, OLD, NULL, 0);
	const struct cores_block *near = lone_block(lone, OLD - 1, NULL, 0);

	ck_assert_int_eq(lone_certificate(lone, VOTE_FINALIZE, OLD, far), ACCEPTED);
	ck_assert_int_eq(lone_certificate(lone, VOTE_NULLIFY, OLD - 1, NULL), IGNORED_OLD);
	ck_assert_int_eq(lone_certificate(lone, VOTE_NOTARIZE, OLD - 1, near), IGNORED_OLD);
	ck_assert_int_eq(lone_certificate(lone, VOTE_NULLIFY, 1, NULL), IGNORED_OLD);
	ck_assert(!wants(lone, VOTE_NULLIFY, OLD - 1, NULL));
	ck_assert(!wants(lone, VOTE_NULLIFY, 1, NULL));
	ck_assert_int_eq(cores_tripped(lone->cores, lone->self), ERR_OK);
	lone_free(lone);
}

UNIT_TEST(certificates_late_finalization_is_wanted_until_its_block_is_delivered)
{
	struct lone *lone = lone_new();
	const struct cores_block *blocks[3];
	const struct cores_block *other = lone_block(lone, 2, NULL, 9);

	chain_of_three(lone, blocks);
	lone_propose(lone, blocks[0]);
	ck_assert_int_eq(lone_certificate(lone, VOTE_FINALIZE, 3, blocks[2]), ACCEPTED);
	/* of a block nobody told of: it may show a fork */
	ck_assert(wants(lone, VOTE_FINALIZE, 2, &other->hash));
	/* its place in the chain is known, its header is not; then that is; then all */
	ck_assert(wants(lone, VOTE_FINALIZE, 2, &blocks[1]->hash));
	lone_propose(lone, blocks[1]);
	ck_assert(wants(lone, VOTE_FINALIZE, 2, &blocks[1]->hash));
	lone_propose(lone, blocks[2]);
	lone_settle(lone);
	ck_assert_uint_eq(cores_height(lone->cores, lone->self), 3);
	ck_assert(!wants(lone, VOTE_FINALIZE, 2, &blocks[1]->hash));
	lone_free(lone);
}

UNIT_TEST(certificates_finalization_of_a_block_beside_the_chain_is_wanted)
{
	struct lone *lone = lone_new();
	const struct cores_block *blocks[3];
	const struct cores_block *other = lone_block(lone, 1, NULL, 9);

	/* the block was seen, and the chain went past it */
	chain_of_three(lone, blocks);
	lone_propose(lone, other);
	lone_certificate(lone, VOTE_FINALIZE, 3, blocks[2]);
	ck_assert(wants(lone, VOTE_FINALIZE, 1, &other->hash));
	lone_free(lone);
}

UNIT_TEST(certificates_two_late_finalizations_of_one_view_trip)
{
	struct lone *lone = lone_new();
	const struct cores_block *blocks[3];
	const struct cores_block *other = lone_block(lone, 1, NULL, 9);

	chain_of_three(lone, blocks);
	lone_certificate(lone, VOTE_FINALIZE, 3, blocks[2]);
	ck_assert_int_eq(lone_certificate(lone, VOTE_FINALIZE, 1, blocks[0]), ACCEPTED);
	ck_assert_int_eq(lone_certificate(lone, VOTE_FINALIZE, 1, other), REJECTED_CONFLICT);
	ck_assert_int_eq(cores_tripped(lone->cores, lone->self), ERR_FORK);
	ck_assert_int_eq(lone_certificate(lone, VOTE_FINALIZE, 1, other), REJECTED_CONFLICT);
	ck_assert_uint_eq(cores_effects(lone->cores, lone->self, EFFECT_TRIP), 1);
	lone_free(lone);
}

UNIT_TEST(certificates_late_finalization_as_high_as_last_final_trips)
{
	struct lone *lone = lone_new();
	const struct cores_block *one = lone_block(lone, 1, NULL, 0);
	const struct cores_block *two = lone_block(lone, 2, NULL, 0);

	/* two blocks of height 1, in views 1 and 2 */
	ck_assert_int_eq(lone_certificate(lone, VOTE_FINALIZE, 2, two), ACCEPTED);
	ck_assert_int_eq(lone_certificate(lone, VOTE_FINALIZE, 1, one), REJECTED_CONFLICT);
	ck_assert_int_eq(cores_tripped(lone->cores, lone->self), ERR_FORK);
	lone_free(lone);
}

UNIT_MAIN("certificates", certificates_of_another_epoch_or_of_view_zero_are_unwanted,
	  certificates_liars_two_votes_count_for_no_third_block,
	  certificates_below_last_final_are_old,
	  certificates_late_finalization_is_wanted_until_its_block_is_delivered,
	  certificates_finalization_of_a_block_beside_the_chain_is_wanted,
	  certificates_two_late_finalizations_of_one_view_trip,
	  certificates_late_finalization_as_high_as_last_final_trips)
