/* The far-view flooder: with its own words it sends votes, statuses and requests
 * for views, epochs and heights that nobody has reached or ever will. */
#include <string.h>

#include "proto/vote.h"
#include "tests/sim/villain.h"

#define WITH_VOTE_PPM 200000u
#define BITMAP_BYTES 32u

/* From the next view to the greatest number there is. */
static uint64_t far(struct world *world, uint64_t near)
{
	switch (rng_below(&world->rng_villain, 5)) {
	case 0:
		return near + 2 + rng_below(&world->rng_villain, 100);
	case 1:
		return near + ((uint64_t)1 << rng_below(&world->rng_villain, 62));
	case 2:
		return UINT64_MAX - rng_below(&world->rng_villain, 3);
	case 3:
		return ((uint64_t)1 << 63) - rng_below(&world->rng_villain, 3);
	default:
		return 0;
	}
}

static uint64_t epoch(struct world *world)
{
	return rng_below(&world->rng_villain, 3) == 0 ? far(world, 0) : 0;
}

static void post_vote(struct world *world, uint32_t from, uint32_t to, uint64_t view)
{
	Stele__VoteMessage vote = STELE__VOTE_MESSAGE__INIT;
	struct signature signature;
	struct hash block;

	memset(block.b, (int)rng_below(&world->rng_villain, 256), sizeof(block.b));
	vote.kind = (uint32_t)(1 + rng_below(&world->rng_villain, 3));
	vote.epoch = epoch(world);
	vote.view = far(world, view);
	vote.signer = from;
	villain_sign(world, from, &vote, &block, &signature);
	villain_post(world, from, to, PEER_VOTE, &vote);
}

static void post_status(struct world *world, uint32_t from, uint32_t to, uint64_t view)
{
	Stele__StatusMessage status = STELE__STATUS_MESSAGE__INIT;
	uint8_t ones[BITMAP_BYTES];

	memset(ones, 0xff, sizeof(ones));
	status.epoch = epoch(world);
	status.view = far(world, view);
	status.final_epoch = epoch(world);
	status.final_view = far(world, view);
	status.final_height = far(world, view);
	status.committed_height = far(world, view);
	status.signing = true;
	status.bitmap_base = far(world, view);
	status.notarized = (ProtobufCBinaryData){sizeof(ones), ones};
	status.nullified = status.notarized;
	status.time_ms = far(world, WORLD_TIME_MS);
	villain_post(world, from, to, PEER_STATUS, &status);
}

static void post_requests(struct world *world, uint32_t from, uint32_t to, uint64_t view)
{
	Stele__CertificateRequest certificate = STELE__CERTIFICATE_REQUEST__INIT;
	Stele__VotesRequest votes = STELE__VOTES_REQUEST__INIT;
	Stele__RangeRequest range = STELE__RANGE_REQUEST__INIT;
	Stele__BlockRequest block = STELE__BLOCK_REQUEST__INIT;
	uint8_t hash[32], have[1] = {0};

	certificate.kind = votes.kind = (uint32_t)(1 + rng_below(&world->rng_villain, 3));
	certificate.epoch = votes.epoch = epoch(world);
	certificate.view = votes.view = far(world, view);
	votes.have = (ProtobufCBinaryData){sizeof(have), have};
	range.from_height = far(world, view);
	memset(hash, (int)rng_below(&world->rng_villain, 256), sizeof(hash));
	block.block = (ProtobufCBinaryData){sizeof(hash), hash};
	villain_post(world, from, to, PEER_CERTIFICATE_REQUEST, &certificate);
	villain_post(world, from, to, PEER_VOTES_REQUEST, &votes);
	villain_post(world, from, to, PEER_RANGE_REQUEST, &range);
	villain_post(world, from, to, PEER_BLOCK_REQUEST, &block);
}

static bool twist(struct world *world, uint32_t from, uint32_t to, void *message)
{
	const Stele__VoteMessage *vote = message;

	if (!rng_chance(&world->rng_villain, WITH_VOTE_PPM))
		return false;
	post_vote(world, from, to, vote->view);
	post_status(world, from, to, vote->view);
	post_requests(world, from, to, vote->view);
	return false; /* and its own word after them */
}

bool villain_flooder(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		     struct bytes payload)
{
	return type == PEER_VOTE && villain_decoded(world, from, to, type, payload, twist);
}
