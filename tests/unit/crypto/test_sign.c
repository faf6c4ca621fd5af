#include "crypto/sign.h"

#include <pthread.h>
#include <string.h>

#include "crypto/digest.h"
#include "crypto/random.h"
#include "tests/unit/crypto/vectors.h"

struct pair {
	struct secret secret;
	struct public_key key;
};

static struct pair pair_new(void)
{
	struct pair pair;

	ck_assert_int_eq(sign_key_generate(&pair.secret), ERR_OK);
	ck_assert_int_eq(sign_public(&pair.key, &pair.secret), ERR_OK);
	return pair;
}

static struct secret secret_hex(const char *hex)
{
	struct hash hash = vectors_hash_hex(hex);
	struct secret secret;

	memcpy(secret.b, hash.b, sizeof(secret.b));
	return secret;
}

static const char order[] = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

/* s -> N - s, the other form of the same signature. */
static void turn_s(struct signature *signature)
{
	struct hash n = vectors_hash_hex(order);
	int borrow = 0;

	for (size_t i = 32; i-- > 0;) {
		int digit = n.b[i] - signature->b[32 + i] - borrow;

		borrow = digit < 0;
		signature->b[32 + i] = (uint8_t)(digit + 256 * borrow);
	}
}

/* Widely published for the secret 1 and the text below, RFC 6979 and low s. */
UNIT_TEST(sign_is_deterministic_by_rfc_6979)
{
	static const char r[] = "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8";
	static const char s[] = "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5";
	struct secret one =
		secret_hex("0000000000000000000000000000000000000000000000000000000000000001");
	struct hash want_r = vectors_hash_hex(r);
	struct hash want_s = vectors_hash_hex(s);
	struct public_key key;
	struct hash digest;
	struct signature signature;

	sha256(&digest, "Satoshi Nakamoto", 16);
	ck_assert_int_eq(sign_digest(&signature, &one, &digest), ERR_OK);
	ck_assert_mem_eq(signature.b, want_r.b, 32);
	ck_assert_mem_eq(signature.b + 32, want_s.b, 32);
	ck_assert_int_eq(sign_public(&key, &one), ERR_OK);
	ck_assert(sign_verify(&key, &digest, &signature));
}

UNIT_TEST(sign_gives_low_s_and_verify_refuses_the_high_form)
{
	struct pair pair = pair_new();

	for (uint32_t i = 0; i < 200; i++) {
		struct signature signature;
		struct hash digest;

		sha256(&digest, &i, sizeof(i));
		ck_assert_int_eq(sign_digest(&signature, &pair.secret, &digest), ERR_OK);
		ck_assert_uint_lt(signature.b[32], 0x80);
		ck_assert(sign_verify(&pair.key, &digest, &signature));
		turn_s(&signature);
		ck_assert(!sign_verify(&pair.key, &digest, &signature));
		turn_s(&signature);
		ck_assert(sign_verify(&pair.key, &digest, &signature));
	}
}

