/* The inventor: as a leader it proposes what nobody can vote for, but everybody
 * has to look at: heights and parents that do not exist, times far ahead, parcels
 * that nobody has. */
#include <string.h>

#include "crypto/digest.h"
#include "proto/header.h"
#include "tests/sim/villain.h"

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

static bool twist(struct world *world, uint32_t from, uint32_t to, void *message)
{
	Stele__ProposalMessage *proposal = message;
	struct resigned resigned;
	struct header header;
	struct buf body;

	if (proposal->vote == NULL || proposal->vote->signer != from ||
	    !rng_chance(&world->rng_villain, SHARE_PPM) ||
	    header_parse(&header, bytes_of(proposal->header.data, proposal->header.len)))
		return false;
	buf_init(&body, LIMIT_BODY_BYTES);
	buf_add(&body, proposal->body.data, proposal->body.len);
	invent(world, &header, &body);
	proposal->body = (ProtobufCBinaryData){body.len, body.at};
	villain_resign(world, from, proposal, &header, &resigned);
	villain_post(world, from, to, PEER_PROPOSAL, proposal);
	buf_release(&resigned.text);
	buf_release(&body);
	return true;
}

bool villain_inventor(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		      struct bytes payload)
{
	return type == PEER_PROPOSAL && villain_decoded(world, from, to, type, payload, twist);
}
