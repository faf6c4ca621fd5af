/* Sending what is sealed: from the vault to the ledger once, whatever was cut off
 * before. */
#ifndef STELE_CLIENTS_CLI_SEALED_H
#define STELE_CLIENTS_CLI_SEALED_H

#include "base/limits.h"
#include "clients/cli/submit.h"
#include "clients/cli/vault.h"

/* Whether the content has a form in which it can be opened one day; what has not is refused
 * before it is sealed.  ERR_TX_FIELD, with the field. */
MUST_CHECK enum err sealed_check_form(struct cli *cli, const ProtobufCMessage *content);
/* Signs, keeps the signed bytes with the entry, and only then sends.  Bytes that
 * an earlier run kept are sent again while they can still be accepted, so that two
 * runs never make two records; the caller has looked before whether the ledger has
 * the commitment.  The outcome is as submit's. */
MUST_CHECK enum err sealed_send(struct vault *vault, json_t *entry, Stele__TransactionBody *body,
				const char *what, struct outcome *out);
/* The signer's key as hex, and the organisation that has it. */
struct signer_names {
	char key[67];
	char org[LIMIT_SEGMENT + 1];
};
MUST_CHECK enum err signer_names(struct cli *cli, struct signer_names *out);
/* An absolute path, so that it is found from anywhere; "" for what is a hash. */
json_t *sealed_path(const char *file);

#endif
