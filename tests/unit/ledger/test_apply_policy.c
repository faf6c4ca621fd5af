/* Policy: rules P. */
#include <stdlib.h>

#include "base/limits.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world.h"

static void bare_policy(struct genesis *genesis)
{
	for (uint32_t i = 0; i < genesis->rules_count; i++) {
		if (genesis->rules[i].operation != OP(POLICY_SET))
			continue;
		genesis->rules[i].approvals = 0;
		genesis->rules[i].approvers = STELE__ROLE__ROLE_NONE;
	}
}

static Stele__Role openers[] = {STELE__ROLE__ROLE_FUNDER};

static Stele__PolicyRule rule_of(uint32_t operation, uint32_t approvals, Stele__Role approvers)
{
	Stele__PolicyRule rule = STELE__POLICY_RULE__INIT;

	rule.operation = operation;
	rule.openers = openers;
	rule.n_openers = 1;
	rule.approvals = approvals;
	rule.approvers = approvers;
	return rule;
}

static void set_rule(struct world *world, Stele__PolicyRule rule, enum err want)
{
	Stele__PolicySet record = STELE__POLICY_SET__INIT;
	Stele__PolicyRule *list[] = {&rule};

	record.rules = list;
	record.n_rules = 1;
	world_expects(world, AGENCY, OP(POLICY_SET), &record, want);
}

#define VALIDATOR STELE__ROLE__ROLE_VALIDATOR
#define NONE STELE__ROLE__ROLE_NONE

UNIT_TEST(each_rule_is_one_that_can_be_followed)
{
	struct world *world = world_new(bare_policy);
	enum err bad = ERR_POLICY_VALUE;

	set_rule(world, rule_of(OP(AWARD_GRANT), 2, VALIDATOR), ERR_OK);
	set_rule(world, rule_of(OP(MOTION_OPEN), 0, NONE), bad);    /* P-02 */
	set_rule(world, rule_of(OP(MOTION_WITHDRAW), 0, NONE), bad);
	set_rule(world, rule_of(99, 0, NONE), bad);
	set_rule(world, rule_of(OP(AWARD_GRANT), 1, NONE), bad);    /* P-03 */
	set_rule(world, rule_of(OP(AWARD_GRANT), 0, VALIDATOR), bad);
	set_rule(world, rule_of(OP(AWARD_ACCEPT), 1, VALIDATOR), bad); /* P-04 */
	set_rule(world, rule_of(OP(AWARD_GRANT), 4, VALIDATOR), ERR_OK); /* P-05: there are 4 */
	set_rule(world, rule_of(OP(AWARD_GRANT), 5, VALIDATOR), bad);
	world_set_status(world, LAB_1, STELE__ORG_STATUS__ORG_SUSPENDED);
	set_rule(world, rule_of(OP(AWARD_GRANT), 4, VALIDATOR), bad);
	set_rule(world, rule_of(OP(AWARD_GRANT), 3, VALIDATOR), ERR_OK);
	world_free(world);
}

UNIT_TEST(policy_set_keeps_somebody_who_may_open_it)
{
	struct world *world = world_new(bare_policy);
	Stele__PolicyRule rule = rule_of(OP(POLICY_SET), 0, NONE);
	Stele__Role nobody[] = {STELE__ROLE__ROLE_REVIEWER};

	rule.openers = nobody;
	set_rule(world, rule, ERR_POLICY_VALUE); /* P-06 */
	rule.n_openers = 0;
	set_rule(world, rule, ERR_POLICY_VALUE);
	rule.operation = OP(NOTE_ATTACH); /* switched off */
	set_rule(world, rule, ERR_OK);
	world_free(world);
}

