/* Plans to upgrade: rules UP. */
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world.h"

#define EPOCHS_AHEAD 2000 /* two of the world's */

static void by_bare_transaction(struct genesis *genesis)
{
	for (uint32_t i = 0; i < genesis->rules_count; i++) {
		genesis->rules[i].approvals = 0;
		genesis->rules[i].approvers = STELE__ROLE__ROLE_NONE;
	}
}

static void plan(struct world *world, uint32_t version, uint64_t height, enum err want)
{
	Stele__UpgradePlan record = STELE__UPGRADE_PLAN__INIT;

	record.version = version;
	record.activation_height = height;
	record.notes_sha256 = world_hash(5);
	world_expects(world, AGENCY, OP(UPGRADE_PLAN), &record, want);
}

UNIT_TEST(versions_follow_each_other_from_two)
{
	struct world *world = world_new(by_bare_transaction);
	const Stele__UpgradeValue *value;

	plan(world, 1, 9000, ERR_UPGRADE_VERSION); /* UP-01 */
	plan(world, 3, 9000, ERR_UPGRADE_VERSION);
	plan(world, 2, 9000, ERR_OK);
	value = world_value(world, VALUE_UPGRADE, "upgrade/plan");
	ck_assert_uint_eq(value->plan->version, 2);
	ck_assert_uint_eq(value->plan->activation_height, 9000);
	ck_assert_uint_eq(value->plan->notes_sha256.len, 32);
	ck_assert_uint_eq(value->log_index, world->log_size - 1);
	ck_assert_uint_eq(value->motion, 0);
	plan(world, 2, 9000, ERR_UPGRADE_VERSION);
	plan(world, 4, 9000, ERR_UPGRADE_VERSION);
	plan(world, 3, 9000, ERR_OK);
	world_free(world);
}

UNIT_TEST(a_plan_lies_two_epochs_ahead)
{
	struct world *world = world_new(by_bare_transaction);

	world->height = 77;
	plan(world, 2, 76 + EPOCHS_AHEAD, ERR_UPGRADE_HEIGHT); /* UP-02 */
	plan(world, 2, 77 + EPOCHS_AHEAD, ERR_OK);
	plan(world, 3, INT64_MAX, ERR_OK);
	plan(world, 4, 78 + EPOCHS_AHEAD, ERR_OK);
	world_free(world);
}

UNIT_TEST(the_version_is_asked_before_the_height)
{
	struct world *world = world_new(by_bare_transaction);

	plan(world, 3, 1, ERR_UPGRADE_VERSION);
	plan(world, 2, 1, ERR_UPGRADE_HEIGHT);
	world_free(world);
}

UNIT_MAIN("apply_upgrade", versions_follow_each_other_from_two, a_plan_lies_two_epochs_ahead,
	  the_version_is_asked_before_the_height)
