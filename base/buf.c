/* The bounded growing buffer of bytes.h. */
#include "base/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAP_MIN 64

void buf_init(struct buf *buf, size_t max)
{
	*buf = (struct buf){.max = max};
}

void buf_release(struct buf *buf)
{
	free(buf->at);
	buf_init(buf, buf->max);
}

void buf_reset(struct buf *buf)
{
	buf->len = 0;
	buf->has_failed = false;
}

struct bytes buf_bytes(const struct buf *buf)
{
	if (buf->has_failed)
		return (struct bytes){NULL, 0};
	return bytes_of(buf->at, buf->len);
}

/* Room for len more bytes, and one beyond for the NUL that printf writes. */
static bool has_room(struct buf *buf, size_t len)
{
	size_t cap;
	uint8_t *at;

	if (buf->has_failed)
		return false;
	ASSERT(buf->len <= buf->max);
	if (len > buf->max - buf->len) {
		buf->has_failed = true;
		return false;
	}
	if (buf->at != NULL && len <= buf->cap - buf->len)
		return true;
	cap = buf->cap > buf->max / 2 ? buf->max : buf->cap * 2;
	if (cap < CAP_MIN)
		cap = buf->max < CAP_MIN ? buf->max : CAP_MIN;
	if (cap < buf->len + len)
		cap = buf->len + len;
	at = cap < SIZE_MAX ? realloc(buf->at, cap + 1) : NULL;
	if (at == NULL) {
		buf->has_failed = true;
		return false;
	}
	buf->at = at;
	buf->cap = cap;
	return true;
}

uint8_t *buf_grow(struct buf *buf, size_t len)
{
	uint8_t *at;

	if (!has_room(buf, len))
		return NULL;
	at = buf->at + buf->len;
	buf->len += len;
	return at;
}

void buf_add(struct buf *buf, const void *at, size_t len)
{
	uint8_t *room = buf_grow(buf, len);

	if (room != NULL && len > 0)
		memcpy(room, at, len);
}

void buf_add_bytes(struct buf *buf, struct bytes bytes)
{
	buf_add(buf, bytes.at, bytes.len);
}

void buf_u8(struct buf *buf, uint8_t value)
{
	buf_add(buf, &value, 1);
}

void buf_u16(struct buf *buf, uint16_t value)
{
	uint8_t at[2] = {(uint8_t)(value >> 8), (uint8_t)value};

	buf_add(buf, at, sizeof(at));
}

void buf_u32(struct buf *buf, uint32_t value)
{
	uint8_t at[4];

	store_u32(at, value);
	buf_add(buf, at, sizeof(at));
}

void buf_u64(struct buf *buf, uint64_t value)
{
	uint8_t at[8];

	store_u64(at, value);
	buf_add(buf, at, sizeof(at));
}

void buf_hash(struct buf *buf, const struct hash *hash)
{
	buf_add(buf, hash->b, sizeof(hash->b));
}

/* Printed once where the room that is there suffices, as it mostly does. */
void buf_print(struct buf *buf, const char *format, ...)
{
	size_t room = buf->at == NULL || buf->has_failed ? 0 : buf->cap - buf->len;
	va_list arguments, again;
	uint8_t *at;
	int len;

	va_start(arguments, format);
	va_copy(again, arguments);
	/* one byte more than cap is there, for the NUL */
	len = vsnprintf(room == 0 ? NULL : (char *)buf->at + buf->len, room == 0 ? 0 : room + 1, format,
			arguments);
	va_end(arguments);
	at = len < 0 ? NULL : buf_grow(buf, (size_t)len);
	if (len < 0)
		buf->has_failed = true;
	if (at != NULL && (size_t)len > room)
		(void)vsnprintf((char *)at, (size_t)len + 1, format, again);
	va_end(again);
}

void buf_hex(struct buf *buf, const void *at, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *from = at;
	uint8_t *room = NULL;

	if (len > SIZE_MAX / 2)
		buf->has_failed = true;
	else
		room = buf_grow(buf, 2 * len);
	if (room == NULL)
		return;
	for (size_t i = 0; i < len; i++) {
		room[2 * i] = (uint8_t)digits[from[i] >> 4];
		room[2 * i + 1] = (uint8_t)digits[from[i] & 15];
	}
}

static uint8_t base64_digit(uint32_t six)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	return (uint8_t)digits[six & 63];
}

void buf_base64(struct buf *buf, const void *at, size_t len)
{
	const uint8_t *from = at;
	uint8_t *room = NULL;

	if (len > SIZE_MAX / 4 * 3 - 3)
		buf->has_failed = true;
	else
		room = buf_grow(buf, (len + 2) / 3 * 4);
	if (room == NULL)
		return;
	for (size_t i = 0; i < len; i += 3, room += 4) {
		uint32_t group = (uint32_t)from[i] << 16;

		if (i + 1 < len)
			group |= (uint32_t)from[i + 1] << 8;
		if (i + 2 < len)
			group |= from[i + 2];
		room[0] = base64_digit(group >> 18);
		room[1] = base64_digit(group >> 12);
		room[2] = i + 1 < len ? base64_digit(group >> 6) : '=';
		room[3] = i + 2 < len ? base64_digit(group) : '=';
	}
}
