/* The table of bounds against the descriptors, the canonical walk, messages
 * between nodes. */
#include "proto/canon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "proto/bounds.h"
#include "proto/peer.h"
#include "proto/state.pb-c.h"
#include "proto/tx.pb-c.h"
#include "proto/value.h"
#include "tests/unit/proto/tops.h"
#include "tests/unit/proto/vectors.h"

static bool used[1024]; /* rows that some field has */

/* The depth below and with this message; marks the rows of its fields. */
static unsigned depth_of(const ProtobufCMessageDescriptor *type)
{
	unsigned deepest = 0;

	for (unsigned i = 0; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &type->fields[i];
		const struct bound *bound = bound_find(type->short_name, field->name);

		ck_assert_msg(bound != NULL, "%s.%s has no row", type->short_name, field->name);
		used[bound - bounds] = true;
		ck_assert_int_eq(bound->count_max > 0, field->label == PROTOBUF_C_LABEL_REPEATED);
		ck_assert_uint_le(bound->min, bound->max);
		if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
			unsigned below = depth_of(field->descriptor);

			deepest = below > deepest ? below : deepest;
		}
	}
	return deepest + 1;
}

UNIT_TEST(every_field_has_one_row_and_every_row_a_field)
{
	unsigned deepest = 0;

	ck_assert_uint_le(bounds_count, sizeof(used));
	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++) {
		unsigned depth = depth_of(tops[i]);

		deepest = depth > deepest ? depth : deepest;
	}
	ck_assert_uint_eq(deepest, CANON_DEPTH);
	for (size_t i = 0; i < bounds_count; i++) {
		ck_assert_msg(used[i], "%s.%s is no field", bounds[i].message, bounds[i].field);
		for (size_t k = 0; k < i; k++)
			ck_assert(strcmp(bounds[i].message, bounds[k].message) != 0 ||
				  strcmp(bounds[i].field, bounds[k].field) != 0);
	}
}

static void add_number(struct buf *out, uint64_t number)
{
	if (number == UINT64_MAX)
		buf_print(out, "2^64 - 1");
	else if (number == INT64_MAX)
		buf_print(out, "2^63 - 1");
	else if (number == UINT32_MAX)
		buf_print(out, "2^32 - 1");
	else
		buf_print(out, "%llu", (unsigned long long)number);
}

static void add_kind(struct buf *out, const struct bound *bound)
{
	static const char *const forms[] = {"", ", segment", ", date", ", currency", ", ascending"};

	switch (bound->kind) {
	case BOUND_MESSAGE:
		buf_print(out, "message");
		return;
	case BOUND_TEXT:
		buf_print(out, "text of ");
		break;
	case BOUND_BYTES:
		buf_print(out, "bytes, ");
		break;
	case BOUND_NUMBER:
		if (bound->max == INT32_MAX) {
			buf_print(out, "enum%s", forms[bound->form]);
			return;
		}
		buf_print(out, "number up to ");
		add_number(out, bound->max);
		return;
	}
	if (bound->min != bound->max)
		buf_print(out, "%llu to ", (unsigned long long)bound->min);
	buf_print(out, "%llu%s", (unsigned long long)bound->max, forms[bound->form]);
}

/* The row's line in docs/ledger.md. */
static void add_row(struct buf *out, const struct bound *bound)
{
	buf_print(out, "| %s | %s | ", bound->message, bound->field);
	if (bound->count_max > 0)
		buf_print(out, "at most %u: ", bound->count_max);
	add_kind(out, bound);
	buf_print(out, " |%s |\n", bound->is_required ? " yes" : "");
}

