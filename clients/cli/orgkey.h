/* Keys of organisations as registration wants them: key, purposes, and the key's
 * own signature that says so. */
#ifndef STELE_CLIENTS_CLI_ORGKEY_H
#define STELE_CLIENTS_CLI_ORGKEY_H

#include <jansson.h>

#include "clients/cli/cli.h"
#include "crypto/sign.h"
#include "proto/role.h"
#include "proto/tx.pb-c.h"

struct orgkey {
	struct public_key key;
	uint32_t purposes; /* bits 1 << Stele__Purpose */
	struct signature proof;
	Stele__Purpose list[PURPOSE_LAST]; /* what message points to */
	Stele__OrgKey message;  /* points into this struct: do not copy it */
};

/* "govern,grant" as bits; a failure names the word. */
MUST_CHECK enum err purposes_read(struct cli *cli, const char *text, uint32_t *bits);
/* Signs the stele/v1 key text. */
MUST_CHECK enum err orgkey_prove(struct orgkey *out, const struct secret *secret,
				 const struct public_key *key, const struct hash *chain,
				 const char *org, uint32_t purposes);
/* {"organisation","chain","key","purposes","proof"} */
json_t *orgkey_json(const struct orgkey *key, const struct hash *chain, const char *org);
/* Reads such a file and checks it: for that chain and organisation, verifying.
 * ERR_FILE_FORM, ERR_KEY_PROOF as failures. */
MUST_CHECK enum err orgkey_read(struct cli *cli, const char *path, const struct hash *chain,
				const char *org, struct orgkey *out);

#endif
