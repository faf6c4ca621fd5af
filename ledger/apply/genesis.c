/* The state that a genesis document makes: organisations with their keys, the
 * policy of every operation, the limits, and the counts of the lists.  All of it
 * stands at log index 0, where the document is. */
#include <inttypes.h>

#include "ledger/apply/apply.h"
#include "ledger/apply/identifier.h"
#include "ledger/apply/rules.h"
#include "ledger/apply/values.h"
#include "proto/genesis.h"
#include "proto/role.h"

#define ROLES_MAX (ROLE_LAST + 1)
#define PURPOSES_MAX (PURPOSE_LAST + 1)

static size_t roles_of(Stele__Role out[ROLES_MAX], uint32_t bits)
{
	size_t count = 0;

	for (uint32_t role = 1; role < ROLES_MAX; role++) {
		if ((bits >> role & 1) != 0)
			out[count++] = (Stele__Role)role;
	}
	return count;
}

static size_t purposes_of(Stele__Purpose out[PURPOSES_MAX], uint32_t bits)
{
	size_t count = 0;

	for (uint32_t purpose = 1; purpose < PURPOSES_MAX; purpose++) {
		if ((bits >> purpose & 1) != 0)
			out[count++] = (Stele__Purpose)purpose;
	}
	return count;
}

static enum err apply_key(struct apply *apply, Stele__OrgValue *org,
			  const struct genesis_key *from)
{
	Stele__Purpose purposes[PURPOSES_MAX];
	Stele__KeyValue key = STELE__KEY_VALUE__INIT;

	key.key = (ProtobufCBinaryData){sizeof(from->key.b), (uint8_t *)from->key.b};
	key.org = org->id;
	key.purposes = purposes;
	key.n_purposes = purposes_of(purposes, from->purposes);
	return key_register(apply, org, &key);
}

static enum err apply_org(struct apply *apply, const struct genesis_org *from)
{
	Stele__Names names = STELE__NAMES__INIT;
	Stele__OrgValue org = STELE__ORG_VALUE__INIT;
	Stele__Role roles[ROLES_MAX];
	enum err err = identifier_check(from->id);

	names.zh = (char *)from->name_zh; /* only read, as the id */
	names.en = (char *)from->name_en;
	org.id = (char *)from->id;
	/* A message that holds nothing is absent: the canonical form. */
	org.names = names.zh[0] != '\0' || names.en[0] != '\0' ? &names : NULL;
	org.roles = roles;
	org.n_roles = roles_of(roles, from->roles);
	org.status = STELE__ORG_STATUS__ORG_ACTIVE;
	if (err == ERR_OK)
		err = org_add(apply, &org);
	for (uint32_t i = 0; err == ERR_OK && i < from->keys_count; i++)
		err = apply_key(apply, &org, &from->keys[i]);
	return err;
}

static enum err apply_rule(struct apply *apply, const struct genesis_rule *from)
{
	Stele__PolicyRule rule = STELE__POLICY_RULE__INIT;
	Stele__PolicyValue value = STELE__POLICY_VALUE__INIT;
	Stele__Role openers[ROLES_MAX];

	rule.operation = from->operation;
	rule.openers = openers;
	rule.n_openers = roles_of(openers, from->openers);
	rule.approvals = from->approvals;
	rule.approvers = from->approvers;
	value.rule = &rule;
	return put_policy(apply, key_of_policy(from->operation), &value);
}

static enum err apply_limits(struct apply *apply, const struct genesis *genesis)
{
	Stele__PolicyLimits limits = STELE__POLICY_LIMITS__INIT;
	Stele__LimitsValue value = STELE__LIMITS_VALUE__INIT;

	if (genesis->window_ms == 0 || genesis->quota_window_ms == 0)
		return ERR_GENESIS_FORM;
	limits.window_ms = genesis->window_ms;
	limits.quota_window_ms = genesis->quota_window_ms;
	limits.quota_transactions = genesis->quota_transactions;
	limits.quota_bytes = genesis->quota_bytes;
	limits.quota_entries = genesis->quota_entries;
	value.limits = &limits;
	return put_limits(apply, state_key("policy/limits"), &value);
}

/* Counts that are 0 are written, so that an empty list can be proven. */
static enum err apply_counts(struct apply *apply)
{
	static const char *const keys[] = {"count/org", "count/programme", "count/motion"};
	Stele__CountValue none = STELE__COUNT_VALUE__INIT;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < sizeof(keys) / sizeof(keys[0]); i++)
		err = put_count(apply, state_key("%s", keys[i]), &none);
	return err;
}

enum err apply_genesis(struct overlay *overlay, const struct genesis *genesis, struct arena *arena)
{
	struct apply apply = {
		.overlay = overlay,
		.arena = arena,
		.time_ms = genesis->time_ms,
		.actor = "",
	};
	enum err err = apply_counts(&apply);

	for (uint32_t i = 0; err == ERR_OK && i < genesis->orgs_count; i++)
		err = apply_org(&apply, &genesis->orgs[i]);
	for (uint32_t i = 0; err == ERR_OK && i < genesis->rules_count; i++)
		err = apply_rule(&apply, &genesis->rules[i]);
	if (err == ERR_OK)
		err = apply_limits(&apply, genesis);
	return err;
}