/* With PRINT_BOUNDS set it prints the table for the page. */
UNIT_TEST(page_has_the_bounds_of_every_record)
{
	char *path = unit_repo("docs/ledger.md");
	size_t len;
	char *page = (char *)unit_file(path, &len);
	struct buf row;

	buf_init(&row, 1000);
	for (size_t i = 0; i < bounds_count && strcmp(bounds[i].message, "CountValue") != 0; i++) {
		if (strcmp(bounds[i].message, "SignedTransaction") == 0 ||
		    strcmp(bounds[i].message, "TransactionBody") == 0 ||
		    strcmp(bounds[i].message, "MotionOperation") == 0)
			continue; /* section 1 has them */
		buf_reset(&row);
		add_row(&row, &bounds[i]);
		buf_u8(&row, 0);
		if (getenv("PRINT_BOUNDS") != NULL)
			printf("%s", (char *)row.at);
		else
			ck_assert_msg(strstr(page, (char *)row.at) != NULL, "%s", (char *)row.at);
	}
	buf_release(&row);
	free(page);
	free(path);
}

/* What the walk lets pass, protobuf-c unpacks and packs to the same bytes. */
UNIT_TEST(changed_bodies_are_refused_or_come_back)
{
	json_t *json = vectors("transactions.json");
	unsigned seed = 1, passed = 0;
	const json_t *vector;
	size_t i;

	json_array_foreach(unit_json_array(json, "transactions"), i, vector) {
		struct buf leaf;

		buf_init(&leaf, LIMIT_LEAF_BYTES);
		vector_bytes(vector, "leaf", &leaf);
		for (int round = 0; round < 2000; round++) {
			struct bytes body = bytes_of(leaf.at + 4, leaf.len - 4 - 66);
			struct arena arena;
			uint8_t *at = leaf.at + 4 + (seed = seed * 1664525 + 1013904223) % body.len;
			uint8_t before = *at;

			*at = (uint8_t)(seed >> 24);
			arena_init(&arena, 1 << 20);
			if (canon_check(&stele__transaction_body__descriptor, body) == CANON_OK) {
				ProtobufCMessage *message = canon_unpack(
					&arena, &stele__transaction_body__descriptor, body);

				ck_assert_ptr_nonnull(message);
				ck_assert_uint_eq(message->n_unknown_fields, 0);
				ck_assert(canon_is_same(message, body));
				passed++;
			}
			arena_release(&arena);
			*at = before;
		}
		buf_release(&leaf);
	}
	ck_assert_uint_gt(passed, 1000); /* hashes take any change */
	json_decref(json);
}

static enum canon check_of(const ProtobufCMessageDescriptor *type, const char *bytes, size_t len)
{
	return canon_check(type, bytes_of(bytes, len));
}

UNIT_TEST(nothing_at_fault_blames_nobody)
{
	const char *message, *field;

	ck_assert_int_eq((int)check_of(&stele__count_value__descriptor, "\x08\x01", 2), (int)CANON_OK);
	canon_blamed(&message, &field);
	ck_assert_str_eq(message, "");
	ck_assert_str_eq(field, "");
}

UNIT_TEST(numbers_have_one_encoding)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum canon found;
	} cases[] = {
		{"\x08\x7f", 2, CANON_OK},
		{"\x08\x80\x01", 3, CANON_OK},
		{"\x08\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10, CANON_OK},
		{"\x08\x00", 2, CANON_ENCODING},     /* the default is absent */
		{"\x08\x81\x00", 3, CANON_ENCODING}, /* not minimal */
		{"\x08\x80", 2, CANON_ENCODING},     /* cut */
		{"\x08", 1, CANON_ENCODING},
		{"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, CANON_FIELD}, /* 2^64 - 1 */
		{"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 11, CANON_ENCODING},
		{"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12, CANON_ENCODING},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(check_of(&stele__count_value__descriptor, cases[i].bytes,
				       cases[i].len) == cases[i].found, "case %zu", i);
}

/* By the walk itself, before anything is unpacked. */
UNIT_TEST(a_field_that_the_message_does_not_have_is_refused)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
		{"\x10\x01", 2},                  /* 2, and CountValue has 1 */
		{"\x08\x01\x10\x01", 4},          /* behind its own */
		{"\x08\x01\x12\x00", 4},          /* with a length */
		{"\x08\x01\xf8\x7f\x01", 5},      /* 2047 */
		{"\x00\x01\x08\x01", 4},          /* 0 */
		{"\x0a\x01\x01", 3},              /* 1 of another type */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(check_of(&stele__count_value__descriptor, cases[i].bytes,
				       cases[i].len) == CANON_ENCODING, "case %zu", i);
}

UNIT_TEST(lists_of_numbers_ascend_within_their_bound)
{
	static const struct {
		const char *list;
		size_t len;
		enum canon found;
	} cases[] = {
		{"\x01\x02\x10", 3, CANON_OK},   {"\x02\x01", 2, CANON_FIELD},
		{"\x01\x01", 2, CANON_FIELD},    {"\x01\x11", 2, CANON_FIELD},
		{"\x11\x12", 2, CANON_FIELD},    {"\x00\x01", 2, CANON_FIELD},
		{"", 0, CANON_ENCODING},          {"\x01\x80", 2, CANON_ENCODING},
	};
	struct buf data;

	buf_init(&data, 64);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* state: 1, accepted: the list */
		buf_reset(&data);
		buf_print(&data, "\x18\x01\x22");
		buf_u8(&data, (uint8_t)cases[i].len);
		buf_add(&data, cases[i].list, cases[i].len);
		ck_assert_msg(canon_check(&stele__award_value__descriptor, buf_bytes(&data)) ==
			      cases[i].found, "case %zu", i);
	}
	buf_release(&data);
}

