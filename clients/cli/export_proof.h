/* The proofs of an export: got from a node when it is made, read from beside it when it
 * is checked.  Nearly always one; where one does not hold all facts, several parts under
 * one header, as `stele proof get` writes them: FILE, FILE.2, FILE.3 … */
#ifndef STELE_CLIENTS_CLI_EXPORT_PROOF_H
#define STELE_CLIENTS_CLI_EXPORT_PROOF_H

#include "clients/cli/cli.h"
#include "clients/cli/export_format.h"

#define EXPORT_PROOF_SUFFIX ".proof.json"
#define EXPORT_PARTS_MAX 100000

/* Who vouches for the facts. */
struct export_vouch {
	bool is_pinned;
	bool has_head;        /* the pin has one, of that height */
	uint64_t head_height;
	uint32_t former;      /* sets relied on that were replaced since */
	uint32_t signers, members; /* of the finalization */
};

/* All that the format asks for, from a node that is not trusted: every fact is checked.
 * facts and files are filled; proof gets the parts, in order, without names.  Failures:
 * ERR_NOT_RECORDED (no such programme), those of the node and of proofs that do not hold. */
MUST_CHECK enum err export_gather(struct cli *cli, const char *programme, export_format *format,
				  struct export_facts *facts, struct export_files *files,
				  struct export_files *proof, struct export_vouch *vouch);
/* The parts that lie at this path, checked against the pin: their facts.  Failures name
 * the part: ERR_FILE_READ where there is none; ERR_RECEIPT_FORM, _VERSION, _FINALITY,
 * _SIGNER and so on; ERR_EXPORT_PROOF where they stand under several headers, or none
 * is of a programme's awards. */
MUST_CHECK enum err export_proof_read(struct cli *cli, const char *path,
				      struct export_facts *facts, struct export_files *proof,
				      struct export_vouch *vouch);
/* The path of the k-th part, from 0.  Free it. */
char *export_part_path(const char *path, size_t k);

#endif
