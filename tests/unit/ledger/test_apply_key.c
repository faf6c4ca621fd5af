/* Keys that end: rules KR, KX and R-05, and what is left of them for E-05 and E-06. */
#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"
#include "proto/session_text.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world.h"

#define GOVERN STELE__PURPOSE__PURPOSE_GOVERN
#define GRANT STELE__PURPOSE__PURPOSE_GRANT
#define CONTENT STELE__PURPOSE__PURPOSE_CONTENT
#define BITS(a, b, c) (1u << (a) | 1u << (b) | 1u << (c))
#define ALL BITS(GOVERN, GRANT, CONTENT) /* what genesis gave each */

static ProtobufCBinaryData key_of(struct world *world, enum who who)
{
	return (ProtobufCBinaryData){33, world->keys[who].b};
}

static const Stele__KeyValue *value_of(struct world *world, enum who who)
{
	struct hash hash;
	char hex[65];

	sha256(&hash, world->keys[who].b, 33);
	hex_encode(hex, hash.b, 32);
	return world_value(world, VALUE_KEY, "key/%s", hex);
}

/* That key's signature over its own text. */
static ProtobufCBinaryData prove(struct world *world, enum who key, enum who org, uint32_t purposes)
{
	struct signature *proof = make_memory(sizeof(*proof));
	struct hash digest;
	struct buf text;

	buf_init(&text, 512);
	key_text(&text, &world->genesis->chain, bytes_text(world_id(org)), purposes);
	sha256(&digest, text.at, text.len);
	buf_release(&text);
	ck_assert_int_eq(sign_digest(proof, &world->secrets[key], &digest), ERR_OK);
	return (ProtobufCBinaryData){sizeof(proof->b), proof->b};
}

/* LAB_1's key becomes NOBODY's. */
static Stele__KeyRotate rotation(struct world *world, uint64_t from_height)
{
	Stele__KeyRotate record = STELE__KEY_ROTATE__INIT;

	record.old_key = key_of(world, LAB_1);
	record.key = key_of(world, NOBODY);
	record.proof = prove(world, NOBODY, LAB_1, ALL);
	record.from_height = from_height;
	return record;
}

static Stele__KeyRevoke revocation(struct world *world, enum who who, uint64_t from_height)
{
	Stele__KeyRevoke record = STELE__KEY_REVOKE__INIT;

	record.key = key_of(world, who);
	record.from_height = from_height;
	return record;
}

/* NOBODY's key becomes a second one of that organisation. */
static void give_key(struct world *world, enum who org, Stele__Purpose purpose)
{
	Stele__KeyValue value = STELE__KEY_VALUE__INIT;
	char path[80] = "key/";
	struct hash hash;

	value.key = key_of(world, NOBODY);
	value.org = (char *)world_id(org);
	value.purposes = &purpose;
	value.n_purposes = 1;
	sha256(&hash, value.key.data, 33);
	hex_encode(path + 4, hash.b, 32);
	world_put(world, path, VALUE_KEY, &value);
}

static void anchors(struct world *world, enum who who, enum err want)
{
	static uint64_t content = 100;

	world_expects(world, who, OP(CONTENT_ANCHOR), make_anchor(content++), want);
}

/* --- key.rotate ------------------------------------------------------------ */

