/* Organisations and their first keys: rules O, OS and K; and the state that genesis
 * makes. */
#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world.h"

/* Without motions, to see the rules alone. */
static void by_bare_transaction(struct genesis *genesis)
{
	for (uint32_t i = 0; i < genesis->rules_count; i++) {
		genesis->rules[i].approvals = 0;
		genesis->rules[i].approvers = STELE__ROLE__ROLE_NONE;
	}
}

static const char *path_of_key(const ProtobufCBinaryData *key)
{
	static char path[80];
	struct hash hash;
	char hex[65];

	sha256(&hash, key->data, key->len);
	hex_encode(hex, hash.b, 32);
	snprintf(path, sizeof(path), "key/%s", hex);
	return path;
}

UNIT_TEST(genesis_makes_organisations_keys_policy_and_counts)
{
	struct world *world = world_new(NULL);
	const Stele__OrgValue *org = world_value(world, VALUE_ORG, "org/%s", world_id(LAB_1));
	const Stele__PolicyValue *policy = world_value(world, VALUE_POLICY, "policy/20");
	const Stele__LimitsValue *limits = world_value(world, VALUE_LIMITS, "policy/limits");
	ProtobufCBinaryData key = {33, world->keys[LAB_1].b};
	const Stele__KeyValue *value = world_value(world, VALUE_KEY, "%s", path_of_key(&key));
	const Stele__NameValue *name;
	const Stele__CountValue *count = world_value(world, VALUE_COUNT, "count/org");

	ck_assert_uint_eq(count->count, ORGS);
	ck_assert_uint_eq(org->number, LAB_1 + 1);
	ck_assert_uint_eq(org->keys, 1);
	ck_assert_uint_eq(org->n_roles, 3);
	ck_assert_uint_eq(org->log_index, 0);
	name = world_value(world, VALUE_NAME, "org-no/%d", LAB_1 + 1);
	ck_assert_str_eq(name->key + 4, world_id(LAB_1));
	ck_assert(!world_has(world, "org-no/%d", ORGS + 1));
	name = world_value(world, VALUE_NAME, "org-key/%s/1", world_id(LAB_1));
	ck_assert_str_eq(name->key, path_of_key(&key));
	ck_assert_str_eq(value->org, world_id(LAB_1));
	ck_assert_uint_eq(value->n_purposes, 3);
	ck_assert_uint_eq(policy->rule->approvals, 2);
	ck_assert_uint_eq(policy->rule->n_openers, 3);
	ck_assert_uint_eq(limits->limits->window_ms, 180000);
	for (uint32_t i = 0; i < world->genesis->rules_count; i++)
		ck_assert(world_has(world, "policy/%u", world->genesis->rules[i].operation));
	count = world_value(world, VALUE_COUNT, "count/programme");
	ck_assert_uint_eq(count->count, 0);
	count = world_value(world, VALUE_COUNT, "count/motion");
	ck_assert_uint_eq(count->count, 0);
	world_free(world);
}

UNIT_TEST(genesis_that_contradicts_the_rules_is_refused)
{
	struct world *world = world_new(NULL);
	struct genesis *genesis = world->genesis;
	struct genesis_org good = genesis->orgs[1];

	genesis->orgs[1].id[strlen(genesis->orgs[1].id) - 2] ^= 1;
	world_pass(world, 0);
	overlay_free(world->overlay);
	world->overlay = overlay_new(NULL, &world->base, 0);
	ck_assert_int_eq(apply_genesis(world->overlay, genesis, &world->arena), ERR_ID_CHECK);
	genesis->orgs[1] = genesis->orgs[0];
	overlay_reset(world->overlay, 0);
	ck_assert_int_eq(apply_genesis(world->overlay, genesis, &world->arena), ERR_EXISTS_ORG);
	genesis->orgs[1] = good;
	genesis->orgs[1].keys[0] = genesis->orgs[0].keys[0];
	overlay_reset(world->overlay, 0);
	ck_assert_int_eq(apply_genesis(world->overlay, genesis, &world->arena), ERR_EXISTS_KEY);
	genesis->orgs[1] = good;
	overlay_reset(world->overlay, 0);
	ck_assert_int_eq(apply_genesis(world->overlay, genesis, &world->arena), ERR_OK);
	world_free(world);
}

