/* Messages are walked as far as is asked for, and no further. */
#include "proofs/walk.h"

#include <string.h>

#include "tests/lib/unit.h"

#define BYTES(...) bytes_of((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static struct walk_field number_field(uint32_t number)
{
	return (struct walk_field){.number = number, .type = WALK_NUMBER, .most = UINT64_MAX};
}

static bool walks(struct bytes message)
{
	return walk_message(message, NULL, 0);
}

UNIT_TEST(walk_takes_fields_that_do_not_fall_and_looks_at_none)
{
	ck_assert(walks(bytes_of(NULL, 0)));
	ck_assert(walks(BYTES(0x08, 0x00)));
	ck_assert(walks(BYTES(0x08, 0x01, 0x08, 0x02, 0x12, 0x01, 0xff)));
	ck_assert(walks(BYTES(0xf8, 0xff, 0xff, 0xff, 0x0f, 0x01))); /* field 2^29 - 1 */
}

UNIT_TEST(walk_refuses_what_is_no_message)
{
	ck_assert(!walks(BYTES(0x00, 0x01)));                   /* field 0 */
	ck_assert(!walks(BYTES(0x80, 0x80, 0x80, 0x80, 0x10, 0x01))); /* field 2^29 */
	ck_assert(!walks(BYTES(0x10, 0x01, 0x08, 0x01)));       /* falls */
	ck_assert(!walks(BYTES(0x09, 0, 0, 0, 0, 0, 0, 0, 0))); /* wire type 1 */
	ck_assert(!walks(BYTES(0x0b)));
	ck_assert(!walks(BYTES(0x0d, 0, 0, 0, 0)));
	ck_assert(!walks(BYTES(0x08)));                         /* ends */
	ck_assert(!walks(BYTES(0x0a, 0x02, 0x01)));             /* longer than there is */
	ck_assert(!walks(BYTES(0x08, 0x81, 0x00)));             /* not minimal */
	ck_assert(!walks(BYTES(0x88, 0x00, 0x01)));
	ck_assert(!walks(BYTES(0x0a, 0x80, 0x00)));
}

static bool reads(struct bytes encoded, uint64_t want)
{
	struct cursor cursor = cursor_of(encoded);
	uint64_t got = walk_varint(&cursor);

	return !cursor.has_failed && got == want && cursor.left == 0;
}

UNIT_TEST(walk_reads_varints_below_2_to_the_64)
{
	ck_assert(reads(BYTES(0x00), 0));
	ck_assert(reads(BYTES(0x7f), 127));
	ck_assert(reads(BYTES(0x80, 0x01), 128));
	ck_assert(reads(BYTES(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01), UINT64_MAX));
	ck_assert(!reads(BYTES(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02), 0));
	ck_assert(!reads(BYTES(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x81, 0x00), 0));
	ck_assert(!reads(BYTES(0x80), 0));
}

UNIT_TEST(walk_gives_the_fields_that_are_asked_for)
{
	const struct bytes message = BYTES(0x08, 0x05, 0x12, 0x02, 0xaa, 0xbb, 0x18, 0x07);
	struct walk_field fields[] = {number_field(1),
				      {.number = 2, .type = WALK_BYTES, .least = 2, .most = 2},
				      number_field(4)};

	ck_assert(walk_message(message, fields, 3));
	ck_assert(fields[0].is_there && fields[0].value == 5);
	ck_assert(fields[1].is_there && fields[1].bytes.len == 2 && fields[1].bytes.at[1] == 0xbb);
	ck_assert(!fields[2].is_there && fields[2].value == 0);
}

UNIT_TEST(walk_holds_a_field_to_its_type_bounds_and_number)
{
	struct walk_field field = number_field(1);

	ck_assert(!walk_message(BYTES(0x0a, 0x00), &field, 1)); /* bytes */
	field = number_field(1);
	ck_assert(!walk_message(BYTES(0x08, 0x01, 0x08, 0x01), &field, 1)); /* twice */
	field = number_field(1);
	field.is_repeated = true;
	ck_assert(walk_message(BYTES(0x08, 0x01, 0x08, 0x09), &field, 1) && field.value == 2);
	field = number_field(1);
	field.least = 2;
	field.most = 3;
	ck_assert(!walk_message(BYTES(0x08, 0x01), &field, 1));
	ck_assert(!walk_message(BYTES(0x08, 0x04), &field, 1));
	ck_assert(walk_message(BYTES(0x08, 0x03), &field, 1));
	field = number_field(1);
	field.is_needed = true;
	ck_assert(!walk_message(BYTES(0x10, 0x01), &field, 1));
}

UNIT_MAIN("walk", walk_takes_fields_that_do_not_fall_and_looks_at_none,
	  walk_refuses_what_is_no_message, walk_reads_varints_below_2_to_the_64,
	  walk_gives_the_fields_that_are_asked_for,
	  walk_holds_a_field_to_its_type_bounds_and_number)
