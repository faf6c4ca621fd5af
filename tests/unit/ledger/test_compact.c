/* Dead values go, live ones stay, also across forks, readers and restarts. */
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "ledger/ledger_internal.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/town.h"

static uint64_t rows_of(const struct town *town)
{
	return town->ledger->tip.value_next - town->ledger->tip.value_low;
}

static uint64_t live_of(const struct town *town)
{
	return state_count(town->ledger->tree, town->ledger->base.version);
}

/* A rejected record changes its organisation's quota and nothing else. */
static struct tx *refused(struct town *town)
{
	return town_tx(town, LAB_1, OP(AWARD_ACCEPT), make_accept(7));
}

static void live_on(struct town *town, uint64_t blocks)
{
	struct ledger_committed committed;

	for (uint64_t i = 0; i < blocks; i++) {
		struct tx *tx = refused(town);

		town_decide(town, &tx, 1, &committed);
		ck_assert_uint_eq(committed.outcomes_count, 1);
	}
}

UNIT_TEST(compact_keeps_dead_rows_below_live_ones_and_slack)
{
	struct town *town = town_new();
	uint64_t live;

	town->ledger->dead_slack = 5;
	live_on(town, 400);
	live = live_of(town);
	ck_assert_uint_gt(town->ledger->tip.value_low, 0);
	ck_assert_uint_ge(rows_of(town), live);
	ck_assert_uint_le(rows_of(town), 2 * live + 5 + 20);
	town_reopen(town); /* the root is recomputed from the rows that are left */
	ck_assert_uint_eq(live_of(town), live);
	live_on(town, 3);
	town_free(town);
}

UNIT_TEST(compact_does_not_take_a_row_from_an_open_view)
{
	struct town *town = town_new();
	struct ledger_view *view;
	struct bytes value;

	town->ledger->dead_slack = 0;
	live_on(town, 60);
	ck_assert_int_eq(ledger_view_open(town->ledger, &view), ERR_OK);
	live_on(town, 300);
	ck_assert_int_eq(view_value(view, "org-no/1", &value), ERR_OK);
	ledger_view_close(view);
	town_free(town);
}

UNIT_TEST(compact_follows_blocks_that_stand_on_each_other)
{
	struct town *town = town_new();
	struct ledger_committed committed;

	town->ledger->dead_slack = 0;
	live_on(town, 60);
	for (int round = 0; round < 40; round++) {
		struct town_block blocks[3], fork;

		for (int i = 0; i < 3; i++) {
			struct tx *tx = refused(town);
			struct parcel *parcel = town_parcel(town, &tx, 1);

			town_build(town, town->ledger, i > 0 ? &blocks[i - 1] : NULL, &parcel, 1,
				   &blocks[i]);
			parcel_release(parcel);
		}
		town_build(town, town->ledger, &blocks[0], NULL, 0, &fork);
		for (int i = 0; i < 3; i++) {
			town_commit(town, town->ledger, &blocks[i], &committed);
			town_block_release(&blocks[i]);
		}
		town_block_release(&fork);
	}
	ck_assert_uint_gt(town->ledger->tip.value_low, 0);
	town_reopen(town);
	town_free(town);
}

UNIT_MAIN("compact", compact_keeps_dead_rows_below_live_ones_and_slack,
	  compact_does_not_take_a_row_from_an_open_view,
	  compact_follows_blocks_that_stand_on_each_other)