UNIT_TEST(rules_ascend_and_say_something)
{
	struct world *world = world_new(bare_policy);
	Stele__PolicySet record = STELE__POLICY_SET__INIT;
	Stele__PolicyRule one = rule_of(OP(AWARD_GRANT), 0, NONE);
	Stele__PolicyRule two = rule_of(OP(AWARD_IMPORT), 0, NONE);
	Stele__PolicyRule *list[] = {&two, &one};

	world_refuses(world, AGENCY, OP(POLICY_SET), &record, ERR_POLICY_VALUE); /* P-01 */
	record.rules = list;
	record.n_rules = 2;
	world_refuses(world, AGENCY, OP(POLICY_SET), &record, ERR_POLICY_VALUE);
	list[1] = &two;
	world_refuses(world, AGENCY, OP(POLICY_SET), &record, ERR_POLICY_VALUE);
	list[0] = &one;
	(void)world_accepts(world, AGENCY, OP(POLICY_SET), &record);
	world_free(world);
}

UNIT_TEST(limits_hold_at_their_bounds)
{
	static const Stele__PolicyLimits good = {
		.window_ms = 1000, .quota_window_ms = 1000, .quota_transactions = 16,
		.quota_bytes = LIMIT_TX_BYTES, .quota_entries = LIMIT_BATCH_ENTRIES,
	};
	struct world *world = world_new(bare_policy);
	Stele__PolicySet record = STELE__POLICY_SET__INIT;
	Stele__PolicyLimits limits;

#define TRY(member, value, want) \
	limits = (Stele__PolicyLimits)STELE__POLICY_LIMITS__INIT; \
	limits.window_ms = good.window_ms; \
	limits.quota_window_ms = good.quota_window_ms; \
	limits.quota_transactions = good.quota_transactions; \
	limits.quota_bytes = good.quota_bytes; \
	limits.quota_entries = good.quota_entries; \
	limits.member = (value); \
	world_expects(world, AGENCY, OP(POLICY_SET), &record, want)

	record.limits = &limits;
	world->valid_for_ms = 500;
	TRY(window_ms, 1000, ERR_OK);
	TRY(window_ms, 999, ERR_POLICY_VALUE);
	TRY(window_ms, LIMIT_WINDOW_MS + 1, ERR_POLICY_VALUE);
	TRY(quota_window_ms, 999, ERR_POLICY_VALUE);
	TRY(quota_window_ms, 86400001, ERR_POLICY_VALUE);
	TRY(quota_transactions, 15, ERR_POLICY_VALUE);
	TRY(quota_bytes, LIMIT_TX_BYTES - 1, ERR_POLICY_VALUE);
	TRY(quota_entries, LIMIT_BATCH_ENTRIES - 1, ERR_POLICY_VALUE);
	TRY(window_ms, LIMIT_WINDOW_MS, ERR_OK);
	TRY(quota_window_ms, 86400000, ERR_OK);
#undef TRY
	world_free(world);
}

UNIT_TEST(a_changed_rule_and_limit_hold_from_the_next_transaction)
{
	struct world *world = world_new(bare_policy);
	Stele__PolicySet record = STELE__POLICY_SET__INIT;
	Stele__PolicyRule rule = rule_of(OP(NOTE_ATTACH), 0, NONE);
	Stele__PolicyRule *list[] = {&rule};
	Stele__NoteAttach note = STELE__NOTE_ATTACH__INIT;
	const Stele__PolicyValue *value;
	uint64_t index;

	note.target_case = STELE__NOTE_ATTACH__TARGET_ORG;
	note.org = (char *)world_id(LAB_1);
	note.text_sha256 = world_hash(1);
	(void)world_accepts(world, LAB_1, OP(NOTE_ATTACH), &note);
	record.rules = list;
	record.n_rules = 1;
	index = world_accepts(world, AGENCY, OP(POLICY_SET), &record);
	value = world_value(world, VALUE_POLICY, "policy/100");
	ck_assert_uint_eq(value->log_index, index);
	world_refuses(world, LAB_1, OP(NOTE_ATTACH), &note, ERR_ROLE);
	(void)world_accepts(world, FUNDER, OP(NOTE_ATTACH), &note);
	world_free(world);
}

UNIT_MAIN("apply_policy", each_rule_is_one_that_can_be_followed,
	  policy_set_keeps_somebody_who_may_open_it, rules_ascend_and_say_something,
	  limits_hold_at_their_bounds, a_changed_rule_and_limit_hold_from_the_next_transaction)
