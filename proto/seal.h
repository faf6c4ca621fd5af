/* Commitments: what is recorded of a proposal, a review or a content while nobody
 * may know it yet.  Each is SHA-256 of a text (docs/ledger.md section 7) that
 * binds the content and 32 random bytes, the salt, to this chain and to whoever
 * opens it later; content enters by the hash of its canonical encoding. */
#ifndef STELE_PROTO_SEAL_H
#define STELE_PROTO_SEAL_H

#include "base/bytes.h"
#include "proto/tx.pb-c.h"

void seal_proposal(struct hash *out, const struct hash *chain, const char *programme,
		   const char *call, const char *org, const Stele__ProposalContent *content,
		   struct bytes salt);
/* reviewer: the 33 bytes of the key that is on the panel. */
void seal_review(struct hash *out, const struct hash *chain, const char *programme,
		 const char *call, uint64_t proposal, struct bytes reviewer,
		 const Stele__ReviewContent *content, struct bytes salt);
/* content: the SHA-256 that content.anchor will name. */
void seal_content(struct hash *out, const struct hash *chain, const char *org,
		  struct bytes content, struct bytes salt);

#endif
