/* The set to come, and who is ready for it: rules VS and VY. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "proto/session_text.h"
#include "proto/set.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world.h"

#define MEMBERS 4 /* three of them are a quorum */

static void by_bare_transaction(struct genesis *genesis)
{
	for (uint32_t i = 0; i < genesis->rules_count; i++) {
		genesis->rules[i].approvals = 0;
		genesis->rules[i].approvers = STELE__ROLE__ROLE_NONE;
	}
}

/* A set of the four that have the role, in its order, with their secrets. */
struct crew {
	struct set set;
	enum who who[MEMBERS];
	struct secret consensus[MEMBERS];
	struct secret node[MEMBERS];
	Stele__Validator members[MEMBERS];
	Stele__Validator *list[MEMBERS];
	Stele__ValidatorsSet record;
};

static struct secret secret_of(const char *kind, unsigned k)
{
	struct secret secret;
	char text[64];

	(void)snprintf(text, sizeof(text), "%s of %u", kind, k);
	sha256((struct hash *)&secret, text, strlen(text));
	return secret;
}

/* The record that names the set as it is now; its hash with it. */
static Stele__ValidatorsSet *record_of(struct crew *crew)
{
	crew->record = (Stele__ValidatorsSet)STELE__VALIDATORS_SET__INIT;
	for (uint32_t i = 0; i < crew->set.count; i++) {
		struct validator *from = &crew->set.validators[i];

		crew->members[i] = (Stele__Validator)STELE__VALIDATOR__INIT;
		crew->members[i].id = from->id;
		crew->members[i].org = from->org;
		crew->members[i].consensus_key = (ProtobufCBinaryData){33, from->consensus_key.b};
		crew->members[i].node_key = (ProtobufCBinaryData){33, from->node_key.b};
		crew->list[i] = &crew->members[i];
	}
	crew->record.validators = crew->list;
	crew->record.n_validators = crew->set.count;
	return &crew->record;
}

static struct crew *crew_new(void)
{
	static const enum who people[MEMBERS] = {FUNDER, AGENCY, LAB_1, AUDITOR};
	struct crew *crew = calloc(1, sizeof(*crew));

	ck_assert(crew != NULL);
	crew->set.count = MEMBERS;
	for (unsigned k = 0; k < MEMBERS; k++) {
		struct validator *validator = &crew->set.validators[k];
		struct secret consensus = secret_of("consensus", k), node = secret_of("node", k);

		(void)snprintf(validator->id, sizeof(validator->id), "v%u", k);
		(void)snprintf(validator->org, sizeof(validator->org), "%s", world_id(people[k]));
		ck_assert_int_eq(sign_public(&validator->consensus_key, &consensus), ERR_OK);
		ck_assert_int_eq(sign_public(&validator->node_key, &node), ERR_OK);
	}
	set_seal(&crew->set);
	for (unsigned i = 0; i < MEMBERS; i++) {
		unsigned k = (unsigned)(crew->set.validators[i].id[1] - '0');

		crew->who[i] = people[k];
		crew->consensus[i] = secret_of("consensus", k);
		crew->node[i] = secret_of("node", k);
	}
	return crew;
}

static ProtobufCBinaryData sign_ready(struct world *world, const struct hash *set,
				      const struct secret *secret)
{
	struct signature *proof = make_memory(sizeof(*proof));
	struct hash digest;
	struct buf text;

	buf_init(&text, 512);
	ready_text(&text, &world->genesis->chain, set);
	sha256(&digest, text.at, text.len);
	buf_release(&text);
	ck_assert_int_eq(sign_digest(proof, secret, &digest), ERR_OK);
	return (ProtobufCBinaryData){sizeof(proof->b), proof->b};
}

static Stele__ValidatorReady ready_of(struct world *world, struct crew *crew, unsigned member)
{
	Stele__ValidatorReady record = STELE__VALIDATOR_READY__INIT;
	struct validator *validator = &crew->set.validators[member];

	record.set_sha256 = (ProtobufCBinaryData){32, crew->set.hash.b};
	record.consensus_key = (ProtobufCBinaryData){33, validator->consensus_key.b};
	record.node_key = (ProtobufCBinaryData){33, validator->node_key.b};
	record.consensus_proof = sign_ready(world, &crew->set.hash, &crew->consensus[member]);
	record.node_proof = sign_ready(world, &crew->set.hash, &crew->node[member]);
	return record;
}

static void is_ready(struct world *world, struct crew *crew, unsigned member)
{
	Stele__ValidatorReady record = ready_of(world, crew, member);

	(void)world_accepts(world, crew->who[member], OP(VALIDATOR_READY), &record);
}

static void sets(struct world *world, struct crew *crew, enum err want)
{
	world_expects(world, AGENCY, OP(VALIDATORS_SET), record_of(crew), want);
}

/* --- validator.ready --------------------------------------------------------- */

