/* Ledgers that never were, signed by test keys: blocks that a quorum finalized, also two at
 * one height, as no honest network has them. */
#ifndef STELE_TESTS_UNIT_CLI_FORGE_H
#define STELE_TESTS_UNIT_CLI_FORGE_H

#include <jansson.h>

#include "crypto/secret.h"
#include "proofs/cover.h"
#include "proofs/trust.h"

#define FORGE_VALIDATORS 4
#define FORGE_HEIGHTS 12

/* One history: each block has one leaf.  Those of one seed are one network; two histories
 * differ from height `fork` on (in their blocks alone, or in their leaves too). */
struct forge {
	struct set set;
	struct secret keys[FORGE_VALIDATORS];
	struct trust trust;
	struct hash leaves[FORGE_HEIGHTS];
	char headers[FORGE_HEIGHTS][LIMIT_HEADER_BYTES];
	size_t height; /* the newest that is shown */
};

enum forge_kind { FORGE_TRUE, FORGE_OTHER_BLOCKS, FORGE_OTHER_LEAVES };

void forge_make(struct forge *out, enum forge_kind kind, size_t fork);
/* The certificate of a height, as the API gives it. */
void forge_certificate(struct buf *out, const struct forge *forge, size_t height);
/* What GET /v1/proofs/consistency?from=S answers with; NULL: it has no such size. */
json_t *forge_consistency(const struct forge *forge, uint64_t from);
json_t *forge_set_text(const struct forge *forge);

#endif
