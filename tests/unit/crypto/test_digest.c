#include "crypto/digest.h"

#include <string.h>

#include "tests/unit/crypto/vectors.h"

static void assert_sha256(struct bytes data, const char *hex)
{
	struct hash want = vectors_hash_hex(hex);
	struct hash got;

	sha256(&got, data.at, data.len);
	ck_assert(hash_equal(&got, &want));
}

/* The examples of FIPS 180-4. */
UNIT_TEST(sha256_gives_the_vectors_of_fips_180)
{
	static uint8_t million[1000000];

	assert_sha256(bytes_of(NULL, 0),
		      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_sha256(bytes_text("abc"),
		      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_sha256(bytes_text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
		      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	memset(million, 'a', sizeof(million));
	assert_sha256(bytes_of(million, sizeof(million)),
		      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

UNIT_TEST(sha256_does_not_depend_on_the_cut)
{
	uint8_t data[200];
	struct sha256 *pieces = sha256_new();

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 3);
	for (size_t cut = 0; cut <= sizeof(data); cut++) {
		struct bytes parts[] = {bytes_of(data, cut), bytes_of(NULL, 0),
					bytes_of(data + cut, sizeof(data) - cut)};
		struct hash want;
		struct hash got;

		sha256(&want, data, sizeof(data));
		sha256_parts(&got, parts, 3);
		ck_assert(hash_equal(&got, &want));
		sha256_add(pieces, data, cut);
		sha256_add(pieces, NULL, 0);
		sha256_add(pieces, data + cut, sizeof(data) - cut);
		sha256_finish(pieces, &got);
		ck_assert(hash_equal(&got, &want));
	}
	sha256_free(pieces);
}

/* The short ones, padded by us, against the pieces, padded by the library. */
UNIT_TEST(sha256_of_any_length_is_that_of_its_pieces)
{
	static uint8_t data[300];
	struct sha256 *pieces = sha256_new();

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + 1);
	for (size_t len = 0; len <= sizeof(data); len++) {
		struct hash want;
		struct hash got;

		for (size_t i = 0; i < len; i++)
			sha256_add(pieces, &data[i], 1);
		sha256_finish(pieces, &want);
		sha256(&got, data, len);
		ck_assert_msg(hash_equal(&got, &want), "of %zu bytes", len);
	}
	sha256_free(pieces);
}

UNIT_MAIN("digest", sha256_of_any_length_is_that_of_its_pieces,
	  sha256_gives_the_vectors_of_fips_180, sha256_does_not_depend_on_the_cut)
