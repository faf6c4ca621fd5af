/* Conflicts of interest and reviews: rules NC, RC and RR. */
#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/hearing.h"

#define SCORE_GREATEST (UINT64_C(10000) * 1000000)

static struct world *with_panel(void)
{
	struct world *world = hearing_new(NULL);

	hearing_panel(world);
	return world;
}

static void declare(struct world *world, enum reviewer reviewer, uint64_t proposal, enum err want)
{
	world_expects(world, as(world, reviewer), OP(COI_DECLARE), make_conflict(proposal), want);
}

/* Scores of 8 and 3: 60,000. */
static void commit(struct world *world, enum reviewer reviewer, uint64_t proposal, enum err want)
{
	world_expects(world, as(world, reviewer), OP(REVIEW_COMMIT),
		      make_review(world, reviewer, proposal, make_scores(8, 3)), want);
}

static void reveal(struct world *world, enum reviewer reviewer, uint64_t proposal, enum err want)
{
	world_expects(world, as(world, reviewer), OP(REVIEW_REVEAL),
		      make_opening(proposal, make_scores(8, 3)), want);
}

static const Stele__ReviewValue *review_at(struct world *world, unsigned proposal, unsigned place)
{
	return world_value(world, VALUE_REVIEW, "review/P1/C1/%u/%u", proposal, place);
}

static void put_proposal_state(struct world *world, uint64_t number, Stele__ProposalState state)
{
	Stele__ProposalValue proposal = tender_proposal(world, number);

	proposal.state = state;
	tender_put_proposal(world, &proposal);
}

/* --- coi.declare ------------------------------------------------------------- */

UNIT_TEST(a_conflict_stands_beside_the_reviewer_and_the_proposal)
{
	struct world *world = with_panel();
	ProtobufCBinaryData reason = world_hash(3);
	const Stele__ReviewValue *review;

	declare(world, REVIEWER_2, BOTH_LABS, ERR_OK);
	review = review_at(world, BOTH_LABS, 2);
	ck_assert(review->is_conflicted);
	unit_assert_bytes(review->reason_sha256.data, review->reason_sha256.len, reason.data,
			  reason.len);
	ck_assert_uint_eq(review->log_index, world->log_size - 1);
	ck_assert_uint_eq(review->changed_log_index, 0);
	ck_assert_uint_eq(review->commitment.len, 0);
	declare(world, REVIEWER_2, BOTH_LABS, ERR_CONFLICT);
	declare(world, REVIEWER_2, ONE_LAB, ERR_OK);
	declare(world, REVIEWER_1, BOTH_LABS, ERR_OK);
	ck_assert_uint_eq(tender_proposal(world, BOTH_LABS).reviews, 0);
	world_free(world);
}

UNIT_TEST(a_conflict_ends_the_reviewers_part_in_that_proposal)
{
	struct world *world = with_panel();
	const Stele__ReviewValue *review;

	declare(world, REVIEWER_1, BOTH_LABS, ERR_OK);
	commit(world, REVIEWER_1, BOTH_LABS, ERR_CONFLICT);
	commit(world, REVIEWER_1, OTHER_LAB, ERR_OK);
	commit(world, REVIEWER_2, BOTH_LABS, ERR_OK);
	declare(world, REVIEWER_2, BOTH_LABS, ERR_OK); /* after the commitment */
	review = review_at(world, BOTH_LABS, 2);
	ck_assert(review->is_conflicted);
	ck_assert_uint_eq(review->commitment.len, 32);
	ck_assert_uint_eq(review->log_index, world->log_size - 2);
	ck_assert_uint_eq(review->changed_log_index, world->log_size - 1);
	tender_at(world, TENDER_REVIEW_UNTIL);
	reveal(world, REVIEWER_2, BOTH_LABS, ERR_CONFLICT);
	reveal(world, REVIEWER_1, BOTH_LABS, ERR_CONFLICT);
	reveal(world, REVIEWER_1, OTHER_LAB, ERR_OK);
	declare(world, REVIEWER_1, OTHER_LAB, ERR_EXISTS_REVIEW);
	declare(world, REVIEWER_1, ONE_LAB, ERR_OK); /* at any time */
	world_free(world);
}

