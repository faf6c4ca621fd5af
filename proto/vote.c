#include "proto/vote.h"

#include "base/limits.h"
#include "base/mutant.h"
#include "crypto/digest.h"
#include "proto/domain.h"

static const char *domain(enum vote_kind kind)
{
	switch (kind) {
	case VOTE_NOTARIZE:
		return DOMAIN_NOTARIZE;
	case VOTE_NULLIFY:
		return DOMAIN_NULLIFY;
	case VOTE_FINALIZE:
		return DOMAIN_FINALIZE;
	}
	UNREACHABLE();
}

const char *vote_kind_name(enum vote_kind kind)
{
	switch (kind) {
	case VOTE_NOTARIZE:
		return "notarize";
	case VOTE_NULLIFY:
		return "nullify";
	case VOTE_FINALIZE:
		return "finalize";
	}
	UNREACHABLE();
}

void vote_text(struct buf *out, enum vote_kind kind, const struct hash *chain, uint64_t epoch,
	       const struct hash *set_hash, uint64_t view, const struct hash *block)
{
	static const struct hash nothing;

	if (mutant_on("vote_without_chain"))
		chain = &nothing;
	buf_print(out, "%schain ", domain(kind));
	buf_hex(out, chain->b, sizeof(chain->b));
	buf_print(out, "\nepoch %llu\nset ", (unsigned long long)epoch);
	buf_hex(out, set_hash->b, sizeof(set_hash->b));
	buf_print(out, "\nview %llu\n", (unsigned long long)view);
	if (kind == VOTE_NULLIFY)
		return;
	buf_print(out, "block ");
	buf_hex(out, block->b, sizeof(block->b));
	buf_u8(out, '\n');
}

void vote_digest(struct hash *out, enum vote_kind kind, const struct hash *chain, uint64_t epoch,
		 const struct hash *set_hash, uint64_t view, const struct hash *block)
{
	struct buf text;

	buf_init(&text, LIMIT_VOTE_BYTES);
	vote_text(&text, kind, chain, epoch, set_hash, view, block);
	ASSERT(!text.has_failed);
	sha256(out, text.at, text.len);
	buf_release(&text);
}

enum err vote_check(const struct vote *vote, const struct hash *chain, const struct set *set)
{
	struct hash digest;

	if (vote->signer >= set->count)
		return ERR_CERT_SIGNATURE;
	vote_digest(&digest, vote->kind, chain, vote->epoch, &set->hash, vote->view, &vote->block);
	return sign_verify(&set->validators[vote->signer].consensus_key, &digest,
			   &vote->signature)
		       ? ERR_OK
		       : ERR_CERT_SIGNATURE;
}
