#include "ledger/outlook.h"

#include <stdio.h>
#include <string.h>

#include "tests/lib/unit.h"
#include "tests/unit/ledger/town.h"

static struct outlook *simulate(struct town *town, struct tx *tx, int outcome)
{
	struct outlook *outlook;
	struct admission admission;

	ck_assert_int_eq(ledger_simulate(town->ledger, tx, town->world->time_ms + 1, &admission,
					 &outlook),
			 ERR_OK);
	ck_assert_int_eq(admission.outcome, outcome);
	tx_free(tx);
	return outlook;
}

static const struct outlook_change *change_of(const struct outlook *outlook, const char *key)
{
	for (size_t i = 0; i < outlook->count; i++) {
		if (strcmp(outlook->changes[i].key, key) == 0)
			return &outlook->changes[i];
	}
	return NULL;
}

static const void *value_of(struct arena *arena, enum value_type type, struct bytes value)
{
	void *message;

	ck_assert_int_eq(value_decode(arena, value, type, &message), ERR_OK);
	return message;
}

static void create_programme(struct town *town)
{
	struct tx *create = town_tx(town, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	struct ledger_committed committed;

	town_decide(town, &create, 1, &committed);
}

UNIT_TEST(outlook_says_what_would_be_made_and_changed)
{
	struct town *town = town_new();
	const struct outlook_change *change;
	const Stele__ProgrammeValue *programme;
	struct outlook *outlook;
	struct arena arena;

	create_programme(town);
	arena_init(&arena, 1 << 20);
	outlook = simulate(town, town_tx(town, AGENCY, OP(AWARD_GRANT), make_grant(70)),
			   OUTCOME_ACCEPTED);
	ck_assert_uint_eq(outlook->height, 2);
	change = change_of(outlook, "award/P1/1");
	ck_assert_ptr_nonnull(change);
	ck_assert_ptr_null(change->before.at);
	change = change_of(outlook, "programme/P1");
	ck_assert_ptr_nonnull(change);
	programme = value_of(&arena, VALUE_PROGRAMME, change->before);
	ck_assert_uint_eq(programme->awards, 0);
	programme = value_of(&arena, VALUE_PROGRAMME, change->after);
	ck_assert_uint_eq(programme->awards, 1);
	ck_assert_uint_eq(programme->committed, 70);
	outlook_free(outlook);
	arena_release(&arena);
	town_free(town);
}

/* award, its place with the recipient, the recipient, the programme; no quota. */
UNIT_TEST(outlook_has_each_key_once_and_ascending_without_quotas)
{
	struct town *town = town_new();
	struct outlook *outlook;

	create_programme(town);
	outlook = simulate(town, town_tx(town, AGENCY, OP(AWARD_GRANT), make_grant(70)),
			   OUTCOME_ACCEPTED);
	ck_assert_uint_eq(outlook->total, 4);
	ck_assert_uint_eq(outlook->count, 4);
	for (size_t i = 1; i < outlook->count; i++)
		ck_assert_int_lt(strcmp(outlook->changes[i - 1].key, outlook->changes[i].key), 0);
	outlook_free(outlook);
	town_free(town);
}

UNIT_TEST(outlook_of_a_refused_record_is_none_and_nothing_stays)
{
	struct town *town = town_new();
	struct outlook *outlook;

	ck_assert_ptr_null(simulate(town, town_tx(town, AGENCY, OP(AWARD_GRANT), make_grant(70)),
				    OUTCOME_REJECTED));
	create_programme(town);
	for (int i = 0; i < 3; i++) { /* it is the first award each time */
		outlook = simulate(town, town_tx(town, AGENCY, OP(AWARD_GRANT), make_grant(70)),
				   OUTCOME_ACCEPTED);
		ck_assert_ptr_nonnull(change_of(outlook, "award/P1/1"));
		outlook_free(outlook);
	}
	town_free(town);
}

static struct tx *motion_for(struct town *town, void *registration)
{
	struct ledger_tip tip;

	ledger_tip(town->ledger, &tip);
	town->world->time_ms = tip.time_ms;
	return town_tx(town, FUNDER, OP(MOTION_OPEN), world_motion(town->world, OP(ORG_REGISTER),
								     registration));
}

/* Two approvals are needed, and the opener's is one. */
UNIT_TEST(outlook_of_a_motion_says_what_it_carries)
{
	struct town *town = town_new();
	char *id = world_usci("91110000EXAMPLE09"), key[80];
	struct outlook *outlook = simulate(town, motion_for(town, make_org(town->world, id, 77)),
					   OUTCOME_ACCEPTED);

	(void)snprintf(key, sizeof(key), "org/%s", id);
	ck_assert(outlook->has_carried);
	ck_assert_ptr_nonnull(change_of(outlook, "motion/1"));
	ck_assert_ptr_null(change_of(outlook, key));
	ck_assert_ptr_nonnull(outlook->carried);
	ck_assert_ptr_nonnull(change_of(outlook->carried, key));
	outlook_free(outlook);
	outlook = simulate(town, motion_for(town, make_org(town->world, world_id(LAB_1), 78)),
			   OUTCOME_ACCEPTED);
	ck_assert(outlook->has_carried);
	ck_assert_ptr_null(outlook->carried);
	ck_assert_int_eq(outlook->carried_reason, ERR_EXISTS_ORG);
	outlook_free(outlook);
	town_free(town);
}

UNIT_TEST(outlook_of_the_last_approval_carries_nothing_more)
{
	struct town *town = town_new();
	struct tx *tx = motion_for(town, make_org(town->world, world_usci("91110000EXAMPLE09"), 77));
	Stele__MotionApprove approval = STELE__MOTION_APPROVE__INIT;
	struct ledger_committed committed;
	struct outlook *outlook;

	town_decide(town, &tx, 1, &committed);
	approval.motion = 1;
	outlook = simulate(town, town_tx(town, AUDITOR, OP(MOTION_APPROVE), &approval),
			   OUTCOME_ACCEPTED);
	ck_assert(!outlook->has_carried);
	ck_assert_ptr_nonnull(change_of(outlook, "motion/1"));
	outlook_free(outlook);
	town_free(town);
}

static struct tx *batch_of(struct town *town, size_t count)
{
	Stele__BatchEntries entries = STELE__BATCH_ENTRIES__INIT;
	Stele__ContentBatch batch = STELE__CONTENT_BATCH__INIT;
	Stele__TransactionBody body = world_body(OP(CONTENT_BATCH), &batch);
	struct ledger_tip tip;

	entries.n_entries = count;
	entries.entries = make_memory(count * sizeof(*entries.entries));
	for (size_t i = 0; i < count; i++) {
		entries.entries[i] = make_memory(sizeof(**entries.entries));
		stele__batch_entry__init(entries.entries[i]);
		entries.entries[i]->sha256 = world_hash(1000 + i);
	}
	ledger_tip(town->ledger, &tip);
	town->world->time_ms = tip.time_ms;
	return world_tx(town->world, LAB_1, &body, &entries);
}

static void check_batch(size_t entries, size_t count)
{
	struct town *town = town_new();
	struct outlook *outlook = simulate(town, batch_of(town, entries), OUTCOME_ACCEPTED);

	ck_assert_uint_eq(outlook->total, entries);
	ck_assert_uint_eq(outlook->count, count);
	outlook_free(outlook);
	town_free(town);
}

UNIT_TEST(outlook_shows_the_first_of_very_many)
{
	check_batch(OUTLOOK_CHANGES_MAX - 1, OUTLOOK_CHANGES_MAX - 1);
	check_batch(OUTLOOK_CHANGES_MAX, OUTLOOK_CHANGES_MAX);
	check_batch(OUTLOOK_CHANGES_MAX + 1, OUTLOOK_CHANGES_MAX);
}

UNIT_MAIN("outlook", outlook_says_what_would_be_made_and_changed,
	  outlook_has_each_key_once_and_ascending_without_quotas,
	  outlook_of_a_refused_record_is_none_and_nothing_stays,
	  outlook_of_a_motion_says_what_it_carries,
	  outlook_of_the_last_approval_carries_nothing_more,
	  outlook_shows_the_first_of_very_many)
