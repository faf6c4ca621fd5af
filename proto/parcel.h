/* Parcels: a validator's bundle of transactions on its way into a block.
 *
 * Payload = (u32be length | SignedTransaction)…; signed by the node key:
 *   stele/v1 parcel
 *   chain <64 hex>
 *   epoch <n>
 *   author <index>
 *   sequence <n>
 *   expires <height>
 *   count <n>
 *   bytes <n>
 *   payload <SHA-256 of the payload>
 * The parcel's digest is SHA-256 of that text. */
#ifndef STELE_PROTO_PARCEL_H
#define STELE_PROTO_PARCEL_H

#include "base/bytes.h"
#include "base/err.h"
#include "crypto/sign.h"
#include "proto/set.h"

struct parcel_text {
	struct hash chain;
	uint64_t epoch;
	uint32_t author;
	uint64_t sequence;
	uint64_t expires;
	uint32_t count;
	uint32_t bytes;
	struct hash payload;
};

void parcel_text_render(struct buf *out, const struct parcel_text *text);
/* ERR_PARCEL_FORM */
MUST_CHECK enum err parcel_text_parse(struct parcel_text *out, struct bytes text);
/* Text form, author in set, chain, epoch, signature by the author's node key,
 * payload's length, hash, framing and count.  Not its transactions.
 * ERR_PARCEL_FORM, ERR_PARCEL_SIGNATURE. */
MUST_CHECK enum err parcel_check(struct bytes text, const struct signature *signature,
				 struct bytes payload, const struct hash *chain,
				 const struct set *set, uint64_t epoch,
				 struct parcel_text *out);
/* The same without the signature. */
MUST_CHECK enum err parcel_check_form(struct bytes text, struct bytes payload,
				      const struct hash *chain, const struct set *set,
				      uint64_t epoch, struct parcel_text *out);
/* Walks a payload: the next transaction, false at the end or on bad framing
 * (cursor->has_failed tells which). */
bool parcel_next(struct cursor *payload, struct bytes *transaction);

#endif