UNIT_TEST(org_register_adds_to_the_list_with_its_keys)
{
	struct world *world = world_new(by_bare_transaction);
	const char *id = world_usci("91110000EXAMPLE77");
	Stele__OrgRegister *record = make_org(world, id, 5);
	const Stele__OrgValue *org;
	const Stele__KeyValue *key;
	uint64_t index;

	world->height = 8;
	index = world_accepts(world, AGENCY, OP(ORG_REGISTER), record);
	org = world_value(world, VALUE_ORG, "org/%s", id);
	ck_assert_uint_eq(org->number, ORGS + 1);
	ck_assert_uint_eq(org->keys, 1);
	ck_assert_uint_eq(org->log_index, index);
	ck_assert_uint_eq(org->motion, 0);
	ck_assert_str_eq(org->names->en, "Example Institute 9");
	key = world_value(world, VALUE_KEY, "%s", path_of_key(&record->keys[0]->key));
	ck_assert_str_eq(key->org, id);
	ck_assert_uint_eq(key->from_height, 8);
	ck_assert(world_has(world, "org-key/%s/1", id));
	ck_assert(!world_has(world, "org-key/%s/2", id));
	world_free(world);
}

UNIT_TEST(org_register_rules_in_order)
{
	struct world *world = world_new(by_bare_transaction);
	char *id = world_usci("91110000EXAMPLE77");
	Stele__OrgRegister *record = make_org(world, id, 5);
	Stele__OrgKey *good = record->keys[0];
	Stele__OrgKey *two[2] = {good, good};

	/* O-01 before O-02 before O-03 before K-03 before K-04 */
	record->id = (char *)"GB-COH-01234567";
	world_refuses(world, AGENCY, OP(ORG_REGISTER), record, ERR_ID_SCHEME);
	record->id = (char *)"CN-USCI-91110000600037341N";
	world_refuses(world, AGENCY, OP(ORG_REGISTER), record, ERR_ID_CHECK);
	record->keys[0] = make_key(world, world_id(LAB_1), 5);
	record->keys[0]->key = (ProtobufCBinaryData){33, world->keys[LAB_1].b};
	record->id = (char *)world_id(LAB_1);
	world_refuses(world, AGENCY, OP(ORG_REGISTER), record, ERR_EXISTS_ORG);
	record->id = id;
	world_refuses(world, AGENCY, OP(ORG_REGISTER), record, ERR_EXISTS_KEY);
	record->keys[0] = make_key(world, world_id(LAB_2), 5); /* proven for another */
	world_refuses(world, AGENCY, OP(ORG_REGISTER), record, ERR_KEY_PROOF);
	record->keys = two;
	record->n_keys = 2;
	world_refuses(world, AGENCY, OP(ORG_REGISTER), record, ERR_EXISTS_KEY);
	two[1] = make_key(world, id, 6);
	(void)world_accepts(world, AGENCY, OP(ORG_REGISTER), record);
	world_refuses(world, AGENCY, OP(ORG_REGISTER), record, ERR_EXISTS_ORG);
	world_free(world);
}

UNIT_TEST(a_proof_speaks_of_chain_and_purposes)
{
	struct world *world = world_new(by_bare_transaction);
	Stele__KeyAdd record = STELE__KEY_ADD__INIT;
	uint8_t chain = world->genesis->chain.b[0];

	record.org = (char *)world_id(AGENCY);
	world->genesis->chain.b[0] ^= 1;
	record.key = make_key(world, record.org, 5);
	world->genesis->chain.b[0] = chain;
	world_refuses(world, AGENCY, OP(KEY_ADD), &record, ERR_KEY_PROOF);
	record.key = make_key(world, record.org, 5);
	record.key->purposes[0] = STELE__PURPOSE__PURPOSE_GOVERN;
	world_refuses(world, AGENCY, OP(KEY_ADD), &record, ERR_KEY_PROOF);
	world_free(world);
}

