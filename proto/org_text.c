#include "proto/org_text.h"

#include <string.h>

#include "proto/bounds.h"
#include "proto/canon.h"
#include "proto/role.h"

void org_text_render(struct buf *out, const struct genesis_org *org)
{
	buf_print(out, "organisation %s\n", org->id);
	if (org->name_zh[0] != '\0')
		buf_print(out, "name-zh %s\n", org->name_zh);
	if (org->name_en[0] != '\0')
		buf_print(out, "name-en %s\n", org->name_en);
	buf_print(out, "roles ");
	roles_render(out, org->roles);
	buf_u8(out, '\n');
	for (uint32_t i = 0; i < org->keys_count; i++) {
		buf_print(out, "key ");
		buf_hex(out, org->keys[i].key.b, sizeof(org->keys[i].key.b));
		buf_u8(out, ' ');
		purposes_render(out, org->keys[i].purposes);
		buf_u8(out, '\n');
	}
}

static void name_parse(struct lines *lines, const char *word, char out[ORG_NAME_MAX + 1])
{
	struct bytes name;

	out[0] = '\0';
	if (!lines_peek(lines, word))
		return;
	name = lines_field(lines, word);
	/* First the characters: a NUL inside would cut the copy short. */
	if (!canon_text_is_valid(name))
		lines_fail(lines);
	lines_copy(lines, out, ORG_NAME_MAX, name);
}

static void key_parse(struct lines *lines, struct genesis_org *out)
{
	struct genesis_key *key = &out->keys[out->keys_count];
	struct bytes line;

	if (out->keys_count == GENESIS_ORG_KEYS_MAX) {
		lines_fail(lines);
		return;
	}
	line = lines_field(lines, "key");
	lines_word_key(lines, &line, &key->key);
	if (!purposes_parse(&key->purposes, lines_word(lines, &line)))
		lines_fail(lines);
	lines_end(lines, line);
	out->keys_count++;
}

void org_text_parse(struct lines *lines, struct genesis_org *out)
{
	struct bytes id = lines_field(lines, "organisation");

	*out = (struct genesis_org){.roles = 0};
	if (!bound_form_fits(FORM_SEGMENT, id))
		lines_fail(lines);
	lines_copy(lines, out->id, LIMIT_SEGMENT, id);
	name_parse(lines, "name-zh", out->name_zh);
	name_parse(lines, "name-en", out->name_en);
	if (!roles_parse(&out->roles, lines_field(lines, "roles")))
		lines_fail(lines);
	while (lines_peek(lines, "key"))
		key_parse(lines, out);
}

static bool key_is_sound(const struct genesis_org *org, uint32_t i)
{
	const struct genesis_key *key = &org->keys[i];

	if (!purposes_are_valid(key->purposes) || !sign_key_is_valid(&key->key))
		return false;
	return i == 0 || public_key_compare(&key[-1].key, &key->key) < 0;
}

bool org_is_sound(const struct genesis_org *org)
{
	if (!bound_form_fits(FORM_SEGMENT, bytes_text(org->id)) || !roles_are_valid(org->roles))
		return false;
	if (org->name_zh[0] == '\0' && org->name_en[0] == '\0')
		return false;
	if (!canon_text_is_valid(bytes_text(org->name_zh)) ||
	    !canon_text_is_valid(bytes_text(org->name_en)))
		return false;
	if (org->keys_count == 0 || org->keys_count > GENESIS_ORG_KEYS_MAX)
		return false;
	for (uint32_t i = 0; i < org->keys_count; i++) {
		if (!key_is_sound(org, i))
			return false;
	}
	return true;
}
