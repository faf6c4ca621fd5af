/* SHA-256 (FIPS 180-4), for everything that is hashed in Stele.
 * Cannot fail towards the caller: a failing library ends the process. */
#ifndef STELE_CRYPTO_DIGEST_H
#define STELE_CRYPTO_DIGEST_H

#include "base/bytes.h"

void sha256(struct hash *out, const void *at, size_t len);
/* Over the parts one after the other, as if they were joined. */
void sha256_parts(struct hash *out, const struct bytes *parts, size_t parts_count);

/* A hash over data that comes in pieces. */
struct sha256;
struct sha256 *sha256_new(void); /* never NULL */
void sha256_free(struct sha256 *sha256);
void sha256_add(struct sha256 *sha256, const void *at, size_t len);
/* Gives the hash and makes the object ready for another one. */
void sha256_finish(struct sha256 *sha256, struct hash *out);

#endif
