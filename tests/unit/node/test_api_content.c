/* Contents as the API shows them: ranks of claims, propagations, roll-ups,
 * delegations and commitments. */
#include <stdio.h>
#include <string.h>

#include "tests/lib/desk.h"
#include "tests/lib/unit.h"

#define HEX "7777777777777777777777777777777777777777777777777777777777777777"
#define OTHER "8888888888888888888888888888888888888888888888888888888888888888"

static uint8_t hash[32];

static struct desk *open_desk(void)
{
	memset(hash, 0x77, sizeof(hash));
	return desk_new();
}

static ProtobufCBinaryData content(void)
{
	return (ProtobufCBinaryData){sizeof(hash), hash};
}

static void put_count(struct desk *desk, const char *key, uint64_t count)
{
	Stele__CountValue value = STELE__COUNT_VALUE__INIT;

	value.count = count;
	desk_put(desk, key, VALUE_COUNT, &value);
}

/* Claim 1 of the lab, claim 2 of the agency, which opened a commitment. */
static void put_claims(struct desk *desk)
{
	Stele__ClaimValue claim = STELE__CLAIM_VALUE__INIT;

	claim.org = (char *)DESK_LAB;
	claim.log_index = claim.rank = 30;
	claim.claims = 2;
	claim.first_claim = 2;
	claim.first_rank = 12;
	desk_put(desk, "content/" HEX, VALUE_CLAIM, &claim);
	claim = (Stele__ClaimValue)STELE__CLAIM_VALUE__INIT;
	claim.org = (char *)DESK_AGENCY;
	claim.log_index = 31;
	claim.rank = 12;
	desk_put(desk, "claim/" HEX "/2", VALUE_CLAIM, &claim);
}

static void put_propagation(struct desk *desk, uint64_t number, uint64_t log_index)
{
	Stele__ContentPropagate record = STELE__CONTENT_PROPAGATE__INIT;
	Stele__PropagationValue value = STELE__PROPAGATION_VALUE__INIT;
	Stele__ContentRef target = STELE__CONTENT_REF__INIT;
	char key[160];

	target.sha256 = content();
	target.claim = 2;
	record.target = &target;
	record.propagator = (char *)"Example Portal";
	value.record = &record;
	value.org = (char *)DESK_LAB;
	value.log_index = log_index;
	value.time = 99;
	(void)snprintf(key, sizeof(key), "propagation/%s/2/%d", HEX, (int)number);
	desk_put(desk, key, VALUE_PROPAGATION, &value);
}

UNIT_TEST(propagations_are_those_of_one_claim)
{
	struct desk *desk = open_desk();
	const json_t *item;
	json_t *json;

	json_decref(desk_ask(desk, "/v1/hashes/sha256/" HEX "/claims/1/propagations", 404));
	put_claims(desk);
	desk_expects(desk, "/v1/hashes/sha256/" HEX "/claims/1/propagations", 0, 0);
	put_count(desk, "propagation/" HEX "/2", 2);
	put_propagation(desk, 1, 40);
	put_propagation(desk, 2, 41);
	desk_expects(desk, "/v1/hashes/sha256/" HEX "/claims/1/propagations", 0, 0);
	desk_expects(desk, "/v1/hashes/sha256/" HEX "/claims/2/propagations", 2, 1);
	desk_expects(desk, "/v1/hashes/sha256/" HEX "/claims/2/propagations?limit=1", 1, 1);
	json = desk_ask(desk, "/v1/hashes/sha256/" HEX "/claims/2/propagations", 200);
	item = json_array_get(unit_json_array(json, "items"), 1);
	ck_assert_str_eq(unit_json_text(item, "organisation"), DESK_LAB);
	ck_assert_str_eq(unit_json_text(item, "propagator"), "Example Portal");
	ck_assert_int_eq(unit_json_integer(item, "log_index"), 41);
	ck_assert_int_eq(unit_json_integer(item, "time"), 99);
	ck_assert_ptr_null(json_object_get(item, "target"));
	json_decref(json);
	json_decref(desk_ask(desk, "/v1/hashes/sha256/" HEX "/claims/3/propagations", 404));
	json_decref(desk_ask(desk, "/v1/hashes/sha256/" HEX "/claims/02/propagations", 404));
	json_decref(desk_ask(desk, "/v1/hashes/sha256/" OTHER "/claims/1/propagations", 404));
	json_decref(desk_ask(desk, "/v1/hashes/sha256/77/claims/1/propagations", 400));
	desk_free(desk);
}

static void put_rollup(struct desk *desk, uint64_t number)
{
	Stele__ContentRollup record = STELE__CONTENT_ROLLUP__INIT;
	Stele__RollupValue value = STELE__ROLLUP_VALUE__INIT;
	char key[160];

	record.root = content();
	record.count = 1000 * number;
	record.label = (char *)"archive";
	value.record = &record;
	value.log_index = 50 + number;
	value.time = 99;
	(void)snprintf(key, sizeof(key), "rollup/%s/%d", DESK_LAB, (int)number);
	desk_put(desk, key, VALUE_ROLLUP, &value);
}

