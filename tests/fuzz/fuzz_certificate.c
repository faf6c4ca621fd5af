/* Certificates: what decodes is the same when encoded again, and what counts has a
 * quorum of distinct members.  The first byte chooses the size of the set, and whether
 * the signatures, and the header, are made right before the check. */
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "proto/certificate.h"
#include "tests/fuzz/keys.h"

#define FLAG_SIGNED 4u
#define FLAG_HEADER 8u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t members(const struct certificate *certificate)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < sizeof(certificate->signers); i++)
		count += (uint32_t)__builtin_popcount(certificate->signers[i]);
	return count;
}

/* Its header made to fit; false: it has none that parses. */
static bool fit_header(struct certificate *certificate, const struct set *set, struct buf *text)
{
	struct header header;

	if (header_parse(&header, certificate->header) != ERR_OK)
		return false;
	header.chain = *keys_chain();
	strcpy(header.origin, "fuzz/");
	hex_encode(header.origin + 5, header.chain.b, 8);
	header.validators = set->hash;
	header.epoch = 0;
	header.view = certificate->view;
	header_render(text, &header);
	certificate->header = buf_bytes(text);
	return !text->has_failed;
}

static void sign_all(struct certificate *certificate, const struct set *set)
{
	struct hash digest;
	uint32_t next = 0;

	certificate->epoch = 0;
	certificate->set_hash = set->hash;
	if (certificate->kind != VOTE_NULLIFY)
		sha256(&certificate->block, certificate->header.at, certificate->header.len);
	vote_digest(&digest, certificate->kind, keys_chain(), 0, &set->hash, certificate->view,
		    &certificate->block);
	for (uint32_t i = 0; i < set->count; i++) {
		if (certificate_has_signer(certificate, i))
			keys_sign_vote(&certificate->signatures[next++], set, i, &digest);
	}
}

static void check_again(const struct certificate *certificate, struct bytes data, uint32_t n)
{
	struct buf again;

	buf_init(&again, LIMIT_CERTIFICATE_BYTES);
	certificate_encode(&again, certificate, n);
	ASSERT(bytes_equal(buf_bytes(&again), data));
	buf_release(&again);
}

static void check_signed(struct certificate *certificate, const struct set *set, uint8_t flags)
{
	bool is_fit = certificate->kind == VOTE_NULLIFY;
	struct header header;
	struct buf text;
	enum err err;

	buf_init(&text, LIMIT_HEADER_BYTES);
	if ((flags & FLAG_HEADER) != 0 && !is_fit)
		is_fit = fit_header(certificate, set, &text);
	sign_all(certificate, set);
	err = certificate_check(certificate, keys_chain(), set, 0, &header);
	if (is_fit)
		ASSERT((err == ERR_OK) == (members(certificate) >= set_quorum(set->count)));
	if (err == ERR_OK)
		ASSERT(members(certificate) >= set_quorum(set->count));
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t sizes[] = {1, 4, 7, 4};
	static struct certificate certificate;
	const struct set *set;
	struct header header;

	if (size < 1)
		return 0;
	set = keys_set(sizes[data[0] & 3]);
	if (certificate_decode(&certificate, bytes_of(data + 1, size - 1), set->count) != ERR_OK)
		return 0;
	ASSERT(members(&certificate) == certificate.signatures_count);
	check_again(&certificate, bytes_of(data + 1, size - 1), set->count);
	/* nobody else has the keys, so that what counts was signed for */
	if (certificate_check(&certificate, keys_chain(), set, 0, &header) == ERR_OK)
		ASSERT(members(&certificate) >= set_quorum(set->count));
	if ((data[0] & FLAG_SIGNED) != 0)
		check_signed(&certificate, set, data[0]);
	return 0;
}
