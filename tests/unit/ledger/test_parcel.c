#include "ledger/parcel.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/town.h"

static struct hash hash_of(uint64_t n)
{
	struct hash hash;

	sha256(&hash, &n, sizeof(n));
	return hash;
}

UNIT_TEST(verified_remembers_at_least_the_newer_half_and_is_bounded)
{
	struct verified *verified = verified_new(1000);
	uint64_t remembered = 0;

	for (uint64_t n = 0; n < 5000; n++) {
		struct hash hash = hash_of(n);

		ck_assert(!verified_has(verified, &hash));
		verified_add(verified, &hash);
		verified_add(verified, &hash);
		ck_assert(verified_has(verified, &hash));
	}
	for (uint64_t n = 0; n < 5000; n++) {
		struct hash hash = hash_of(n);
		bool is_here = verified_has(verified, &hash);

		ck_assert(is_here || n < 4500);
		remembered += is_here;
	}
	ck_assert_uint_le(remembered, 1002);
	verified_free(verified);
}

static enum err open_again(struct town *town, const struct parcel *parcel, struct bytes payload,
			   struct verified *verified)
{
	const struct genesis *genesis = town->world->genesis;
	struct parcel *again;
	enum err err = parcel_open(&again, parcel->text_bytes, &parcel->signature, payload,
				   &genesis->chain, &genesis->set, 0, verified);

	if (err != ERR_OK)
		return err;
	ck_assert(hash_equal(&again->digest, &parcel->digest));
	ck_assert_uint_eq(again->text.count, parcel->text.count);
	ck_assert(hash_equal(&again->txs[0]->id, &parcel->txs[0]->id));
	parcel_release(parcel_retain(again));
	parcel_release(again);
	return ERR_OK;
}

UNIT_TEST(parcel_packed_here_opens_there)
{
	struct town *town = town_new();
	struct tx *txs[2] = {town_anchor(town, 1), town_anchor(town, 2)};
	struct parcel *parcel = town_parcel(town, txs, 2);
	struct verified *verified = verified_new(100);

	ck_assert_int_eq(open_again(town, parcel, parcel->payload, verified), ERR_OK);
	ck_assert(verified_has(verified, &parcel->txs[1]->leaf_hash));
	ck_assert_int_eq(open_again(town, parcel, parcel->payload, verified), ERR_OK);
	ck_assert_int_eq(open_again(town, parcel, parcel->payload, NULL), ERR_OK);
	verified_free(verified);
	parcel_release(parcel);
	town_free(town);
}

UNIT_TEST(parcel_with_a_changed_payload_is_refused)
{
	struct town *town = town_new();
	struct tx *tx = town_anchor(town, 1);
	struct parcel *parcel = town_parcel(town, &tx, 1);
	uint8_t *payload = malloc(parcel->payload.len);

	memcpy(payload, parcel->payload.at, parcel->payload.len);
	payload[parcel->payload.len - 1] ^= 1;
	ck_assert_int_eq(open_again(town, parcel, bytes_of(payload, parcel->payload.len), NULL),
			 ERR_PARCEL_FORM);
	free(payload);
	parcel_release(parcel);
	town_free(town);
}

/* The author signs a parcel over a transaction whose signature is another's: the
 * memory of verified ones knows bytes, not ids. */
UNIT_TEST(parcel_with_one_bad_transaction_is_refused_whole)
{
	struct town *town = town_new();
	struct tx *good = town_anchor(town, 1);
	struct verified *verified = verified_new(100);
	uint8_t *raw = malloc(good->raw.len);
	struct tx *bad = NULL;
	struct parcel *parcel;

	memcpy(raw, good->raw.at, good->raw.len);
	raw[good->raw.len - 1] ^= 1; /* of s */
	ck_assert_int_eq(tx_decode(&bad, bytes_of(raw, good->raw.len),
				   &town->world->genesis->chain), ERR_OK);
	ck_assert(hash_equal(&bad->id, &good->id));
	verified_add(verified, &good->leaf_hash);
	{
		struct tx *txs[2] = {good, bad};

		parcel = town_parcel(town, txs, 2);
	}
	ck_assert_int_eq(open_again(town, parcel, parcel->payload, verified), ERR_TX_SIGNATURE);
	free(raw);
	verified_free(verified);
	parcel_release(parcel);
	town_free(town);
}

UNIT_MAIN("parcel", verified_remembers_at_least_the_newer_half_and_is_bounded,
	  parcel_packed_here_opens_there, parcel_with_a_changed_payload_is_refused,
	  parcel_with_one_bad_transaction_is_refused_whole)
