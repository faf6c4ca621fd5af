#include "proto/certificate.h"

#include "base/mutant.h"
#include "crypto/digest.h"

static uint32_t bitmap_bytes(uint32_t n)
{
	return (n + 7) / 8;
}

static bool has_block(enum vote_kind kind)
{
	return kind != VOTE_NULLIFY;
}

static bool has_bit(const uint8_t *bitmap, uint32_t index)
{
	return (bitmap[index / 8] >> index % 8 & 1) != 0;
}

bool certificate_has_signer(const struct certificate *certificate, uint32_t index)
{
	return index < LIMIT_VALIDATORS && has_bit(certificate->signers, index);
}

void certificate_encode(struct buf *out, const struct certificate *certificate, uint32_t n)
{
	ASSERT(n >= 1 && n <= LIMIT_VALIDATORS);
	buf_u8(out, (uint8_t)certificate->kind);
	buf_u64(out, certificate->epoch);
	buf_hash(out, &certificate->set_hash);
	buf_u64(out, certificate->view);
	if (has_block(certificate->kind))
		buf_hash(out, &certificate->block);
	buf_add(out, certificate->signers, bitmap_bytes(n));
	for (uint32_t i = 0; i < certificate->signatures_count; i++)
		buf_add(out, certificate->signatures[i].b, sizeof(certificate->signatures[i].b));
	if (has_block(certificate->kind)) {
		ASSERT(certificate->header.len <= LIMIT_HEADER_BYTES);
		buf_u16(out, (uint16_t)certificate->header.len);
		buf_add_bytes(out, certificate->header);
	}
}

/* Signers and their signatures; false where a bit stands beyond the set. */
static bool signers_decode(struct certificate *out, struct cursor *cursor, uint32_t n)
{
	struct bytes bitmap = cursor_take(cursor, bitmap_bytes(n));

	for (size_t i = 0; i < sizeof(out->signers); i++)
		out->signers[i] = i < bitmap.len ? bitmap.at[i] : 0;
	out->signatures_count = 0;
	for (uint32_t i = 0; i < LIMIT_VALIDATORS; i++) {
		struct bytes signature;

		if (!certificate_has_signer(out, i))
			continue;
		if (i >= n)
			return false;
		signature = cursor_take(cursor, sizeof(out->signatures[0].b));
		for (size_t k = 0; k < signature.len; k++)
			out->signatures[out->signatures_count].b[k] = signature.at[k];
		out->signatures_count++;
	}
	return !cursor->has_failed;
}

static bool subject_take(struct certificate_subject *out, struct cursor *cursor)
{
	uint8_t kind = cursor_u8(cursor);

	if (kind < VOTE_NOTARIZE || kind > VOTE_FINALIZE)
		return false;
	out->kind = (enum vote_kind)kind;
	out->epoch = cursor_u64(cursor);
	cursor_hash(cursor, &out->set_hash);
	out->view = cursor_u64(cursor);
	out->block = (struct hash){{0}};
	if (has_block(out->kind))
		cursor_hash(cursor, &out->block);
	/* Decimals in the signed text are below 2^63. */
	return !cursor->has_failed && out->epoch <= INT64_MAX && out->view <= INT64_MAX;
}

enum err certificate_peek(struct certificate_subject *out, struct bytes data)
{
	struct certificate_subject subject;
	struct cursor cursor = cursor_of(data);

	if (!subject_take(&subject, &cursor))
		return ERR_CERT_FORM;
	*out = subject;
	return ERR_OK;
}

enum err certificate_decode(struct certificate *out, struct bytes data, uint32_t n)
{
	struct cursor cursor = cursor_of(data);
	struct certificate_subject subject;

	ASSERT(n >= 1 && n <= LIMIT_VALIDATORS);
	if (data.len > LIMIT_CERTIFICATE_BYTES || !subject_take(&subject, &cursor))
		return ERR_CERT_FORM;
	out->kind = subject.kind;
	out->epoch = subject.epoch;
	out->set_hash = subject.set_hash;
	out->view = subject.view;
	out->block = subject.block;
	if (!signers_decode(out, &cursor, n))
		return ERR_CERT_FORM;
	out->header = (struct bytes){NULL, 0};
	if (has_block(out->kind)) {
		uint16_t len = cursor_u16(&cursor);

		if (len == 0 || len > LIMIT_HEADER_BYTES)
			return ERR_CERT_FORM;
		out->header = cursor_take(&cursor, len);
	}
	return cursor_is_done(&cursor) ? ERR_OK : ERR_CERT_FORM;
}

static bool signatures_verify(const struct certificate *certificate, const struct hash *chain,
			      const struct set *set, const uint8_t *known)
{
	struct hash digest;
	uint32_t next = 0;

	if (mutant_on("signatures_unchecked"))
		return true;
	vote_digest(&digest, certificate->kind, chain, certificate->epoch, &set->hash,
		    certificate->view, &certificate->block);
	for (uint32_t i = 0; i < set->count; i++) {
		if (!certificate_has_signer(certificate, i))
			continue;
		if (!has_bit(known, i) &&
		    !sign_verify(&set->validators[i].consensus_key, &digest,
				 &certificate->signatures[next]))
			return false;
		next++;
	}
	return next == certificate->signatures_count;
}

/* Distinct members of the set that signed; members beyond it make it 0. */
static uint32_t signers_count(const struct certificate *certificate, uint32_t n)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < LIMIT_VALIDATORS; i++) {
		if (!certificate_has_signer(certificate, i))
			continue;
		if (i >= n && !mutant_on("bits_beyond_the_set"))
			return 0;
		count++;
	}
	return count;
}

static enum err header_check(const struct certificate *certificate, const struct hash *chain,
			     struct header *header)
{
	struct hash hash;
	enum err err;

	sha256(&hash, certificate->header.at, certificate->header.len);
	if (!hash_equal(&hash, &certificate->block))
		return ERR_CERT_MATCH;
	err = header_parse(header, certificate->header);
	if (err != ERR_OK)
		return err;
	if (!hash_equal(&header->chain, chain) || header->epoch != certificate->epoch ||
	    !hash_equal(&header->validators, &certificate->set_hash))
		return ERR_CERT_MATCH;
	/* R6b: a block that ends an epoch may be certified again in later views. */
	if (certificate->view == header->view ||
	    (header->has_next_validators && certificate->view > header->view))
		return ERR_OK;
	return ERR_CERT_MATCH;
}

enum err certificate_check(const struct certificate *certificate, const struct hash *chain,
			   const struct set *set, uint64_t epoch, struct header *header_out)
{
	static const uint8_t none[LIMIT_QUORUM_BITMAP];

	return certificate_check_rest(certificate, chain, set, epoch, none, header_out);
}

enum err certificate_check_rest(const struct certificate *certificate, const struct hash *chain,
				const struct set *set, uint64_t epoch, const uint8_t *known,
				struct header *header_out)
{
	struct header header;
	enum err err;

	if ((certificate->epoch != epoch || !hash_equal(&certificate->set_hash, &set->hash)) &&
	    !mutant_on("certificate_of_any_set"))
		return ERR_CERT_MATCH;
	if (signers_count(certificate, set->count) < set_quorum(set->count))
		return ERR_CERT_QUORUM;
	if (has_block(certificate->kind)) {
		err = header_check(certificate, chain, &header);
		if (err != ERR_OK)
			return err;
	}
	if (!signatures_verify(certificate, chain, set, known))
		return ERR_CERT_SIGNATURE;
	if (has_block(certificate->kind) && header_out != NULL)
		*header_out = header;
	return ERR_OK;
}
