/* Bytes: borrowed views, 32-byte hashes, a bounded growing buffer, a bounded
 * reader, and the text forms of bytes (hex, base64).
 *
 * A buffer and a reader carry a sticky failure: a caller writes or reads a
 * whole sequence and asks once at the end whether all of it fitted. */
#ifndef STELE_BASE_BYTES_H
#define STELE_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/assert.h"

/* A view of somebody else's bytes.  {NULL, 0} is the empty view. */
struct bytes {
	const uint8_t *at;
	size_t len;
};

struct hash {
	uint8_t b[32];
};

#define HASH_HEX_LEN 64

struct bytes bytes_of(const void *at, size_t len);
/* The characters of a string, without its NUL. */
struct bytes bytes_text(const char *text);
bool bytes_equal(struct bytes a, struct bytes b);

bool hash_equal(const struct hash *a, const struct hash *b);
/* memcmp order. */
int hash_compare(const struct hash *a, const struct hash *b);
bool hash_is_zero(const struct hash *hash);

/* --- buffer: grows up to max bytes, then fails and stays failed ---------- */

struct buf {
	uint8_t *at;
	size_t len;
	size_t cap;
	size_t max;
	bool has_failed; /* out of room or of memory; at[0..len) is then unusable */
};

/* An empty buffer that never holds more than max bytes. */
void buf_init(struct buf *buf, size_t max);
/* Frees the memory; the buffer is as after buf_init with the same max. */
void buf_release(struct buf *buf);
/* Forgets the content, keeps the memory, clears the failure. */
void buf_reset(struct buf *buf);
struct bytes buf_bytes(const struct buf *buf);

void buf_add(struct buf *buf, const void *at, size_t len);
void buf_add_bytes(struct buf *buf, struct bytes bytes);
/* Room for len bytes that the caller fills; NULL on failure. */
uint8_t *buf_grow(struct buf *buf, size_t len);
void buf_u8(struct buf *buf, uint8_t value);
void buf_u16(struct buf *buf, uint16_t value); /* big-endian, as all below */
void buf_u32(struct buf *buf, uint32_t value);
void buf_u64(struct buf *buf, uint64_t value);
void buf_hash(struct buf *buf, const struct hash *hash);
/* printf without the closing NUL. */
void buf_print(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* Lower-case hex. */
void buf_hex(struct buf *buf, const void *at, size_t len);
/* RFC 4648 with padding. */
void buf_base64(struct buf *buf, const void *at, size_t len);

/* --- cursor: reads from the front; a read past the end gives zeros and fails */

struct cursor {
	const uint8_t *at;
	size_t left;
	bool has_failed;
};

struct cursor cursor_of(struct bytes bytes);
uint8_t cursor_u8(struct cursor *cursor);
uint16_t cursor_u16(struct cursor *cursor); /* big-endian, as all below */
uint32_t cursor_u32(struct cursor *cursor);
uint64_t cursor_u64(struct cursor *cursor);
void cursor_hash(struct cursor *cursor, struct hash *out);
/* The next len bytes as a view into the source; empty on failure. */
struct bytes cursor_take(struct cursor *cursor, size_t len);
/* True when nothing failed and nothing is left. */
bool cursor_is_done(const struct cursor *cursor);

/* --- text forms ---------------------------------------------------------- */

/* Writes 2*len characters and a NUL. */
void hex_encode(char *out, const void *at, size_t len);
/* Strict: exactly 2*len lower-case digits.  False leaves out untouched. */
bool hex_decode(uint8_t *out, size_t len, struct bytes text);
/* Strict RFC 4648 with padding, canonical (unused bits zero).  Decodes into
 * out, which has room for out_max bytes; *out_len gets the length.  False
 * leaves both untouched. */
bool base64_decode(uint8_t *out, size_t out_max, size_t *out_len, struct bytes text);
/* Strict decimal: 0|[1-9][0-9]{0,18}, below 2^63.  False leaves out untouched. */
bool decimal_decode(uint64_t *out, struct bytes text);

uint32_t load_u32(const uint8_t at[4]); /* big-endian */
uint64_t load_u64(const uint8_t at[8]);
void store_u32(uint8_t at[4], uint32_t value);
void store_u64(uint8_t at[8], uint64_t value);

#endif
