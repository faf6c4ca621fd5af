/* The proofs of an export: got from a node when it is made, read from beside it when it
 * is checked.  One proof a line, nearly always one; all under one header. */
#ifndef STELE_CLIENTS_CLI_EXPORT_PROOF_H
#define STELE_CLIENTS_CLI_EXPORT_PROOF_H

#include "clients/cli/cli.h"
#include "clients/cli/export_format.h"

#define EXPORT_PROOF_SUFFIX ".proof.json"
#define EXPORT_PROOF_BYTES_MAX ((size_t)256 << 20)

/* Who vouches for the facts. */
struct export_vouch {
	bool is_pinned;
	uint32_t signers, members; /* of the finalization */
};

/* All that the format asks for, from a node that is not trusted: every fact is checked.
 * facts and files are filled, proof gets the text of the file.  Failures:
 * ERR_NOT_RECORDED (no such programme), those of the node and of proofs that do not hold. */
MUST_CHECK enum err export_gather(struct cli *cli, const char *programme, export_format *format,
				  struct export_facts *facts, struct export_files *files,
				  struct buf *proof, struct export_vouch *vouch);
/* Facts of a proof's text, checked against the pin.  name: of the file, for failures.
 * ERR_RECEIPT_FORM, _VERSION, _FINALITY, _SIGNER and so on; ERR_EXPORT_PROOF where
 * its proofs stand under several headers, or none is of a programme's awards. */
MUST_CHECK enum err export_proof_read(struct cli *cli, const char *name, struct bytes text,
				      struct export_facts *facts, struct export_vouch *vouch);

#endif