UNIT_TEST(chosen_member_that_is_empty_is_there_and_out_of_bounds)
{
	/* a request for a parcel of no name: an element of a list is there too */
	ck_assert_int_eq((int)check_of(&stele__parcel_request__descriptor, "\x0a\x00", 2),
			 (int)CANON_FIELD);
	/* a note on programme "", by organisation "o" */
	ck_assert_int_eq((int)check_of(&stele__note_value__descriptor, "\x0a\x02\x0a\x00\x12\x01o",
				       7), (int)CANON_FIELD);
}

UNIT_TEST(message_is_told_from_bytes_that_differ)
{
	Stele__CountValue count = STELE__COUNT_VALUE__INIT;
	Stele__AwardValue award = STELE__AWARD_VALUE__INIT;
	Stele__ParcelRequest request = STELE__PARCEL_REQUEST__INIT;
	ProtobufCBinaryData none = {0, NULL};

	count.count = 300;
	ck_assert(canon_is_same(&count.base, bytes_of("\x08\xac\x02", 3)));
	ck_assert(!canon_is_same(&count.base, bytes_of("\x08\xac\x03", 3)));
	ck_assert(!canon_is_same(&count.base, bytes_of("\x09\xac\x02", 3)));
	ck_assert(!canon_is_same(&count.base, bytes_of("\x08\xac\x02\x00", 4)));
	ck_assert(!canon_is_same(&count.base, bytes_of("\x08\xac", 2)));
	/* an element of no bytes is compared too */
	request.digests = &none;
	request.n_digests = 1;
	ck_assert(canon_is_same(&request.base, bytes_of("\x0a\x00", 2)));
	/* once it differs, no later field makes it the same again */
	award.state = STELE__AWARD_STATE__AWARD_ACTIVE;
	award.committed = award.paid = 1;
	ck_assert(canon_is_same(&award.base, bytes_of("\x18\x02\x28\x01\x30\x01", 6)));
	ck_assert(!canon_is_same(&award.base, bytes_of("\x18\x01\x28\x01\x30\x01", 6)));
}

UNIT_TEST(message_of_no_bytes_is_unpacked)
{
	struct arena arena;

	arena_init(&arena, 4096);
	ck_assert_ptr_nonnull(canon_unpack(&arena, &stele__count_value__descriptor,
					   (struct bytes){NULL, 0}));
	arena_release(&arena);
}

