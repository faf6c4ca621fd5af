/* The card: what an institution hands in when a genesis is made.
 *
 *   stele/v1 card
 *   network <network name>
 *   organisation <id>                         and its lines, as in proto/org_text.h
 *   validator <id> <consensus key, 66 hex> <node key, 66 hex>     absent where it runs none
 *   signature <key, 66 hex> <signature, 128 hex>
 *   …
 * Each key on the card signs SHA-256 of the text before the first signature
 * line: the organisation's keys in their order, then consensus and node key. */
#ifndef STELE_PROTO_CARD_H
#define STELE_PROTO_CARD_H

#include "proto/genesis.h"

#define CARD_SIGNATURES_MAX (GENESIS_ORG_KEYS_MAX + 2)
#define CARD_BYTES 8192

struct card {
	char network[GENESIS_NAME_MAX + 1];
	struct genesis_org org;
	bool has_validator;
	struct validator validator; /* its org is that of the card */
	struct signature signatures[CARD_SIGNATURES_MAX]; /* in the order of card_key */
};

/* Keys that sign the card. */
uint32_t card_keys_count(const struct card *card);
const struct public_key *card_key(const struct card *card, uint32_t index);
/* What is signed. */
void card_text(struct buf *out, const struct card *card);
/* The text and the signatures. */
void card_render(struct buf *out, const struct card *card);
/* Strict form and bounds, not the signatures.  ERR_GENESIS_FORM; *line gets the
 * first bad line, from 1. */
MUST_CHECK enum err card_parse(struct card *out, struct bytes text, unsigned *line);
/* ERR_GENESIS_SIGNATURES: *bad (may be NULL) gets the index of the key whose
 * signature does not verify. */
MUST_CHECK enum err card_check(const struct card *card, uint32_t *bad);

#endif
