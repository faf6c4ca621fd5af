/* Certificates: q or more votes for one thing, docs/protocol.md section 3.
 *
 * u8 kind | u64be epoch | set hash | u64be view | block hash (absent in nullify)
 * | bitmap of ceil(n/8) bytes, index i = bit i mod 8, least significant first,
 * of byte i/8 | signatures in index order | for notarize and finalize: u16be
 * length and header text.  n is that of the set with that hash. */
#ifndef STELE_PROTO_CERTIFICATE_H
#define STELE_PROTO_CERTIFICATE_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/limits.h"
#include "proto/header.h"
#include "proto/set.h"
#include "proto/vote.h"

struct certificate_subject {
	enum vote_kind kind;
	uint64_t epoch;
	struct hash set_hash;
	uint64_t view;
	struct hash block; /* zero in nullify */
};

struct certificate {
	enum vote_kind kind;
	uint64_t epoch;
	struct hash set_hash;
	uint64_t view;
	struct hash block;
	uint8_t signers[LIMIT_QUORUM_BITMAP];
	uint32_t signatures_count;
	struct signature signatures[LIMIT_VALIDATORS]; /* in index order */
	struct bytes header; /* text; a view into what was decoded; empty in nullify */
};

bool certificate_has_signer(const struct certificate *certificate, uint32_t index);
/* n: size of the set. */
void certificate_encode(struct buf *out, const struct certificate *certificate, uint32_t n);
/* What it says it is about, from its first bytes alone: most certificates that come are of
 * what is known.  ERR_CERT_FORM. */
MUST_CHECK enum err certificate_peek(struct certificate_subject *out, struct bytes data);
/* Form alone: exact length, zero pad bits, bits = signatures.  ERR_CERT_FORM.
 * out->header points into data. */
MUST_CHECK enum err certificate_decode(struct certificate *out, struct bytes data, uint32_t n);
/* Everything a certificate must be to count: set hash and epoch those of the
 * set, >= q bits, every signature valid, header text strict, its hash = block,
 * its chain, epoch and validators fit, its view fits (rule R6b).
 * ERR_CERT_QUORUM, ERR_CERT_SIGNATURE, ERR_CERT_MATCH, ERR_TEXT_FORM.
 * header_out (may be NULL) gets the parsed header. */
MUST_CHECK enum err certificate_check(const struct certificate *certificate,
				      const struct hash *chain, const struct set *set,
				      uint64_t epoch, struct header *header_out);
/* The same where the caller has checked some of the signatures before, each as that of
 * this signer on this vote: known has a bit for them, as in signers. */
MUST_CHECK enum err certificate_check_rest(const struct certificate *certificate,
					   const struct hash *chain, const struct set *set,
					   uint64_t epoch, const uint8_t *known,
					   struct header *header_out);

#endif
