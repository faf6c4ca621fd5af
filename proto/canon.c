#include "proto/canon.h"

#include <string.h>

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

#define EACH(byte) (UINT64_MAX / 0xff * (byte))

/* Whether the next eight bytes are all of 0x20 to 0x7e, which most text is. */
static bool are_plain(const uint8_t *at)
{
	uint64_t eight;

	memcpy(&eight, at, sizeof(eight));
	/* A byte's own top bit; plus 1, that of 0x7f; minus 0x20, that of what is below. */
	return ((eight | (eight + EACH(1)) | (eight - EACH(0x20))) & EACH(0x80)) == 0;
}

/* Bytes from there on that are plain, counted in eights. */
static size_t plain_run(const uint8_t *at, size_t left)
{
	size_t run = 0;

	while (left - run >= sizeof(uint64_t) && are_plain(at + run))
		run += sizeof(uint64_t);
	return run;
}

bool canon_text_is_valid(struct bytes text)
{
	size_t at = plain_run(text.at, text.len);

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
		if (code < 0x80)
			at += plain_run(text.at + at, text.len - at);
	}
	return true;
}
