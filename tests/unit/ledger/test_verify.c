#include "ledger/verify.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/row.h"
#include "ledger/verify_internal.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/town.h"

/* Six heights with accepted and rejected records and a batch. */
static struct town *town_lived_in(void)
{
	struct town *town = town_new();
	struct ledger_committed committed;
	struct tx *create = town_tx(town, FUNDER, OP(PROGRAMME_CREATE), make_programme());

	town_decide(town, &create, 1, &committed);
	for (uint64_t i = 0; i < 5; i++) {
		struct tx *txs[3] = {town_tx(town, AGENCY, OP(AWARD_GRANT), make_grant(10 + i)),
				     town_tx(town, LAB_1, OP(AWARD_ACCEPT), make_accept(90)),
				     town_anchor(town, i)};

		town_decide(town, txs, 3, &committed);
	}
	return town;
}

static enum err verify(struct town *town, struct verify_report *report)
{
	char *scratch = unit_folder();
	struct verify_order order = {.genesis = town->world->genesis,
				     .genesis_text = buf_bytes(&town->genesis_text),
				     .scratch = scratch};
	enum err err = verify_ledger(town->store, &order, report);

	free(scratch);
	return err;
}

UNIT_TEST(verify_finds_nothing_in_a_sound_store)
{
	struct town *town = town_lived_in();
	struct verify_report report;

	ck_assert_msg(verify(town, &report) == ERR_OK, "%s at %llu",
		      report.what ? report.what : "?", (unsigned long long)report.bad_height);
	ck_assert_uint_eq(report.heights, 6);
	ck_assert_uint_eq(report.executed, 6);
	ck_assert_uint_eq(report.finalizations, 6);
	ck_assert_uint_gt(report.rejected, 0);
	ck_assert_uint_eq(report.leaves + report.rejected, 2 + 5 * 3);
	town_free(town);
}

/* One bit of one row, at the place given from the end. */
static void flip(struct town *town, enum table table, struct row_key key, size_t from_end)
{
	struct store_write *write;
	struct bytes row;
	uint8_t *copy;

	ck_assert_int_eq(store_write_begin(town->store, &write), ERR_OK);
	ck_assert_int_eq(store_write_get(write, table, row_key_bytes(&key), &row), ERR_OK);
	ck_assert_uint_lt(from_end, row.len);
	copy = malloc(row.len);
	memcpy(copy, row.at, row.len);
	copy[row.len - 1 - from_end] ^= 4;
	ck_assert_int_eq(store_put(write, table, row_key_bytes(&key), bytes_of(copy, row.len),
				   false),
			 ERR_OK);
	ck_assert_int_eq(store_commit(write), ERR_OK);
	free(copy);
}

static void expect(enum table table, struct row_key key, size_t from_end, uint64_t bad_height)
{
	struct town *town = town_lived_in();
	struct verify_report report;

	flip(town, table, key, from_end);
	ck_assert_int_eq(verify(town, &report), ERR_STORE_DAMAGED);
	ck_assert_ptr_nonnull(report.what);
	ck_assert_msg(report.bad_height == bad_height, "%s at %llu, not %llu", report.what,
		      (unsigned long long)report.bad_height, (unsigned long long)bad_height);
	town_free(town);
}

UNIT_TEST(verify_names_the_height_of_a_flipped_bit_in_any_table)
{
	expect(TABLE_BLOCK, row_key_u64(3), 0, 3);    /* finalization */
	expect(TABLE_BLOCK, row_key_u64(3), 800, 3);  /* header or body */
	expect(TABLE_LEAF, row_key_u64(0), 5, 0);     /* genesis */
	expect(TABLE_LEAF, row_key_u64(1), 5, 1);
	expect(TABLE_PARCEL, row_key_pair(4, 0), 9, 4);
	expect(TABLE_REJECTED, row_key_pair(2, 0), 3, 2); /* transaction bytes */
	expect(TABLE_TILE, row_key_tile(0, 0), 40, 0);
}

