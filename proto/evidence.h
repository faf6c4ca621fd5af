/* Evidence: two votes of one validator that no correct one casts both,
 * docs/protocol.md section 12.
 *
 *   stele/v1 evidence
 *   epoch <n>
 *   signer <consensus key, 66 hex>
 *   type E1 | E2 | E3 | E4
 *   set <64 hex>
 *   view <n>
 *   vote <kind> <block, 64 hex; - in nullify> <signature, 128 hex>
 *   vote <kind> <block> <signature>
 * the two votes ordered by their signed texts.  The id is SHA-256 of the first
 * four lines, so that a validator is named once for each type and epoch. */
#ifndef STELE_PROTO_EVIDENCE_H
#define STELE_PROTO_EVIDENCE_H

#include "base/bytes.h"
#include "base/err.h"
#include "proto/set.h"
#include "proto/vote.h"

enum evidence_type {
	EVIDENCE_NONE = 0,
	EVIDENCE_E1 = 1, /* two notarize of different blocks */
	EVIDENCE_E2 = 2, /* two finalize of different blocks */
	EVIDENCE_E3 = 3, /* nullify and finalize */
	EVIDENCE_E4 = 4, /* notarize and finalize of different blocks */
};

struct evidence {
	uint64_t epoch;
	struct public_key signer;
	enum evidence_type type;
	struct hash set_hash;
	uint64_t view;
	struct vote votes[2]; /* kind, block, signature; epoch, view as above, signer 0 */
};

/* What the pair is evidence of, whoever cast it: EVIDENCE_NONE if the two votes
 * are of different epochs, views or signers, or are legal together. */
enum evidence_type evidence_type_of(const struct vote *a, const struct vote *b);
/* Orders the pair.  The votes are verified ones of one member of the set and
 * their type is not EVIDENCE_NONE. */
void evidence_make(struct evidence *out, const struct vote *a, const struct vote *b,
		   const struct set *set);
void evidence_id(struct hash *out, const struct evidence *evidence);
void evidence_render(struct buf *out, const struct evidence *evidence);
/* The data of its leaf of the log: 0x02 | text; and the text out of it, false where
 * the leaf is another's. */
void evidence_leaf(struct buf *out, struct bytes text);
bool evidence_leaf_text(struct bytes leaf, struct bytes *text);
/* Strict; also the pair's order and type.  ERR_TEXT_FORM. */
MUST_CHECK enum err evidence_parse(struct evidence *out, struct bytes text);
/* Whether a block of that epoch may record it: its own epoch and the next one. */
bool evidence_epoch_fits(const struct evidence *evidence, uint64_t epoch);
/* set: of the evidence's epoch; epoch: the one in which it is to be recorded.
 * ERR_EVIDENCE_EPOCH, ERR_EVIDENCE_MATCH (the set, or a signer that is not in
 * it), ERR_EVIDENCE_SIGNATURE; in this order. */
MUST_CHECK enum err evidence_check(const struct evidence *evidence, const struct hash *chain,
				   const struct set *set, uint64_t epoch);

#endif