UNIT_TEST(readiness_is_recorded_and_renewed)
{
	struct world *world = world_new(by_bare_transaction);
	struct crew *crew = crew_new();
	const Stele__ReadyValue *value;
	char hex[65];

	world->height = 5;
	is_ready(world, crew, 0);
	world->height = 9;
	is_ready(world, crew, 0);
	hex_encode(hex, crew->set.hash.b, 32);
	value = world_value(world, VALUE_READY, "ready/%s/%s", hex, world_id(crew->who[0]));
	ck_assert_uint_eq(value->height, 9);
	ck_assert_uint_eq(value->log_index, world->log_size - 1);
	unit_assert_bytes(value->ready->node_key.data, value->ready->node_key.len,
			  crew->set.validators[0].node_key.b, 33);
	free(crew);
	world_free(world);
}

UNIT_TEST(both_keys_prove_themselves_for_this_set_on_this_chain)
{
	struct world *world = world_new(by_bare_transaction);
	struct crew *crew = crew_new();
	const Stele__ValidatorReady good = ready_of(world, crew, 0);
	Stele__ValidatorReady record = good;
	struct hash other = crew->set.hash;

	record.consensus_proof = good.node_proof; /* VY-01 */
	world_refuses(world, crew->who[0], OP(VALIDATOR_READY), &record, ERR_READY_PROOF);
	record = good;
	record.node_proof = good.consensus_proof;
	world_refuses(world, crew->who[0], OP(VALIDATOR_READY), &record, ERR_READY_PROOF);
	record = good;
	other.b[0] ^= 1;
	record.set_sha256.data = other.b;
	world_refuses(world, crew->who[0], OP(VALIDATOR_READY), &record, ERR_READY_PROOF);
	world->genesis->chain.b[0] ^= 1;
	record = ready_of(world, crew, 0);
	world->genesis->chain.b[0] ^= 1;
	world_refuses(world, crew->who[0], OP(VALIDATOR_READY), &record, ERR_READY_PROOF);
	record = good;
	(void)world_accepts(world, crew->who[0], OP(VALIDATOR_READY), &record);
	free(crew);
	world_free(world);
}

/* --- validators.set ---------------------------------------------------------- */

UNIT_TEST(a_set_that_is_ready_becomes_the_pending_one)
{
	struct world *world = world_new(by_bare_transaction);
	struct crew *crew = crew_new();
	const Stele__PendingSetValue *pending;
	const Stele__PendingMemberValue *member;

	for (unsigned i = 0; i < 3; i++)
		is_ready(world, crew, i);
	sets(world, crew, ERR_OK);
	pending = world_value(world, VALUE_PENDING_SET, "set/pending");
	ck_assert_uint_eq(pending->count, MEMBERS);
	unit_assert_bytes(pending->set_sha256.data, pending->set_sha256.len, crew->set.hash.b, 32);
	ck_assert_uint_eq(pending->log_index, world->log_size - 1);
	ck_assert_uint_eq(pending->motion, 0);
	for (unsigned i = 0; i < MEMBERS; i++) {
		member = world_value(world, VALUE_PENDING_MEMBER, "set/pending/%u", i + 1);
		ck_assert_str_eq(member->validator->id, crew->set.validators[i].id);
		ck_assert_str_eq(member->validator->org, crew->set.validators[i].org);
	}
	ck_assert(!world_has(world, "set/pending/%d", MEMBERS + 1));
	free(crew);
	world_free(world);
}

UNIT_TEST(a_smaller_set_leaves_what_lies_above_its_count)
{
	struct world *world = world_new(by_bare_transaction);
	struct crew *crew = crew_new();
	const Stele__PendingSetValue *pending;

	for (unsigned i = 0; i < 3; i++)
		is_ready(world, crew, i);
	sets(world, crew, ERR_OK);
	crew->set.count = 1;
	set_seal(&crew->set);
	is_ready(world, crew, 0);
	sets(world, crew, ERR_OK);
	pending = world_value(world, VALUE_PENDING_SET, "set/pending");
	ck_assert_uint_eq(pending->count, 1);
	ck_assert(world_has(world, "set/pending/%d", MEMBERS));
	free(crew);
	world_free(world);
}

UNIT_TEST(a_quorum_of_the_set_is_ready)
{
	struct world *world = world_new(by_bare_transaction);
	struct crew *crew = crew_new();

	is_ready(world, crew, 0);
	is_ready(world, crew, 3);
	sets(world, crew, ERR_SET_NOT_READY); /* VS-03 */
	is_ready(world, crew, 1);
	sets(world, crew, ERR_OK);
	free(crew);
	world_free(world);
}

UNIT_TEST(readiness_holds_for_ten_thousand_heights)
{
	struct world *world = world_new(by_bare_transaction);
	struct crew *crew = crew_new();

	world->height = 7;
	for (unsigned i = 0; i < 3; i++)
		is_ready(world, crew, i);
	world->height = 10008;
	sets(world, crew, ERR_SET_NOT_READY);
	world->height = 10007;
	sets(world, crew, ERR_OK);
	free(crew);
	world_free(world);
}

