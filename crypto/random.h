/* Randomness of the operating system, for keys, salts and nonces. */
#ifndef STELE_CRYPTO_RANDOM_H
#define STELE_CRYPTO_RANDOM_H

#include <stddef.h>

/* Fills out; a system that gives none ends the process. */
void random_bytes(void *out, size_t len);

#endif
