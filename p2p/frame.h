/* Frames: how messages stand in the byte stream of a session.
 *
 *	u32be length | u8 type | payload        length counts the payload alone
 *
 * The reader takes the stream in pieces of any size and gives whole frames.
 * Length and type are checked against the bounds of proto/peer.h before any
 * memory is taken.  Pure. */
#ifndef STELE_P2P_FRAME_H
#define STELE_P2P_FRAME_H

#include "base/bytes.h"
#include "base/err.h"
#include "proto/peer.h"

#define FRAME_HEADER_BYTES 5

/* One encoded frame, shared by all the queues it waits in; counted by one
 * thread only. */
struct frame {
	uint32_t holders;
	size_t len;
	uint8_t at[];
};

/* Held once by the caller.  NULL when memory is short. */
struct frame *frame_new(enum peer_type type, struct bytes payload);
struct frame *frame_hold(struct frame *frame);
/* Frees it with the last holder; NULL is nothing. */
void frame_drop(struct frame *frame);

struct frame_reader {
	struct bytes in; /* lent by the caller of frame_reader_feed */
	uint8_t header[FRAME_HEADER_BYTES];
	size_t header_len;
	uint8_t *part; /* payload of a frame that came in pieces */
	size_t part_len;
	size_t part_cap;
	/* The greatest payload taken at all; below peer_payload_max before a
	 * session is proven. */
	size_t payload_max;
};

void frame_reader_init(struct frame_reader *reader, size_t payload_max);
void frame_reader_release(struct frame_reader *reader);
/* The next piece of the stream, lent until frame_reader_next has said that it
 * wants more. */
void frame_reader_feed(struct frame_reader *reader, struct bytes piece);
/* *is_frame: a frame is there, payload lent until the next call; otherwise all
 * that was fed is used up.  ERR_FRAME: unknown type or too long; the stream is
 * beyond repair.  ERR_MEMORY. */
MUST_CHECK enum err frame_reader_next(struct frame_reader *reader, bool *is_frame, uint8_t *type,
				      struct bytes *payload);

#endif