UNIT_TEST(text_is_strict_utf8)
{
	static const char *const good[] = {"", "a~ ", "\xc2\xa0", "\xdf\xbf", "\xe0\xa0\x80",
					   "\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x90\x80\x80",
					   "\xf4\x8f\xbf\xbf", "中文"};
	static const char *const bad[] = {"\n", "\x7f", "\xc2\x9f", "\xc0\x80", "\xe0\x9f\xbf",
					  "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf",
					  "\xf4\x90\x80\x80", "\xff", "\xc2", "\xe4\xb8", "\x80",
					  "\xc2("};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(canon_text_is_valid(bytes_text(good[i])), "good %zu", i);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!canon_text_is_valid(bytes_text(bad[i])), "bad %zu", i);
	ck_assert(!canon_text_is_valid(bytes_of("a\0b", 3)));
}

/* Plain text is looked at eight bytes at a time. */
UNIT_TEST(every_byte_is_judged_wherever_it_stands)
{
	for (unsigned byte = 0; byte < 0x100; byte++) {
		bool is_plain = byte >= 0x20 && byte < 0x7f;

		for (size_t place = 0; place < 19; place++) {
			uint8_t text[19];

			memset(text, place % 2 == 0 ? 0x20 : 0x7e, sizeof(text));
			text[place] = (uint8_t)byte;
			ck_assert_msg(canon_text_is_valid(bytes_of(text, sizeof(text))) == is_plain,
				      "byte %02x at %zu", byte, place);
		}
	}
	ck_assert(canon_text_is_valid(bytes_text("sixteen bytes \xe4\xb8\xad and sixteen more")));
	ck_assert(!canon_text_is_valid(bytes_text("sixteen bytes \xe4\xb8\xad and sixteen\nmore")));
}

UNIT_TEST(keys_are_segments)
{
	char long_key[LIMIT_KEY_BYTES + 2];

	ck_assert(key_is_valid(bytes_text("award/CN-BJ-I3/1")));
	ck_assert(!key_is_valid(bytes_text("")));
	ck_assert(!key_is_valid(bytes_text("/a")));
	ck_assert(!key_is_valid(bytes_text("a/")));
	ck_assert(!key_is_valid(bytes_text("a//b")));
	ck_assert(!key_is_valid(bytes_text("a b")));
	memset(long_key, 'a', sizeof(long_key));
	for (size_t i = 60; i < sizeof(long_key); i += 60)
		long_key[i] = '/';
	ck_assert(key_is_valid(bytes_of(long_key, LIMIT_KEY_BYTES)));
	ck_assert(!key_is_valid(bytes_of(long_key, LIMIT_KEY_BYTES + 1)));
	for (int i = 0; i < 256; i++) {
		uint8_t byte = (uint8_t)i;
		bool is_listed = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					"0123456789._-", i) != NULL && i != 0;

		ck_assert_msg(key_segment_is_valid(bytes_of(&byte, 1)) == is_listed, "byte %d", i);
	}
	ck_assert(!key_segment_is_valid(bytes_of("a\0", 2)));
}

UNIT_TEST(value_above_its_limit_leaves_the_buffer)
{
	Stele__PartValue part = STELE__PART_VALUE__INIT;
	static uint8_t data[LIMIT_VALUE_BYTES];
	struct buf out;

	part.data = (ProtobufCBinaryData){sizeof(data), data};
	buf_init(&out, LIMIT_VALUE_BYTES * 2);
	buf_u8(&out, 7);
	ck_assert_int_eq(value_encode(&out, VALUE_PART, &part), ERR_VALUE_SIZE);
	ck_assert_uint_eq(out.len, 1);
	buf_release(&out);
}

