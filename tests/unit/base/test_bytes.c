/* Views, big-endian loads and stores, the growing buffer, the reader. */
#include "base/bytes.h"

#include <string.h>

#include "tests/lib/unit.h"

UNIT_TEST(bytes_empty_views_are_equal)
{
	ck_assert(bytes_equal(bytes_of(NULL, 0), bytes_text("")));
	ck_assert(!bytes_equal(bytes_text("a"), bytes_text("")));
	ck_assert(!bytes_equal(bytes_text("a"), bytes_text("b")));
	ck_assert(bytes_equal(bytes_text("ab"), bytes_of("abc", 2)));
}

UNIT_TEST(hash_order_is_that_of_memcmp)
{
	struct hash a = {{0}};
	struct hash b = {{0}};

	ck_assert(hash_is_zero(&a));
	ck_assert(hash_equal(&a, &b));
	b.b[31] = 0x80;
	ck_assert(!hash_is_zero(&b));
	ck_assert(!hash_equal(&a, &b));
	ck_assert_int_lt(hash_compare(&a, &b), 0);
	a.b[0] = 0x80;
	ck_assert_int_gt(hash_compare(&a, &b), 0);
}

UNIT_TEST(numbers_are_big_endian)
{
	uint8_t at[8];

	store_u64(at, 0x0123456789abcdefu);
	ck_assert_mem_eq(at, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
	ck_assert_uint_eq(load_u64(at), 0x0123456789abcdefu);
	ck_assert_uint_eq(load_u32(at), 0x01234567u);
	store_u32(at, 0xfffefdfcu);
	ck_assert_uint_eq(load_u32(at), 0xfffefdfcu);
}

UNIT_TEST(buffer_and_cursor_round_trip)
{
	struct hash hash = {{7}};
	struct hash got;
	struct buf buf;
	struct cursor cursor;

	buf_init(&buf, 1000);
	buf_u8(&buf, 0xfe);
	buf_u16(&buf, 0xfedc);
	buf_u32(&buf, 0xfedcba98u);
	buf_u64(&buf, 0xfedcba9876543210u);
	buf_hash(&buf, &hash);
	buf_add(&buf, "tail", 4);
	cursor = cursor_of(buf_bytes(&buf));
	ck_assert_uint_eq(cursor_u8(&cursor), 0xfe);
	ck_assert_uint_eq(cursor_u16(&cursor), 0xfedc);
	ck_assert_uint_eq(cursor_u32(&cursor), 0xfedcba98u);
	ck_assert_uint_eq(cursor_u64(&cursor), 0xfedcba9876543210u);
	cursor_hash(&cursor, &got);
	ck_assert(hash_equal(&hash, &got));
	ck_assert(!cursor_is_done(&cursor));
	ck_assert(bytes_equal(cursor_take(&cursor, 4), bytes_text("tail")));
	ck_assert(cursor_is_done(&cursor));
	buf_release(&buf);
}

UNIT_TEST(buffer_holds_exactly_its_max)
{
	struct buf buf;

	buf_init(&buf, 200);
	for (size_t i = 0; i < 200; i++)
		buf_u8(&buf, (uint8_t)i);
	ck_assert(!buf.has_failed);
	ck_assert_uint_eq(buf_bytes(&buf).len, 200);
	buf_u8(&buf, 1);
	ck_assert(buf.has_failed);
	ck_assert_uint_eq(buf_bytes(&buf).len, 0);
	buf_reset(&buf);
	ck_assert(!buf.has_failed);
	ck_assert_uint_eq(buf.len, 0);
	buf_print(&buf, "%200s", "x"); /* room for the NUL comes on top */
	ck_assert(!buf.has_failed);
	ck_assert_uint_eq(buf.len, 200);
	buf_release(&buf);
	ck_assert_ptr_null(buf.at);
	ck_assert_uint_eq(buf.max, 200);
}

UNIT_TEST(buffer_stays_failed)
{
	struct buf buf;

	buf_init(&buf, 4);
	buf_u64(&buf, 1);
	buf_u8(&buf, 1); /* would fit */
	ck_assert(buf.has_failed);
	ck_assert_ptr_null(buf_grow(&buf, 1));
	buf_reset(&buf);
	buf_hex(&buf, "abc", 3);
	ck_assert(buf.has_failed);
	buf_reset(&buf);
	buf_base64(&buf, "abcd", 4);
	ck_assert(buf.has_failed);
	buf_reset(&buf);
	buf_print(&buf, "%d", 12345);
	ck_assert(buf.has_failed);
	buf_reset(&buf);
	ck_assert_ptr_null(buf_grow(&buf, SIZE_MAX));
	buf_release(&buf);
}

UNIT_TEST(buffer_takes_nothing_without_memory)
{
	struct buf buf;

	buf_init(&buf, 0);
	buf_add(&buf, NULL, 0);
	buf_print(&buf, "%s", "");
	ck_assert(!buf.has_failed);
	buf_u8(&buf, 0);
	ck_assert(buf.has_failed);
	buf_release(&buf);
}

UNIT_TEST(buffer_grows_with_its_content_intact)
{
	struct buf buf;

	buf_init(&buf, 1 << 20);
	for (uint32_t i = 0; i < 100000; i++)
		buf_u32(&buf, i);
	ck_assert(!buf.has_failed);
	for (uint32_t i = 0; i < 100000; i++)
		ck_assert_uint_eq(load_u32(buf.at + (size_t)4 * i), i);
	buf_release(&buf);
}

UNIT_TEST(cursor_past_the_end_gives_zeros_and_stays_failed)
{
	static const uint8_t at[5] = {1, 2, 3, 4, 5};
	struct hash hash = {{9}};
	struct cursor cursor = cursor_of(bytes_of(at, sizeof(at)));

	ck_assert_uint_eq(cursor_u64(&cursor), 0);
	ck_assert(cursor.has_failed);
	ck_assert_uint_eq(cursor_u8(&cursor), 0); /* would fit */
	ck_assert_uint_eq(cursor_u16(&cursor), 0);
	ck_assert_uint_eq(cursor_u32(&cursor), 0);
	cursor_hash(&cursor, &hash);
	ck_assert(hash_is_zero(&hash));
	ck_assert_uint_eq(cursor_take(&cursor, 1).len, 0);
	ck_assert(!cursor_is_done(&cursor));
	cursor = cursor_of(bytes_of(at, sizeof(at)));
	ck_assert_uint_eq(cursor_take(&cursor, SIZE_MAX).len, 0);
	ck_assert(cursor.has_failed);
}

UNIT_TEST(cursor_over_nothing_is_done)
{
	struct cursor cursor = cursor_of(bytes_of(NULL, 0));

	ck_assert(cursor_is_done(&cursor));
	ck_assert_uint_eq(cursor_take(&cursor, 0).len, 0);
	ck_assert(cursor_is_done(&cursor));
	ck_assert_uint_eq(cursor_u8(&cursor), 0);
	ck_assert(!cursor_is_done(&cursor));
}

UNIT_MAIN("bytes", bytes_empty_views_are_equal, hash_order_is_that_of_memcmp,
	  numbers_are_big_endian, buffer_and_cursor_round_trip, buffer_holds_exactly_its_max,
	  buffer_stays_failed, buffer_takes_nothing_without_memory,
	  buffer_grows_with_its_content_intact, cursor_past_the_end_gives_zeros_and_stays_failed,
	  cursor_over_nothing_is_done)
