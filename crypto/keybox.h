/* The locked box of a key file: a secret under a passphrase, scrypt (RFC 7914)
 * with fixed parameters and AES-256-GCM over it; what stands beside the box in
 * clear is bound to it as additional data.  Used by keyfile.c only. */
#ifndef STELE_CRYPTO_KEYBOX_H
#define STELE_CRYPTO_KEYBOX_H

#include "base/err.h"
#include "crypto/secret.h"

#define KEYBOX_SCRYPT_N 32768
#define KEYBOX_SCRYPT_R 8
#define KEYBOX_SCRYPT_P 1

struct keybox {
	uint8_t salt[32];
	uint8_t nonce[12];
	uint8_t sealed[32];
	uint8_t tag[16];
};

/* With fresh salt and nonce.  ERR_CRYPTO. */
MUST_CHECK enum err keybox_seal(struct keybox *out, const struct secret *secret,
				struct bytes passphrase, struct bytes clear);
/* ERR_KEY_PASSPHRASE: another passphrase, or box or clear was changed.
 * ERR_CRYPTO. */
MUST_CHECK enum err keybox_open(struct secret *out, const struct keybox *box,
				struct bytes passphrase, struct bytes clear);

#endif