UNIT_TEST(a_new_key_takes_over_at_once)
{
	struct world *world = world_new(NULL);
	Stele__KeyRotate record = rotation(world, 0);
	const Stele__KeyValue *old, *new;
	const Stele__OrgValue *org;
	const Stele__NameValue *name;
	uint64_t index;

	world->height = 8;
	index = world_accepts(world, LAB_1, OP(KEY_ROTATE), &record);
	old = value_of(world, LAB_1);
	new = value_of(world, NOBODY);
	ck_assert_uint_eq(old->revoked_height, 8);
	ck_assert_uint_eq(old->revoked_log_index, index);
	unit_assert_bytes(old->replaced_by.data, old->replaced_by.len, world->keys[NOBODY].b, 33);
	ck_assert_uint_eq(new->from_height, 8);
	ck_assert_uint_eq(new->revoked_height, 0);
	ck_assert_uint_eq(new->log_index, index);
	ck_assert_uint_eq(new->motion, 0);
	ck_assert_uint_eq(new->n_purposes, 3);
	ck_assert_str_eq(new->org, world_id(LAB_1));
	org = world_value(world, VALUE_ORG, "org/%s", world_id(LAB_1));
	ck_assert_uint_eq(org->keys, 2);
	name = world_value(world, VALUE_NAME, "org-key/%s/2", world_id(LAB_1));
	ck_assert_ptr_ne(strstr(name->key, "key/"), NULL);
	anchors(world, LAB_1, ERR_KEY_REVOKED); /* in the same block */
	anchors(world, NOBODY, ERR_OK);
	world_free(world);
}

UNIT_TEST(a_new_key_takes_over_at_its_height)
{
	struct world *world = world_new(NULL);
	Stele__KeyRotate record = rotation(world, 20);

	world->height = 8;
	(void)world_accepts(world, LAB_1, OP(KEY_ROTATE), &record);
	ck_assert_uint_eq(value_of(world, LAB_1)->revoked_height, 20);
	ck_assert_uint_eq(value_of(world, NOBODY)->from_height, 20);
	world->height = 19;
	anchors(world, LAB_1, ERR_OK);
	anchors(world, NOBODY, ERR_KEY_NOT_YET);
	world->height = 20;
	anchors(world, LAB_1, ERR_KEY_REVOKED);
	anchors(world, NOBODY, ERR_OK);
	world_free(world);
}

UNIT_TEST(a_past_height_of_a_rotation_becomes_now)
{
	struct world *world = world_new(NULL);
	Stele__KeyRotate record = rotation(world, 7);

	world->height = 8;
	(void)world_accepts(world, LAB_1, OP(KEY_ROTATE), &record);
	ck_assert_uint_eq(value_of(world, LAB_1)->revoked_height, 8);
	ck_assert_uint_eq(value_of(world, NOBODY)->from_height, 8);
	world_free(world);
}

UNIT_TEST(key_rotate_rules_in_order)
{
	struct world *world = world_new(NULL);
	Stele__KeyRotate record = rotation(world, 0);
	Stele__KeyRevoke revoke = revocation(world, LAB_2, 50);

	record.old_key = key_of(world, NOBODY);
	world_refuses(world, LAB_1, OP(KEY_ROTATE), &record, ERR_NOT_FOUND_KEY); /* KR-01 */
	(void)world_accepts(world, LAB_2, OP(KEY_REVOKE), &revoke);
	record.old_key = key_of(world, LAB_2); /* it still signs, but its end is set */
	world_refuses(world, LAB_1, OP(KEY_ROTATE), &record, ERR_KEY_ENDED); /* KR-02 */
	world_refuses(world, LAB_2, OP(KEY_ROTATE), &record, ERR_KEY_ENDED);
	record.old_key = key_of(world, LAB_1);
	record.key = key_of(world, FUNDER);
	world_refuses(world, AGENCY, OP(KEY_ROTATE), &record, ERR_KEY_NOT_OWN); /* KR-03 */
	world_refuses(world, LAB_1, OP(KEY_ROTATE), &record, ERR_EXISTS_KEY); /* KR-04 */
	record.key = record.old_key;
	world_refuses(world, LAB_1, OP(KEY_ROTATE), &record, ERR_EXISTS_KEY);
	record.key = key_of(world, NOBODY);
	record.proof = prove(world, NOBODY, LAB_2, ALL);
	world_refuses(world, LAB_1, OP(KEY_ROTATE), &record, ERR_KEY_PROOF); /* KR-05 */
	record.proof = prove(world, NOBODY, LAB_1, 1u << GRANT);
	world_refuses(world, LAB_1, OP(KEY_ROTATE), &record, ERR_KEY_PROOF);
	record.proof = prove(world, LAB_1, LAB_1, ALL);
	world_refuses(world, LAB_1, OP(KEY_ROTATE), &record, ERR_KEY_PROOF);
	world->genesis->chain.b[0] ^= 1;
	record.proof = prove(world, NOBODY, LAB_1, ALL);
	world->genesis->chain.b[0] ^= 1;
	world_refuses(world, LAB_1, OP(KEY_ROTATE), &record, ERR_KEY_PROOF);
	record.proof = prove(world, NOBODY, LAB_1, ALL);
	(void)world_accepts(world, LAB_1, OP(KEY_ROTATE), &record);
	world_free(world);
}

