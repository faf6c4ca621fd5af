#include "proto/genesis_file.h"

#include <string.h>

#include "crypto/digest.h"
#include "proto/bounds.h"
#include "proto/lines.h"

#define FOUND_MAX 128

void genesis_file_render(struct buf *out, const struct genesis_file *file)
{
	buf_add_bytes(out, file->document);
	buf_u8(out, '\n');
	for (uint32_t i = 0; i < file->founders_count; i++) {
		const struct founder *founder = &file->founders[i];

		buf_print(out, "founder %s ", founder->org);
		buf_hex(out, founder->key.b, sizeof(founder->key.b));
		buf_u8(out, ' ');
		buf_hex(out, founder->signature.b, sizeof(founder->signature.b));
		buf_u8(out, '\n');
	}
}

static void founder_parse(struct lines *lines, struct genesis_file *out)
{
	struct founder *founder = &out->founders[out->founders_count];
	struct bytes line;
	struct bytes org;

	if (out->founders_count == LIMIT_VALIDATORS) {
		lines_fail(lines);
		return;
	}
	line = lines_field(lines, "founder");
	org = lines_word(lines, &line);
	lines_copy(lines, founder->org, LIMIT_SEGMENT, org);
	if (!bound_form_fits(FORM_SEGMENT, org))
		lines_fail(lines);
	lines_word_key(lines, &line, &founder->key);
	lines_word_signature(lines, &line, &founder->signature);
	lines_end(lines, line);
	if (out->founders_count > 0 && strcmp(founder[-1].org, founder->org) >= 0)
		lines_fail(lines);
	out->founders_count++;
}

enum err genesis_file_parse(struct genesis_file *out, struct bytes text)
{
	struct lines lines = lines_of(text);
	const uint8_t *end;

	if (text.len == 0 || text.len > GENESIS_FILE_BYTES)
		return ERR_GENESIS_FORM;
	/* No line of a document is empty, so the first empty line ends it. */
	end = memmem(text.at, text.len, "\n\n", 2);
	if (end == NULL)
		return ERR_GENESIS_FORM;
	out->document = bytes_of(text.at, (size_t)(end - text.at) + 1);
	out->founders_count = 0;
	lines.left = bytes_of(end + 2, text.len - out->document.len - 1);
	while (!lines.has_failed && lines.left.len > 0)
		founder_parse(&lines, out);
	return lines_is_done(&lines) ? ERR_OK : ERR_GENESIS_FORM;
}

static bool is_founder(const struct genesis *genesis, const char *org)
{
	for (uint32_t i = 0; i < genesis->set.count; i++) {
		if (strcmp(genesis->set.validators[i].org, org) == 0)
			return true;
	}
	return false;
}

static bool has_govern_key(const struct genesis *genesis, const struct founder *founder)
{
	for (uint32_t i = 0; i < genesis->orgs_count; i++) {
		const struct genesis_org *org = &genesis->orgs[i];

		if (strcmp(org->id, founder->org) != 0)
			continue;
		for (uint32_t k = 0; k < org->keys_count; k++) {
			if (public_key_equal(&org->keys[k].key, &founder->key))
				return (org->keys[k].purposes &
					1u << STELE__PURPOSE__PURPOSE_GOVERN) != 0;
		}
	}
	return false;
}

bool founder_verifies(const struct founder *founder, const struct genesis *genesis)
{
	struct hash digest;
	struct buf text;

	if (!is_founder(genesis, founder->org) || !has_govern_key(genesis, founder))
		return false;
	buf_init(&text, FOUND_MAX);
	genesis_found_text(&text, &genesis->chain);
	ASSERT(!text.has_failed);
	sha256(&digest, text.at, text.len);
	buf_release(&text);
	return sign_verify(&founder->key, &digest, &founder->signature);
}

static bool has_signed(const struct genesis_file *file, const char *org)
{
	for (uint32_t i = 0; i < file->founders_count; i++) {
		if (strcmp(file->founders[i].org, org) == 0)
			return true;
	}
	return false;
}

enum err genesis_file_check(const struct genesis_file *file, const struct genesis *genesis,
			    const char **missing)
{
	const char *culprit = NULL;

	for (uint32_t i = 0; i < file->founders_count && culprit == NULL; i++) {
		if (!founder_verifies(&file->founders[i], genesis))
			culprit = file->founders[i].org;
	}
	for (uint32_t i = 0; i < genesis->set.count && culprit == NULL; i++) {
		if (!has_signed(file, genesis->set.validators[i].org))
			culprit = genesis->set.validators[i].org;
	}
	if (culprit == NULL)
		return ERR_OK;
	if (missing != NULL)
		*missing = culprit;
	return ERR_GENESIS_SIGNATURES;
}