UNIT_TEST(a_conflict_may_be_declared_of_a_proposal_in_any_state)
{
	struct world *world = with_panel();

	declare(world, REVIEWER_1, SEALED, ERR_OK);
	put_proposal_state(world, BOTH_LABS, STELE__PROPOSAL_STATE__PROPOSAL_DECLINED);
	declare(world, REVIEWER_1, BOTH_LABS, ERR_OK);
	world_free(world);
}

UNIT_TEST(the_rules_of_a_conflict_are_asked_in_their_order)
{
	struct world *world = with_panel();
	Stele__CoiDeclare *record = make_conflict(BOTH_LABS);
	Stele__ReviewValue review;

	commit(world, REVIEWER_1, BOTH_LABS, ERR_OK);
	review = *review_at(world, BOTH_LABS, 1);
	review.is_conflicted = true; /* no record leads here: for the order alone */
	review.content = make_scores(1, 1);
	world_put(world, "review/P1/C1/1/1", VALUE_REVIEW, &review);
	hearing_spoil(world);
	(void)as(world, REVIEWER_1);
	hearing_mend_proposal(world, NOBODY, OP(COI_DECLARE), record, &record->programme,
			      &record->call, &record->proposal);
	world_refuses(world, NOBODY, OP(COI_DECLARE), record, ERR_EXISTS_REVIEW);
	review.content = NULL;
	world_put(world, "review/P1/C1/1/1", VALUE_REVIEW, &review);
	world_refuses(world, NOBODY, OP(COI_DECLARE), record, ERR_CONFLICT);
	world_free(world);
}

/* --- on the panel ------------------------------------------------------------ */

UNIT_TEST(only_keys_of_the_panel_declare_and_review)
{
	static const enum reviewer one[] = {REVIEWER_1};
	struct world *world = hearing_new(NULL);

	(void)world_accepts(world, AGENCY, OP(PANEL_APPOINT), make_panel(1, one));
	/* REVIEWER_2 is another key of the same organisation. */
	declare(world, REVIEWER_2, BOTH_LABS, ERR_NOT_ON_PANEL);
	commit(world, REVIEWER_2, SEALED, ERR_NOT_ON_PANEL);
	reveal(world, REVIEWER_2, SEALED, ERR_NOT_ON_PANEL);
	declare(world, REVIEWER_1, BOTH_LABS, ERR_OK);
	world_free(world);
}

UNIT_TEST(the_panel_of_another_call_is_another_panel)
{
	struct world *world = with_panel();
	Stele__CallValue call = tender_call(world);
	Stele__ProposalValue proposal = tender_proposal(world, BOTH_LABS);
	Stele__ReviewCommit *record =
		make_review(world, REVIEWER_1, BOTH_LABS, make_scores(8, 3));

	call.call = (char *)"C2";
	world_put(world, "call/P1/C2", VALUE_CALL, &call);
	world_put(world, "proposal/P1/C2/1", VALUE_PROPOSAL, &proposal);
	record->call = (char *)"C2";
	world_refuses(world, as(world, REVIEWER_1), OP(REVIEW_COMMIT), record, ERR_NOT_ON_PANEL);
	world_free(world);
}

/* --- review.commit ------------------------------------------------------------ */

UNIT_TEST(a_sealed_review_is_counted_and_nothing_else)
{
	struct world *world = with_panel();
	Stele__ReviewCommit *record =
		make_review(world, REVIEWER_2, BOTH_LABS, make_scores(8, 3));
	Stele__ProposalValue before = tender_proposal(world, BOTH_LABS);
	const Stele__ReviewValue *review;
	Stele__ProposalValue proposal;

	(void)world_accepts(world, as(world, REVIEWER_2), OP(REVIEW_COMMIT), record);
	review = review_at(world, BOTH_LABS, 2);
	unit_assert_bytes(review->commitment.data, review->commitment.len,
			  record->commitment.data, record->commitment.len);
	ck_assert(review->content == NULL);
	ck_assert_uint_eq(review->score, 0);
	ck_assert_uint_eq(review->log_index, world->log_size - 1);
	ck_assert_uint_eq(review->changed_log_index, 0);
	commit(world, REVIEWER_1, BOTH_LABS, ERR_OK);
	proposal = tender_proposal(world, BOTH_LABS);
	ck_assert_uint_eq(proposal.reviews, 2);
	ck_assert_uint_eq(proposal.revealed_reviews, 0);
	ck_assert_uint_eq(proposal.score, 0);
	ck_assert_uint_eq(proposal.changed_log_index, before.changed_log_index);
	world_free(world);
}

