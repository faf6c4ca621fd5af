/* Votes: the three texts that validators sign, docs/protocol.md section 3.
 *
 *   stele/v1 notarize | nullify | finalize
 *   chain <64 hex>
 *   epoch <n>
 *   set <64 hex>
 *   view <n>
 *   block <64 hex>            absent in nullify
 * identical for all signers of one vote. */
#ifndef STELE_PROTO_VOTE_H
#define STELE_PROTO_VOTE_H

#include "base/bytes.h"
#include "base/err.h"
#include "crypto/sign.h"
#include "proto/set.h"

enum vote_kind { VOTE_NOTARIZE = 1, VOTE_NULLIFY = 2, VOTE_FINALIZE = 3 };

struct vote {
	enum vote_kind kind;
	uint64_t epoch;
	uint64_t view;
	struct hash block; /* zero in nullify */
	uint32_t signer;   /* index in the epoch's set */
	struct signature signature;
};

/* The word of its text's first line; of static storage. */
const char *vote_kind_name(enum vote_kind kind);
void vote_text(struct buf *out, enum vote_kind kind, const struct hash *chain, uint64_t epoch,
	       const struct hash *set_hash, uint64_t view, const struct hash *block);
/* SHA-256 of the text: what is signed. */
void vote_digest(struct hash *out, enum vote_kind kind, const struct hash *chain, uint64_t epoch,
		 const struct hash *set_hash, uint64_t view, const struct hash *block);
/* Membership and signature.  ERR_CERT_SIGNATURE. */
MUST_CHECK enum err vote_check(const struct vote *vote, const struct hash *chain,
			       const struct set *set);

#endif
