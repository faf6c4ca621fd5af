/* Content provenance: rules C, T, S, W, X. */
#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world.h"

static const Stele__ClaimValue *claim_at(struct world *world, uint64_t content, uint64_t k)
{
	ProtobufCBinaryData hash = world_hash(content);
	char hex[65];

	hex_encode(hex, hash.data, 32);
	if (k == 1)
		return world_value(world, VALUE_CLAIM, "content/%s", hex);
	return world_value(world, VALUE_CLAIM, "claim/%s/%d", hex, (int)k);
}

UNIT_TEST(anchor_becomes_first_claim_with_its_facts)
{
	struct world *world = world_new(NULL);
	uint64_t index = world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(7));
	const Stele__ClaimValue *claim = claim_at(world, 7, 1);

	ck_assert_str_eq(claim->org, world_id(LAB_1));
	ck_assert_uint_eq(claim->log_index, index);
	ck_assert_uint_eq(claim->size, 1234);
	ck_assert_str_eq(claim->media_type, "image/png");
	ck_assert_uint_eq(claim->entry, 0);
	ck_assert_uint_eq(claim->claims, 1);
	ck_assert_uint_eq(claim->first_claim, 1);
	ck_assert_uint_eq(claim->time, world->time_ms);
	ck_assert_int_eq(claim->state, STELE__CLAIM_STATE__CLAIM_LIVE);
	world_free(world);
}

UNIT_TEST(equal_content_of_two_issuers_is_two_claims)
{
	struct world *world = world_new(NULL);

	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(7));
	(void)world_accepts(world, LAB_2, OP(CONTENT_ANCHOR), make_anchor(7));
	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(7));
	ck_assert_uint_eq(claim_at(world, 7, 1)->claims, 3);
	ck_assert_str_eq(claim_at(world, 7, 1)->org, world_id(LAB_1));
	ck_assert_str_eq(claim_at(world, 7, 2)->org, world_id(LAB_2));
	ck_assert_uint_eq(claim_at(world, 7, 2)->claims, 0);
	ck_assert_str_eq(claim_at(world, 7, 3)->org, world_id(LAB_1));
	world_free(world);
}

UNIT_MAIN("apply_content", anchor_becomes_first_claim_with_its_facts,
	  equal_content_of_two_issuers_is_two_claims)