UNIT_TEST(a_reviewer_commits_one_review_of_each_proposal)
{
	struct world *world = with_panel();

	commit(world, REVIEWER_1, BOTH_LABS, ERR_OK);
	commit(world, REVIEWER_1, BOTH_LABS, ERR_EXISTS_REVIEW);
	world_refuses(world, as(world, REVIEWER_1), OP(REVIEW_COMMIT),
		      make_review(world, REVIEWER_1, BOTH_LABS, make_scores(0, 0)),
		      ERR_EXISTS_REVIEW);
	commit(world, REVIEWER_1, ONE_LAB, ERR_OK);
	commit(world, REVIEWER_3, BOTH_LABS, ERR_OK); /* another key of that organisation */
	world_free(world);
}

UNIT_TEST(reviews_are_committed_from_the_reveal_time_until_the_review_time)
{
	static const struct {
		uint64_t time_ms;
		enum err want;
	} cases[] = {
		{TENDER_REVEAL_UNTIL + 1, ERR_OK},
		{TENDER_REVIEW_UNTIL - 1, ERR_OK},
		{TENDER_REVIEW_UNTIL, ERR_REVIEW_WINDOW},
		{TENDER_REVIEW_UNTIL + 1, ERR_REVIEW_WINDOW},
	};
	struct world *world = with_panel();
	Stele__CallValue call = tender_call(world);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *other = with_panel();

		tender_at(other, cases[i].time_ms);
		commit(other, REVIEWER_1, BOTH_LABS, cases[i].want);
		world_free(other);
	}
	call.terms->reveal_until = world->time_ms + 1;
	tender_put_call(world, &call);
	commit(world, REVIEWER_1, BOTH_LABS, ERR_REVIEW_WINDOW);
	call.terms->reveal_until = world->time_ms;
	tender_put_call(world, &call);
	commit(world, REVIEWER_1, BOTH_LABS, ERR_OK);
	world_free(world);
}

UNIT_TEST(only_revealed_proposals_are_reviewed)
{
	static const struct {
		Stele__ProposalState state;
		enum err want;
	} cases[] = {
		{STELE__PROPOSAL_STATE__PROPOSAL_COMMITTED, ERR_PROPOSAL_STATE},
		{STELE__PROPOSAL_STATE__PROPOSAL_WITHDRAWN, ERR_PROPOSAL_STATE},
		{STELE__PROPOSAL_STATE__PROPOSAL_SELECTED, ERR_PROPOSAL_STATE},
		{STELE__PROPOSAL_STATE__PROPOSAL_DECLINED, ERR_PROPOSAL_STATE},
		{STELE__PROPOSAL_STATE__PROPOSAL_REVEALED, ERR_OK},
	};
	struct world *world = with_panel();

	commit(world, REVIEWER_1, SEALED, ERR_PROPOSAL_STATE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put_proposal_state(world, BOTH_LABS, cases[i].state);
		commit(world, REVIEWER_1, BOTH_LABS, cases[i].want);
	}
	world_free(world);
}

UNIT_TEST(reviews_wait_for_the_whole_panel)
{
	struct world *world = with_panel();
	Stele__CallValue call = tender_call(world);

	call.terms->review->panel_min = 5;
	tender_put_call(world, &call);
	commit(world, REVIEWER_1, BOTH_LABS, ERR_PANEL_SMALL);
	call.terms->review->panel_min = 4;
	tender_put_call(world, &call);
	commit(world, REVIEWER_1, BOTH_LABS, ERR_OK);
	call.terms->review->panel_min = 3;
	tender_put_call(world, &call);
	commit(world, REVIEWER_2, BOTH_LABS, ERR_OK);
	world_free(world);
}