UNIT_TEST(a_replaced_key_is_not_replaced_again)
{
	struct world *world = world_new(NULL);
	Stele__KeyRotate record = rotation(world, 50);

	(void)world_accepts(world, LAB_1, OP(KEY_ROTATE), &record);
	world_refuses(world, LAB_1, OP(KEY_ROTATE), &record, ERR_KEY_ENDED);
	world_free(world);
}

UNIT_TEST(no_other_key_of_the_organisation_rotates_it_bare)
{
	struct world *world = world_new(NULL);
	Stele__KeyRotate record = rotation(world, 0);

	give_key(world, LAB_1, GOVERN);
	world_refuses(world, NOBODY, OP(KEY_ROTATE), &record, ERR_KEY_NOT_OWN);
	world_free(world);
}

/* --- key.revoke ------------------------------------------------------------ */

UNIT_TEST(a_revoked_key_ends_at_its_height)
{
	struct world *world = world_new(NULL);
	Stele__KeyRevoke record = revocation(world, LAB_1, 20);
	uint64_t index;

	world->height = 8;
	index = world_accepts(world, LAB_1, OP(KEY_REVOKE), &record);
	ck_assert_uint_eq(value_of(world, LAB_1)->revoked_height, 20);
	ck_assert_uint_eq(value_of(world, LAB_1)->revoked_log_index, index);
	ck_assert_uint_eq(value_of(world, LAB_1)->replaced_by.len, 0);
	world->height = 19;
	anchors(world, LAB_1, ERR_OK);
	world->height = 20;
	anchors(world, LAB_1, ERR_KEY_REVOKED);
	world_free(world);
}

UNIT_TEST(a_revocation_moves_forward_only)
{
	struct world *world = world_new(NULL);
	Stele__KeyRevoke record = revocation(world, LAB_1, 20);

	world->height = 8;
	(void)world_accepts(world, LAB_1, OP(KEY_REVOKE), &record);
	world_refuses(world, LAB_1, OP(KEY_REVOKE), &record, ERR_KEY_ENDED); /* KX-02 */
	record.from_height = 21;
	world_refuses(world, LAB_1, OP(KEY_REVOKE), &record, ERR_KEY_ENDED);
	record.from_height = 19;
	(void)world_accepts(world, LAB_1, OP(KEY_REVOKE), &record);
	record.from_height = 0;
	(void)world_accepts(world, LAB_1, OP(KEY_REVOKE), &record);
	ck_assert_uint_eq(value_of(world, LAB_1)->revoked_height, 8);
	anchors(world, LAB_1, ERR_KEY_REVOKED);
	world_free(world);
}

UNIT_TEST(key_revoke_rules_in_order)
{
	struct world *world = world_new(NULL);
	Stele__KeyRevoke record = revocation(world, NOBODY, 20);

	world_refuses(world, LAB_1, OP(KEY_REVOKE), &record, ERR_NOT_FOUND_KEY); /* KX-01 */
	record = revocation(world, LAB_2, 20);
	world_refuses(world, LAB_1, OP(KEY_REVOKE), &record, ERR_KEY_NOT_OWN); /* KX-03 */
	(void)world_accepts(world, LAB_2, OP(KEY_REVOKE), &record);
	world_refuses(world, LAB_1, OP(KEY_REVOKE), &record, ERR_KEY_ENDED); /* KX-02 before it */
	world_free(world);
}

