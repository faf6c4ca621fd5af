/* Key files: one secret key, encrypted under a passphrase with scrypt
 * (RFC 7914, N = 2^15, r = 8, p = 1) and AES-256-GCM; JSON text, version 1.
 * The file is created with mode 0600 and never overwritten. */
#ifndef STELE_CRYPTO_KEYFILE_H
#define STELE_CRYPTO_KEYFILE_H

#include "base/bytes.h"
#include "base/err.h"
#include "crypto/sign.h"

#define KEYFILE_LABEL_MAX 64

struct keyfile_info {
	struct public_key public_key;
	char label[KEYFILE_LABEL_MAX + 1]; /* what the key is for, [a-z0-9._-] */
};

/* Written to a temporary name beside path, fsynced, then linked into place.
 * ERR_FILE_EXISTS, ERR_FILE_WRITE: nothing is left behind. */
MUST_CHECK enum err keyfile_write(const char *path, const struct secret *secret,
				  const char *label, struct bytes passphrase);
/* What can be read without the passphrase.  ERR_FILE_READ, ERR_KEY_FILE. */
MUST_CHECK enum err keyfile_inspect(const char *path, struct keyfile_info *out);
/* ERR_KEY_PERMISSIONS if group or others may read it; ERR_KEY_PASSPHRASE. */
MUST_CHECK enum err keyfile_read(const char *path, struct bytes passphrase, struct secret *out);

#endif
