/* The vault: what sealed proposals, reviews and contents are made of, kept until
 * they are opened.  Without its salt a commitment can never be opened, so an entry is on
 * the disk before anything that depends on it leaves this machine.
 *
 * One file of mode 0600 for each key, canonical JSON (members ascending, no
 * blanks): {"entries":[…],"format":"stele/v1 vault"}.  An entry:
 *   kind         "proposal", "review" or "content"
 *   chain, programme, call        where it belongs; a review also: proposal
 *   by           the applicant's id; of a review, the reviewer's key
 *   content      as the API shows ProposalContent and ReviewContent
 *   salt, commitment
 *   files        the documents' paths, in the order of the content
 *   sha256, size   of kind "content", instead of programme, call and content
 *   made         ms since 1970
 *   transaction  base64 of what was signed, once there is such; valid_until */
#ifndef STELE_CLIENTS_CLI_VAULT_H
#define STELE_CLIENTS_CLI_VAULT_H

#include <jansson.h>

#include "base/arena.h"
#include "clients/cli/cli.h"
#include "proto/tx.pb-c.h"

struct vault {
	struct cli *cli;
	char *path;
	int lock; /* held while the vault is open: two runs do not lose each other's entries */
	json_t *entries;
};

/* --vault FILE, else KEY.vault.json beside the signer's key file; one that is not
 * there is empty.  Waits for another run that has it open.  ERR_FILE_FORM where it
 * is no vault. */
MUST_CHECK enum err vault_open(struct cli *cli, struct vault *out);
/* Whether there is one to open. */
bool vault_is_there(struct cli *cli);
void vault_close(struct vault *vault);
/* Durable when this returns. */
MUST_CHECK enum err vault_save(struct vault *vault);

/* What an entry is about; proposal is 0 for a proposal itself. */
struct vault_place {
	const char *kind;
	const struct hash *chain;
	const char *programme;
	const char *call;
	uint64_t proposal;
	const char *by;
};
/* The newest entry of that place whose content and files are these, borrowed;
 * content NULL: whatever it is.  NULL where there is none. */
json_t *vault_find(const struct vault *vault, const struct vault_place *place,
		   const json_t *content);
/* Fails for want of an entry; what: "proposal of this call".  ERR_VAULT_ENTRY. */
MUST_CHECK enum err vault_lacks(const struct vault *vault, const char *what);
/* The entry of a commitment, as hex. */
json_t *vault_find_commitment(const struct vault *vault, const char *commitment);
/* A new entry with a salt of its own and its commitment; borrowed.  Takes content
 * and files. */
json_t *vault_add(struct vault *vault, const struct vault_place *place, json_t *content,
		  json_t *files);
/* What opens it: salt, and the content as a message in the arena.  ERR_FILE_FORM
 * where they do not make the commitment that stands there. */
MUST_CHECK enum err vault_open_proposal(struct cli *cli, const json_t *entry, struct arena *arena,
					ProtobufCBinaryData *salt, Stele__ProposalContent **out);
MUST_CHECK enum err vault_open_review(struct cli *cli, const json_t *entry, struct arena *arena,
				      ProtobufCBinaryData *salt, Stele__ReviewContent **out);
/* Hashes the files again and remarks on each that is gone or another one now. */
void vault_check_files(struct cli *cli, const json_t *entry);

#endif
