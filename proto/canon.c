#include "proto/canon.h"

/* Bytes that a lead byte asks for after itself, and the least code point that
 * needs so many; 0 for a byte that leads nothing. */
static unsigned continuation(uint8_t lead, uint32_t *least)
{
	if ((lead & 0xe0) == 0xc0) {
		*least = 0x80;
		return 1;
	}
	if ((lead & 0xf0) == 0xe0) {
		*least = 0x800;
		return 2;
	}
	if ((lead & 0xf8) == 0xf0) {
		*least = 0x10000;
		return 3;
	}
	return 0;
}

/* Decodes one character of more than one byte; the bytes it took, 0 if invalid. */
static size_t character(const uint8_t *at, size_t left, uint32_t *code)
{
	uint32_t least = 0;
	unsigned more = continuation(at[0], &least);

	if (more == 0 || left <= more)
		return 0;
	*code = at[0] & (0x3fu >> more);
	for (unsigned i = 1; i <= more; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (at[i] & 0x3fu);
	}
	if (*code < least || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return more + 1;
}

bool canon_text_is_valid(struct bytes text)
{
	size_t at = 0;

	while (at < text.len) {
		uint32_t code = text.at[at];
		size_t step = 1;

		if (code >= 0x80) {
			step = character(text.at + at, text.len - at, &code);
			if (step == 0)
				return false;
		}
		if (code < 0x20 || (code >= 0x7f && code <= 0x9f))
			return false;
		at += step;
	}
	return true;
}
