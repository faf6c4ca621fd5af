/* Policy: which roles may do an operation, how many approvals of which role it
 * needs, and the record that changes it.  Rules R and P of docs/ledger.md. */
#include <inttypes.h>

#include "base/mutant.h"
#include "ledger/apply/rules.h"
#include "ledger/apply/values.h"
#include "proto/role.h"

#define WINDOW_MS_MIN 1000
#define QUOTA_WINDOW_MS_MIN 1000
#define QUOTA_WINDOW_MS_MAX 86400000
#define QUOTA_TRANSACTIONS_MIN 16
#define APPROVALS_MAX LIMIT_VALIDATORS
#define ORG_ARENA ((size_t)1 << 20) /* a decoded value, and its place */

#define POLICY_SET STELE__TRANSACTION_BODY__OPERATION_POLICY_SET
#define ROLES (ROLE_LAST + 1)

uint64_t role_bits(const Stele__Role *roles, size_t count)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < count; i++)
		bits |= UINT64_C(1) << roles[i];
	return bits;
}

enum err policy_rule(struct apply *apply, uint32_t operation,
		     const Stele__PolicyRule **out)
{
	const Stele__PolicyValue *value;
	enum err err = read_policy(apply, key_of_policy(operation), &value);

	if (err == ERR_NOT_FOUND)
		return ERR_OPERATION_UNAVAILABLE;
	if (err == ERR_OK)
		*out = value->rule;
	return err;
}

/* The rule, if the actor has the role that it asks for. */
static enum err opener_rule(struct apply *apply, uint32_t operation,
			    const Stele__PolicyRule **out)
{
	enum err err = policy_rule(apply, operation, out); /* */

	if (err != ERR_OK)
		return err;
	if ((role_bits((*out)->openers, (*out)->n_openers) & apply->roles) == 0) /* */
		return ERR_ROLE;
	return ERR_OK;
}

enum err policy_check_bare(struct apply *apply, uint32_t operation)
{
	const Stele__PolicyRule *rule;
	enum err err = opener_rule(apply, operation, &rule);

	if (err != ERR_OK)
		return err;
	return rule->approvals > 0 ? ERR_NEEDS_MOTION : ERR_OK; /* */
}

enum err policy_check_own_key(struct apply *apply, uint32_t operation)
{
	const Stele__PolicyRule *rule;

	return policy_rule(apply, operation, &rule); /* */
}

enum err policy_check_opener(struct apply *apply, uint32_t operation)
{
	const Stele__PolicyRule *rule;
	enum err err = opener_rule(apply, operation, &rule);

	if (err != ERR_OK)
		return err;
	return rule->approvals == 0 ? ERR_NEEDS_NO_MOTION : ERR_OK; /* */
}

static enum err role_count(struct apply *apply, uint64_t k, uint64_t counts[ROLES])
{
	Stele__NameValue *place;
	Stele__OrgValue *org;
	enum err err = get_name(apply, state_key("org-no/%" PRIu64, k), &place);

	if (err == ERR_OK)
		err = get_org(apply, state_key("%s", place->key), &org);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	for (size_t i = 0; i < org->n_roles; i++)
		counts[org->roles[i]] += org->status == STELE__ORG_STATUS__ORG_ACTIVE;
	return ERR_OK;
}

/* Active organisations of each role.  However many there are, the arena holds one
 * at a time: a legal state must never exhaust it. */
static enum err roles_count(struct apply *apply, uint64_t counts[ROLES])
{
	struct apply each = *apply;
	struct arena arena;
	Stele__CountValue *orgs;
	enum err err = get_count(apply, state_key("count/org"), &orgs);

	for (int role = 0; role < ROLES; role++)
		counts[role] = 0;
	arena_init(&arena, ORG_ARENA);
	each.arena = &arena;
	for (uint64_t k = 1; err == ERR_OK && k <= orgs->count; k++) {
		err = role_count(&each, k, counts);
		arena_release(&arena);
	}
	return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
}

static bool is_governed(uint32_t operation)
{
	/* Motions follow the rule of what they carry; they have none of their own. */
	return operation_name(operation) != NULL &&
	       operation > STELE__TRANSACTION_BODY__OPERATION_MOTION_WITHDRAW;
}

/* How many of those that counts counts may open it, each once for each role. */
static uint64_t openers_count(const Stele__PolicyRule *rule, const uint64_t counts[ROLES])
{
	uint64_t openers = 0;

	for (size_t i = 0; i < rule->n_openers; i++)
		openers += counts[rule->openers[i]];
	return openers;
}

