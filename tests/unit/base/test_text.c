/* The text forms of bytes: hex, base64, decimals. */
#include <string.h>

#include "base/bytes.h"
#include "tests/lib/unit.h"

UNIT_TEST(hex_round_trips_every_byte)
{
	uint8_t all[256];
	uint8_t got[256];
	char text[513];
	struct buf buf;

	for (size_t i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	hex_encode(text, all, 256);
	ck_assert_uint_eq(strlen(text), 512);
	ck_assert(hex_decode(got, 256, bytes_text(text)));
	ck_assert_mem_eq(got, all, 256);
	buf_init(&buf, 512);
	buf_hex(&buf, all, 256);
	ck_assert(bytes_equal(buf_bytes(&buf), bytes_text(text)));
	buf_release(&buf);
	hex_encode(text, NULL, 0);
	ck_assert_str_eq(text, "");
}

UNIT_TEST(hex_is_lower_case_and_of_exact_length)
{
	static const char *const bad[] = {"",	  "a",	  "abc",  "abcdef", "AB12", "ab1G",
					  "0x12", "ab1 ", " ab1", "ab1/",   "ab1:", "ab1`"};
	uint8_t out[2] = {0x55, 0x55};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!hex_decode(out, 2, bytes_text(bad[i])), "%s", bad[i]);
	ck_assert_uint_eq(out[0], 0x55);
	ck_assert(hex_decode(out, 2, bytes_text("09af")));
	ck_assert_mem_eq(out, "\x09\xaf", 2);
	ck_assert(hex_decode(out, 0, bytes_text("")));
}

/* RFC 4648 section 10. */
UNIT_TEST(base64_gives_the_vectors_of_the_rfc)
{
	static const char *const texts[] = {"",	       "Zg==",	   "Zm8=",    "Zm9v",
					    "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};

	for (size_t len = 0; len <= 6; len++) {
		uint8_t out[6];
		size_t out_len = 99;
		struct buf buf;

		buf_init(&buf, 8);
		buf_base64(&buf, "foobar", len);
		ck_assert(bytes_equal(buf_bytes(&buf), bytes_text(texts[len])));
		ck_assert(base64_decode(out, len, &out_len, bytes_text(texts[len])));
		ck_assert_uint_eq(out_len, len);
		ck_assert_int_eq(memcmp(out, "foobar", len), 0);
		ck_assert(len == 0 || !base64_decode(out, len - 1, &out_len, bytes_text(texts[len])));
		buf_release(&buf);
	}
}

UNIT_TEST(base64_round_trips_every_length_and_byte)
{
	uint8_t all[257];
	uint8_t got[257];
	struct buf buf;

	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)(i * 7 + 200);
	buf_init(&buf, 1000);
	for (size_t len = 0; len <= sizeof(all); len++) {
		size_t got_len;

		buf_reset(&buf);
		buf_base64(&buf, all, len);
		ck_assert(base64_decode(got, sizeof(got), &got_len, buf_bytes(&buf)));
		ck_assert_uint_eq(got_len, len);
		ck_assert_int_eq(memcmp(got, all, len), 0);
	}
	buf_release(&buf);
}

UNIT_TEST(base64_is_canonical_or_refused)
{
	static const char *const bad[] = {
		"Z",	    "Zg",	"Zg=",	    "Zm9",   "Zg===",  "====", "=",    "Z===",
		"Zh==",	    "Zm9=",	"Zm8=Zm8=", "Zg==Zg==", "Zm9v\n", "Zm9 ", "Zm-_", "Zm9v====",
		"Z=9v",	    "=m9v",	"Zm9v=",    "Zm9\x80",
	};
	uint8_t out[16] = {0x55};
	size_t out_len = 77;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!base64_decode(out, 16, &out_len, bytes_text(bad[i])), "%s", bad[i]);
	ck_assert_uint_eq(out[0], 0x55);
	ck_assert_uint_eq(out_len, 77);
}

UNIT_TEST(decimal_is_strict_and_below_two_to_the_63)
{
	static const char *const bad[] = {"",	 "00",	"01",	" 1", "1 ",  "+1",
					  "-1",	 "0x1", "1e3",	"1.", "a",   "9223372036854775808",
					  "9999999999999999999", "10000000000000000000", "1/", "1:"};
	uint64_t value = 77;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!decimal_decode(&value, bytes_text(bad[i])), "%s", bad[i]);
	ck_assert_uint_eq(value, 77);
	ck_assert(decimal_decode(&value, bytes_text("0")));
	ck_assert_uint_eq(value, 0);
	ck_assert(decimal_decode(&value, bytes_text("9223372036854775807")));
	ck_assert_uint_eq(value, INT64_MAX);
	ck_assert(decimal_decode(&value, bytes_text("10")));
	ck_assert_uint_eq(value, 10);
}

UNIT_MAIN("text", hex_round_trips_every_byte, hex_is_lower_case_and_of_exact_length,
	  base64_gives_the_vectors_of_the_rfc, base64_round_trips_every_length_and_byte,
	  base64_is_canonical_or_refused, decimal_is_strict_and_below_two_to_the_63)