UNIT_TEST(roll_ups_are_those_of_one_organisation)
{
	struct desk *desk = open_desk();
	json_t *json;

	desk_expects(desk, "/v1/organisations/" DESK_LAB "/rollups", 0, 0);
	put_count(desk, "rollup/" DESK_LAB, 2);
	put_rollup(desk, 1);
	put_rollup(desk, 2);
	desk_expects(desk, "/v1/organisations/" DESK_LAB "/rollups", 2, 1);
	desk_expects(desk, "/v1/organisations/" DESK_AGENCY "/rollups", 0, 0);
	json = desk_ask(desk, "/v1/organisations/" DESK_LAB "/rollups/2", 200);
	ck_assert_int_eq(unit_json_integer(json, "number"), 2);
	ck_assert_str_eq(unit_json_text(json, "organisation"), DESK_LAB);
	ck_assert_str_eq(unit_json_text(json, "root"), HEX);
	ck_assert_str_eq(unit_json_text(json, "count"), "2000");
	ck_assert_str_eq(unit_json_text(json, "label"), "archive");
	ck_assert_int_eq(unit_json_integer(json, "log_index"), 52);
	json_decref(json);
	json_decref(desk_ask(desk, "/v1/organisations/" DESK_LAB "/rollups/3", 404));
	json_decref(desk_ask(desk, "/v1/organisations/" DESK_LAB "/rollups/x", 404));
	json_decref(desk_ask(desk, "/v1/organisations/nobody/rollups", 404));
	desk_free(desk);
}

static void put_delegation(struct desk *desk, uint64_t number, const char *to, bool is_ended)
{
	Stele__DelegationValue value = STELE__DELEGATION_VALUE__INIT;
	Stele__NameValue name = STELE__NAME_VALUE__INIT;
	char place[160], key[200];

	(void)snprintf(key, sizeof(key), "delegation/%s/%s", DESK_LAB, to);
	(void)snprintf(place, sizeof(place), "delegation-no/%s/%d", DESK_LAB, (int)number);
	name.key = key;
	value.is_ended = is_ended;
	value.log_index = 60 + number;
	desk_put(desk, place, VALUE_NAME, &name);
	desk_put(desk, key, VALUE_DELEGATION, &value);
}

UNIT_TEST(delegations_say_to_whom_and_whether_they_ended)
{
	struct desk *desk = open_desk();
	const json_t *item;
	json_t *json;

	desk_expects(desk, "/v1/organisations/" DESK_LAB "/delegations", 0, 0);
	put_count(desk, "delegation-no/" DESK_LAB, 2);
	put_delegation(desk, 1, DESK_AGENCY, true);
	put_delegation(desk, 2, DESK_FUNDER, false);
	desk_expects(desk, "/v1/organisations/" DESK_LAB "/delegations", 2, 1);
	json = desk_ask(desk, "/v1/organisations/" DESK_LAB "/delegations", 200);
	item = json_array_get(unit_json_array(json, "items"), 0);
	ck_assert_str_eq(unit_json_text(item, "organisation"), DESK_AGENCY);
	ck_assert_str_eq(unit_json_text(item, "state"), "ended");
	item = json_array_get(unit_json_array(json, "items"), 1);
	ck_assert_str_eq(unit_json_text(item, "organisation"), DESK_FUNDER);
	ck_assert_str_eq(unit_json_text(item, "state"), "in_force");
	ck_assert_int_eq(unit_json_integer(item, "log_index"), 62);
	json_decref(json);
	json_decref(desk_ask(desk, "/v1/organisations/nobody/delegations", 404));
	desk_free(desk);
}

UNIT_TEST(a_commitment_is_sealed_until_it_says_what_opened_it)
{
	struct desk *desk = open_desk();
	Stele__CommitValue value = STELE__COMMIT_VALUE__INIT;
	Stele__ContentRef opened_by = STELE__CONTENT_REF__INIT;
	json_t *json;

	json_decref(desk_ask(desk, "/v1/commitments/" DESK_LAB "/" OTHER, 404));
	value.log_index = 12;
	value.time = 99;
	desk_put(desk, "commit/" DESK_LAB "/" OTHER, VALUE_COMMIT, &value);
	json = desk_ask(desk, "/v1/commitments/" DESK_LAB "/" OTHER, 200);
	ck_assert_str_eq(unit_json_text(json, "state"), "sealed");
	ck_assert_str_eq(unit_json_text(json, "commitment"), OTHER);
	ck_assert_int_eq(unit_json_integer(json, "log_index"), 12);
	ck_assert_ptr_null(json_object_get(json, "opened_by"));
	json_decref(json);
	opened_by.sha256 = content();
	opened_by.claim = 2;
	value.opened_by = &opened_by;
	desk_put(desk, "commit/" DESK_LAB "/" OTHER, VALUE_COMMIT, &value);
	json = desk_ask(desk, "/v1/commitments/" DESK_LAB "/" OTHER, 200);
	ck_assert_str_eq(unit_json_text(json, "state"), "opened");
	ck_assert_str_eq(unit_json_text(json_object_get(json, "opened_by"), "sha256"), HEX);
	json_decref(json);
	json_decref(desk_ask(desk, "/v1/commitments/" DESK_AGENCY "/" OTHER, 404));
	json_decref(desk_ask(desk, "/v1/commitments/" DESK_LAB "/88", 400));
	desk_free(desk);
}

UNIT_MAIN("api_content", propagations_are_those_of_one_claim,
	  roll_ups_are_those_of_one_organisation, delegations_say_to_whom_and_whether_they_ended,
	  a_commitment_is_sealed_until_it_says_what_opened_it)
