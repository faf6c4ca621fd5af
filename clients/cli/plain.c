#include "clients/cli/plain.h"

#include <stdlib.h>
#include <string.h>

/* Of one character: how many bytes, 0 where they are not UTF-8. */
static size_t utf8_read(const uint8_t *at, size_t len, uint32_t *out)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t size = at[0] < 0x80 ? 1
		      : at[0] >> 5 == 0x06 ? 2
		      : at[0] >> 4 == 0x0e ? 3
		      : at[0] >> 3 == 0x1e ? 4
					   : 0;
	uint32_t character;

	if (size == 0 || size > len)
		return 0;
	character = size == 1 ? at[0] : at[0] & (0x7fu >> size);
	for (size_t i = 1; i < size; i++) {
		if (at[i] >> 6 != 0x02)
			return 0;
		character = character << 6 | (at[i] & 0x3fu);
	}
	if (character < least[size] || character > 0x10ffff ||
	    (character >= 0xd800 && character <= 0xdfff))
		return 0;
	*out = character;
	return size;
}

size_t utf8_size(const uint8_t *at, size_t len)
{
	uint32_t character;

	return utf8_read(at, len, &character);
}

/* C0, DEL, C1; marks, embeddings, overrides and isolates of direction; separators of
 * lines and paragraphs; the mark of byte order, which no terminal shows. */
static bool is_disruptive(uint32_t character)
{
	return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x061c ||
	       (character >= 0x200e && character <= 0x200f) ||
	       (character >= 0x2028 && character <= 0x202e) ||
	       (character >= 0x2066 && character <= 0x2069) || character == 0xfeff;
}

void plain_add(struct buf *out, const char *text, size_t len, bool keeps_lines)
{
	const uint8_t *at = (const uint8_t *)text;

	while (len > 0) {
		uint32_t character = at[0];
		size_t size = utf8_read(at, len, &character);
		bool is_kept = keeps_lines && (character == '\n' || character == '\t');

		if (size == 0)
			buf_print(out, "\\x%02x", (unsigned)at[0]);
		else if (is_disruptive(character) && !is_kept)
			buf_print(out, "\\u%04x", (unsigned)character);
		else
			buf_add(out, at, size);
		at += size == 0 ? 1 : size;
		len -= size == 0 ? 1 : size;
	}
}

char *plain_text(const char *text, bool keeps_lines)
{
	size_t len = strlen(text);
	struct buf out;

	buf_init(&out, 6 * len + 1); /* the longest escape is one of six */
	plain_add(&out, text, len, keeps_lines);
	buf_u8(&out, 0);
	ASSERT(!out.has_failed);
	return (char *)out.at;
}

bool plain_dump(FILE *to, const json_t *json, size_t flags)
{
	char *text = json_dumps(json, flags | JSON_PRESERVE_ORDER);
	char *plain = text != NULL ? plain_text(text, true) : NULL;
	bool is_done = plain != NULL && fputs(plain, to) >= 0 && fputc('\n', to) >= 0;

	free(plain);
	free(text);
	return is_done;
}

json_t *plain_json(const char *text)
{
	json_t *json = json_string(text);
	char *plain;

	if (json != NULL)
		return json;
	plain = plain_text(text, false);
	json = json_string(plain);
	free(plain);
	return json;
}
