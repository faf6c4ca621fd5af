/* The text forms of bytes.h: strict decoders of hex, base64 and decimals. */
#include "base/bytes.h"

void hex_encode(char *out, const void *at, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *from = at;

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[from[i] >> 4];
		out[2 * i + 1] = digits[from[i] & 15];
	}
	out[2 * len] = '\0';
}

/* One more than the value of each digit; 0 where it is none. */
static const uint8_t hex_values[256] = {
	['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

bool hex_decode(uint8_t *out, size_t len, struct bytes text)
{
	if (text.len % 2 != 0 || text.len / 2 != len)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (hex_values[text.at[i]] == 0)
			return false;
	}
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)((hex_values[text.at[2 * i]] - 1) << 4 |
				   (hex_values[text.at[2 * i + 1]] - 1));
	return true;
}

/* -1 where it is no digit. */
static int base64_value(uint8_t digit)
{
	if (digit >= 'A' && digit <= 'Z')
		return digit - 'A';
	if (digit >= 'a' && digit <= 'z')
		return digit - 'a' + 26;
	if (digit >= '0' && digit <= '9')
		return digit - '0' + 52;
	if (digit == '+')
		return 62;
	return digit == '/' ? 63 : -1;
}

/* Whether all but the padding are digits and the unused bits are zero. */
static bool base64_is_canonical(struct bytes text, size_t padding)
{
	size_t digits = text.len - padding;
	unsigned unused = padding == 1 ? 0x03 : padding == 2 ? 0x0f : 0;

	for (size_t i = 0; i < digits; i++) {
		if (base64_value(text.at[i]) < 0)
			return false;
	}
	return digits == 0 || ((unsigned)base64_value(text.at[digits - 1]) & unused) == 0;
}

bool base64_decode(uint8_t *out, size_t out_max, size_t *out_len, struct bytes text)
{
	size_t padding = 0;
	size_t len;

	if (text.len % 4 != 0)
		return false;
	while (padding < 2 && padding < text.len && text.at[text.len - 1 - padding] == '=')
		padding++;
	len = text.len / 4 * 3 - padding;
	if (len > out_max || !base64_is_canonical(text, padding))
		return false;
	for (size_t i = 0; i < len; i++) {
		const uint8_t *group = text.at + i / 3 * 4;
		unsigned place = (unsigned)(i % 3);
		unsigned high = (unsigned)base64_value(group[place]);
		unsigned low = (unsigned)base64_value(group[place + 1]);

		/* Byte 0 has 6+2 bits of its two digits, byte 1 4+4, byte 2 2+6. */
		out[i] = (uint8_t)(high << (2 + 2 * place) | low >> (4 - 2 * place));
	}
	*out_len = len;
	return true;
}

bool decimal_decode(uint64_t *out, struct bytes text)
{
	uint64_t value = 0;

	if (text.len == 0 || text.len > 19 || (text.at[0] == '0' && text.len > 1))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(text.at[i] - '0');
	}
	/* Nineteen digits are below 10^19 < 2^64, so value has not wrapped. */
	if (value > INT64_MAX)
		return false;
	*out = value;
	return true;
}