/* A rule under which the operation could be done, now: otherwise one policy.set
 * could end all governance. */
static bool rule_is_valid(const Stele__PolicyRule *rule, const uint64_t counts[ROLES])
{
	if (!is_governed(rule->operation)) /* P-02 */
		return false;
	if ((rule->approvals > 0) != (rule->approvers != STELE__ROLE__ROLE_NONE)) /* P-03 */
		return false;
	if (rule->approvals > 0 && !operation_is_motionable(rule->operation)) /* P-04 */
		return false;
	if (rule->approvals > APPROVALS_MAX ||
	    (rule->approvals > 0 && rule->approvals > counts[rule->approvers])) /* P-05 */
		return false;
	return rule->operation != POLICY_SET || openers_count(rule, counts) > 0; /* P-06 */
}

/* P-07: and within one window any legal transaction fits, governance included. */
static bool limits_are_valid(const Stele__PolicyLimits *limits)
{
	return limits->window_ms >= WINDOW_MS_MIN &&
	       (limits->window_ms <= LIMIT_WINDOW_MS || mutant_on("limit_off_by_one")) &&
	       limits->quota_window_ms >= QUOTA_WINDOW_MS_MIN &&
	       limits->quota_window_ms <= QUOTA_WINDOW_MS_MAX &&
	       limits->quota_transactions >= QUOTA_TRANSACTIONS_MIN &&
	       limits->quota_bytes >= LIMIT_TX_BYTES &&
	       limits->quota_entries >= LIMIT_BATCH_ENTRIES;
}

static enum err policy_check(struct apply *apply, const Stele__PolicySet *record)
{
	uint64_t counts[ROLES];
	uint32_t before = 0;
	enum err err = roles_count(apply, counts);

	if (err != ERR_OK)
		return err;
	if (record->n_rules == 0 && record->limits == NULL) /* P-01 */
		return ERR_POLICY_VALUE;
	for (size_t i = 0; i < record->n_rules; i++) {
		if (record->rules[i]->operation <= before) /* P-01 */
			return ERR_POLICY_VALUE;
		before = record->rules[i]->operation;
		if (!rule_is_valid(record->rules[i], counts))
			return ERR_POLICY_VALUE;
	}
	if (record->limits != NULL && !limits_are_valid(record->limits))
		return ERR_POLICY_VALUE;
	return ERR_OK;
}

enum err policy_set(struct apply *apply, const Stele__PolicySet *record)
{
	Stele__LimitsValue limits = STELE__LIMITS_VALUE__INIT;
	enum err err = policy_check(apply, record);

	for (size_t i = 0; err == ERR_OK && i < record->n_rules; i++) {
		Stele__PolicyValue value = STELE__POLICY_VALUE__INIT;

		value.rule = record->rules[i];
		value.log_index = apply->log_index;
		err = put_policy(apply, key_of_policy(value.rule->operation), &value);
	}
	if (err != ERR_OK || record->limits == NULL)
		return err;
	limits.limits = record->limits;
	limits.log_index = apply->log_index;
	return put_limits(apply, state_key("policy/limits"), &limits);
}

/* An operation that the network does not have at all is none that could be lost. */
static enum err check_met(struct apply *apply, uint32_t operation, const uint64_t counts[ROLES])
{
	const Stele__PolicyRule *rule;
	enum err err = policy_rule(apply, operation, &rule);

	if (err != ERR_OK)
		return err == ERR_OPERATION_UNAVAILABLE ? ERR_OK : err;
	if (openers_count(rule, counts) == 0 ||
	    (rule->approvals > 0 && rule->approvals > counts[rule->approvers]))
		return ERR_GOVERNANCE_LOST;
	return ERR_OK;
}

enum err policy_check_without(struct apply *apply, const Stele__OrgValue *org)
{
	uint64_t counts[ROLES];
	enum err err = roles_count(apply, counts);

	for (size_t i = 0; err == ERR_OK && i < org->n_roles; i++)
		counts[org->roles[i]]--;
	if (err == ERR_OK)
		err = check_met(apply, POLICY_SET, counts);
	if (err == ERR_OK)
		err = check_met(apply, STELE__TRANSACTION_BODY__OPERATION_ORG_STATUS, counts);
	return err;
}
