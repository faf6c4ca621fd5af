#include "proto/body.h"

#include "proto/lines.h"

void body_render(struct buf *out, const struct body *body)
{
	buf_print(out, "stele/v1 body\n");
	for (uint32_t i = 0; i < body->evidence_count; i++) {
		buf_print(out, "evidence ");
		buf_hex(out, body->evidence[i].id.b, 32);
		buf_u8(out, ' ');
		buf_hex(out, body->evidence[i].text_hash.b, 32);
		buf_u8(out, '\n');
	}
	for (uint32_t i = 0; i < body->parcels_count; i++) {
		const struct body_parcel *parcel = &body->parcels[i];

		buf_print(out, "parcel ");
		buf_hex(out, parcel->digest.b, 32);
		buf_print(out, " %u %u %u\n", parcel->author, parcel->count, parcel->bytes);
	}
}

static void evidence_parse(struct lines *lines, struct body *out)
{
	struct body_evidence *evidence = &out->evidence[out->evidence_count];
	struct bytes line;

	if (out->evidence_count == LIMIT_EVIDENCE_PER_BLOCK) {
		lines_fail(lines);
		return;
	}
	line = lines_field(lines, "evidence");
	lines_word_hash(lines, &line, &evidence->id);
	lines_word_hash(lines, &line, &evidence->text_hash);
	lines_end(lines, line);
	if (out->evidence_count > 0 && hash_compare(&evidence[-1].id, &evidence->id) >= 0)
		lines_fail(lines);
	out->evidence_count++;
}

static bool is_named_before(const struct body *body, const struct hash *digest)
{
	for (uint32_t i = 0; i < body->parcels_count; i++) {
		if (hash_equal(&body->parcels[i].digest, digest))
			return true;
	}
	return false;
}

static void parcel_parse(struct lines *lines, struct body *out)
{
	struct body_parcel *parcel = &out->parcels[out->parcels_count];
	struct bytes line;

	if (out->parcels_count == LIMIT_BODY_PARCELS) {
		lines_fail(lines);
		return;
	}
	line = lines_field(lines, "parcel");
	lines_word_hash(lines, &line, &parcel->digest);
	parcel->author = (uint32_t)lines_word_decimal(lines, &line, LIMIT_VALIDATORS - 1);
	parcel->count = (uint32_t)lines_word_decimal(lines, &line, LIMIT_PARCEL_TRANSACTIONS);
	parcel->bytes = (uint32_t)lines_word_decimal(lines, &line, LIMIT_PARCEL_BYTES);
	lines_end(lines, line);
	if (parcel->count == 0 || parcel->bytes == 0 || is_named_before(out, &parcel->digest))
		lines_fail(lines);
	out->parcels_count++;
}

static bool sums_fit(const struct body *body)
{
	uint64_t count = 0;
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < body->parcels_count; i++) {
		count += body->parcels[i].count;
		bytes += body->parcels[i].bytes;
	}
	return count <= LIMIT_BLOCK_TRANSACTIONS && bytes <= LIMIT_BLOCK_PAYLOAD_BYTES;
}

uint32_t body_evidence_count(struct bytes text)
{
	struct lines lines = lines_of(text);
	uint32_t count = 0;

	lines_expect(&lines, "stele/v1 body");
	while (lines_peek(&lines, "evidence")) {
		(void)lines_field(&lines, "evidence");
		count++;
	}
	return count;
}

enum err body_parse(struct body *out, struct bytes text)
{
	struct lines lines = lines_of(text);

	out->evidence_count = 0;
	out->parcels_count = 0;
	if (text.len > LIMIT_BODY_BYTES)
		return ERR_TEXT_FORM;
	lines_expect(&lines, "stele/v1 body");
	while (lines_peek(&lines, "evidence"))
		evidence_parse(&lines, out);
	while (lines_peek(&lines, "parcel"))
		parcel_parse(&lines, out);
	return lines_is_done(&lines) && sums_fit(out) ? ERR_OK : ERR_TEXT_FORM;
}
