/* Commitments to content and the ranks of claims: rules CM, C-01, C-07. */
#include <string.h>

#include "crypto/digest.h"
#include "proto/seal.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world.h"

static Stele__ContentAnchor *salted(uint64_t content, uint64_t salt)
{
	Stele__ContentAnchor *anchor = make_anchor(content);

	anchor->salt = world_hash(salt);
	return anchor;
}

/* The commitment of who to that content with that salt. */
static Stele__ContentCommit *make_commit(struct world *world, enum who who, uint64_t content,
					 uint64_t salt)
{
	Stele__ContentCommit *made = make_memory(sizeof(*made));
	struct hash *hash = make_memory(sizeof(*hash));

	*made = (Stele__ContentCommit)STELE__CONTENT_COMMIT__INIT;
	seal_content(hash, &world->genesis->chain, world_id(who),
		     bytes_of(world_hash(content).data, 32), bytes_of(world_hash(salt).data, 32));
	made->commitment = (ProtobufCBinaryData){sizeof(hash->b), hash->b};
	return made;
}

static uint64_t commit(struct world *world, enum who who, uint64_t content, uint64_t salt)
{
	return world_accepts(world, who, OP(CONTENT_COMMIT),
			     make_commit(world, who, content, salt));
}

static const Stele__CommitValue *commit_at(struct world *world, enum who who,
					   const Stele__ContentCommit *record)
{
	char hex[65];

	hex_encode(hex, record->commitment.data, 32);
	return world_value(world, VALUE_COMMIT, "commit/%s/%s", world_id(who), hex);
}

static const Stele__ClaimValue *claim_at(struct world *world, uint64_t content, int k)
{
	ProtobufCBinaryData hash = world_hash(content);
	char hex[65];

	hex_encode(hex, hash.data, 32);
	if (k == 1)
		return world_value(world, VALUE_CLAIM, "content/%s", hex);
	return world_value(world, VALUE_CLAIM, "claim/%s/%d", hex, k);
}

static void ranks(struct world *world, uint64_t content, uint64_t claims, uint64_t first_claim,
		  uint64_t first_rank)
{
	const Stele__ClaimValue *head = claim_at(world, content, 1);

	ck_assert_uint_eq(head->claims, claims);
	ck_assert_uint_eq(head->first_claim, first_claim);
	ck_assert_uint_eq(head->first_rank, first_rank);
}

UNIT_TEST(a_commitment_is_made_once_by_each)
{
	struct world *world = world_new(NULL);
	Stele__ContentCommit *record = make_commit(world, LAB_1, 7, 1);
	uint64_t index = world_accepts(world, LAB_1, OP(CONTENT_COMMIT), record);
	const Stele__CommitValue *value = commit_at(world, LAB_1, record);

	ck_assert_uint_eq(value->log_index, index);
	ck_assert_uint_eq(value->time, world->time_ms);
	ck_assert(value->opened_by == NULL);
	world_refuses(world, LAB_1, OP(CONTENT_COMMIT), record, ERR_EXISTS_COMMIT);
	(void)world_accepts(world, LAB_2, OP(CONTENT_COMMIT), record); /* copied: opens nothing */
	(void)commit(world, LAB_1, 7, 2);
	world_free(world);
}

UNIT_TEST(an_anchor_opens_its_own_commitment_once)
{
	struct world *world = world_new(NULL);
	Stele__ContentCommit *record = make_commit(world, LAB_1, 7, 1);
	const Stele__ClaimValue *claim;
	const Stele__CommitValue *value;
	uint64_t committed, anchored;

	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), salted(7, 1), ERR_NOT_FOUND_COMMIT);
	committed = world_accepts(world, LAB_1, OP(CONTENT_COMMIT), record);
	(void)world_accepts(world, LAB_2, OP(CONTENT_COMMIT), record);
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), salted(8, 1), ERR_NOT_FOUND_COMMIT);
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), salted(7, 2), ERR_NOT_FOUND_COMMIT);
	world_refuses(world, LAB_2, OP(CONTENT_ANCHOR), salted(7, 1), ERR_NOT_FOUND_COMMIT);
	anchored = world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), salted(7, 1));
	claim = claim_at(world, 7, 1);
	ck_assert_uint_eq(claim->rank, committed);
	ck_assert_uint_eq(claim->log_index, anchored);
	value = commit_at(world, LAB_1, record);
	ck_assert_uint_eq(value->log_index, committed);
	ck_assert_uint_eq(value->opened_by->claim, 1);
	ck_assert(memcmp(value->opened_by->sha256.data, world_hash(7).data, 32) == 0);
	ck_assert(commit_at(world, LAB_2, record)->opened_by == NULL);
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), salted(7, 1), ERR_COMMIT_OPENED);
	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(7));
	ranks(world, 7, 2, 1, committed);
	ck_assert_uint_eq(claim_at(world, 7, 2)->rank, world->log_size - 1);
	world_free(world);
}

