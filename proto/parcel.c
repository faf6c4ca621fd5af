#include "proto/parcel.h"

#include "base/limits.h"
#include "crypto/digest.h"
#include "proto/domain.h"
#include "proto/lines.h"

void parcel_text_render(struct buf *out, const struct parcel_text *text)
{
	buf_print(out, "%schain ", DOMAIN_PARCEL);
	buf_hex(out, text->chain.b, sizeof(text->chain.b));
	buf_print(out, "\nepoch %llu\nauthor %u\nsequence %llu\nexpires %llu\n",
		  (unsigned long long)text->epoch, text->author,
		  (unsigned long long)text->sequence, (unsigned long long)text->expires);
	buf_print(out, "count %u\nbytes %u\npayload ", text->count, text->bytes);
	buf_hex(out, text->payload.b, sizeof(text->payload.b));
	buf_u8(out, '\n');
}

enum err parcel_text_parse(struct parcel_text *out, struct bytes text)
{
	struct lines lines = lines_of(text);

	lines_expect(&lines, "stele/v1 parcel");
	lines_hash(&lines, "chain", &out->chain);
	out->epoch = lines_decimal(&lines, "epoch");
	out->author = (uint32_t)lines_decimal_max(&lines, "author", LIMIT_VALIDATORS - 1);
	out->sequence = lines_decimal(&lines, "sequence");
	out->expires = lines_decimal(&lines, "expires");
	out->count = (uint32_t)lines_decimal_max(&lines, "count", LIMIT_PARCEL_TRANSACTIONS);
	out->bytes = (uint32_t)lines_decimal_max(&lines, "bytes", LIMIT_PARCEL_BYTES);
	lines_hash(&lines, "payload", &out->payload);
	if (!lines_is_done(&lines) || out->count == 0 || out->bytes == 0)
		return ERR_PARCEL_FORM;
	return ERR_OK;
}

bool parcel_next(struct cursor *payload, struct bytes *transaction)
{
	struct bytes next;
	uint32_t len;

	if (payload->has_failed || payload->left == 0)
		return false;
	len = cursor_u32(payload);
	if (len == 0 || len > LIMIT_TX_BYTES)
		payload->has_failed = true;
	next = cursor_take(payload, len);
	if (payload->has_failed)
		return false;
	*transaction = next;
	return true;
}

static bool payload_fits(const struct parcel_text *text, struct bytes payload)
{
	struct cursor cursor = cursor_of(payload);
	struct bytes transaction;
	struct hash hash;
	uint32_t count = 0;

	if (payload.len != text->bytes)
		return false;
	while (parcel_next(&cursor, &transaction))
		count++;
	if (!cursor_is_done(&cursor) || count != text->count)
		return false;
	sha256(&hash, payload.at, payload.len);
	return hash_equal(&hash, &text->payload);
}

enum err parcel_check_form(struct bytes text, struct bytes payload, const struct hash *chain,
			   const struct set *set, uint64_t epoch, struct parcel_text *out)
{
	struct parcel_text parsed;
	enum err err = parcel_text_parse(&parsed, text);

	if (err != ERR_OK)
		return err;
	if (!hash_equal(&parsed.chain, chain) || parsed.epoch != epoch ||
	    parsed.author >= set->count || !payload_fits(&parsed, payload))
		return ERR_PARCEL_FORM;
	*out = parsed;
	return ERR_OK;
}

enum err parcel_check(struct bytes text, const struct signature *signature, struct bytes payload,
		      const struct hash *chain, const struct set *set, uint64_t epoch,
		      struct parcel_text *out)
{
	struct parcel_text parsed;
	struct hash digest;
	enum err err = parcel_check_form(text, payload, chain, set, epoch, &parsed);

	if (err != ERR_OK)
		return err;
	sha256(&digest, text.at, text.len);
	if (!sign_verify(&set->validators[parsed.author].node_key, &digest, signature))
		return ERR_PARCEL_SIGNATURE;
	*out = parsed;
	return ERR_OK;
}