UNIT_TEST(verify_refuses_another_key_digest_and_signature)
{
	struct pair pair = pair_new();
	struct pair other = pair_new();
	struct signature signature;
	struct hash digest;

	sha256(&digest, "x", 1);
	ck_assert_int_eq(sign_digest(&signature, &pair.secret, &digest), ERR_OK);
	ck_assert(!sign_verify(&other.key, &digest, &signature));
	for (size_t bit = 0; bit < 256; bit++) {
		digest.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ck_assert(!sign_verify(&pair.key, &digest, &signature));
		digest.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < 512; bit++) {
		signature.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ck_assert(!sign_verify(&pair.key, &digest, &signature));
		signature.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	ck_assert(sign_verify(&pair.key, &digest, &signature));
	pair.key.b[0] ^= 1; /* the point's negative */
	ck_assert(sign_key_is_valid(&pair.key));
	ck_assert(!sign_verify(&pair.key, &digest, &signature));
}

UNIT_TEST(verify_refuses_zero_and_what_is_not_below_the_order)
{
	struct pair pair = pair_new();
	struct hash n = vectors_hash_hex(order);
	struct hash digest;
	struct signature good;

	sha256(&digest, "x", 1);
	ck_assert_int_eq(sign_digest(&good, &pair.secret, &digest), ERR_OK);
	for (size_t half = 0; half < 64; half += 32) {
		struct signature bad = good;

		memset(bad.b + half, 0, 32);
		ck_assert(!sign_verify(&pair.key, &digest, &bad));
		memcpy(bad.b + half, n.b, 32);
		ck_assert(!sign_verify(&pair.key, &digest, &bad));
		memset(bad.b + half, 0xff, 32);
		ck_assert(!sign_verify(&pair.key, &digest, &bad));
	}
}

UNIT_TEST(sign_refuses_a_secret_that_is_no_scalar)
{
	struct secret zero = {{0}};
	struct secret n = secret_hex(order);
	struct public_key key = {{0x55}};
	struct signature signature = {{0x55}};
	struct hash digest = {{0}};

	ck_assert_int_eq(sign_public(&key, &zero), ERR_KEY_FILE);
	ck_assert_int_eq(sign_public(&key, &n), ERR_KEY_FILE);
	ck_assert_int_eq(sign_digest(&signature, &zero, &digest), ERR_KEY_FILE);
	ck_assert_int_eq(sign_digest(&signature, &n, &digest), ERR_KEY_FILE);
	ck_assert_uint_eq(key.b[0], 0x55);
	ck_assert_uint_eq(signature.b[0], 0x55);
}

UNIT_TEST(key_is_a_compressed_point_of_the_curve)
{
	struct pair pair = pair_new();
	struct public_key bad = pair.key;
	struct hash digest = {{1}};
	struct signature signature;
	unsigned off_curve = 0;

	ck_assert(sign_key_is_valid(&pair.key));
	ck_assert_int_eq(sign_digest(&signature, &pair.secret, &digest), ERR_OK);
	for (unsigned tag = 0; tag < 256; tag++) {
		bad.b[0] = (uint8_t)tag;
		ck_assert(sign_key_is_valid(&bad) == (tag == 2 || tag == 3));
		ck_assert(sign_verify(&bad, &digest, &signature) == (tag == pair.key.b[0]));
	}
	memset(bad.b + 1, 0xff, 32); /* not below the field's order */
	bad.b[0] = 2;
	ck_assert(!sign_key_is_valid(&bad));
	for (unsigned x = 0; x < 100; x++) {
		memset(bad.b + 1, 0, 32);
		bad.b[32] = (uint8_t)x;
		off_curve += sign_key_is_valid(&bad) ? 0 : 1;
	}
	ck_assert_uint_gt(off_curve, 20); /* about half of all x have no point */
	ck_assert_uint_lt(off_curve, 80);
}

/* Five times as many keys as are remembered, and every one keeps verifying. */
UNIT_TEST(verify_is_right_whatever_keys_came_before)
{
	static struct pair pairs[5000];
	static struct signature signatures[5000];
	struct hash digest;

	sha256(&digest, "x", 1);
	for (size_t i = 0; i < 5000; i++) {
		pairs[i] = pair_new();
		ck_assert_int_eq(sign_digest(&signatures[i], &pairs[i].secret, &digest), ERR_OK);
		ck_assert(sign_key_is_valid(&pairs[i].key));
	}
	for (size_t i = 0; i < 5000; i += 7) {
		ck_assert(sign_verify(&pairs[i].key, &digest, &signatures[i]));
		ck_assert(!sign_verify(&pairs[i].key, &digest, &signatures[(i + 1) % 5000]));
	}
}

static void *verify_many(void *context)
{
	struct pair *pair = context;

	for (uint32_t i = 0; i < 100; i++) {
		struct signature signature;
		struct hash digest;

		sha256(&digest, &i, sizeof(i));
		if (sign_digest(&signature, &pair->secret, &digest) != ERR_OK ||
		    !sign_verify(&pair->key, &digest, &signature))
			return NULL;
	}
	return pair;
}

UNIT_TEST(sign_and_verify_work_on_many_threads)
{
	struct pair pairs[4];
	pthread_t threads[4];

	for (size_t i = 0; i < 4; i++)
		pairs[i] = pair_new();
	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, verify_many, &pairs[i]), 0);
	for (size_t i = 0; i < 4; i++) {
		void *result;

		ck_assert_int_eq(pthread_join(threads[i], &result), 0);
		ck_assert_ptr_eq(result, &pairs[i]);
	}
}

