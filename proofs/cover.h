/* The cover of a receipt or proof: the headers, certificates and validator sets that
 * its finality rests on; docs/receipt.md section 2.  Who has to be trusted for it is
 * another question: proofs/signer.h. */
#ifndef STELE_PROOFS_COVER_H
#define STELE_PROOFS_COVER_H

#include <jansson.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "proto/header.h"
#include "proto/set.h"


/* A header and the hash of its text. */
struct block {
	struct header header;
	struct hash hash;
};

/* How one epoch ended and which set followed. */
struct set_change {
	struct bytes finalization;
	struct set *set;    /* of the next epoch */
	struct block ended; /* where it was checked: the header that ended the epoch */
};

struct cover {
	struct header top;     /* the finalized header */
	struct header last;    /* the header spoken of: of the record, or of the state */
	struct hash top_block; /* SHA-256 of their texts */
	struct hash last_block;
	uint64_t epoch;        /* of the first set: that of the top less the changes */
	uint32_t signers;      /* where it was checked: valid signatures of distinct members, */
	uint8_t signed_by[LIMIT_QUORUM_BITMAP]; /* of which those: bit i % 8 of byte i / 8 */
	uint32_t members;      /* n of the signing set */
	struct set *set;       /* the signing set; all below is in the arena, too */
	struct set *first;
	struct set_change *changes;
	size_t changes_count;
	struct block *headers; /* newest first */
	size_t headers_count;
	struct bytes finalization;
};

/* Reads the four members of the object; out is filled as far as it was read.
 * ERR_RECEIPT_FORM, ERR_MEMORY. */
MUST_CHECK enum err cover_read(const json_t *object, struct arena *arena, struct cover *out);
/* F1 to F5, of what was read.  ERR_RECEIPT_FINALITY. */
MUST_CHECK enum err cover_check(struct cover *cover);
/* Whether that member of the signing set signed, where finality was checked. */
bool cover_is_signed_by(const struct cover *cover, uint32_t index);
/* The set of an epoch that the cover tells of. */
const struct set *cover_set(const struct cover *cover, uint64_t epoch);

/* --- pieces that a status has, too ---------------------------------------------------- */

MUST_CHECK enum err header_read(const json_t *value, struct block *out);
MUST_CHECK enum err finalization_read(const json_t *object, struct arena *arena,
				      struct bytes *out);
MUST_CHECK enum err changes_read(const json_t *object, struct arena *arena,
				 struct set_change **out, size_t *count);
/* F2 but for heights and times: each ends its epoch, the first of which is given with its
 * set, on the chain of that header.  False: one does not count. */
bool changes_check(struct set_change *changes, size_t count, uint64_t epoch,
		   const struct set *set, const struct header *chain);
/* Whether the certificate counts as finalization of the epoch under the set, for a header
 * of the same chain and origin; that one is *out.  signers: NULL, or where to say which
 * members signed. */
bool certificate_counts(struct bytes certificate, const struct set *set, uint64_t epoch,
			const struct header *chain, struct block *out, struct cover *signers);
/* Whether a block is higher and later than another. */
bool block_is_above(const struct block *block, const struct block *other);

#endif