UNIT_TEST(a_key_revokes_itself_or_a_governing_key_does)
{
	struct world *world = world_new(NULL);
	Stele__KeyRevoke lab = revocation(world, LAB_1, 0), own = revocation(world, NOBODY, 0);

	give_key(world, LAB_1, STELE__PURPOSE__PURPOSE_PEER);
	world_refuses(world, NOBODY, OP(KEY_REVOKE), &lab, ERR_KEY_NOT_OWN);
	(void)world_accepts(world, NOBODY, OP(KEY_REVOKE), &own);
	give_key(world, LAB_1, STELE__PURPOSE__PURPOSE_REVIEW);
	(void)world_accepts(world, LAB_1, OP(KEY_REVOKE), &own);
	give_key(world, LAB_1, GOVERN);
	(void)world_accepts(world, NOBODY, OP(KEY_REVOKE), &lab);
	world_free(world);
}

UNIT_TEST(a_replaced_key_may_end_sooner)
{
	struct world *world = world_new(NULL);
	Stele__KeyRotate rotate = rotation(world, 50);
	Stele__KeyRevoke revoke = revocation(world, LAB_1, 30);

	(void)world_accepts(world, LAB_1, OP(KEY_ROTATE), &rotate);
	(void)world_accepts(world, LAB_1, OP(KEY_REVOKE), &revoke);
	ck_assert_uint_eq(value_of(world, LAB_1)->revoked_height, 30);
	ck_assert_uint_eq(value_of(world, LAB_1)->replaced_by.len, 33);
	ck_assert_uint_eq(value_of(world, NOBODY)->from_height, 50);
	world_free(world);
}

/* --- by policy and by motion ------------------------------------------------ */

static void without_rules(struct genesis *genesis)
{
	genesis->rules_count = 0;
}

UNIT_TEST(own_keys_need_neither_role_nor_approval_but_a_rule)
{
	struct world *world = world_new(without_rules);
	Stele__KeyRotate rotate = rotation(world, 0);
	Stele__KeyRevoke revoke = revocation(world, LAB_1, 0);

	world_refuses(world, LAB_1, OP(KEY_ROTATE), &rotate, ERR_OPERATION_UNAVAILABLE); /* */
	world_refuses(world, LAB_1, OP(KEY_REVOKE), &revoke, ERR_OPERATION_UNAVAILABLE);
	world_free(world);
	/* The world's rules ask for an opener that LAB_1 is not, and for two approvals. */
	world = world_new(NULL);
	rotate = rotation(world, 0);
	world_refuses(world, LAB_1, OP(MOTION_OPEN), world_motion(world, OP(KEY_ROTATE), &rotate),
		      ERR_ROLE);
	(void)world_accepts(world, LAB_1, OP(KEY_ROTATE), &rotate);
	world_free(world);
}

/* Opened by AGENCY, whose approval counts, and approved by FUNDER. */
static void by_motion(struct world *world, uint32_t operation, void *record)
{
	Stele__MotionApprove approve = STELE__MOTION_APPROVE__INIT;
	const Stele__CountValue *count;

	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN), world_motion(world, operation, record));
	count = world_value(world, VALUE_COUNT, "count/motion");
	approve.motion = count->count;
	(void)world_accepts(world, FUNDER, OP(MOTION_APPROVE), &approve);
}

UNIT_TEST(a_motion_ends_anybodys_key)
{
	struct world *world = world_new(NULL);
	Stele__KeyRotate rotate = rotation(world, 0);
	Stele__KeyRevoke revoke = revocation(world, LAB_2, 0);

	by_motion(world, OP(KEY_ROTATE), &rotate);
	ck_assert_uint_eq(value_of(world, NOBODY)->motion, 1);
	anchors(world, LAB_1, ERR_KEY_REVOKED);
	anchors(world, NOBODY, ERR_OK);
	by_motion(world, OP(KEY_REVOKE), &revoke);
	anchors(world, LAB_2, ERR_KEY_REVOKED);
	world_free(world);
}