UNIT_TEST(readiness_is_that_of_the_members_own_keys)
{
	struct world *world = world_new(by_bare_transaction);
	struct crew *crew = crew_new();
	Stele__ValidatorReady of_another = ready_of(world, crew, 1), mixed;

	is_ready(world, crew, 1);
	is_ready(world, crew, 2);
	/* Member 0 says that it is ready with keys that the set gives to another. */
	(void)world_accepts(world, crew->who[0], OP(VALIDATOR_READY), &of_another);
	sets(world, crew, ERR_SET_NOT_READY);
	mixed = ready_of(world, crew, 0);
	mixed.node_key = of_another.node_key;
	mixed.node_proof = of_another.node_proof;
	(void)world_accepts(world, crew->who[0], OP(VALIDATOR_READY), &mixed);
	sets(world, crew, ERR_SET_NOT_READY);
	mixed = ready_of(world, crew, 0);
	mixed.consensus_key = of_another.consensus_key;
	mixed.consensus_proof = of_another.consensus_proof;
	(void)world_accepts(world, crew->who[0], OP(VALIDATOR_READY), &mixed);
	sets(world, crew, ERR_SET_NOT_READY);
	is_ready(world, crew, 0);
	sets(world, crew, ERR_OK);
	free(crew);
	world_free(world);
}

UNIT_TEST(members_are_active_organisations_with_the_role)
{
	struct world *world = world_new(by_bare_transaction);
	struct crew *crew = crew_new();
	struct validator *last = &crew->set.validators[MEMBERS - 1];

	(void)snprintf(last->org, sizeof(last->org), "%s", world_usci("91110000EXAMPLE77"));
	sets(world, crew, ERR_SET_MEMBER); /* VS-02; nobody is ready, which is asked later */
	(void)snprintf(last->org, sizeof(last->org), "%s", world_id(LAB_2));
	sets(world, crew, ERR_SET_MEMBER);
	(void)snprintf(last->org, sizeof(last->org), "%s", world_id(crew->who[MEMBERS - 1]));
	sets(world, crew, ERR_SET_NOT_READY);
	world_set_status(world, LAB_1, STELE__ORG_STATUS__ORG_SUSPENDED);
	sets(world, crew, ERR_SET_MEMBER);
	free(crew);
	world_free(world);
}

UNIT_TEST(members_are_those_of_a_set_text)
{
	struct world *world = world_new(by_bare_transaction);
	struct crew *crew = crew_new();
	const struct set good = crew->set;
	struct validator *list = crew->set.validators;

	list[0] = good.validators[1]; /* VS-01: order */
	list[1] = good.validators[0];
	sets(world, crew, ERR_SET_FORM);
	crew->set = good;
	memcpy(list[1].id, list[0].id, sizeof(list[0].id));
	sets(world, crew, ERR_SET_FORM);
	crew->set = good;
	memcpy(list[1].org, list[0].org, sizeof(list[0].org));
	sets(world, crew, ERR_SET_FORM);
	crew->set = good;
	list[1].node_key = list[0].node_key;
	sets(world, crew, ERR_SET_FORM);
	crew->set = good;
	list[1].node_key = list[0].consensus_key;
	sets(world, crew, ERR_SET_FORM);
	crew->set = good;
	memset(list[3].node_key.b + 1, 0xff, 32); /* no point */
	(void)snprintf(list[0].org, sizeof(list[0].org), "%s", world_id(LAB_2)); /* VS-02 too */
	sets(world, crew, ERR_SET_FORM);
	crew->set = good;
	sets(world, crew, ERR_SET_NOT_READY);
	free(crew);
	world_free(world);
}

UNIT_TEST(the_pending_set_names_its_motion)
{
	struct world *world = world_new(NULL);
	struct crew *crew = crew_new();
	Stele__MotionApprove approve = STELE__MOTION_APPROVE__INIT;
	const Stele__PendingSetValue *pending;

	world_refuses(world, AGENCY, OP(VALIDATORS_SET), record_of(crew), ERR_NEEDS_MOTION);
	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN),
			    world_motion(world, OP(VALIDATORS_SET), record_of(crew)));
	approve.motion = 1;
	world_refuses(world, FUNDER, OP(MOTION_APPROVE), &approve, ERR_SET_NOT_READY);
	for (unsigned i = 0; i < 3; i++)
		is_ready(world, crew, i);
	(void)world_accepts(world, FUNDER, OP(MOTION_APPROVE), &approve);
	pending = world_value(world, VALUE_PENDING_SET, "set/pending");
	ck_assert_uint_eq(pending->motion, 1);
	free(crew);
	world_free(world);
}

UNIT_MAIN("apply_validators", readiness_is_recorded_and_renewed,
	  both_keys_prove_themselves_for_this_set_on_this_chain,
	  a_set_that_is_ready_becomes_the_pending_one,
	  a_smaller_set_leaves_what_lies_above_its_count, a_quorum_of_the_set_is_ready,
	  readiness_holds_for_ten_thousand_heights, readiness_is_that_of_the_members_own_keys,
	  members_are_active_organisations_with_the_role, members_are_those_of_a_set_text,
	  the_pending_set_names_its_motion)
