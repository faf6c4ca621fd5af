/* The checks before the rules (E, R), what each outcome leaves, and quotas. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world.h"

static void expect_until(struct world *world, uint64_t valid_until, enum err want)
{
	Stele__TransactionBody body = world_body(OP(CONTENT_ANCHOR), make_anchor(1));
	enum err reason = ERR_OK;
	struct tx *tx;

	body.valid_until = valid_until;
	tx = world_tx(world, LAB_1, &body, NULL);
	(void)world_apply(world, tx, &reason);
	ck_assert_msg(reason == want, "%s", err_name(reason));
	tx_free(tx);
}

UNIT_TEST(valid_until_holds_from_now_to_the_window)
{
	struct world *world = world_new(NULL);
	uint64_t window = world->genesis->window_ms;

	expect_until(world, world->time_ms - 1, ERR_TX_EXPIRED);
	expect_until(world, world->time_ms, ERR_OK);
	expect_until(world, world->time_ms + window, ERR_OK);
	expect_until(world, world->time_ms + window + 1, ERR_TX_TOO_EARLY);
	expect_until(world, INT64_MAX, ERR_TX_TOO_EARLY);
	world_free(world);
}

UNIT_TEST(an_accepted_id_is_consumed_until_it_expires)
{
	struct world *world = world_new(NULL);
	Stele__TransactionBody body = world_body(OP(CONTENT_ANCHOR), make_anchor(1));
	struct tx *tx = world_tx(world, LAB_1, &body, NULL);
	enum err reason = ERR_OK;

	ck_assert_int_eq(world_apply(world, tx, &reason), OUTCOME_ACCEPTED);
	ck_assert_int_eq(world_apply(world, tx, &reason), OUTCOME_SKIPPED);
	ck_assert_int_eq(reason, ERR_TX_CONSUMED);
	world_pass(world, world->valid_for_ms);
	ck_assert_int_eq(world_apply(world, tx, &reason), OUTCOME_SKIPPED);
	ck_assert_int_eq(reason, ERR_TX_CONSUMED);
	world_pass(world, 1);
	ck_assert_int_eq(world_apply(world, tx, &reason), OUTCOME_SKIPPED);
	ck_assert_int_eq(reason, ERR_TX_EXPIRED);
	tx_free(tx);
	world_free(world);
}

UNIT_TEST(a_rejected_id_is_consumed_for_ten_minutes)
{
	struct world *world = world_new(NULL);
	Stele__TransactionBody body = world_body(OP(AWARD_ACCEPT), make_accept(1));
	struct tx *tx = world_tx(world, LAB_1, &body, NULL);
	enum err reason = ERR_OK;

	ck_assert_int_eq(world_apply(world, tx, &reason), OUTCOME_REJECTED);
	ck_assert_int_eq(reason, ERR_NOT_FOUND_PROGRAMME);
	world_pass(world, LIMIT_REJECTED_HOLD_MS);
	ck_assert(overlay_is_consumed(world->overlay, &tx->id));
	world_pass(world, 1);
	ck_assert(!overlay_is_consumed(world->overlay, &tx->id));
	tx_free(tx);
	world_free(world);
}

UNIT_TEST(an_unknown_key_is_skipped)
{
	struct world *world = world_new(NULL);

	world_refuses(world, NOBODY, OP(CONTENT_ANCHOR), make_anchor(1), ERR_KEY_UNKNOWN);
	world_free(world);
}

static Stele__KeyValue key_value(struct world *world, enum who who, char path[80])
{
	char hex[65];
	struct hash hash;

	sha256(&hash, world->keys[who].b, 33);
	hex_encode(hex, hash.b, 32);
	snprintf(path, 80, "key/%s", hex);
	return *(const Stele__KeyValue *)world_value(world, VALUE_KEY, "%s", path);
}

UNIT_TEST(a_key_is_good_from_its_height_to_its_revocation)
{
	struct world *world = world_new(NULL);
	char path[80];
	Stele__KeyValue key = key_value(world, LAB_1, path);

	world->height = 10;
	key.from_height = 11;
	world_put(world, path, VALUE_KEY, &key);
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1), ERR_KEY_NOT_YET);
	key.from_height = 10;
	key.revoked_height = 11;
	world_put(world, path, VALUE_KEY, &key);
	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1));
	key.revoked_height = 10;
	world_put(world, path, VALUE_KEY, &key);
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1), ERR_KEY_REVOKED);
	world_free(world);
}

UNIT_TEST(a_suspended_or_delisted_organisation_is_skipped)
{
	struct world *world = world_new(NULL);

	world_set_status(world, LAB_1, STELE__ORG_STATUS__ORG_SUSPENDED);
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1), ERR_ORG_INACTIVE);
	world_set_status(world, LAB_1, STELE__ORG_STATUS__ORG_DELISTED);
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1), ERR_ORG_INACTIVE);
	world_set_status(world, LAB_1, STELE__ORG_STATUS__ORG_ACTIVE);
	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1));
	world_free(world);
}

static void only_grant(struct genesis *genesis)
{
	genesis->orgs[LAB_1].keys[0].purposes = 1u << STELE__PURPOSE__PURPOSE_GRANT;
	genesis->orgs[AGENCY].keys[0].purposes = 1u << STELE__PURPOSE__PURPOSE_GRANT;
}

UNIT_TEST(a_key_without_the_purpose_is_skipped)
{
	struct world *world = world_new(only_grant);
	Stele__MotionOpen *motion;

	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1), ERR_KEY_PURPOSE);
	world_refuses(world, LAB_1, OP(AWARD_ACCEPT), make_accept(1), ERR_NOT_FOUND_PROGRAMME);
	/* A motion is opened with a key for what it carries. */
	motion = world_motion(world, OP(ORG_REGISTER), make_org(world, world_id(LAB_1), 5));
	world_refuses(world, AGENCY, OP(MOTION_OPEN), motion, ERR_KEY_PURPOSE);
	motion = world_motion(world, OP(AWARD_GRANT), make_grant(1));
	world_refuses(world, AGENCY, OP(MOTION_OPEN), motion, ERR_NEEDS_NO_MOTION);
	world_free(world);
}

