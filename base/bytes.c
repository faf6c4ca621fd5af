#include "base/bytes.h"

#include <string.h>

struct bytes bytes_of(const void *at, size_t len)
{
	return (struct bytes){at, len};
}

struct bytes bytes_text(const char *text)
{
	return bytes_of(text, strlen(text));
}

bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

int hash_compare(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, sizeof(a->b));
}

bool hash_is_zero(const struct hash *hash)
{
	static const struct hash zero;

	return hash_equal(hash, &zero);
}

uint32_t load_u32(const uint8_t at[4])
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

uint64_t load_u64(const uint8_t at[8])
{
	return (uint64_t)load_u32(at) << 32 | load_u32(at + 4);
}

void store_u32(uint8_t at[4], uint32_t value)
{
	at[0] = (uint8_t)(value >> 24);
	at[1] = (uint8_t)(value >> 16);
	at[2] = (uint8_t)(value >> 8);
	at[3] = (uint8_t)value;
}

void store_u64(uint8_t at[8], uint64_t value)
{
	store_u32(at, (uint32_t)(value >> 32));
	store_u32(at + 4, (uint32_t)value);
}

/* --- cursor -------------------------------------------------------------- */

struct cursor cursor_of(struct bytes bytes)
{
	return (struct cursor){.at = bytes.at, .left = bytes.len};
}

struct bytes cursor_take(struct cursor *cursor, size_t len)
{
	struct bytes taken;

	if (cursor->has_failed || len > cursor->left) {
		cursor->has_failed = true;
		return (struct bytes){NULL, 0};
	}
	taken = bytes_of(cursor->at, len);
	if (len > 0)
		cursor->at += len;
	cursor->left -= len;
	return taken;
}

/* Copies len bytes out, or zeros on failure. */
static void cursor_copy(struct cursor *cursor, uint8_t *out, size_t len)
{
	struct bytes taken = cursor_take(cursor, len);

	if (taken.len == len)
		memcpy(out, taken.at, len);
	else
		memset(out, 0, len);
}

uint8_t cursor_u8(struct cursor *cursor)
{
	uint8_t at[1];

	cursor_copy(cursor, at, sizeof(at));
	return at[0];
}

uint16_t cursor_u16(struct cursor *cursor)
{
	uint8_t at[2];

	cursor_copy(cursor, at, sizeof(at));
	return (uint16_t)(at[0] << 8 | at[1]);
}

uint32_t cursor_u32(struct cursor *cursor)
{
	uint8_t at[4];

	cursor_copy(cursor, at, sizeof(at));
	return load_u32(at);
}

uint64_t cursor_u64(struct cursor *cursor)
{
	uint8_t at[8];

	cursor_copy(cursor, at, sizeof(at));
	return load_u64(at);
}

void cursor_hash(struct cursor *cursor, struct hash *out)
{
	cursor_copy(cursor, out->b, sizeof(out->b));
}

bool cursor_is_done(const struct cursor *cursor)
{
	return !cursor->has_failed && cursor->left == 0;
}