UNIT_TEST(nobody_reviews_for_a_consortium_of_the_own_organisation)
{
	struct world *world = with_panel();

	commit(world, REVIEWER_LAB, BOTH_LABS, ERR_CONFLICT); /* its second member */
	commit(world, REVIEWER_LAB, ONE_LAB, ERR_CONFLICT);
	commit(world, REVIEWER_LAB, OTHER_LAB, ERR_OK);
	world_free(world);
}

UNIT_TEST(the_rules_of_a_commitment_are_asked_in_their_order)
{
	struct world *world = with_panel();
	Stele__ReviewCommit *record =
		make_review(world, REVIEWER_1, BOTH_LABS, make_scores(8, 3));
	Stele__CallValue call;
	Stele__ReviewValue review;

	commit(world, REVIEWER_1, BOTH_LABS, ERR_OK);
	declare(world, REVIEWER_1, BOTH_LABS, ERR_OK);
	put_proposal_state(world, BOTH_LABS, STELE__PROPOSAL_STATE__PROPOSAL_DECLINED);
	call = tender_call(world);
	call.terms->review->panel_min = 5;
	tender_put_call(world, &call);
	hearing_spoil(world);
	tender_at(world, TENDER_REVIEW_UNTIL);
	(void)as(world, REVIEWER_1);
	hearing_mend_proposal(world, NOBODY, OP(REVIEW_COMMIT), record, &record->programme,
			      &record->call, &record->proposal);
	world_refuses(world, NOBODY, OP(REVIEW_COMMIT), record, ERR_REVIEW_WINDOW);
	hearing_prolong(world, 1);
	world_refuses(world, NOBODY, OP(REVIEW_COMMIT), record, ERR_PROPOSAL_STATE);
	put_proposal_state(world, BOTH_LABS, STELE__PROPOSAL_STATE__PROPOSAL_REVEALED);
	world_refuses(world, NOBODY, OP(REVIEW_COMMIT), record, ERR_PANEL_SMALL);
	call = tender_call(world);
	call.terms->review->panel_min = 4;
	tender_put_call(world, &call);
	world_refuses(world, NOBODY, OP(REVIEW_COMMIT), record, ERR_CONFLICT);
	review = *review_at(world, BOTH_LABS, 1);
	review.is_conflicted = false;
	world_put(world, "review/P1/C1/1/1", VALUE_REVIEW, &review);
	world_refuses(world, NOBODY, OP(REVIEW_COMMIT), record, ERR_EXISTS_REVIEW);
	world_free(world);
}

/* --- review.reveal ------------------------------------------------------------- */

UNIT_TEST(opened_reviews_add_up_in_the_proposal)
{
	struct world *world = with_panel();
	const Stele__ReviewValue *review;
	Stele__ProposalValue proposal;

	commit(world, REVIEWER_1, BOTH_LABS, ERR_OK);
	(void)world_accepts(world, as(world, REVIEWER_3), OP(REVIEW_COMMIT),
			    make_review(world, REVIEWER_3, BOTH_LABS, make_scores(10, 0)));
	tender_at(world, TENDER_REVIEW_UNTIL);
	reveal(world, REVIEWER_1, BOTH_LABS, ERR_OK);
	(void)world_accepts(world, as(world, REVIEWER_3), OP(REVIEW_REVEAL),
			    make_opening(BOTH_LABS, make_scores(10, 0)));
	review = review_at(world, BOTH_LABS, 1);
	ck_assert_uint_eq(review->score, 6000 * 8 + 4000 * 3);
	ck_assert_uint_eq(review->content->n_scores, 2);
	ck_assert_uint_eq(review->content->scores[1]->value, 3);
	ck_assert_uint_eq(review->log_index, world->log_size - 4);
	ck_assert_uint_eq(review->changed_log_index, world->log_size - 2);
	proposal = tender_proposal(world, BOTH_LABS);
	ck_assert_uint_eq(proposal.reviews, 2);
	ck_assert_uint_eq(proposal.revealed_reviews, 2);
	ck_assert_uint_eq(proposal.score, 60000 + 60000);
	reveal(world, REVIEWER_1, BOTH_LABS, ERR_EXISTS_REVIEW);
	world_free(world);
}

