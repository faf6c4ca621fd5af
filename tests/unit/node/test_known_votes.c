#include "node/known_votes.h"

#include "node/pump.h"
#include "tests/lib/unit.h"

static struct set set = {.count = 4};
static struct node node = {.set = &set};

static struct vote good(void)
{
	return (struct vote){
		.kind = VOTE_NOTARIZE,
		.epoch = 0,
		.view = 7,
		.block = {{1, 2, 3}},
		.signer = 2,
		.signature = {{4, 5, 6}},
	};
}

static void begin(void)
{
	struct vote vote = good();

	node.votes = verified_new(64);
	ck_assert_ptr_nonnull(node.votes);
	known_votes_add(&node, &vote);
}

UNIT_TEST(vote_that_differs_in_anything_is_not_known)
{
	struct vote vote;

	begin();
	vote = good();
	ck_assert(known_vote(&node, &vote));
	vote.kind = VOTE_FINALIZE;
	ck_assert(!known_vote(&node, &vote));
	vote = good();
	vote.epoch = 1;
	ck_assert(!known_vote(&node, &vote));
	vote = good();
	vote.view = 8;
	ck_assert(!known_vote(&node, &vote));
	vote = good();
	vote.block.b[31] = 1;
	ck_assert(!known_vote(&node, &vote));
	vote = good();
	vote.signer = 1;
	ck_assert(!known_vote(&node, &vote));
	vote = good();
	vote.signature.b[63] = 1;
	ck_assert(!known_vote(&node, &vote));
	verified_free(node.votes);
}

UNIT_TEST(vote_is_known_again_in_a_certificate)
{
	struct certificate certificate = {
		.kind = VOTE_NOTARIZE,
		.view = 7,
		.block = {{1, 2, 3}},
		.signers = {1u << 0 | 1u << 2 | 1u << 3},
		.signatures_count = 3,
		.signatures = {{{9}}, {{4, 5, 6}}, {{8}}},
	};
	uint8_t known[LIMIT_QUORUM_BITMAP];
	struct vote vote = good();

	begin();
	ck_assert_uint_eq(known_votes_in(&node, &certificate, known), 2);
	ck_assert_uint_eq(known[0], 1u << 2);
	/* the same signature as another's is another vote */
	certificate.signers[0] = 1u << 0 | 1u << 1 | 1u << 3;
	ck_assert_uint_eq(known_votes_in(&node, &certificate, known), 3);
	known_votes_add_all(&node, &certificate);
	ck_assert_uint_eq(known_votes_in(&node, &certificate, known), 0);
	vote.signer = 1;
	ck_assert(known_vote(&node, &vote));
	verified_free(node.votes);
}

UNIT_MAIN("known_votes", vote_that_differs_in_anything_is_not_known,
	  vote_is_known_again_in_a_certificate)
