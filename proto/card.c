#include "proto/card.h"

#include <string.h>

#include "crypto/digest.h"
#include "proto/bounds.h"
#include "proto/domain.h"
#include "proto/lines.h"
#include "proto/org_text.h"

uint32_t card_keys_count(const struct card *card)
{
	return card->org.keys_count + (card->has_validator ? 2 : 0);
}

const struct public_key *card_key(const struct card *card, uint32_t index)
{
	ASSERT(index < card_keys_count(card));
	if (index < card->org.keys_count)
		return &card->org.keys[index].key;
	return index == card->org.keys_count ? &card->validator.consensus_key
					     : &card->validator.node_key;
}

void card_text(struct buf *out, const struct card *card)
{
	buf_print(out, "%snetwork %s\n", DOMAIN_CARD, card->network);
	org_text_render(out, &card->org);
	if (!card->has_validator)
		return;
	buf_print(out, "validator %s ", card->validator.id);
	buf_hex(out, card->validator.consensus_key.b, sizeof(card->validator.consensus_key.b));
	buf_u8(out, ' ');
	buf_hex(out, card->validator.node_key.b, sizeof(card->validator.node_key.b));
	buf_u8(out, '\n');
}

void card_render(struct buf *out, const struct card *card)
{
	card_text(out, card);
	for (uint32_t i = 0; i < card_keys_count(card); i++) {
		const struct public_key *key = card_key(card, i);

		buf_print(out, "signature ");
		buf_hex(out, key->b, sizeof(key->b));
		buf_u8(out, ' ');
		buf_hex(out, card->signatures[i].b, sizeof(card->signatures[i].b));
		buf_u8(out, '\n');
	}
}

static void validator_parse(struct lines *lines, struct card *out)
{
	struct bytes line = lines_field(lines, "validator");
	struct bytes id = lines_word(lines, &line);

	lines_copy(lines, out->validator.id, LIMIT_SEGMENT, id);
	if (!bound_form_fits(FORM_SEGMENT, id))
		lines_fail(lines);
	lines_word_key(lines, &line, &out->validator.consensus_key);
	lines_word_key(lines, &line, &out->validator.node_key);
	lines_end(lines, line);
	memcpy(out->validator.org, out->org.id, sizeof(out->validator.org));
}

static void signatures_parse(struct lines *lines, struct card *out)
{
	for (uint32_t i = 0; i < card_keys_count(out); i++) {
		struct bytes line = lines_field(lines, "signature");
		struct public_key key;

		lines_word_key(lines, &line, &key);
		lines_word_signature(lines, &line, &out->signatures[i]);
		lines_end(lines, line);
		if (lines->has_failed || !public_key_equal(&key, card_key(out, i))) {
			lines_fail(lines);
			return;
		}
	}
}

/* Every key is a point and stands on the card once. */
static bool keys_are_apart(const struct card *card)
{
	for (uint32_t i = 0; i < card_keys_count(card); i++) {
		if (!sign_key_is_valid(card_key(card, i)))
			return false;
		for (uint32_t k = 0; k < i; k++) {
			if (public_key_equal(card_key(card, i), card_key(card, k)))
				return false;
		}
	}
	return true;
}

enum err card_parse(struct card *out, struct bytes text, unsigned *line)
{
	struct lines lines = lines_of(text);
	struct bytes network;

	*line = 1;
	*out = (struct card){.has_validator = false};
	if (text.len > CARD_BYTES)
		return ERR_GENESIS_FORM;
	lines_expect(&lines, "stele/v1 card");
	network = lines_field(&lines, "network");
	if (!network_name_is_valid(network))
		lines_fail(&lines);
	lines_copy(&lines, out->network, GENESIS_NAME_MAX, network);
	org_text_parse(&lines, &out->org);
	out->has_validator = lines_peek(&lines, "validator");
	if (out->has_validator)
		validator_parse(&lines, out);
	signatures_parse(&lines, out);
	*line = lines.number;
	if (!lines_is_done(&lines) || !org_is_sound(&out->org) || !keys_are_apart(out))
		return ERR_GENESIS_FORM;
	return ERR_OK;
}

enum err card_check(const struct card *card, uint32_t *bad)
{
	struct hash digest;
	struct buf text;

	buf_init(&text, CARD_BYTES);
	card_text(&text, card);
	ASSERT(!text.has_failed);
	sha256(&digest, text.at, text.len);
	buf_release(&text);
	for (uint32_t i = 0; i < card_keys_count(card); i++) {
		if (sign_verify(card_key(card, i), &digest, &card->signatures[i]))
			continue;
		if (bad != NULL)
			*bad = i;
		return ERR_GENESIS_SIGNATURES;
	}
	return ERR_OK;
}
