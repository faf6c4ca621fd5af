/* E1 to E4: which pairs of votes prove a fault, and who is named. */
#include "consensus/evidence.h"

#include "tests/unit/consensus/lone.h"

static struct vote vote_of(enum vote_kind kind, uint8_t block)
{
	struct vote vote = {.kind = kind, .view = 5, .signer = 2};

	if (kind != VOTE_NULLIFY)
		vote.block.b[0] = block;
	return vote;
}

UNIT_TEST(evidence_table_of_all_pairs)
{
	static const struct {
		enum vote_kind a, b;
		uint8_t block_a, block_b;
		enum evidence_type type;
	} cases[] = {
		{VOTE_NOTARIZE, VOTE_NOTARIZE, 1, 1, EVIDENCE_NONE},
		{VOTE_NOTARIZE, VOTE_NOTARIZE, 1, 2, EVIDENCE_E1},
		{VOTE_FINALIZE, VOTE_FINALIZE, 1, 1, EVIDENCE_NONE},
		{VOTE_FINALIZE, VOTE_FINALIZE, 1, 2, EVIDENCE_E2},
		{VOTE_NULLIFY, VOTE_NULLIFY, 0, 0, EVIDENCE_NONE},
		{VOTE_NULLIFY, VOTE_FINALIZE, 0, 1, EVIDENCE_E3},
		{VOTE_NOTARIZE, VOTE_FINALIZE, 1, 2, EVIDENCE_E4},
		{VOTE_NOTARIZE, VOTE_FINALIZE, 1, 1, EVIDENCE_NONE},
		{VOTE_NOTARIZE, VOTE_NULLIFY, 1, 0, EVIDENCE_NONE}, /* legal together */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vote a = vote_of(cases[i].a, cases[i].block_a);
		struct vote b = vote_of(cases[i].b, cases[i].block_b);

		ck_assert_msg(evidence_of(&a, &b) == cases[i].type, "case %zu", i);
		ck_assert_msg(evidence_of(&b, &a) == cases[i].type, "case %zu reversed", i);
	}
}

/* Injects the two votes and gives the evidence of the second, or NULL. */
static const struct effect *reported(struct lone *lone, enum vote_kind a, uint32_t salt_a,
				     enum vote_kind b, uint32_t salt_b)
{
	uint32_t signer = lone_leader(lone, 2);
	const struct cores_block *block_a =
		a == VOTE_NULLIFY ? NULL : lone_block(lone, 1, NULL, salt_a);
	const struct cores_block *block_b =
		b == VOTE_NULLIFY ? NULL : lone_block(lone, 1, NULL, salt_b);

	lone_vote(lone, a, 1, block_a, signer);
	ck_assert_ptr_null(lone_effect(lone, EFFECT_EVIDENCE, 0));
	lone_vote(lone, b, 1, block_b, signer);
	return lone_effect(lone, EFFECT_EVIDENCE, 0);
}

UNIT_TEST(evidence_of_each_type_is_reported_in_the_order_of_the_texts)
{
	static const struct {
		enum vote_kind a, b;
		enum vote_kind first, second;
	} cases[] = {
		{VOTE_NOTARIZE, VOTE_NOTARIZE, VOTE_NOTARIZE, VOTE_NOTARIZE},
		{VOTE_FINALIZE, VOTE_FINALIZE, VOTE_FINALIZE, VOTE_FINALIZE},
		{VOTE_NULLIFY, VOTE_FINALIZE, VOTE_FINALIZE, VOTE_NULLIFY},
		{VOTE_FINALIZE, VOTE_NULLIFY, VOTE_FINALIZE, VOTE_NULLIFY},
		{VOTE_NOTARIZE, VOTE_FINALIZE, VOTE_FINALIZE, VOTE_NOTARIZE},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct lone *lone = lone_new();
		const struct effect *effect = reported(lone, cases[i].a, 0, cases[i].b, 1);

		ck_assert_msg(effect != NULL, "case %zu", i);
		ck_assert_int_eq(effect->evidence.first.kind, cases[i].first);
		ck_assert_int_eq(effect->evidence.second.kind, cases[i].second);
		if (cases[i].first == cases[i].second)
			ck_assert_int_lt(hash_compare(&effect->evidence.first.block,
						      &effect->evidence.second.block), 0);
		ck_assert_uint_eq(effect->evidence.first.signer, lone_leader(lone, 2));
		lone_free(lone);
	}
}

