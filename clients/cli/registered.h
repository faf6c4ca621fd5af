/* What the ledger says of keys: whose they are, and what they may sign. */
#ifndef STELE_CLIENTS_CLI_REGISTERED_H
#define STELE_CLIENTS_CLI_REGISTERED_H

#include "base/limits.h"
#include "clients/cli/cli.h"
#include "crypto/sign.h"

struct registered {
	struct public_key key;
	char org[LIMIT_SEGMENT + 1];
	uint32_t purposes; /* bits 1 << Stele__Purpose */
};

/* 66 hex digits, or the public key of a key file, for which no passphrase is asked. */
MUST_CHECK enum err key_named(struct cli *cli, const char *text, struct public_key *out);
/* As the node knows it; a key that nobody registered leaves with exit code 4. */
MUST_CHECK enum err registered_get(struct cli *cli, const struct public_key *key,
				   struct registered *out);
/* The key that signs. */
MUST_CHECK enum err registered_signer(struct cli *cli, struct registered *out);

#endif