UNIT_TEST(a_key_that_does_not_govern_ends_no_other_by_motion)
{
	static const Stele__Purpose purposes[] = {GRANT, CONTENT, STELE__PURPOSE__PURPOSE_PEER,
						  STELE__PURPOSE__PURPOSE_REVIEW};
	struct world *world = world_new(NULL);
	Stele__KeyRevoke revoke = revocation(world, LAB_2, 0);
	Stele__MotionApprove approve = STELE__MOTION_APPROVE__INIT;

	for (size_t i = 0; i < sizeof(purposes) / sizeof(purposes[0]); i++) {
		give_key(world, AGENCY, purposes[i]);
		world_refuses(world, NOBODY, OP(MOTION_OPEN),
			      world_motion(world, OP(KEY_REVOKE), &revoke), ERR_KEY_PURPOSE);
	}
	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN),
			    world_motion(world, OP(KEY_REVOKE), &revoke));
	approve.motion = 1;
	give_key(world, FUNDER, GRANT); /* M-14 */
	world_refuses(world, NOBODY, OP(MOTION_APPROVE), &approve, ERR_MOTION_NOT_ELIGIBLE);
	(void)world_accepts(world, FUNDER, OP(MOTION_APPROVE), &approve);
	world_free(world);
}

static void with_review(struct genesis *genesis)
{
	genesis->orgs[LAB_1].keys[0].purposes |= 1u << STELE__PURPOSE__PURPOSE_REVIEW;
}

UNIT_TEST(the_purpose_review_comes_with_genesis_and_with_new_keys)
{
	struct world *world = world_new(with_review);
	Stele__KeyRotate rotate = rotation(world, 0);
	Stele__KeyAdd add = STELE__KEY_ADD__INIT;
	Stele__KeyRevoke own;
	Stele__OrgKey key = STELE__ORG_KEY__INIT;
	Stele__Purpose review = STELE__PURPOSE__PURPOSE_REVIEW;

	rotate.proof = prove(world, NOBODY, LAB_1, ALL | 1u << review);
	(void)world_accepts(world, LAB_1, OP(KEY_ROTATE), &rotate);
	ck_assert_uint_eq(value_of(world, NOBODY)->n_purposes, 4);
	ck_assert_int_eq(value_of(world, NOBODY)->purposes[3], review);
	world_free(world);
	world = world_new(NULL);
	own = revocation(world, NOBODY, 0);
	key.key = key_of(world, NOBODY);
	key.proof = prove(world, NOBODY, LAB_2, 1u << review);
	key.purposes = &review;
	key.n_purposes = 1;
	add.org = (char *)world_id(LAB_2);
	add.key = &key;
	by_motion(world, OP(KEY_ADD), &add);
	anchors(world, NOBODY, ERR_KEY_PURPOSE);
	(void)world_accepts(world, NOBODY, OP(KEY_REVOKE), &own);
	world_free(world);
}

UNIT_MAIN("apply_key", a_new_key_takes_over_at_once, a_new_key_takes_over_at_its_height,
	  a_past_height_of_a_rotation_becomes_now, key_rotate_rules_in_order,
	  a_replaced_key_is_not_replaced_again, no_other_key_of_the_organisation_rotates_it_bare,
	  a_revoked_key_ends_at_its_height, a_revocation_moves_forward_only,
	  key_revoke_rules_in_order, a_key_revokes_itself_or_a_governing_key_does,
	  a_replaced_key_may_end_sooner, own_keys_need_neither_role_nor_approval_but_a_rule,
	  a_motion_ends_anybodys_key, a_key_that_does_not_govern_ends_no_other_by_motion,
	  the_purpose_review_comes_with_genesis_and_with_new_keys)
