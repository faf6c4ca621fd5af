/* The key that signs, and the passphrases of key files. */
#ifndef STELE_CLIENTS_CLI_SIGNER_H
#define STELE_CLIENTS_CLI_SIGNER_H

#include "base/limits.h"
#include "clients/cli/cli.h"
#include "crypto/sign.h"

struct signer {
	struct secret secret;
	struct public_key key;
	char label[72];
};

/* The key of --key or $STELE_KEY, opened once and held in cli.  ERR_USAGE: none
 * is named; errors of the key file. */
MUST_CHECK enum err signer_get(struct cli *cli, const struct signer **out);
/* Opens any key file with the passphrase of this call; free it. */
MUST_CHECK enum err signer_open(struct cli *cli, const char *key, struct signer **out);
void signer_free(struct signer *signer);
/* The organisation that a node says has the key of this call.  ERR_KEY_UNKNOWN:
 * none. */
MUST_CHECK enum err signer_organisation(struct cli *cli, char out[LIMIT_SEGMENT + 1]);
/* The passphrase: --passphrase-fd, --passphrase-file, $STELE_PASSPHRASE_FILE, or
 * asked for on the terminal (twice if is_new).  Wipe it after use.  ERR_USAGE:
 * there is no terminal; ERR_KEY_PASSPHRASE: empty, or the two differ. */
MUST_CHECK enum err passphrase_get(struct cli *cli, const char *for_what, bool is_new,
				   struct buf *out);
void passphrase_release(struct buf *passphrase);
/* FILE, or NAME for home/keys/NAME.key.  Free it. */
char *key_path(const struct cli *cli, const char *key);

#endif