UNIT_TEST(der_integers_are_minimal_and_positive)
{
	struct signature signature = {{0}};
	uint8_t out[72];

	ck_assert_uint_eq(sign_der_encode(out, &signature), 8);
	ck_assert_mem_eq(out, "\x30\x06\x02\x01\x00\x02\x01\x00", 8);
	signature.b[31] = 0x80;
	signature.b[63] = 0x7f;
	ck_assert_uint_eq(sign_der_encode(out, &signature), 9);
	ck_assert_mem_eq(out, "\x30\x07\x02\x02\x00\x80\x02\x01\x7f", 9);
	memset(signature.b, 0xff, 64);
	ck_assert_uint_eq(sign_der_encode(out, &signature), 72);
}

UNIT_TEST(key_pem_is_the_form_of_rfc_5480)
{
	struct secret one =
		secret_hex("0000000000000000000000000000000000000000000000000000000000000001");
	struct public_key key;
	struct buf buf;

	ck_assert_int_eq(sign_public(&key, &one), ERR_OK);
	buf_init(&buf, 200);
	ck_assert_int_eq(sign_key_pem(&buf, &key), ERR_OK);
	ck_assert(bytes_equal(buf_bytes(&buf),
			      bytes_text("-----BEGIN PUBLIC KEY-----\n"
					 "MDYwEAYHKoZIzj0CAQYFK4EEAAoDIgACeb5mfvncu6xVoGKVzocLBwKb/NstzijZ"
					 "\nWfKBWxb4F5g=\n-----END PUBLIC KEY-----\n")));
	buf_release(&buf);
	buf_init(&buf, 100);
	ck_assert_int_eq(sign_key_pem(&buf, &key), ERR_FULL);
	buf_reset(&buf);
	key.b[0] = 4;
	ck_assert_int_eq(sign_key_pem(&buf, &key), ERR_TX_KEY_FORM);
	ck_assert_uint_eq(buf.len, 0);
	buf_release(&buf);
}

UNIT_TEST(random_keys_differ)
{
	struct pair a = pair_new();
	struct pair b = pair_new();
	uint8_t zeros[64] = {0};
	uint8_t random[64] = {0};

	ck_assert(!secret_equal(&a.secret, &b.secret));
	ck_assert(!public_key_equal(&a.key, &b.key));
	ck_assert_int_ne(public_key_compare(&a.key, &b.key), 0);
	random_bytes(random, sizeof(random));
	ck_assert_int_ne(memcmp(zeros, random, sizeof(random)), 0);
	secret_wipe(random, sizeof(random));
	ck_assert_mem_eq(zeros, random, sizeof(random));
}

UNIT_MAIN("sign", sign_is_deterministic_by_rfc_6979,
	  sign_gives_low_s_and_verify_refuses_the_high_form,
	  verify_refuses_another_key_digest_and_signature,
	  verify_refuses_zero_and_what_is_not_below_the_order,
	  sign_refuses_a_secret_that_is_no_scalar, key_is_a_compressed_point_of_the_curve,
	  verify_is_right_whatever_keys_came_before, sign_and_verify_work_on_many_threads,
	  der_integers_are_minimal_and_positive, key_pem_is_the_form_of_rfc_5480, random_keys_differ)
