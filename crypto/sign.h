/* Signatures: ECDSA over secp256k1 with SHA-256, the suite "secp256k1-sha256".
 *
 * A signature is r||s, 32 bytes each, big-endian, 1 <= r < N, 1 <= s <= N/2;
 * a high s is refused, never normalised, on verification.  Software keys sign
 * by RFC 6979.  Contexts are randomised.  Thread-safe. */
#ifndef STELE_CRYPTO_SIGN_H
#define STELE_CRYPTO_SIGN_H

#include "base/bytes.h"
#include "base/err.h"
#include "crypto/secret.h"

#define SIGN_SUITE "secp256k1-sha256"

struct public_key {
	uint8_t b[33]; /* compressed point, SEC 1 section 2.3.3 */
};

struct signature {
	uint8_t b[64];
};

/* A fresh key from the system's randomness. */
MUST_CHECK enum err sign_key_generate(struct secret *out);
/* ERR_KEY_FILE: not a scalar in [1, N). */
MUST_CHECK enum err sign_public(struct public_key *out, const struct secret *secret);
MUST_CHECK enum err sign_digest(struct signature *out, const struct secret *secret,
				const struct hash *digest);
/* Whether the 33 bytes are a point of the curve. */
bool sign_key_is_valid(const struct public_key *key);
/* Parsed keys are remembered per thread (bounded), so a known key costs no
 * square root. */
bool sign_verify(const struct public_key *key, const struct hash *digest,
		 const struct signature *signature);

bool public_key_equal(const struct public_key *a, const struct public_key *b);
int public_key_compare(const struct public_key *a, const struct public_key *b);

/* DER SEQUENCE { r, s } (at most 72 bytes) for stock tools. */
size_t sign_der_encode(uint8_t out[72], const struct signature *signature);
/* SubjectPublicKeyInfo as PEM, for stock tools; appends to out. */
MUST_CHECK enum err sign_key_pem(struct buf *out, const struct public_key *key);

#endif
