#include "p2p/frame.h"

#include <stdlib.h>
#include <string.h>

#include "tests/lib/unit.h"

/* Three frames in one stream: empty, short, long. */
static size_t make_stream(uint8_t **out, size_t long_len)
{
	uint8_t *payload = malloc(long_len);
	struct frame *frames[3];
	size_t len = 0;

	memset(payload, 7, long_len);
	frames[0] = frame_new(PEER_RANGE_REQUEST, bytes_of(NULL, 0));
	frames[1] = frame_new(PEER_VOTE, bytes_text("vote"));
	frames[2] = frame_new(PEER_PARCEL, bytes_of(payload, long_len));
	*out = malloc(long_len + 64);
	for (int i = 0; i < 3; i++) {
		ck_assert_ptr_nonnull(frames[i]);
		memcpy(*out + len, frames[i]->at, frames[i]->len);
		len += frames[i]->len;
		frame_drop(frames[i]);
	}
	free(payload);
	return len;
}

static void read_in_pieces(size_t piece)
{
	struct frame_reader reader;
	struct bytes payload;
	uint8_t *stream;
	size_t long_len = 100000;
	size_t len = make_stream(&stream, long_len);
	unsigned seen = 0;
	uint8_t type;
	bool is_frame;

	frame_reader_init(&reader, SIZE_MAX);
	for (size_t at = 0; at < len; at += piece) {
		frame_reader_feed(&reader, bytes_of(stream + at, len - at < piece ? len - at : piece));
		for (;;) {
			ck_assert_int_eq(frame_reader_next(&reader, &is_frame, &type, &payload), ERR_OK);
			if (!is_frame)
				break;
			if (seen == 0) {
				ck_assert_int_eq(type, PEER_RANGE_REQUEST);
				ck_assert_uint_eq(payload.len, 0);
			} else if (seen == 1) {
				ck_assert_int_eq(type, PEER_VOTE);
				unit_assert_bytes(payload.at, payload.len, "vote", 4);
			} else {
				ck_assert_int_eq(type, PEER_PARCEL);
				ck_assert_uint_eq(payload.len, long_len);
				for (size_t i = 0; i < long_len; i++)
					ck_assert_uint_eq(payload.at[i], 7);
			}
			seen++;
		}
	}
	ck_assert_uint_eq(seen, 3);
	frame_reader_release(&reader);
	free(stream);
}

UNIT_TEST(frame_is_length_type_payload)
{
	static const uint8_t want[] = {0, 0, 0, 3, PEER_VOTE, 'a', 'b', 'c'};
	struct frame *frame = frame_new(PEER_VOTE, bytes_text("abc"));

	unit_assert_bytes(frame->at, frame->len, want, sizeof(want));
	frame_drop(frame);
}

UNIT_TEST(frame_reader_takes_pieces_of_any_size)
{
	static const size_t pieces[] = {1, 2, 3, 4, 5, 6, 7, 9, 11, 1000, 16384, 99999, 1000000};

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
		read_in_pieces(pieces[i]);
}

static enum err judge(const uint8_t *header, size_t payload_max, const struct frame_reader **after)
{
	static struct frame_reader reader;
	struct bytes payload;
	uint8_t type;
	bool is_frame;
	enum err err;

	frame_reader_init(&reader, payload_max);
	frame_reader_feed(&reader, bytes_of(header, FRAME_HEADER_BYTES));
	err = frame_reader_next(&reader, &is_frame, &type, &payload);
	*after = &reader;
	return err;
}

UNIT_TEST(frame_too_long_is_refused_before_memory_is_taken)
{
	static const uint8_t too_long[] = {0, 0, 1, 1, PEER_VOTE};
	static const uint8_t just_right[] = {0, 0, 1, 0, PEER_VOTE};
	static const uint8_t huge[] = {0xff, 0xff, 0xff, 0xff, PEER_RANGE};
	const struct frame_reader *after;

	ck_assert_int_eq(judge(too_long, SIZE_MAX, &after), ERR_FRAME);
	ck_assert_ptr_null(after->part);
	ck_assert_int_eq(judge(huge, SIZE_MAX, &after), ERR_FRAME);
	ck_assert_ptr_null(after->part);
	ck_assert_int_eq(judge(just_right, SIZE_MAX, &after), ERR_OK);
	frame_reader_release((struct frame_reader *)after);
	ck_assert_int_eq(judge(just_right, 255, &after), ERR_FRAME);
}

UNIT_TEST(frame_of_unknown_type_is_refused)
{
	static const uint8_t none[] = {0, 0, 0, 0, 0};
	static const uint8_t beyond[] = {0, 0, 0, 0, 18};
	static const uint8_t last[] = {0, 0, 0, 0, 255};
	const struct frame_reader *after;

	ck_assert_int_eq(judge(none, SIZE_MAX, &after), ERR_FRAME);
	ck_assert_int_eq(judge(beyond, SIZE_MAX, &after), ERR_FRAME);
	ck_assert_int_eq(judge(last, SIZE_MAX, &after), ERR_FRAME);
}

UNIT_TEST(frame_announced_long_costs_what_arrived)
{
	static const uint8_t header[] = {0, 0x8f, 0xff, 0xfc, PEER_RANGE};
	struct frame_reader reader;
	struct bytes payload;
	uint8_t type;
	bool is_frame;

	frame_reader_init(&reader, SIZE_MAX);
	frame_reader_feed(&reader, bytes_of(header, sizeof(header)));
	ck_assert_int_eq(frame_reader_next(&reader, &is_frame, &type, &payload), ERR_OK);
	frame_reader_feed(&reader, bytes_text("a few bytes"));
	ck_assert_int_eq(frame_reader_next(&reader, &is_frame, &type, &payload), ERR_OK);
	ck_assert(!is_frame);
	ck_assert_uint_le(reader.part_cap, 16384);
	frame_reader_release(&reader);
}

UNIT_MAIN("frame", frame_is_length_type_payload, frame_reader_takes_pieces_of_any_size,
	  frame_too_long_is_refused_before_memory_is_taken, frame_of_unknown_type_is_refused,
	  frame_announced_long_costs_what_arrived)
