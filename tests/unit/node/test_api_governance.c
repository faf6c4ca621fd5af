/* What is to come, as the API shows it: the pending set, who is ready, the plan. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "proto/set.h"
#include "tests/lib/unit.h"
#include "tests/lib/desk.h"

#define PENDING "/v1/validators/pending"
#define MEMBERS 2

static struct desk *desk;

/* The first two validators of the genesis. */
static struct set set_of_two(void)
{
	char *file = unit_repo("tests/vectors/genesis.json");
	json_t *vectors = unit_json(file);
	struct set set;

	ck_assert_int_eq(set_parse(&set, bytes_text(unit_json_text(vectors, "set"))), ERR_OK);
	json_decref(vectors);
	free(file);
	set.count = MEMBERS;
	set_seal(&set);
	return set;
}

static void put_pending(struct set *set)
{
	Stele__PendingSetValue pending = STELE__PENDING_SET_VALUE__INIT;

	for (uint32_t i = 0; i < set->count; i++) {
		Stele__PendingMemberValue value = STELE__PENDING_MEMBER_VALUE__INIT;
		Stele__Validator member = STELE__VALIDATOR__INIT;
		char key[32];

		member.id = set->validators[i].id;
		member.org = set->validators[i].org;
		member.consensus_key = (ProtobufCBinaryData){33, set->validators[i].consensus_key.b};
		member.node_key = (ProtobufCBinaryData){33, set->validators[i].node_key.b};
		value.validator = &member;
		(void)snprintf(key, sizeof(key), "set/pending/%u", i + 1);
		desk_put(desk, key, VALUE_PENDING_MEMBER, &value);
	}
	pending.count = set->count;
	pending.set_sha256 = (ProtobufCBinaryData){32, set->hash.b};
	pending.log_index = 12;
	pending.motion = 3;
	desk_put(desk, "set/pending", VALUE_PENDING_SET, &pending);
}

/* With the keys of that member. */
static void put_ready(struct set *set, const char *org, uint32_t keys_of, uint64_t height)
{
	Stele__ReadyValue value = STELE__READY_VALUE__INIT;
	Stele__ValidatorReady ready = STELE__VALIDATOR_READY__INIT;
	uint8_t proof[64] = {1};
	char key[160] = "ready/";

	ready.set_sha256 = (ProtobufCBinaryData){32, set->hash.b};
	ready.consensus_key = (ProtobufCBinaryData){33, set->validators[keys_of].consensus_key.b};
	ready.node_key = (ProtobufCBinaryData){33, set->validators[keys_of].node_key.b};
	ready.consensus_proof = ready.node_proof = (ProtobufCBinaryData){sizeof(proof), proof};
	value.ready = &ready;
	value.height = height;
	value.log_index = 9;
	hex_encode(key + 6, set->hash.b, 32);
	(void)snprintf(key + 70, sizeof(key) - 70, "/%s", org);
	desk_put(desk, key, VALUE_READY, &value);
}

static void check_member(const json_t *pending, size_t index, bool is_ready)
{
	const json_t *member = json_array_get(unit_json_array(pending, "items"), index);

	ck_assert_int_eq(unit_json_integer(member, "index"), (int64_t)index);
	ck_assert_int_eq(json_is_true(json_object_get(member, "ready")), is_ready);
}

UNIT_TEST(there_is_no_pending_set_and_no_plan_at_first)
{
	desk = desk_new();
	json_decref(desk_ask(desk, PENDING, 404));
	json_decref(desk_ask(desk, "/v1/upgrade", 404));
	desk_free(desk);
}