UNIT_TEST(a_claim_without_a_commitment_ranks_by_itself)
{
	struct world *world = world_new(NULL);
	uint64_t first = world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(7));
	uint64_t second = world_accepts(world, LAB_2, OP(CONTENT_ANCHOR), make_anchor(7));

	ranks(world, 7, 2, 1, first);
	ck_assert_uint_eq(claim_at(world, 7, 1)->rank, first);
	ck_assert_uint_eq(claim_at(world, 7, 2)->rank, second);
	ck_assert_uint_eq(claim_at(world, 7, 2)->first_rank, 0);
	ck_assert_uint_eq(claim_at(world, 7, 2)->first_claim, 0);
	world_free(world);
}

/* Committed by LAB_1, LAB_2, OUTSIDE; anchored by FOREIGN, then opened from the
 * last to the first: each opening is the first claim until the next one. */
UNIT_TEST(commitments_rank_in_the_order_they_were_made)
{
	struct world *world = world_new(NULL);
	enum who issuers[] = {LAB_1, LAB_2, OUTSIDE};
	uint64_t committed[3], anchored;

	for (uint64_t i = 0; i < 3; i++)
		committed[i] = commit(world, issuers[i], 7, 10 + i);
	anchored = world_accepts(world, FOREIGN, OP(CONTENT_ANCHOR), make_anchor(7));
	ranks(world, 7, 1, 1, anchored);
	for (uint64_t i = 3; i > 0; i--) {
		uint64_t k = 5 - i;

		(void)world_accepts(world, issuers[i - 1], OP(CONTENT_ANCHOR),
				    salted(7, 10 + i - 1));
		ranks(world, 7, k, k, committed[i - 1]);
		ck_assert_uint_eq(claim_at(world, 7, (int)k)->rank, committed[i - 1]);
	}
	ck_assert_str_eq(claim_at(world, 7, 1)->org, world_id(FOREIGN));
	world_free(world);
}

UNIT_TEST(a_later_commitment_does_not_take_the_first_rank)
{
	struct world *world = world_new(NULL);
	uint64_t early = commit(world, LAB_1, 7, 1);
	uint64_t late = commit(world, LAB_2, 7, 1);

	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), salted(7, 1));
	(void)world_accepts(world, LAB_2, OP(CONTENT_ANCHOR), salted(7, 1));
	ranks(world, 7, 2, 1, early);
	ck_assert_uint_eq(claim_at(world, 7, 2)->rank, late);
	world_free(world);
}

UNIT_TEST(the_first_rank_stays_with_a_claim_that_is_withdrawn)
{
	struct world *world = world_new(NULL);
	Stele__ContentWithdraw withdraw = STELE__CONTENT_WITHDRAW__INIT;
	uint64_t first = world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(7));

	withdraw.target = make_ref(7, 1);
	(void)world_accepts(world, LAB_1, OP(CONTENT_WITHDRAW), &withdraw);
	(void)world_accepts(world, LAB_2, OP(CONTENT_ANCHOR), make_anchor(7));
	ranks(world, 7, 2, 1, first);
	world_free(world);
}

/* C-01 before C-02, C-07 before C-02; and a refused opening opens nothing. */
UNIT_TEST(a_salt_is_asked_about_before_the_parents)
{
	struct world *world = world_new(NULL);
	Stele__ContentAnchor *anchor = salted(7, 1);
	Stele__Parent parent = STELE__PARENT__INIT;
	Stele__Parent *parents[] = {&parent};

	parent.sha256 = world_hash(7);
	parent.relation = STELE__RELATION__RELATION_DERIVED;
	anchor->n_parents = 1;
	anchor->parents = parents;
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), anchor, ERR_NOT_FOUND_COMMIT);
	(void)commit(world, LAB_1, 7, 1);
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), anchor, ERR_PARENT_SELF);
	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), salted(7, 1));
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), anchor, ERR_COMMIT_OPENED);
	world_free(world);
}

UNIT_MAIN("apply_content_commit", a_commitment_is_made_once_by_each,
	  an_anchor_opens_its_own_commitment_once, a_claim_without_a_commitment_ranks_by_itself,
	  commitments_rank_in_the_order_they_were_made,
	  a_later_commitment_does_not_take_the_first_rank,
	  the_first_rank_stays_with_a_claim_that_is_withdrawn,
	  a_salt_is_asked_about_before_the_parents)
