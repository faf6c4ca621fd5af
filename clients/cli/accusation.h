/* Evidence as the tool got it: taken from the proof of its leaf and nothing else,
 * and laid out for openssl and xxd. */
#ifndef STELE_CLIENTS_CLI_ACCUSATION_H
#define STELE_CLIENTS_CLI_ACCUSATION_H

#include "clients/cli/cli.h"
#include "proofs/proof.h"
#include "proto/evidence.h"

struct accusation {
	struct proof_facts facts;
	bool is_pinned;
	struct buf text; /* of the evidence */
	struct evidence evidence;
	struct hash id;
	const struct validator *validator; /* of the set that the proof holds */
	struct buf signed_text[2];
};

/* Checks the inclusion proof of the evidence's leaf, by the pin of its chain if there
 * is one, and the evidence by the set that signed.  Failures: ERR_PROOF_*,
 * ERR_RECEIPT_*, ERR_EVIDENCE_*, of the pins.  Release it in any case. */
MUST_CHECK enum err accusation_open(struct cli *cli, const json_t *proof, struct accusation *out);
void accusation_release(struct accusation *accusation);
const char *accusation_meaning(enum evidence_type type);

/* Commands of a shell: write key.pem, vote-1.txt, vote-1.der and so on into the
 * present folder; and check what is there. */
void accusation_print_files(const struct accusation *accusation, struct buf *out);
void accusation_print_check(const struct accusation *accusation, struct buf *out);
/* The same files, and the check as verify.sh, in a new folder.  ERR_FILE_EXISTS,
 * ERR_FILE_WRITE. */
MUST_CHECK enum err accusation_unpack(struct cli *cli, const struct accusation *accusation,
				      const char *folder);

#endif
