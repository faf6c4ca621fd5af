/* Heads: what nodes showed of the ledger, each a finalized header with what proves it;
 * and whether two of them can stand in one ledger.  Pure. */
#ifndef STELE_CLIENTS_CLI_HEADS_H
#define STELE_CLIENTS_CLI_HEADS_H

#include <jansson.h>

#include "proofs/cover.h"
#include "proofs/proof.h"
#include "proofs/trust.h"

#define HEAD_NODE_MAX 63

struct head {
	char node[HEAD_NODE_MAX + 1]; /* who showed it first */
	uint64_t seen_ms;             /* local clock */
	struct header header;
	struct hash block;
	json_t *proof; /* the proof or cover that it was taken from; NULL: no head at all */
};

/* out may hold another one, which goes. cover: that of the proof, checked and trusted. */
void head_set(struct head *out, const char *node, uint64_t seen_ms, const struct cover *cover,
	      json_t *proof);
void head_release(struct head *head);
void head_move(struct head *to, struct head *from);

/* The head of a proof or of a bare cover, checked and held against the trust.  Errors are
 * those of proof_check, cover_check and cover_check_trust. */
MUST_CHECK enum err head_read(struct head *out, const char *node, uint64_t seen_ms,
			      json_t *object, const struct trust *trust);

/* What is wrong with two finalized heads of one chain. */
enum contradiction {
	CONTRADICTION_NONE,
	CONTRADICTION_BLOCKS, /* two blocks at one height */
	CONTRADICTION_LOGS,   /* the log of one is no prefix of the other's */
};

/* As far as the two headers alone tell. */
enum contradiction heads_compare(const struct head *a, const struct head *b);
/* upper was taken from a consistency proof, which passed its check: whether the log of
 * lower is a prefix of its log.  The proof has to be from lower's size. */
enum contradiction heads_extend(const struct head *lower, const struct head *upper,
				const json_t *proof);

/* "blocks", "logs" */
const char *contradiction_name(enum contradiction what);
/* What anybody can check without us: both heads with their certificates.  Of logs, the proof
 * of the second begins at the size of the first and shows another root there, unless the
 * headers alone tell. */
json_t *fork_evidence(enum contradiction what, const struct head *seen, const struct head *shown);

#endif
