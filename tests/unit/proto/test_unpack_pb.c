/* Unpacking: messages of every type, made at random within their bounds, come back as
 * what protobuf-c packs to the same bytes. */
#include "proto/canon.h"

#include <string.h>

#include "base/rng.h"
#include "proto/bounds.h"
#include "tests/lib/unit.h"
#include "tests/unit/proto/tops.h"

#define MESSAGE_BYTES_MAX ((size_t)1 << 22)
#define ARENA_BYTES_MAX ((size_t)1 << 24)

static struct rng rng;

static void add_varint(struct buf *out, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		buf_u8(out, (uint8_t)(value | 0x80));
	buf_u8(out, (uint8_t)value);
}

static void add_tag(struct buf *out, const ProtobufCFieldDescriptor *field, unsigned wire)
{
	add_varint(out, (uint64_t)field->id << 3 | wire);
}

static uint64_t within(uint64_t min, uint64_t max)
{
	return max - min == UINT64_MAX ? rng_u64(&rng) : min + rng_below(&rng, max - min + 1);
}

/* The type's own bound and the table's. */
static uint64_t number_max(const ProtobufCFieldDescriptor *field, const struct bound *bound)
{
	uint64_t max = UINT32_MAX;

	if (field->type == PROTOBUF_C_TYPE_ENUM)
		max = ((const ProtobufCEnumDescriptor *)field->descriptor)->n_values - 1;
	if (field->type == PROTOBUF_C_TYPE_BOOL)
		max = 1;
	if (field->type == PROTOBUF_C_TYPE_UINT64)
		max = UINT64_MAX;
	return max < bound->max ? max : bound->max;
}

static void add_message(struct buf *out, const ProtobufCMessageDescriptor *type);

static void add_content(struct buf *out, const ProtobufCFieldDescriptor *field,
			const struct bound *bound)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	uint64_t len;

	if (bound->kind == BOUND_MESSAGE) {
		add_message(out, field->descriptor);
		return;
	}
	if (bound->form == FORM_DATE || bound->form == FORM_CURRENCY) {
		buf_print(out, "%s", bound->form == FORM_DATE ? "2026-12-31" : "CNY");
		return;
	}
	len = within(bound->min, bound->max < bound->min + 40 ? bound->max : bound->min + 40);
	for (uint64_t i = 0; i < len; i++)
		buf_u8(out, bound->kind == BOUND_TEXT ? (uint8_t)letters[rng_below(&rng, 36)]
						     : (uint8_t)rng_u64(&rng));
}

static void add_packed(struct buf *out, const ProtobufCFieldDescriptor *field,
		       const struct bound *bound)
{
	uint64_t max = number_max(field, bound);
	uint64_t from = within(1, max);
	struct buf list;

	buf_init(&list, MESSAGE_BYTES_MAX);
	for (uint64_t value = from; value <= max; value = within(value + 1, max + 1))
		add_varint(&list, value);
	add_tag(out, field, 2);
	add_varint(out, list.len);
	buf_add_bytes(out, buf_bytes(&list));
	buf_release(&list);
}

static void add_field(struct buf *out, const ProtobufCFieldDescriptor *field,
		      const struct bound *bound)
{
	uint64_t count = bound->count_max == 0 ? 1 : within(1, bound->count_max < 4 ? bound->count_max : 4);
	struct buf content;

	if (bound->kind == BOUND_NUMBER) {
		if (bound->count_max > 0) {
			add_packed(out, field, bound);
			return;
		}
		add_tag(out, field, 0);
		add_varint(out, within(1, number_max(field, bound)));
		return;
	}
	buf_init(&content, MESSAGE_BYTES_MAX);
	for (uint64_t i = 0; i < count; i++) {
		buf_reset(&content);
		add_content(&content, field, bound);
		if (content.len == 0 && bound->count_max == 0 && !bound->is_required)
			break; /* what holds nothing is absent */
		add_tag(out, field, 2);
		add_varint(out, content.len);
		buf_add_bytes(out, buf_bytes(&content));
	}
	buf_release(&content);
}