UNIT_TEST(key_add_serves_the_own_organisation)
{
	struct world *world = world_new(by_bare_transaction);
	Stele__KeyAdd record = STELE__KEY_ADD__INIT;
	const Stele__KeyValue *key;

	world->height = 20;
	record.org = world_usci("91110000EXAMPLE77");
	record.key = make_key(world, record.org, 5);
	world_refuses(world, AGENCY, OP(KEY_ADD), &record, ERR_NOT_FOUND_ORG);
	record.org = (char *)world_id(LAB_1);
	record.key = make_key(world, record.org, 5);
	world_refuses(world, AGENCY, OP(KEY_ADD), &record, ERR_ROLE);
	record.org = (char *)world_id(AGENCY);
	record.key = make_key(world, record.org, 5);
	record.from_height = 19; /* the past becomes now */
	(void)world_accepts(world, AGENCY, OP(KEY_ADD), &record);
	key = world_value(world, VALUE_KEY, "%s", path_of_key(&record.key->key));
	ck_assert_uint_eq(key->from_height, 20);
	ck_assert(world_has(world, "org-key/%s/2", world_id(AGENCY)));
	world_refuses(world, AGENCY, OP(KEY_ADD), &record, ERR_EXISTS_KEY);
	record.key = make_key(world, record.org, 6);
	record.from_height = 21;
	(void)world_accepts(world, AGENCY, OP(KEY_ADD), &record);
	key = world_value(world, VALUE_KEY, "%s", path_of_key(&record.key->key));
	ck_assert_uint_eq(key->from_height, 21);
	world_free(world);
}

/* --- org.status ------------------------------------------------------------ */

static void set_status(struct world *world, enum who of, Stele__OrgStatus status, enum err want)
{
	Stele__OrgStatusChange record = STELE__ORG_STATUS_CHANGE__INIT;

	record.org = (char *)world_id(of);
	record.status = status;
	record.reason_sha256 = world_hash(3);
	world_expects(world, AGENCY, OP(ORG_STATUS), &record, want);
}

#define ACTIVE STELE__ORG_STATUS__ORG_ACTIVE
#define SUSPENDED STELE__ORG_STATUS__ORG_SUSPENDED
#define DELISTED STELE__ORG_STATUS__ORG_DELISTED

UNIT_TEST(a_suspended_organisation_signs_nothing_until_it_is_reinstated)
{
	struct world *world = world_new(by_bare_transaction);
	const Stele__OrgValue *org;

	set_status(world, LAB_2, SUSPENDED, ERR_OK);
	org = world_value(world, VALUE_ORG, "org/%s", world_id(LAB_2));
	ck_assert_int_eq(org->status, SUSPENDED);
	ck_assert_uint_eq(org->status_log_index, world->log_size - 1);
	ck_assert_uint_eq(org->log_index, 0);
	world_refuses(world, LAB_2, OP(CONTENT_ANCHOR), make_anchor(1), ERR_ORG_INACTIVE);
	set_status(world, LAB_2, SUSPENDED, ERR_ORG_STATUS);
	set_status(world, LAB_2, ACTIVE, ERR_OK);
	set_status(world, LAB_2, ACTIVE, ERR_ORG_STATUS);
	(void)world_accepts(world, LAB_2, OP(CONTENT_ANCHOR), make_anchor(1));
	world_free(world);
}

UNIT_TEST(a_delisted_organisation_stays_so)
{
	struct world *world = world_new(by_bare_transaction);

	set_status(world, LAB_1, DELISTED, ERR_OK);
	set_status(world, LAB_1, ACTIVE, ERR_ORG_STATUS);
	set_status(world, LAB_1, SUSPENDED, ERR_ORG_STATUS);
	set_status(world, LAB_1, DELISTED, ERR_ORG_STATUS);
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1), ERR_ORG_INACTIVE);
	set_status(world, LAB_2, SUSPENDED, ERR_OK);
	set_status(world, LAB_2, DELISTED, ERR_OK);
	world_free(world);
}

static struct genesis_rule *rule_of(struct genesis *genesis, uint32_t operation)
{
	for (uint32_t i = 0; i < genesis->rules_count; i++)
		if (genesis->rules[i].operation == operation)
			return &genesis->rules[i];
	ck_abort_msg("no rule of %u", operation);
	return NULL;
}

/* Of the four validators three must approve a policy.set. */
static void three_approvals(struct genesis *genesis)
{
	by_bare_transaction(genesis);
	rule_of(genesis, OP(POLICY_SET))->approvals = 3;
	rule_of(genesis, OP(POLICY_SET))->approvers = STELE__ROLE__ROLE_VALIDATOR;
}

