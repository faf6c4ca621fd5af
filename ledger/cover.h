/* The cover of a receipt or proof: the headers, finalization and validator set
 * that its finality rests on; docs/receipt.md.  Reading JSON, checking, and
 * nothing of trust but the comparison with a pin.  Needs no ledger. */
#ifndef STELE_LEDGER_COVER_H
#define STELE_LEDGER_COVER_H

#include <jansson.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "proofs/shape.h"
#include "proto/header.h"
#include "proto/set.h"

/* What a reader relies on: a chain, whose genesis document named this set. */
struct trust {
	char origin[ORIGIN_MAX + 1];
	struct hash chain;
	struct hash set_hash;
};

struct cover {
	struct header top;     /* the finalized header */
	struct header last;    /* the header spoken of: of the record, or of the state */
	struct hash top_block; /* SHA-256 of their texts */
	struct hash last_block;
	uint32_t signers;      /* valid signatures of distinct members */
	uint32_t members;      /* n of the set */
	struct set *set;       /* in the arena */
};

/* Reads and checks the four members of the object.  ERR_RECEIPT_FORM: a member is
 * missing or malformed; ERR_RECEIPT_FINALITY: the texts do not link or the
 * finalization does not cover them.  out is filled as far as it was read. */
MUST_CHECK enum err cover_check(const json_t *object, struct arena *arena, struct cover *out);
/* ERR_RECEIPT_SIGNER where chain, origin or set are not the pinned ones. */
MUST_CHECK enum err cover_check_trust(const struct cover *cover, const struct trust *trust);

#endif
