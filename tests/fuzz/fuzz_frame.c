/* Frames between nodes: a stream gives the same frames and the same end however
 * it is cut into pieces, and what is a message when decoded is the same message
 * when encoded again.  The first byte chooses the size of the pieces. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "p2p/frame.h"

#define ARENA_BYTES ((size_t)32 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct heard {
	unsigned frames;
	enum err end;
	struct hash chain; /* of all frames, each hashed with those before it */
};

static void decode(uint8_t type, struct bytes payload)
{
	struct arena arena;
	struct buf again;
	void *message;

	arena_init(&arena, ARENA_BYTES);
	if (peer_decode(&arena, type, payload, &message) == ERR_OK) {
		buf_init(&again, payload.len);
		ASSERT(peer_encode(&again, (enum peer_type)type, message) == ERR_OK);
		ASSERT(bytes_equal(buf_bytes(&again), payload));
		buf_release(&again);
	}
	arena_release(&arena);
}

static void hear(struct heard *heard, uint8_t type, struct bytes payload)
{
	struct bytes parts[3] = {bytes_of(heard->chain.b, 32), bytes_of(&type, 1), payload};

	heard->frames++;
	sha256_parts(&heard->chain, parts, 3);
}

static void listen_to(struct heard *heard, const uint8_t *data, size_t size, size_t piece,
		      bool is_decoded)
{
	struct frame_reader reader;
	struct bytes payload;
	bool is_frame = true;
	uint8_t type = 0;

	memset(heard, 0, sizeof(*heard));
	frame_reader_init(&reader, SIZE_MAX);
	for (size_t at = 0; at < size && !heard->end; at += piece) {
		frame_reader_feed(&reader, bytes_of(data + at, size - at < piece ? size - at : piece));
		do {
			heard->end = frame_reader_next(&reader, &is_frame, &type, &payload);
			if (heard->end || !is_frame)
				break;
			hear(heard, type, payload);
			if (is_decoded)
				decode(type, payload);
		} while (is_frame);
	}
	frame_reader_release(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heard whole;
	struct heard cut;

	if (size < 1)
		return 0;
	listen_to(&whole, data + 1, size - 1, size, true);
	listen_to(&cut, data + 1, size - 1, (size_t)data[0] + 1, false);
	ASSERT(whole.frames == cut.frames && whole.end == cut.end);
	ASSERT(hash_equal(&whole.chain, &cut.chain));
	return 0;
}