UNIT_TEST(enough_stay_active_to_change_the_policy)
{
	struct world *world = world_new(three_approvals);
	Stele__OrgStatusChange nobody = STELE__ORG_STATUS_CHANGE__INIT;

	nobody.org = world_usci("91110000EXAMPLE77"); /* OS-01 before OS-02 before OS-03 */
	world_refuses(world, AGENCY, OP(ORG_STATUS), &nobody, ERR_NOT_FOUND_ORG);
	set_status(world, LAB_1, SUSPENDED, ERR_OK); /* three are left */
	set_status(world, FUNDER, SUSPENDED, ERR_GOVERNANCE_LOST);
	set_status(world, FUNDER, DELISTED, ERR_GOVERNANCE_LOST);
	set_status(world, FUNDER, ACTIVE, ERR_ORG_STATUS);
	set_status(world, LAB_2, DELISTED, ERR_OK); /* no validator */
	set_status(world, LAB_1, DELISTED, ERR_OK); /* it was not active */
	world_free(world);
}

static void opened_by_auditors(struct genesis *genesis)
{
	by_bare_transaction(genesis);
	rule_of(genesis, OP(POLICY_SET))->openers = 1u << STELE__ROLE__ROLE_AUDITOR;
}

static void status_by_agencies(struct genesis *genesis)
{
	by_bare_transaction(genesis);
	rule_of(genesis, OP(ORG_STATUS))->openers = 1u << STELE__ROLE__ROLE_AGENCY;
}

UNIT_TEST(somebody_stays_active_to_open_policy_and_status)
{
	struct world *world = world_new(opened_by_auditors);

	set_status(world, AUDITOR, SUSPENDED, ERR_GOVERNANCE_LOST);
	set_status(world, FUNDER, SUSPENDED, ERR_OK);
	world_free(world);
	world = world_new(status_by_agencies);
	set_status(world, AUDITOR, SUSPENDED, ERR_OK);
	set_status(world, AGENCY, SUSPENDED, ERR_GOVERNANCE_LOST); /* itself */
	world_free(world);
}

/* There is no policy.set that could be lost. */
static void without_policy_set(struct genesis *genesis)
{
	struct genesis_rule *rule = rule_of(genesis, OP(POLICY_SET));

	by_bare_transaction(genesis);
	memmove(rule, rule + 1,
		(size_t)(&genesis->rules[--genesis->rules_count] - rule) * sizeof(*rule));
}

UNIT_TEST(what_the_network_never_had_is_not_lost)
{
	struct world *world = world_new(without_policy_set);

	set_status(world, AUDITOR, SUSPENDED, ERR_OK);
	set_status(world, FUNDER, SUSPENDED, ERR_OK);
	world_free(world);
}

UNIT_TEST(a_suspension_goes_through_a_motion_and_ends_the_vote_of_whom_it_names)
{
	struct world *world = world_new(NULL);
	Stele__OrgStatusChange record = STELE__ORG_STATUS_CHANGE__INIT;
	Stele__MotionApprove approve = STELE__MOTION_APPROVE__INIT;

	record.org = (char *)world_id(LAB_1);
	record.status = SUSPENDED;
	world_refuses(world, AGENCY, OP(ORG_STATUS), &record, ERR_NEEDS_MOTION);
	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN),
			    world_motion(world, OP(ORG_STATUS), &record));
	approve.motion = 1;
	(void)world_accepts(world, FUNDER, OP(MOTION_APPROVE), &approve);
	world_refuses(world, LAB_1, OP(MOTION_APPROVE), &approve, ERR_ORG_INACTIVE);
	world_free(world);
}

UNIT_MAIN("apply_org", genesis_makes_organisations_keys_policy_and_counts,
	  genesis_that_contradicts_the_rules_is_refused,
	  org_register_adds_to_the_list_with_its_keys, org_register_rules_in_order,
	  a_proof_speaks_of_chain_and_purposes, key_add_serves_the_own_organisation,
	  a_suspended_organisation_signs_nothing_until_it_is_reinstated,
	  a_delisted_organisation_stays_so, enough_stay_active_to_change_the_policy,
	  somebody_stays_active_to_open_policy_and_status, what_the_network_never_had_is_not_lost,
	  a_suspension_goes_through_a_motion_and_ends_the_vote_of_whom_it_names)
