#include "p2p/frame.h"

#include <stdlib.h>
#include <string.h>

#include "base/mutant.h"

struct frame *frame_new(enum peer_type type, struct bytes payload)
{
	struct frame *frame;

	ASSERT(payload.len <= peer_payload_max((uint8_t)type));
	frame = malloc(sizeof(*frame) + FRAME_HEADER_BYTES + payload.len);
	if (frame == NULL)
		return NULL;
	frame->holders = 1;
	frame->len = FRAME_HEADER_BYTES + payload.len;
	store_u32(frame->at, (uint32_t)payload.len);
	frame->at[4] = (uint8_t)type;
	if (payload.len > 0)
		memcpy(frame->at + FRAME_HEADER_BYTES, payload.at, payload.len);
	return frame;
}

struct frame *frame_hold(struct frame *frame)
{
	ASSERT(frame->holders > 0);
	frame->holders++;
	return frame;
}

void frame_drop(struct frame *frame)
{
	if (frame == NULL)
		return;
	ASSERT(frame->holders > 0);
	if (--frame->holders == 0)
		free(frame);
}

void frame_reader_init(struct frame_reader *reader, size_t payload_max)
{
	memset(reader, 0, sizeof(*reader));
	reader->payload_max = payload_max;
}

void frame_reader_release(struct frame_reader *reader)
{
	free(reader->part);
	frame_reader_init(reader, reader->payload_max);
}

void frame_reader_feed(struct frame_reader *reader, struct bytes piece)
{
	ASSERT(reader->in.len == 0);
	reader->in = piece;
}

static const uint8_t *take(struct frame_reader *reader, size_t len)
{
	const uint8_t *at = reader->in.at;

	reader->in.at += len;
	reader->in.len -= len;
	return at;
}

/* True once all bytes of the header are there. */
static bool take_header(struct frame_reader *reader)
{
	size_t len = FRAME_HEADER_BYTES - reader->header_len;

	if (len > reader->in.len)
		len = reader->in.len;
	if (len > 0)
		memcpy(reader->header + reader->header_len, take(reader, len), len);
	reader->header_len += len;
	return reader->header_len == FRAME_HEADER_BYTES;
}

/* Room for a payload that comes in pieces; it grows with what arrived, so that
 * a mere announcement of much costs little. */
static enum err make_room(struct frame_reader *reader, size_t wanted, size_t payload_len)
{
	size_t cap = reader->part_cap < 16384 ? 16384 : reader->part_cap;
	uint8_t *grown;

	if (wanted <= reader->part_cap)
		return ERR_OK;
	while (cap < wanted)
		cap *= 2;
	if (cap > payload_len)
		cap = payload_len;
	grown = realloc(reader->part, cap);
	if (grown == NULL)
		return ERR_MEMORY;
	reader->part = grown;
	reader->part_cap = cap;
	return ERR_OK;
}

/* The payload was given out by the call before: make ready for a new frame. */
static void forget_last(struct frame_reader *reader)
{
	reader->header_len = 0;
	reader->part_len = 0;
	/* a long frame's memory is not kept for the life of the session */
	if (reader->part_cap > 65536) {
		free(reader->part);
		reader->part = NULL;
		reader->part_cap = 0;
	}
}

enum err frame_reader_next(struct frame_reader *reader, bool *is_frame, uint8_t *type,
			   struct bytes *payload)
{
	size_t payload_len;
	size_t len;
	enum err err;

	if (reader->header_len == FRAME_HEADER_BYTES &&
	    reader->part_len == load_u32(reader->header))
		forget_last(reader);
	*is_frame = false;
	if (!take_header(reader))
		return ERR_OK;
	payload_len = load_u32(reader->header);
	if (peer_payload_max(reader->header[4]) == 0 ||
	    ((payload_len > peer_payload_max(reader->header[4]) ||
	      payload_len > reader->payload_max) && !mutant_on("frame_length_uncapped")))
		return ERR_FRAME;

	if (reader->part_len == 0 && reader->in.len >= payload_len) {
		/* all of it is here: no copy */
		reader->part_len = payload_len;
		*payload = bytes_of(take(reader, payload_len), payload_len);
	} else {
		len = payload_len - reader->part_len;
		if (len > reader->in.len)
			len = reader->in.len;
		err = make_room(reader, reader->part_len + len, payload_len);
		if (err)
			return err;
		if (len > 0)
			memcpy(reader->part + reader->part_len, take(reader, len), len);
		reader->part_len += len;
		if (reader->part_len < payload_len)
			return ERR_OK;
		*payload = bytes_of(reader->part, payload_len);
	}
	*type = reader->header[4];
	*is_frame = true;
	return ERR_OK;
}
