/* Secrets: 32 secret bytes that are wiped when released, compared in constant
 * time and never logged; and passphrases. */
#ifndef STELE_CRYPTO_SECRET_H
#define STELE_CRYPTO_SECRET_H

#include "base/bytes.h"

struct secret {
	uint8_t b[32];
};

/* Overwrites in a way the compiler keeps. */
void secret_wipe(void *at, size_t len);
bool secret_equal(const struct secret *a, const struct secret *b);

#endif