static bool is_oneof(const ProtobufCFieldDescriptor *field)
{
	return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

/* The field number of the member that the oneof has; 0: there is no oneof. */
static uint32_t member_choose(const ProtobufCMessageDescriptor *type)
{
	uint32_t chosen = 0;
	uint64_t members = 0;

	for (unsigned i = 0; i < type->n_fields; i++) {
		if (is_oneof(&type->fields[i]) && rng_below(&rng, ++members) == 0)
			chosen = type->fields[i].id;
	}
	return chosen;
}

static void add_message(struct buf *out, const ProtobufCMessageDescriptor *type)
{
	uint32_t member = member_choose(type);

	for (unsigned i = 0; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &type->fields[i];
		const struct bound *bound = bound_find(type->short_name, field->name);
		bool is_here = is_oneof(field) ? field->id == member
					       : bound->is_required || rng_below(&rng, 2) == 1;

		if (is_here)
			add_field(out, field, bound);
	}
}

/* A message of that type that the walk lets pass: one within it may hold nothing where it
 * has to, then another is made. */
static void make(struct buf *out, const ProtobufCMessageDescriptor *type)
{
	unsigned tries = 0;

	do {
		ck_assert_uint_lt(tries++, 1000);
		buf_reset(out);
		add_message(out, type);
	} while (canon_check(type, buf_bytes(out)) != CANON_OK);
	ck_assert(!out->has_failed);
}

UNIT_TEST(messages_of_every_type_come_back)
{
	struct arena arena;
	struct buf data;

	rng_init(&rng, 1);
	buf_init(&data, MESSAGE_BYTES_MAX);
	arena_init(&arena, ARENA_BYTES_MAX);
	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++) {
		for (int round = 0; round < 300; round++) {
			ProtobufCMessage *message;

			make(&data, tops[i]);
			message = canon_unpack(&arena, tops[i], buf_bytes(&data));
			ck_assert_ptr_nonnull(message);
			ck_assert_ptr_eq(message->descriptor, tops[i]);
			ck_assert_msg(canon_is_same(message, buf_bytes(&data)), "%s, round %d",
				      tops[i]->name, round);
			arena_release(&arena);
		}
	}
	buf_release(&data);
}

UNIT_TEST(message_is_whole_or_not_there)
{
	struct buf data;

	rng_init(&rng, 2);
	buf_init(&data, MESSAGE_BYTES_MAX);
	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]) * 8; i++) {
		const ProtobufCMessageDescriptor *type = tops[i / 8];
		ProtobufCMessage *message = NULL;

		make(&data, type);
		for (size_t max = 0; message == NULL; max += 16) {
			struct arena arena;

			ck_assert_uint_lt(max, ARENA_BYTES_MAX);
			arena_init(&arena, max);
			message = canon_unpack(&arena, type, buf_bytes(&data));
			ck_assert(message == NULL || canon_is_same(message, buf_bytes(&data)));
			arena_release(&arena);
		}
	}
	buf_release(&data);
}

/* A bit, a byte, a piece doubled or taken away: what the walk lets pass all the same. */
static void change(struct buf *data)
{
	size_t at = (size_t)rng_below(&rng, data->len), len;

	switch (rng_below(&rng, 4)) {
	case 0:
		data->at[at] ^= (uint8_t)(1u << rng_below(&rng, 8));
		return;
	case 1:
		data->at[at] = (uint8_t)rng_u64(&rng);
		return;
	case 2:
		data->len = at;
		return;
	default:
		len = (size_t)within(1, data->len - at < 40 ? data->len - at : 40);
		memmove(data->at + at, data->at + at + len, data->len - at - len);
		data->len -= len;
	}
}

UNIT_TEST(whatever_passes_the_walk_comes_back)
{
	struct buf data, changed;
	struct arena arena;
	size_t passed = 0;

	rng_init(&rng, 3);
	buf_init(&data, MESSAGE_BYTES_MAX);
	buf_init(&changed, MESSAGE_BYTES_MAX);
	arena_init(&arena, ARENA_BYTES_MAX);
	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]) * 100; i++) {
		const ProtobufCMessageDescriptor *type = tops[i / 100];

		make(&data, type);
		for (int k = 0; k < 60 && data.len > 0; k++) {
			ProtobufCMessage *message;

			buf_reset(&changed);
			buf_add_bytes(&changed, buf_bytes(&data));
			change(&changed);
			if (canon_check(type, buf_bytes(&changed)) != CANON_OK)
				continue;
			passed++;
			message = canon_unpack(&arena, type, buf_bytes(&changed));
			ck_assert_ptr_nonnull(message);
			ck_assert(canon_is_same(message, buf_bytes(&changed)));
			arena_release(&arena);
		}
	}
	ck_assert_uint_gt(passed, 10000);
	buf_release(&data);
	buf_release(&changed);
}

UNIT_MAIN("unpack", messages_of_every_type_come_back, message_is_whole_or_not_there,
	  whatever_passes_the_walk_comes_back)