UNIT_TEST(reviews_are_opened_from_the_review_time_on)
{
	struct world *world = with_panel();

	commit(world, REVIEWER_1, BOTH_LABS, ERR_OK);
	commit(world, REVIEWER_2, BOTH_LABS, ERR_OK);
	commit(world, REVIEWER_3, BOTH_LABS, ERR_OK);
	tender_at(world, TENDER_REVIEW_UNTIL - 1);
	reveal(world, REVIEWER_1, BOTH_LABS, ERR_REVIEW_WINDOW);
	tender_at(world, TENDER_REVIEW_UNTIL);
	reveal(world, REVIEWER_1, BOTH_LABS, ERR_OK);
	tender_at(world, TENDER_REVIEW_UNTIL + 1);
	reveal(world, REVIEWER_2, BOTH_LABS, ERR_OK);
	tender_at(world, TENDER_REVIEW_UNTIL + UINT64_C(1000000000));
	reveal(world, REVIEWER_3, BOTH_LABS, ERR_OK); /* no end but the decision */
	world_free(world);
}

UNIT_TEST(nothing_is_opened_after_the_decision)
{
	struct world *world = with_panel();

	commit(world, REVIEWER_1, BOTH_LABS, ERR_OK);
	tender_at(world, TENDER_REVIEW_UNTIL);
	put_proposal_state(world, BOTH_LABS, STELE__PROPOSAL_STATE__PROPOSAL_SELECTED);
	reveal(world, REVIEWER_1, BOTH_LABS, ERR_PROPOSAL_STATE);
	put_proposal_state(world, BOTH_LABS, STELE__PROPOSAL_STATE__PROPOSAL_DECLINED);
	reveal(world, REVIEWER_1, BOTH_LABS, ERR_PROPOSAL_STATE);
	put_proposal_state(world, BOTH_LABS, STELE__PROPOSAL_STATE__PROPOSAL_REVEALED);
	reveal(world, REVIEWER_1, BOTH_LABS, ERR_OK);
	world_free(world);
}

/* The text of docs/ledger.md, made by hand: scores 8 and 3, comment absent. */
static struct hash seal_by_hand(struct world *world, enum reviewer reviewer)
{
	static const uint8_t content[] = "\x0a\x0b\x0a\x07novelty\x10\x08\x0a\x08\x0a\x04team\x10\x03";
	struct public_key key = reviewer_key(reviewer);
	ProtobufCBinaryData salt = world_hash(77);
	char chain_hex[65], key_hex[67], content_hex[65], salt_hex[65], text[512];
	struct hash hash;

	sha256(&hash, content, sizeof(content) - 1);
	hex_encode(chain_hex, world->genesis->chain.b, 32);
	hex_encode(key_hex, key.b, 33);
	hex_encode(content_hex, hash.b, 32);
	hex_encode(salt_hex, salt.data, 32);
	snprintf(text, sizeof(text),
		 "stele/v1 review\nchain %s\nprogramme P1\ncall C1\nproposal 1\nreviewer %s\n"
		 "content %s\nsalt %s\n",
		 chain_hex, key_hex, content_hex, salt_hex);
	sha256(&hash, text, strlen(text));
	return hash;
}

UNIT_TEST(a_review_opens_the_commitment_of_the_documented_text)
{
	struct world *world = with_panel();
	struct hash sealed = seal_by_hand(world, REVIEWER_1);
	Stele__ReviewCommit *record =
		make_review(world, REVIEWER_1, BOTH_LABS, make_scores(8, 3));

	record->commitment = (ProtobufCBinaryData){sizeof(sealed.b), sealed.b};
	(void)world_accepts(world, as(world, REVIEWER_1), OP(REVIEW_COMMIT), record);
	tender_at(world, TENDER_REVIEW_UNTIL);
	reveal(world, REVIEWER_1, BOTH_LABS, ERR_OK);
	world_free(world);
}