/* Each break added to the ones before it comes earlier in the order, and wins. */
UNIT_TEST(the_first_failing_check_decides)
{
	struct world *world = world_new(only_grant);
	char path[80];
	Stele__KeyValue key = key_value(world, LAB_1, path);

	world_refuses(world, LAB_1, OP(PROGRAMME_CREATE), make_programme(), ERR_ROLE);
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1), ERR_KEY_PURPOSE);
	world_set_status(world, LAB_1, STELE__ORG_STATUS__ORG_SUSPENDED);
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1), ERR_ORG_INACTIVE);
	world->height = 10;
	key.revoked_height = 5;
	world_put(world, path, VALUE_KEY, &key);
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1), ERR_KEY_REVOKED);
	key.from_height = 11;
	world_put(world, path, VALUE_KEY, &key);
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1), ERR_KEY_NOT_YET);
	world->valid_for_ms = world->genesis->window_ms + 1;
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1), ERR_TX_TOO_EARLY);
	world_free(world);
}

static void few_transactions(struct genesis *genesis)
{
	genesis->quota_transactions = 2;
}

UNIT_TEST(quota_counts_accepted_and_rejected_and_starts_anew)
{
	struct world *world = world_new(few_transactions);
	const Stele__QuotaValue *quota;

	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1));
	world_refuses(world, LAB_1, OP(AWARD_ACCEPT), make_accept(1), ERR_NOT_FOUND_PROGRAMME);
	quota = world_value(world, VALUE_QUOTA, "quota/%s", world_id(LAB_1));
	ck_assert_uint_eq(quota->transactions, 2);
	ck_assert_uint_eq(quota->entries, 1);
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(2), ERR_QUOTA);
	quota = world_value(world, VALUE_QUOTA, "quota/%s", world_id(LAB_1));
	ck_assert_uint_eq(quota->transactions, 2); /* skipped: not even there */
	(void)world_accepts(world, LAB_2, OP(CONTENT_ANCHOR), make_anchor(2));
	world_pass(world, world->genesis->quota_window_ms);
	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(3));
	quota = world_value(world, VALUE_QUOTA, "quota/%s", world_id(LAB_1));
	ck_assert_uint_eq(quota->transactions, 1);
	ck_assert_uint_eq(quota->window, world->time_ms / world->genesis->quota_window_ms);
	world_free(world);
}

static uint64_t quota_bytes, quota_entries;

static void tight_bytes(struct genesis *genesis)
{
	genesis->quota_bytes = quota_bytes;
	genesis->quota_entries = quota_entries;
}

static void send_batch(struct world *world, uint32_t count, enum err want)
{
	Stele__ContentBatch record = STELE__CONTENT_BATCH__INIT;
	Stele__BatchEntries entries = STELE__BATCH_ENTRIES__INIT;
	Stele__TransactionBody body = world_body(OP(CONTENT_BATCH), &record);
	enum err reason = ERR_OK;
	struct tx *tx;

	entries.n_entries = count;
	entries.entries = make_memory(count * sizeof(*entries.entries));
	for (uint32_t i = 0; i < count; i++) {
		Stele__BatchEntry *entry = make_memory(sizeof(*entry));

		*entry = (Stele__BatchEntry)STELE__BATCH_ENTRY__INIT;
		entry->sha256 = world_hash(100 + i);
		entries.entries[i] = entry;
	}
	tx = world_tx(world, LAB_1, &body, &entries);
	if (quota_bytes == 0)
		quota_bytes = tx->body.len + tx->attachment.len;
	(void)world_apply(world, tx, &reason);
	ck_assert_msg(reason == want, "%s", err_name(reason));
	tx_free(tx);
}