UNIT_TEST(the_pending_set_shows_its_text_and_who_is_ready_with_its_keys)
{
	struct set set;
	json_t *json;

	desk = desk_new();
	set = set_of_two();
	put_pending(&set);
	put_ready(&set, set.validators[1].org, 1, 1);
	put_ready(&set, set.validators[0].org, 1, 1); /* with another's keys */
	json = desk_ask(desk, PENDING, 200);
	ck_assert_ptr_nonnull(strstr(unit_json_text(json, "text"), set.validators[1].id));
	ck_assert_int_eq(unit_json_integer(json, "quorum"), 2);
	ck_assert_int_eq(unit_json_integer(json, "log_index"), 12);
	ck_assert_int_eq(unit_json_integer(json, "motion"), 3);
	check_member(json, 0, false);
	check_member(json, 1, true);
	json_decref(json);
	put_ready(&set, set.validators[0].org, 0, 1);
	json = desk_ask(desk, PENDING, 200);
	check_member(json, 0, true);
	json_decref(json);
	desk_free(desk);
}

UNIT_TEST(who_is_ready_for_a_set_is_listed_before_it_is_pending)
{
	struct set set;
	char target[128] = "/v1/validators/ready/";
	json_t *json;
	const json_t *item;

	desk = desk_new();
	set = set_of_two();
	hex_encode(target + strlen(target), set.hash.b, 32);
	json = desk_ask(desk, target, 200);
	ck_assert_uint_eq(json_array_size(unit_json_array(json, "items")), 0);
	json_decref(json);
	put_ready(&set, set.validators[0].org, 0, 5);
	json = desk_ask(desk, target, 200);
	item = json_array_get(unit_json_array(json, "items"), 0);
	ck_assert_str_eq(unit_json_text(item, "organisation"), set.validators[0].org);
	ck_assert(json_is_true(json_object_get(item, "ready")));
	ck_assert_int_eq(unit_json_integer(item, "ready_height"), 5);
	ck_assert_int_eq(unit_json_integer(item, "ready_until"), 5 + LIMIT_READY_HEIGHTS);
	json_decref(json);
	json_decref(desk_ask(desk, "/v1/validators/ready/xyz", 400));
	desk_free(desk);
}

UNIT_TEST(readiness_is_that_of_the_next_block)
{
	struct set set;
	json_t *json;

	desk = desk_new();
	set = set_of_two();
	put_pending(&set);
	put_ready(&set, set.validators[0].org, 0, 5);
	desk_set_height(desk, 4 + LIMIT_READY_HEIGHTS);
	json = desk_ask(desk, PENDING, 200);
	check_member(json, 0, true);
	json_decref(json);
	desk_set_height(desk, 5 + LIMIT_READY_HEIGHTS);
	json = desk_ask(desk, PENDING, 200);
	check_member(json, 0, false);
	json_decref(json);
	desk_free(desk);
}

UNIT_TEST(the_plan_shows_version_and_height)
{
	Stele__UpgradeValue value = STELE__UPGRADE_VALUE__INIT;
	Stele__UpgradePlan plan = STELE__UPGRADE_PLAN__INIT;
	json_t *json;

	desk = desk_new();
	plan.version = 2;
	plan.activation_height = 90000;
	value.plan = &plan;
	value.log_index = 7;
	desk_put(desk, "upgrade/plan", VALUE_UPGRADE, &value);
	json = desk_ask(desk, "/v1/upgrade", 200);
	ck_assert_int_eq(unit_json_integer(json, "version"), 2);
	ck_assert_int_eq(unit_json_integer(json, "activation_height"), 90000);
	ck_assert_int_eq(unit_json_integer(json, "log_index"), 7);
	ck_assert_ptr_null(json_object_get(json, "motion"));
	ck_assert_ptr_null(json_object_get(json, "notes_sha256"));
	json_decref(json);
	desk_free(desk);
}

UNIT_MAIN("api_governance", there_is_no_pending_set_and_no_plan_at_first,
	  the_pending_set_shows_its_text_and_who_is_ready_with_its_keys,
	  who_is_ready_for_a_set_is_listed_before_it_is_pending, readiness_is_that_of_the_next_block,
	  the_plan_shows_version_and_height)
