/* The body text: what a block is made of, by digest.
 *
 *   stele/v1 body
 *   evidence <id> <SHA-256 of its text>           sorted by id
 *   parcel <digest> <author index> <count> <bytes>     in the leader's order
 * Body hash = SHA-256 of the text.  An empty body is the first line alone. */
#ifndef STELE_PROTO_BODY_H
#define STELE_PROTO_BODY_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/limits.h"

struct body_evidence {
	struct hash id;
	struct hash text_hash;
};

struct body_parcel {
	struct hash digest;
	uint32_t author;
	uint32_t count; /* transactions */
	uint32_t bytes; /* payload */
};

struct body {
	struct body_evidence evidence[LIMIT_EVIDENCE_PER_BLOCK];
	uint32_t evidence_count;
	struct body_parcel parcels[LIMIT_BODY_PARCELS];
	uint32_t parcels_count;
};

void body_render(struct buf *out, const struct body *body);
/* Strict; also refuses a parcel or evidence named twice and sums above
 * LIMIT_BLOCK_PAYLOAD_BYTES or LIMIT_BLOCK_TRANSACTIONS.  ERR_TEXT_FORM. */
MUST_CHECK enum err body_parse(struct body *out, struct bytes text);
/* How many evidence lines a text has that body_parse took before. */
uint32_t body_evidence_count(struct bytes text);

#endif