UNIT_TEST(quota_bytes_and_entries_hold_exactly)
{
	struct world *world = world_new(NULL);

	send_batch(world, 3, ERR_OK); /* measures */
	world_free(world);
	quota_entries = 3;
	world = world_new(tight_bytes);
	send_batch(world, 3, ERR_OK);
	world_free(world);
	quota_entries = 2;
	world = world_new(tight_bytes);
	send_batch(world, 3, ERR_QUOTA);
	world_free(world);
	quota_entries = 3;
	quota_bytes--;
	world = world_new(tight_bytes);
	send_batch(world, 3, ERR_QUOTA);
	world_free(world);
}

static void no_notes(struct genesis *genesis)
{
	genesis->rules_count--; /* the last is that of note.attach */
}

UNIT_TEST(an_operation_without_policy_is_not_available)
{
	struct world *world = world_new(no_notes);
	Stele__NoteAttach note = STELE__NOTE_ATTACH__INIT;

	note.target_case = STELE__NOTE_ATTACH__TARGET_ORG;
	note.org = (char *)world_id(LAB_1);
	note.text_sha256 = world_hash(1);
	world_refuses(world, LAB_1, OP(NOTE_ATTACH), &note, ERR_OPERATION_UNAVAILABLE);
	world_free(world);
}

UNIT_TEST(role_comes_before_the_need_of_a_motion_and_that_before_the_rules)
{
	struct world *world = world_new(NULL);
	Stele__OrgRegister *org = make_org(world, "CN-USCI-wrong", 5);
	Stele__MotionOpen *motion = world_motion(world, OP(AWARD_GRANT), make_grant(1));

	world_refuses(world, LAB_1, OP(ORG_REGISTER), org, ERR_ROLE);
	world_refuses(world, AGENCY, OP(ORG_REGISTER), org, ERR_NEEDS_MOTION);
	motion->expires = 1;
	world_refuses(world, LAB_1, OP(MOTION_OPEN), motion, ERR_ROLE);
	world_refuses(world, AGENCY, OP(MOTION_OPEN), motion, ERR_NEEDS_NO_MOTION);
	world_free(world);
}

UNIT_TEST(admission_asks_all_but_the_rules_and_changes_nothing)
{
	struct world *world = world_new(NULL);
	struct apply_block block = {world->overlay, world->height, world->time_ms,
				    world->genesis->epoch_length};
	Stele__TransactionBody body = world_body(OP(AWARD_ACCEPT), make_accept(1));
	struct tx *tx = world_tx(world, LAB_1, &body, NULL);
	struct hash before = world_digest(world), after;
	char org[LIMIT_SEGMENT + 1];
	enum err reason = ERR_OK;

	/* The award is not there: a matter of the rules. */
	ck_assert_int_eq(apply_admit(&block, tx, &world->arena, org, &reason), OUTCOME_ACCEPTED);
	ck_assert_str_eq(org, world_id(LAB_1));
	ck_assert(!world_has(world, "quota/%s", world_id(LAB_1)));
	tx_free(tx);
	tx = world_tx(world, AUDITOR, &body, NULL);
	ck_assert_int_eq(apply_admit(&block, tx, &world->arena, org, &reason), OUTCOME_REJECTED);
	ck_assert_int_eq(reason, ERR_ROLE);
	ck_assert_str_eq(org, world_id(AUDITOR));
	tx_free(tx);
	tx = world_tx(world, NOBODY, &body, NULL);
	ck_assert_int_eq(apply_admit(&block, tx, &world->arena, org, &reason), OUTCOME_SKIPPED);
	ck_assert_int_eq(reason, ERR_KEY_UNKNOWN);
	ck_assert_str_eq(org, "");
	after = world_digest(world);
	ck_assert(hash_equal(&before, &after));
	tx_free(tx);
	world_free(world);
}

UNIT_MAIN("apply_entry", valid_until_holds_from_now_to_the_window,
	  an_accepted_id_is_consumed_until_it_expires, a_rejected_id_is_consumed_for_ten_minutes,
	  an_unknown_key_is_skipped, a_key_is_good_from_its_height_to_its_revocation,
	  a_suspended_or_delisted_organisation_is_skipped, a_key_without_the_purpose_is_skipped,
	  the_first_failing_check_decides, quota_counts_accepted_and_rejected_and_starts_anew,
	  quota_bytes_and_entries_hold_exactly, an_operation_without_policy_is_not_available,
	  role_comes_before_the_need_of_a_motion_and_that_before_the_rules,
	  admission_asks_all_but_the_rules_and_changes_nothing)
