#include "ledger/verify.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/row.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/town.h"

#define RANGES 3

/* Both sides' hashes of all ranges. */
struct sides {
	struct hash walked[RANGES];
	unsigned walked_count;
	struct hash checked[RANGES];
};

static void on_bound(void *context, uint64_t range, const struct hash *bound)
{
	struct sides *sides = context;

	ck_assert_uint_eq(range, sides->walked_count);
	ck_assert_uint_lt(range, RANGES);
	sides->walked[sides->walked_count++] = *bound;
}

static struct verify_order order_of(const struct town *town, struct sides *sides)
{
	return (struct verify_order){.genesis = town->world->genesis,
				     .genesis_text = buf_bytes(&town->genesis_text),
				     .bound = sides != NULL ? on_bound : NULL,
				     .context = sides};
}

static enum err walk(struct town *town, struct sides *sides, struct verify_report *report)
{
	char *scratch = unit_folder();
	struct verify_order order = order_of(town, sides);
	enum err err;

	order.scratch = scratch;
	err = verify_ledger(town->store, &order, report);
	free(scratch);
	return err;
}

static enum err check(struct town *town, struct sides *sides, struct verify_report *report)
{
	struct verify_order order = order_of(town, NULL);
	struct verify_signatures *signatures;
	enum err err;

	ck_assert_int_eq(verify_signatures_open(&signatures, town->store, &order, report), ERR_OK);
	err = ERR_OK;
	for (uint64_t range = 0; range * VERIFY_RANGE <= report->heights && err == ERR_OK; range++)
		err = verify_signatures_range(signatures, range, &sides->checked[range]);
	verify_signatures_close(signatures);
	return err;
}

/* Heights of two ranges and one more, each with a record; one is rejected. */
static struct town *town_lived_in(void)
{
	struct town *town = town_new();
	struct ledger_committed committed;

	for (uint64_t i = 0; i <= 2 * VERIFY_RANGE; i++) {
		struct tx *tx = i == 5 ? town_tx(town, LAB_1, OP(AWARD_ACCEPT), make_accept(90))
				       : town_anchor(town, i);

		town_decide(town, &tx, 1, &committed);
	}
	return town;
}

UNIT_TEST(signatures_and_walk_have_seen_the_same)
{
	struct town *town = town_lived_in();
	struct sides sides = {.walked_count = 0};
	struct verify_report walked, checked;

	ck_assert_int_eq(walk(town, &sides, &walked), ERR_OK);
	ck_assert_int_eq(check(town, &sides, &checked), ERR_OK);
	ck_assert_uint_eq(sides.walked_count, RANGES);
	ck_assert_mem_eq(sides.walked, sides.checked, sizeof(sides.walked));
	ck_assert_mem_ne(&sides.walked[0], &sides.walked[1], sizeof(struct hash));
	ck_assert_uint_eq(walked.signatures, 0);
	/* a record, a parcel and three votes at each height */
	ck_assert_uint_eq(checked.signatures, 5 * (2 * VERIFY_RANGE + 1));
	ck_assert_int_eq(walk(town, NULL, &walked), ERR_OK);
	ck_assert_uint_eq(walked.signatures, checked.signatures);
	town_free(town);
}

/* A validly packed and finalized record that its organisation did not sign. */
static void decide_unsigned(struct town *town)
{
	struct tx *tx = town_anchor(town, 100), *forged;
	struct ledger_committed committed;
	uint8_t *raw = malloc(tx->raw.len);

	memcpy(raw, tx->raw.at, tx->raw.len);
	raw[tx->raw.len - 1] ^= 1; /* of s */
	ck_assert_int_eq(tx_decode(&forged, bytes_of(raw, tx->raw.len),
				   &town->world->genesis->chain),
			 ERR_OK);
	town_decide(town, &forged, 1, &committed);
	tx_free(tx);
	free(raw);
}

UNIT_TEST(signatures_name_the_height_of_a_record_that_nobody_signed)
{
	struct town *town = town_lived_in();
	struct sides sides = {.walked_count = 0};
	struct verify_report report;
	uint64_t height = 2 * VERIFY_RANGE + 2;

	decide_unsigned(town);
	ck_assert_int_eq(walk(town, &sides, &report), ERR_OK); /* not its business */
	ck_assert_int_eq(check(town, &sides, &report), ERR_STORE_DAMAGED);
	ck_assert_uint_eq(report.bad_height, height);
	ck_assert_int_eq(walk(town, NULL, &report), ERR_STORE_DAMAGED);
	ck_assert_uint_eq(report.bad_height, height);
	town_free(town);
}

UNIT_TEST(signatures_name_the_height_of_votes_that_are_too_few)
{
	struct town *town = town_lived_in();
	struct ledger_committed committed;
	struct sides sides = {.walked_count = 0};
	struct verify_report report;
	struct town_block block;
	struct buf finalization;

	town_build(town, town->ledger, NULL, NULL, 0, &block);
	buf_init(&finalization, LIMIT_CERTIFICATE_BYTES);
	town_certify(town, &block, VOTE_FINALIZE, 2, &finalization);
	ck_assert_int_eq(ledger_commit(town->ledger, &block.hash, buf_bytes(&finalization),
				       &committed),
			 ERR_OK);
	ck_assert_int_eq(walk(town, &sides, &report), ERR_OK);
	ck_assert_int_eq(check(town, &sides, &report), ERR_STORE_DAMAGED);
	ck_assert_uint_eq(report.bad_height, 2 * VERIFY_RANGE + 2);
	ck_assert_str_eq(report.what, "the finalization does not hold");
	buf_release(&finalization);
	town_block_release(&block);
	town_free(town);
}

/* The other side reads other signed bytes: a parcel's signature, which no other hash
 * covers. */
UNIT_TEST(signatures_of_other_bytes_give_another_hash)
{
	struct town *town = town_lived_in();
	struct sides sides = {.walked_count = 0};
	struct row_key key = row_key_pair(VERIFY_RANGE + 2, 0);
	struct store_write *write;
	struct verify_report report;
	struct row_parcel parcel;
	struct bytes row;
	struct buf other;

	ck_assert_int_eq(check(town, &sides, &report), ERR_OK);
	ck_assert_int_eq(store_write_begin(town->store, &write), ERR_OK);
	ck_assert_int_eq(store_write_get(write, TABLE_PARCEL, row_key_bytes(&key), &row), ERR_OK);
	ck_assert_int_eq(row_parcel_decode(&parcel, row), ERR_OK);
	parcel.signature.b[9] ^= 1;
	buf_init(&other, LIMIT_PARCEL_BYTES + 4096);
	row_parcel_encode(&other, &parcel);
	ck_assert_int_eq(store_put(write, TABLE_PARCEL, row_key_bytes(&key), buf_bytes(&other), false),
			 ERR_OK);
	ck_assert_int_eq(store_commit(write), ERR_OK);
	buf_release(&other);
	ck_assert_int_eq(walk(town, &sides, &report), ERR_OK);
	ck_assert_mem_eq(&sides.walked[0], &sides.checked[0], sizeof(struct hash));
	ck_assert_mem_ne(&sides.walked[1], &sides.checked[1], sizeof(struct hash));
	ck_assert_mem_eq(&sides.walked[2], &sides.checked[2], sizeof(struct hash));
	town_free(town);
}

UNIT_MAIN("verify_signatures", signatures_and_walk_have_seen_the_same,
	  signatures_name_the_height_of_a_record_that_nobody_signed,
	  signatures_name_the_height_of_votes_that_are_too_few,
	  signatures_of_other_bytes_give_another_hash)