UNIT_TEST(verify_names_the_height_of_a_changed_value)
{
	struct town *town = town_new();
	struct ledger_committed committed;
	struct verify_report report;
	struct store_read *read;
	struct bytes key, row;
	struct row_key end = row_key_u64(UINT64_MAX);
	uint64_t number;

	for (uint64_t i = 0; i < 4; i++) {
		struct tx *tx = town_anchor(town, i);

		town_decide(town, &tx, 1, &committed);
	}
	ck_assert_int_eq(store_read_begin(town->store, &read), ERR_OK);
	ck_assert_int_eq(store_seek(read, TABLE_VALUE, row_key_bytes(&end), true, &key, &row),
			 ERR_OK);
	number = load_u64(key.at);
	store_read_end(read);
	flip(town, TABLE_VALUE, row_key_u64(number), 1);
	ck_assert_int_eq(verify(town, &report), ERR_STORE_DAMAGED);
	ck_assert_uint_eq(report.bad_height, 4);
	town_free(town);
}

/* A row that no chain has. */
static void expect_stranger(enum table table, const void *key, size_t key_len)
{
	struct town *town = town_lived_in();
	struct verify_report report;
	struct store_write *write;

	ck_assert_int_eq(store_write_begin(town->store, &write), ERR_OK);
	ck_assert_int_eq(store_put(write, table, bytes_of(key, key_len), bytes_text("stranger"),
				   false),
			 ERR_OK);
	ck_assert_int_eq(store_commit(write), ERR_OK);
	ck_assert_msg(verify(town, &report) == ERR_STORE_DAMAGED, "table %d", (int)table);
	town_free(town);
}

UNIT_TEST(verify_finds_a_row_too_many_in_any_table)
{
	uint8_t key[32] = {0};

	for (enum table table = TABLE_BLOCK; table < TABLE_COUNT; table++) {
		size_t len = table == TABLE_TX || table == TABLE_BLOCK_HASH ? 32
			     : table == TABLE_TILE			    ? 9
			     : table == TABLE_REJECTED || table == TABLE_PARCEL ? 12
										: 8;

		memset(key, 0, sizeof(key));
		key[len - 1] = 77;
		expect_stranger(table, key, len);
		memset(key, 0xfe, sizeof(key));
		expect_stranger(table, key, len);
	}
}

/* One height without a second ledger, as where the first parcels are pruned. */
static enum err verify_plainly(struct town *town, uint64_t tip, struct verify_report *report)
{
	struct verify_order order = {.genesis = town->world->genesis,
				     .genesis_text = buf_bytes(&town->genesis_text)};
	struct verify verify;
	enum err err;

	ck_assert_int_eq(verify_begin(&verify, town->store, &order, report), ERR_OK);
	err = ERR_OK;
	report->heights = tip;
	for (uint64_t h = 0; h <= 6 && err == ERR_OK; h++)
		err = verify_block(&verify, h);
	verify_end(&verify);
	return err;
}

static void flips_without_execution(enum table table, struct row_key key, size_t from_end,
				    enum err want)
{
	struct town *town = town_lived_in();
	struct verify_report report;

	ck_assert_int_eq(verify_plainly(town, 6, &report), ERR_OK);
	ck_assert_uint_eq(report.finalized, 6);
	flip(town, table, key, from_end);
	ck_assert_msg(verify_plainly(town, 6, &report) == want, "table %d, %zu from the end",
		      (int)table, from_end);
	town_free(town);
}

UNIT_TEST(verify_finds_flips_without_executing_too)
{
	for (size_t i = 0; i < 190; i += 27)
		flips_without_execution(TABLE_REJECTED, row_key_pair(2, 0), i, ERR_STORE_DAMAGED);
	for (size_t i = 0; i < 900; i += 101)
		flips_without_execution(TABLE_PARCEL, row_key_pair(2, 0), i, ERR_STORE_DAMAGED);
	for (size_t i = 0; i < 190; i += 37)
		flips_without_execution(TABLE_LEAF, row_key_u64(3), i, ERR_STORE_DAMAGED);
	flips_without_execution(TABLE_BLOCK, row_key_u64(0), 300, ERR_STORE_DAMAGED);
}

UNIT_TEST(verify_refuses_the_store_of_another_chain)
{
	struct town *town = town_new();
	struct verify_report report;

	town->world->genesis->chain.b[3] ^= 1;
	ck_assert_int_eq(verify(town, &report), ERR_STORE_CHAIN);
	town_free(town);
}

UNIT_MAIN("verify", verify_finds_nothing_in_a_sound_store,
	  verify_names_the_height_of_a_flipped_bit_in_any_table,
	  verify_names_the_height_of_a_changed_value, verify_finds_a_row_too_many_in_any_table,
	  verify_finds_flips_without_executing_too, verify_refuses_the_store_of_another_chain)