UNIT_TEST(only_what_was_committed_is_opened)
{
	struct world *world = with_panel();
	Stele__ReviewReveal *record;

	commit(world, REVIEWER_1, BOTH_LABS, ERR_OK);
	/* REVIEWER_2 copies what REVIEWER_1 committed, and later what it opened. */
	(void)world_accepts(world, as(world, REVIEWER_2), OP(REVIEW_COMMIT),
			    make_review(world, REVIEWER_1, BOTH_LABS, make_scores(8, 3)));
	tender_at(world, TENDER_REVIEW_UNTIL);
	(void)as(world, REVIEWER_1);
	world_refuses(world, NOBODY, OP(REVIEW_REVEAL),
		      make_opening(BOTH_LABS, make_scores(8, 4)), ERR_COMMITMENT);
	record = make_opening(BOTH_LABS, make_scores(8, 3));
	record->salt = world_hash(78);
	world_refuses(world, NOBODY, OP(REVIEW_REVEAL), record, ERR_COMMITMENT);
	record = make_opening(BOTH_LABS, make_scores(8, 3));
	record->content->comment_sha256 = world_hash(1);
	world_refuses(world, NOBODY, OP(REVIEW_REVEAL), record, ERR_COMMITMENT);
	reveal(world, REVIEWER_1, OTHER_LAB, ERR_NOT_FOUND_REVIEW);
	reveal(world, REVIEWER_1, BOTH_LABS, ERR_OK);
	reveal(world, REVIEWER_2, BOTH_LABS, ERR_COMMITMENT);
	world_free(world);
}

typedef void spoil(Stele__ReviewContent *content);

static void greatest(Stele__ReviewContent *content)
{
	content->scores[0]->value = 10;
	content->scores[1]->value = 5;
}
static void least(Stele__ReviewContent *content)
{
	content->scores[0]->value = 0;
	content->scores[1]->value = 0;
}
static void first_above(Stele__ReviewContent *content) { content->scores[0]->value = 11; }
static void second_above(Stele__ReviewContent *content) { content->scores[1]->value = 6; }
static void one_missing(Stele__ReviewContent *content) { content->n_scores = 1; }
static void one_more(Stele__ReviewContent *content)
{
	Stele__Score **scores = make_memory(3 * sizeof(*scores));

	memcpy(scores, content->scores, 2 * sizeof(*scores));
	scores[2] = scores[1];
	content->scores = scores;
	content->n_scores = 3;
}
static void other_order(Stele__ReviewContent *content)
{
	Stele__Score *first = content->scores[0];

	content->scores[0] = content->scores[1];
	content->scores[1] = first;
}
static void other_code(Stele__ReviewContent *content)
{
	content->scores[1]->criterion = (char *)"Team";
}

UNIT_TEST(scores_are_one_for_each_criterion_in_its_range)
{
	static const struct {
		spoil *spoil;
		enum err want;
	} cases[] = {
		{greatest, ERR_OK},	   {least, ERR_OK},
		{first_above, ERR_SCORES}, {second_above, ERR_SCORES},
		{one_missing, ERR_SCORES}, {one_more, ERR_SCORES},
		{other_order, ERR_SCORES}, {other_code, ERR_SCORES},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *world = with_panel();
		Stele__ReviewContent *content = make_scores(1, 1);

		cases[i].spoil(content);
		(void)world_accepts(world, as(world, REVIEWER_1), OP(REVIEW_COMMIT),
				    make_review(world, REVIEWER_1, BOTH_LABS, content));
		tender_at(world, TENDER_REVIEW_UNTIL);
		world_expects(world, as(world, REVIEWER_1), OP(REVIEW_REVEAL),
			      make_opening(BOTH_LABS, content), cases[i].want);
		world_free(world);
	}
}

UNIT_TEST(the_greatest_score_of_256_reviewers_does_not_wrap)
{
	struct world *world = with_panel();
	Stele__CallValue call = tender_call(world);
	Stele__ReviewContent *content = make_scores(1000000, 1000000);
	Stele__ProposalValue proposal;

	call.terms->review->criteria[0]->max = 1000000;
	call.terms->review->criteria[1]->max = 1000000;
	tender_put_call(world, &call);
	hearing_put_score(world, BOTH_LABS, 255, 255 * SCORE_GREATEST);
	(void)world_accepts(world, as(world, REVIEWER_1), OP(REVIEW_COMMIT),
			    make_review(world, REVIEWER_1, BOTH_LABS, content));
	tender_at(world, TENDER_REVIEW_UNTIL);
	(void)world_accepts(world, as(world, REVIEWER_1), OP(REVIEW_REVEAL),
			    make_opening(BOTH_LABS, content));
	ck_assert_uint_eq(review_at(world, BOTH_LABS, 1)->score, SCORE_GREATEST);
	proposal = tender_proposal(world, BOTH_LABS);
	ck_assert_uint_eq(proposal.revealed_reviews, 256);
	ck_assert_uint_eq(proposal.score, UINT64_C(2560000000000));
	world_free(world);
}

