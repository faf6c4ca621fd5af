/* Certificates against the frozen vectors, and what makes one count. */
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "proto/certificate.h"
#include "tests/unit/proto/vectors.h"

/* The first error of decoding and checking. */
static enum err first_error(struct bytes data, const struct set *set, const struct hash *chain)
{
	struct certificate *certificate = malloc(sizeof(*certificate));
	struct header header;
	enum err err;

	ck_assert_ptr_nonnull(certificate);
	err = certificate_decode(certificate, data, set->count);
	if (err == ERR_OK) {
		struct buf again;

		buf_init(&again, LIMIT_CERTIFICATE_BYTES);
		certificate_encode(&again, certificate, set->count);
		ck_assert(bytes_equal(buf_bytes(&again), data));
		buf_release(&again);
		err = certificate_check(certificate, chain, set, 0, &header);
	}
	free(certificate);
	return err;
}

UNIT_TEST(certificates_agree)
{
	json_t *json = vectors("certificates.json");
	const json_t *vector;
	struct hash chain;
	struct set set;
	size_t i;

	vector_set(&set);
	vector_chain(&chain);
	json_array_foreach(unit_json_array(json, "certificates"), i, vector) {
		struct buf data;
		enum err err;

		buf_init(&data, LIMIT_CERTIFICATE_BYTES);
		vector_bytes(vector, "bytes", &data);
		err = first_error(buf_bytes(&data), &set, &chain);
		ck_assert_msg((uint64_t)err == vector_number(vector, "error"), "%s: %s",
			      unit_json_text(vector, "name"), err_name(err));
		buf_release(&data);
	}
	json_decref(json);
}

static struct buf good_bytes(void)
{
	json_t *json = vectors("certificates.json");
	struct buf data;

	buf_init(&data, LIMIT_CERTIFICATE_BYTES);
	vector_bytes(json_array_get(unit_json_array(json, "certificates"), 2), "bytes", &data);
	json_decref(json);
	return data;
}

UNIT_TEST(no_changed_byte_counts)
{
	struct buf data = good_bytes();
	struct hash chain;
	struct set set;

	vector_set(&set);
	vector_chain(&chain);
	ck_assert_int_eq(first_error(buf_bytes(&data), &set, &chain), ERR_OK);
	for (size_t i = 0; i < data.len; i += 3) {
		data.at[i] ^= 4;
		ck_assert_int_ne(first_error(buf_bytes(&data), &set, &chain), ERR_OK);
		data.at[i] ^= 4;
		ck_assert_int_eq(first_error(bytes_of(data.at, i), &set, &chain), ERR_CERT_FORM);
	}
	buf_release(&data);
}

UNIT_TEST(another_chain_set_or_epoch_does_not_match)
{
	struct buf data = good_bytes();
	struct certificate certificate;
	struct hash chain;
	struct set set;

	vector_set(&set);
	vector_chain(&chain);
	ck_assert_int_eq(certificate_decode(&certificate, buf_bytes(&data), set.count), ERR_OK);
	ck_assert_int_eq(certificate_check(&certificate, &chain, &set, 0, NULL), ERR_OK);
	ck_assert_int_eq(certificate_check(&certificate, &chain, &set, 1, NULL), ERR_CERT_MATCH);
	ck_assert_int_eq(certificate_check(&certificate, &set.hash, &set, 0, NULL),
			 ERR_CERT_MATCH);
	set.hash.b[0] ^= 1;
	ck_assert_int_eq(certificate_check(&certificate, &chain, &set, 0, NULL), ERR_CERT_MATCH);
	buf_release(&data);
}