UNIT_TEST(evidence_is_reported_once_and_a_third_vote_is_not_kept)
{
	struct lone *lone = lone_new();
	uint32_t signer = lone_leader(lone, 2);
	const struct cores_block *blocks[3];

	for (uint32_t i = 0; i < 3; i++)
		blocks[i] = lone_block(lone, 1, NULL, i);
	lone_vote(lone, VOTE_NOTARIZE, 1, blocks[0], signer);
	ck_assert_int_eq(lone_vote(lone, VOTE_NOTARIZE, 1, blocks[1], signer), REJECTED_CONFLICT);
	ck_assert_int_eq(lone_vote(lone, VOTE_NOTARIZE, 1, blocks[1], signer), IGNORED_DUPLICATE);
	ck_assert_int_eq(lone_vote(lone, VOTE_NOTARIZE, 1, blocks[2], signer), REJECTED_CONFLICT);
	ck_assert_uint_eq(cores_evidence(lone->cores, lone->self, signer), 1);
	lone_free(lone);
}

UNIT_TEST(evidence_is_found_up_to_r_views_behind_last_final)
{
	struct lone *lone = lone_new();
	uint32_t signer = lone_leader(lone, 2);
	const struct cores_block *one = lone_block(lone, 1, NULL, 0);
	const struct cores_block *two = lone_block(lone, 1, NULL, 1);

	lone_vote(lone, VOTE_NOTARIZE, 1, one, signer);
	lone_certificate(lone, VOTE_FINALIZE, 65, lone_block(lone, 65, NULL, 0));
	lone_settle(lone);
	ck_assert_int_eq(lone_vote(lone, VOTE_NOTARIZE, 1, two, signer), REJECTED_CONFLICT);
	ck_assert_uint_eq(cores_evidence(lone->cores, lone->self, signer), 1);
	lone_free(lone);
}

UNIT_TEST(evidence_window_ends_behind_r_views)
{
	struct lone *lone = lone_new();
	const struct cores_block *one = lone_block(lone, 1, NULL, 0);

	lone_certificate(lone, VOTE_FINALIZE, 66, lone_block(lone, 66, NULL, 0));
	ck_assert_int_eq(lone_vote(lone, VOTE_NOTARIZE, 1, one, lone_leader(lone, 2)), IGNORED_OLD);
	ck_assert_int_eq(lone_vote(lone, VOTE_NOTARIZE, 2, one, lone_leader(lone, 2)), ACCEPTED);
	lone_free(lone);
}

UNIT_TEST(evidence_conflicting_vote_still_counts_for_its_block)
{
	struct lone *lone = lone_new();
	const struct cores_block *one = lone_block(lone, 1, NULL, 0);
	const struct cores_block *two = lone_block(lone, 1, NULL, 1);
	uint32_t liar = lone_leader(lone, 1);

	/* the leader told me `two`, the others `one`: with its second word it is N */
	lone_vote(lone, VOTE_NOTARIZE, 1, two, liar);
	lone_propose(lone, one);
	lone_vote(lone, VOTE_NOTARIZE, 1, one, lone_leader(lone, 2));
	ck_assert_uint_eq(lone_view(lone), 1);
	lone_vote(lone, VOTE_NOTARIZE, 1, one, lone_leader(lone, 3));
	ck_assert_uint_eq(lone_view(lone), 2);
	lone_free(lone);
}

UNIT_MAIN("evidence", evidence_table_of_all_pairs,
	  evidence_of_each_type_is_reported_in_the_order_of_the_texts,
	  evidence_is_reported_once_and_a_third_vote_is_not_kept,
	  evidence_is_found_up_to_r_views_behind_last_final, evidence_window_ends_behind_r_views,
	  evidence_conflicting_vote_still_counts_for_its_block)