UNIT_TEST(the_rules_of_an_opening_are_asked_in_their_order)
{
	struct world *world = with_panel();
	Stele__ReviewReveal *record = make_opening(BOTH_LABS, make_scores(11, 3));
	Stele__ReviewCommit *sealed =
		make_review(world, REVIEWER_1, BOTH_LABS, make_scores(11, 3));
	Stele__ReviewValue review = STELE__REVIEW_VALUE__INIT;

	review.is_conflicted = true;
	review.content = make_scores(1, 1); /* no record leads here: for the order alone */
	world_put(world, "review/P1/C1/1/1", VALUE_REVIEW, &review);
	put_proposal_state(world, BOTH_LABS, STELE__PROPOSAL_STATE__PROPOSAL_DECLINED);
	hearing_spoil(world);
	(void)as(world, REVIEWER_1);
	hearing_mend_proposal(world, NOBODY, OP(REVIEW_REVEAL), record, &record->programme,
			      &record->call, &record->proposal);
	world_refuses(world, NOBODY, OP(REVIEW_REVEAL), record, ERR_REVIEW_WINDOW);
	tender_at(world, TENDER_REVIEW_UNTIL);
	world_refuses(world, NOBODY, OP(REVIEW_REVEAL), record, ERR_PROPOSAL_STATE);
	put_proposal_state(world, BOTH_LABS, STELE__PROPOSAL_STATE__PROPOSAL_REVEALED);
	world_refuses(world, NOBODY, OP(REVIEW_REVEAL), record, ERR_CONFLICT);
	review.is_conflicted = false;
	world_put(world, "review/P1/C1/1/1", VALUE_REVIEW, &review);
	world_refuses(world, NOBODY, OP(REVIEW_REVEAL), record, ERR_NOT_FOUND_REVIEW);
	review.commitment = world_hash(1);
	world_put(world, "review/P1/C1/1/1", VALUE_REVIEW, &review);
	world_refuses(world, NOBODY, OP(REVIEW_REVEAL), record, ERR_EXISTS_REVIEW);
	review.content = NULL;
	world_put(world, "review/P1/C1/1/1", VALUE_REVIEW, &review);
	world_refuses(world, NOBODY, OP(REVIEW_REVEAL), record, ERR_COMMITMENT);
	review.commitment = sealed->commitment;
	world_put(world, "review/P1/C1/1/1", VALUE_REVIEW, &review);
	world_refuses(world, NOBODY, OP(REVIEW_REVEAL), record, ERR_SCORES);
	world_free(world);
}

UNIT_MAIN("apply_review", a_conflict_stands_beside_the_reviewer_and_the_proposal,
	  a_conflict_ends_the_reviewers_part_in_that_proposal,
	  a_conflict_may_be_declared_of_a_proposal_in_any_state,
	  the_rules_of_a_conflict_are_asked_in_their_order,
	  only_keys_of_the_panel_declare_and_review,
	  the_panel_of_another_call_is_another_panel, a_sealed_review_is_counted_and_nothing_else,
	  a_reviewer_commits_one_review_of_each_proposal,
	  reviews_are_committed_from_the_reveal_time_until_the_review_time,
	  only_revealed_proposals_are_reviewed, reviews_wait_for_the_whole_panel,
	  nobody_reviews_for_a_consortium_of_the_own_organisation,
	  the_rules_of_a_commitment_are_asked_in_their_order,
	  opened_reviews_add_up_in_the_proposal, reviews_are_opened_from_the_review_time_on,
	  nothing_is_opened_after_the_decision,
	  a_review_opens_the_commitment_of_the_documented_text,
	  only_what_was_committed_is_opened, scores_are_one_for_each_criterion_in_its_range,
	  the_greatest_score_of_256_reviewers_does_not_wrap,
	  the_rules_of_an_opening_are_asked_in_their_order)
