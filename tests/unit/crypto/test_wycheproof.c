/* Project Wycheproof's vectors of ECDSA over secp256k1 with SHA-256. */
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "crypto/sign.h"
#include "tests/unit/crypto/vectors.h"

struct counts {
	unsigned all;
	unsigned accepted;
	unsigned high; /* good but for a high s */
};

typedef bool decoder(struct signature *out, struct bytes text);

/* One DER INTEGER, minimal and positive, into 32 bytes. */
static bool decode_integer(struct cursor *cursor, uint8_t out[32])
{
	bool is_integer = cursor_u8(cursor) == 0x02;
	struct bytes content = cursor_take(cursor, cursor_u8(cursor));

	if (!is_integer || cursor->has_failed || content.len == 0 || content.at[0] >= 0x80)
		return false;
	if (content.len > 1 && content.at[0] == 0) {
		if (content.at[1] < 0x80)
			return false;
		content = bytes_of(content.at + 1, content.len - 1);
	}
	if (content.len > 32)
		return false;
	memset(out, 0, 32);
	memcpy(out + 32 - content.len, content.at, content.len);
	return true;
}

static bool decode_der(struct signature *out, struct bytes text)
{
	struct cursor cursor = cursor_of(text);
	bool is_sequence = cursor_u8(&cursor) == 0x30;
	struct cursor inner = cursor_of(cursor_take(&cursor, cursor_u8(&cursor)));

	return is_sequence && cursor_is_done(&cursor) && decode_integer(&inner, out->b) &&
	       decode_integer(&inner, out->b + 32) && cursor_is_done(&inner);
}

static bool decode_p1363(struct signature *out, struct bytes text)
{
	if (text.len != sizeof(out->b))
		return false;
	memcpy(out->b, text.at, text.len);
	return true;
}

static bool is_low(const struct signature *signature)
{
	uint8_t half[32];

	ck_assert(hex_decode(half, 32, bytes_text("7fffffffffffffffffffffffffffffff"
						  "5d576e7357a4501ddfe92f46681b20a0")));
	return memcmp(signature->b + 32, half, 32) <= 0;
}

static struct public_key group_key(const json_t *group)
{
	const json_t *member = json_object_get(group, "publicKey");
	size_t len;
	uint8_t *point = unit_unhex(unit_json_text(member, "uncompressed"), &len);
	struct public_key key;

	ck_assert_uint_eq(len, 65);
	key.b[0] = (uint8_t)(2 | (point[64] & 1));
	memcpy(key.b + 1, point + 1, 32);
	free(point);
	return key;
}

static void try_vector(const struct public_key *key, const json_t *vector, decoder *decode,
		       struct counts *counts)
{
	bool is_good = strcmp(unit_json_text(vector, "result"), "valid") == 0;
	size_t msg_len;
	size_t sig_len;
	uint8_t *msg = unit_unhex(unit_json_text(vector, "msg"), &msg_len);
	uint8_t *sig = unit_unhex(unit_json_text(vector, "sig"), &sig_len);
	struct signature signature;
	bool is_decoded = decode(&signature, bytes_of(sig, sig_len));
	bool is_accepted;
	struct hash digest;

	sha256(&digest, msg, msg_len);
	is_accepted = is_decoded && sign_verify(key, &digest, &signature);
	counts->all++;
	counts->accepted += is_accepted ? 1 : 0;
	if (is_good && is_decoded && !is_low(&signature)) {
		counts->high++;
		is_good = false;
	}
	ck_assert_msg(is_accepted == is_good, "tcId %lld",
		      (long long)unit_json_integer(vector, "tcId"));
	if (is_accepted && decode == decode_der) {
		uint8_t der[72];

		ck_assert_uint_eq(sign_der_encode(der, &signature), sig_len);
		ck_assert_mem_eq(der, sig, sig_len);
	}
	free(msg);
	free(sig);
}

/* False where the file is absent. */
static bool try_file(const char *name, decoder *decode, struct counts *counts)
{
	char *path = unit_shared(name);
	json_t *file;
	json_t *group;
	json_t *vector;
	size_t i;
	size_t j;

	if (path == NULL)
		return false;
	file = unit_json(path);
	json_array_foreach(unit_json_array(file, "testGroups"), i, group) {
		struct public_key key = group_key(group);

		json_array_foreach(unit_json_array(group, "tests"), j, vector)
			try_vector(&key, vector, decode, counts);
	}
	json_decref(file);
	free(path);
	return true;
}

UNIT_TEST(wycheproof_all_463_bitcoin_vectors_are_judged_right)
{
	struct counts counts = {0};

	if (!try_file("transparency/wycheproof-secp256k1/"
		      "ecdsa_secp256k1_sha256_bitcoin_test.json",
		      decode_der, &counts))
		return;
	ck_assert_uint_eq(counts.all, 463);
	ck_assert_uint_eq(counts.accepted, 162);
	ck_assert_uint_eq(counts.high, 0);
}

UNIT_TEST(wycheproof_p1363_vectors_are_judged_right_but_for_a_high_s)
{
	struct counts counts = {0};

	if (!try_file("transparency/wycheproof-secp256k1/ecdsa_secp256k1_sha256_p1363_test.json",
		      decode_p1363, &counts))
		return;
	ck_assert_uint_eq(counts.all, 252);
	ck_assert_uint_eq(counts.accepted + counts.high, 167);
	ck_assert_uint_gt(counts.high, 0);
}

UNIT_TEST(wycheproof_der_vectors_are_judged_right_but_for_a_high_s)
{
	struct counts counts = {0};

	if (!try_file("transparency/wycheproof-secp256k1/ecdsa_secp256k1_sha256_test.json",
		      decode_der, &counts))
		return;
	ck_assert_uint_eq(counts.all, 476);
	ck_assert_uint_eq(counts.accepted + counts.high, 168);
	ck_assert_uint_gt(counts.high, 0);
}

UNIT_MAIN("wycheproof", wycheproof_all_463_bitcoin_vectors_are_judged_right,
	  wycheproof_p1363_vectors_are_judged_right_but_for_a_high_s,
	  wycheproof_der_vectors_are_judged_right_but_for_a_high_s)