/* Only the signature of a signer that is known goes unchecked, and nothing else. */
UNIT_TEST(signatures_that_are_known_are_not_checked_again)
{
	struct buf data = good_bytes();
	uint8_t known[LIMIT_QUORUM_BITMAP] = {1u << 2};
	struct certificate certificate;
	struct hash chain;
	struct set set;

	vector_set(&set);
	vector_chain(&chain);
	ck_assert_int_eq(certificate_decode(&certificate, buf_bytes(&data), set.count), ERR_OK);
	ck_assert(certificate_has_signer(&certificate, 2));
	ck_assert(!certificate_has_signer(&certificate, 1));
	certificate.signatures[1].b[5] ^= 1; /* that of 2, after that of 0 */
	ck_assert_int_eq(certificate_check(&certificate, &chain, &set, 0, NULL),
			 ERR_CERT_SIGNATURE);
	ck_assert_int_eq(certificate_check_rest(&certificate, &chain, &set, 0, known, NULL), ERR_OK);
	ck_assert_int_eq(certificate_check_rest(&certificate, &chain, &set, 1, known, NULL),
			 ERR_CERT_MATCH);
	certificate.signatures[0].b[5] ^= 1;
	ck_assert_int_eq(certificate_check_rest(&certificate, &chain, &set, 0, known, NULL),
			 ERR_CERT_SIGNATURE);
	buf_release(&data);
}

/* A struct made in memory may claim signers that no set has. */
UNIT_TEST(signers_beyond_the_set_make_no_quorum)
{
	struct buf data = good_bytes();
	struct certificate certificate;
	struct hash chain;
	struct set set;

	vector_set(&set);
	vector_chain(&chain);
	ck_assert_int_eq(certificate_decode(&certificate, buf_bytes(&data), set.count), ERR_OK);
	ck_assert(certificate_has_signer(&certificate, 0));
	ck_assert(!certificate_has_signer(&certificate, 1));
	ck_assert(!certificate_has_signer(&certificate, 4000));
	certificate.signers[5] = 0xff;
	ck_assert_int_eq(certificate_check(&certificate, &chain, &set, 0, NULL), ERR_CERT_QUORUM);
	buf_release(&data);
}

/* At the offset of a field of the good certificate: kind, epoch, set, view, block,
 * bitmap, signatures, header. */
#define AT_EPOCH 1u
#define AT_VIEW 41u

UNIT_TEST(numbers_of_2_to_the_63_are_no_numbers)
{
	struct buf data = good_bytes();
	struct certificate certificate;

	data.at[AT_EPOCH] ^= 0x80;
	ck_assert_int_eq(certificate_decode(&certificate, buf_bytes(&data), 4), ERR_CERT_FORM);
	data.at[AT_EPOCH] ^= 0x80;
	data.at[AT_VIEW] ^= 0x80;
	ck_assert_int_eq(certificate_decode(&certificate, buf_bytes(&data), 4), ERR_CERT_FORM);
	data.at[AT_VIEW] ^= 0x80;
	ck_assert_int_eq(certificate_decode(&certificate, buf_bytes(&data), 4), ERR_OK);
	buf_release(&data);
}

UNIT_TEST(lengths_are_bounded_before_anything_is_read)
{
	struct buf data = good_bytes();
	struct certificate certificate;
	struct buf long_data;
	size_t header_at;

	ck_assert_int_eq(certificate_decode(&certificate, buf_bytes(&data), 4), ERR_OK);
	header_at = data.len - certificate.header.len;
	/* a header of no length */
	data.at[header_at - 2] = data.at[header_at - 1] = 0;
	ck_assert_int_eq(certificate_decode(&certificate, bytes_of(data.at, header_at), 4),
			 ERR_CERT_FORM);
	buf_init(&long_data, 2 * LIMIT_CERTIFICATE_BYTES);
	buf_add_bytes(&long_data, buf_bytes(&data));
	while (long_data.len <= LIMIT_CERTIFICATE_BYTES)
		buf_u8(&long_data, 0);
	ck_assert_int_eq(certificate_decode(&certificate, buf_bytes(&long_data), 4), ERR_CERT_FORM);
	buf_release(&long_data);
	buf_release(&data);
}

/* What a certificate by the same signers is worth over another header text. */
static enum err over_header(struct certificate *certificate, struct bytes text)
{
	struct hash chain;
	struct set set;

	vector_set(&set);
	vector_chain(&chain);
	certificate->header = text;
	sha256(&certificate->block, text.at, text.len);
	return certificate_check(certificate, &chain, &set, 0, NULL);
}

/* A certificate with signatures for another block halted a chain elsewhere: every
 * value of the header that is certified is bound to what is signed. */
