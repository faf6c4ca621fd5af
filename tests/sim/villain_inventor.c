/* The inventor: as a leader it proposes what nobody can vote for, but everybody
 * has to look at: heights and parents that do not exist, times far ahead, parcels
 * that nobody has. */
#include <string.h>

#include "crypto/digest.h"
#include "proto/header.h"
#include "proto/vote.h"
#include "tests/sim/villain.h"

#define ARENA_BYTES ((size_t)4 << 20)
#define SHARE_PPM 700000u

/* A distance in milliseconds that wraps round as microseconds. */
static uint64_t far_ahead(struct world *world)
{
	uint64_t times = 1 + rng_below(&world->rng_villain, 400);

	return times * (UINT64_MAX / 1000) + times * 616 / 1000;
}

static void invent(struct world *world, struct header *header, struct buf *body)
{
	struct hash made;

	memset(made.b, (int)(1 + rng_below(&world->rng_villain, 200)), sizeof(made.b));
	switch (rng_below(&world->rng_villain, 4)) {
	case 0:
		header->height += 1 + rng_below(&world->rng_villain, 1000000);
		break;
	case 1:
		header->height += 2;
		header->parent = made;
		break;
	case 2:
		header->time_ms += far_ahead(world);
		break;
	default:
		buf_reset(body);
		buf_print(body, "stele/v1 body\nparcel ");
		buf_hex(body, made.b, sizeof(made.b));
		buf_print(body, " 0 1 100\n");
		sha256(&header->body, body->at, body->len);
		break;
	}
}

static bool twist(struct world *world, uint32_t from, uint32_t to, Stele__ProposalMessage *message)
{
	struct header header;
	struct signature signature;
	struct hash block;
	struct buf text, body;

	if (message->vote == NULL || message->vote->signer != from ||
	    !rng_chance(&world->rng_villain, SHARE_PPM) ||
	    header_parse(&header, bytes_of(message->header.data, message->header.len)))
		return false;
	buf_init(&text, LIMIT_HEADER_BYTES);
	buf_init(&body, LIMIT_BODY_BYTES);
	buf_add(&body, message->body.data, message->body.len);
	invent(world, &header, &body);
	header_render(&text, &header);
	sha256(&block, text.at, text.len);
	message->header = (ProtobufCBinaryData){text.len, text.at};
	message->body = (ProtobufCBinaryData){body.len, body.at};
	villain_sign(world, from, message->vote, &block, &signature);
	villain_post(world, from, to, PEER_PROPOSAL, message);
	buf_release(&text);
	buf_release(&body);
	return true;
}

bool villain_inventor(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		      struct bytes payload)
{
	struct arena arena;
	void *message;
	bool is_done = false;

	if (type != PEER_PROPOSAL)
		return false;
	arena_init(&arena, ARENA_BYTES);
	if (peer_decode(&arena, type, payload, &message) == ERR_OK)
		is_done = twist(world, from, to, message);
	arena_release(&arena);
	return is_done;
}