UNIT_TEST(messages_between_nodes_come_back)
{
	Stele__StatusMessage status = STELE__STATUS_MESSAGE__INIT;
	Stele__VoteMessage vote = STELE__VOTE_MESSAGE__INIT;
	Stele__VoteMessage *votes[64];
	Stele__StatusMessage *back;
	uint8_t hash[32] = {1}, signature[64] = {2};
	struct arena arena;
	struct buf out;
	void *message;

	vote.kind = 3;
	vote.epoch = vote.view = INT64_MAX;
	vote.signer = LIMIT_VALIDATORS - 1;
	vote.block = (ProtobufCBinaryData){32, hash};
	vote.signature = (ProtobufCBinaryData){64, signature};
	for (int i = 0; i < 64; i++)
		votes[i] = &vote;
	status.signing = 1;
	status.votes = votes;
	status.n_votes = 64;
	arena_init(&arena, 1 << 20);
	buf_init(&out, LIMIT_FRAME_BYTES);
	ck_assert_int_eq(peer_encode(&out, PEER_STATUS, &status), ERR_OK);
	ck_assert_int_eq(peer_decode(&arena, PEER_STATUS, buf_bytes(&out), &message), ERR_OK);
	back = message;
	ck_assert_uint_eq(back->n_votes, 64);
	ck_assert_uint_eq(back->votes[63]->view, INT64_MAX);
	ck_assert_int_eq(peer_decode(&arena, PEER_HELLO, buf_bytes(&out), &message),
			 ERR_PEER_MESSAGE);
	ck_assert_int_eq(peer_decode(&arena, 0, buf_bytes(&out), &message), ERR_PEER_MESSAGE);
	ck_assert_int_eq(peer_decode(&arena, 18, buf_bytes(&out), &message), ERR_PEER_MESSAGE);
	vote.kind = 4;
	buf_reset(&out);
	ck_assert_int_eq(peer_encode(&out, PEER_STATUS, &status), ERR_FULL);
	ck_assert_uint_eq(out.len, 0);
	buf_release(&out);
	arena_release(&arena);
}

UNIT_TEST(payload_limits_are_those_of_the_list)
{
	ck_assert_uint_eq(peer_payload_max(0), 0);
	ck_assert_uint_eq(peer_payload_max(PEER_RANGE), 9437180);
	ck_assert_uint_eq(peer_payload_max(18), 0);
	ck_assert_uint_eq(peer_payload_max(255), 0);
}

UNIT_TEST(the_field_that_is_missing_or_out_of_bounds_is_named)
{
	Stele__MotionOperation operation = STELE__MOTION_OPERATION__INIT;
	Stele__ProgrammeCreate programme = STELE__PROGRAMME_CREATE__INIT;
	Stele__Period period = STELE__PERIOD__INIT;
	const char *message, *field;
	struct buf data;

	programme.period = &period;
	period.start = (char *)"2026-01-01"; /* its end is missing */
	programme.id = (char *)"P";
	operation.operation_case = STELE__MOTION_OPERATION__OPERATION_PROGRAMME_CREATE;
	operation.programme_create = &programme;
	buf_init(&data, 4096);
	canon_pack(&data, &operation.base);
	ck_assert_int_eq((int)canon_check(&stele__motion_operation__descriptor, buf_bytes(&data)),
			 (int)CANON_FIELD);
	canon_blamed(&message, &field);
	ck_assert_str_eq(message, "Period"); /* the innermost, and the first */
	ck_assert_str_eq(field, "end");
	buf_reset(&data);
	programme.period = NULL;
	canon_pack(&data, &operation.base);
	ck_assert_int_eq((int)canon_check(&stele__motion_operation__descriptor, buf_bytes(&data)),
			 (int)CANON_FIELD);
	canon_blamed(&message, &field);
	ck_assert_str_eq(message, "ProgrammeCreate");
	ck_assert_str_eq(field, "funder");
	buf_release(&data);
}

UNIT_MAIN("canon", the_field_that_is_missing_or_out_of_bounds_is_named,
	  every_field_has_one_row_and_every_row_a_field,
	  page_has_the_bounds_of_every_record,
	  changed_bodies_are_refused_or_come_back, text_is_strict_utf8,
	  every_byte_is_judged_wherever_it_stands, keys_are_segments,
	  value_above_its_limit_leaves_the_buffer, messages_between_nodes_come_back,
	  nothing_at_fault_blames_nobody, numbers_have_one_encoding,
	  a_field_that_the_message_does_not_have_is_refused,
	  lists_of_numbers_ascend_within_their_bound,
	  chosen_member_that_is_empty_is_there_and_out_of_bounds,
	  message_is_told_from_bytes_that_differ, message_of_no_bytes_is_unpacked,
	  payload_limits_are_those_of_the_list)