UNIT_TEST(header_of_another_epoch_set_or_view_does_not_match)
{
	struct buf data = good_bytes();
	struct certificate certificate;
	struct header header, changed;
	struct buf text;

	ck_assert_int_eq(certificate_decode(&certificate, buf_bytes(&data), 4), ERR_OK);
	ck_assert_int_eq(header_parse(&header, certificate.header), ERR_OK);
	buf_init(&text, LIMIT_HEADER_BYTES);
	for (int i = 0; i < 4; i++) {
		changed = header;
		if (i == 0)
			changed.epoch++;
		else if (i == 1)
			changed.validators.b[0] ^= 1;
		else if (i == 2)
			changed.view++;
		else
			changed.state.b[0] ^= 1; /* fits in all, and was not signed */
		buf_reset(&text);
		header_render(&text, &changed);
		ck_assert_int_eq(over_header(&certificate, buf_bytes(&text)),
				 i < 3 ? ERR_CERT_MATCH : ERR_CERT_SIGNATURE);
	}
	ck_assert_int_eq(over_header(&certificate, bytes_text("no header\n")), ERR_TEXT_FORM);
	buf_release(&text);
	buf_release(&data);
}

UNIT_TEST(certificate_without_any_signature_is_none)
{
	struct buf data = good_bytes();
	struct certificate certificate;
	struct hash chain;
	struct set set;

	vector_set(&set);
	vector_chain(&chain);
	ck_assert_int_eq(certificate_decode(&certificate, buf_bytes(&data), 4), ERR_OK);
	memset(certificate.signers, 0, sizeof(certificate.signers));
	certificate.signatures_count = 0;
	ck_assert_int_eq(certificate_check(&certificate, &chain, &set, 0, NULL), ERR_CERT_QUORUM);
	buf_release(&data);
}

UNIT_TEST(greatest_certificate_fits_its_limit)
{
	struct certificate *certificate = calloc(1, sizeof(*certificate));
	static const uint8_t header[LIMIT_HEADER_BYTES];
	struct buf data;

	ck_assert_ptr_nonnull(certificate);
	certificate->kind = VOTE_FINALIZE;
	memset(certificate->signers, 0xff, sizeof(certificate->signers));
	certificate->signatures_count = LIMIT_VALIDATORS;
	certificate->header = bytes_of(header, sizeof(header));
	buf_init(&data, LIMIT_CERTIFICATE_BYTES);
	certificate_encode(&data, certificate, LIMIT_VALIDATORS);
	ck_assert(!data.has_failed);
	ck_assert_int_eq(certificate_decode(certificate, buf_bytes(&data), LIMIT_VALIDATORS),
			 ERR_OK);
	buf_release(&data);
	free(certificate);
}

UNIT_TEST(subject_is_read_from_the_first_bytes_or_not_at_all)
{
	struct buf data = good_bytes();
	struct certificate *certificate = malloc(sizeof(*certificate));
	struct certificate_subject subject;
	struct set set;
	size_t needed = 0;

	vector_set(&set);
	ck_assert_ptr_nonnull(certificate);
	ck_assert_int_eq(certificate_decode(certificate, buf_bytes(&data), set.count), ERR_OK);
	while (certificate_peek(&subject, bytes_of(data.at, needed)) != ERR_OK)
		needed++;
	ck_assert_uint_gt(needed, sizeof(struct hash));
	ck_assert_uint_lt(needed, data.len);
	ck_assert_int_eq(subject.kind, certificate->kind);
	ck_assert_uint_eq(subject.view, certificate->view);
	ck_assert(hash_equal(&subject.block, &certificate->block));
	free(certificate);
	buf_release(&data);
}

UNIT_MAIN("certificate", certificates_agree, no_changed_byte_counts,
	  another_chain_set_or_epoch_does_not_match, signers_beyond_the_set_make_no_quorum,
	  numbers_of_2_to_the_63_are_no_numbers, lengths_are_bounded_before_anything_is_read,
	  header_of_another_epoch_set_or_view_does_not_match,
	  certificate_without_any_signature_is_none, signatures_that_are_known_are_not_checked_again,
	  greatest_certificate_fits_its_limit,
	  subject_is_read_from_the_first_bytes_or_not_at_all)
