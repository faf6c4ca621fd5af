/* The switch between villains, and what they share. */
#include "tests/sim/villain.h"

#include <string.h>

#include "crypto/digest.h"
#include "proto/vote.h"

#define ARENA_BYTES ((size_t)64 << 20)

static const char *const names[VILLAIN_COUNT] = {
	[VILLAIN_NONE] = "none",
#define VILLAIN_NAME(NAME, name) [VILLAIN_##NAME] = #name,
	VILLAIN_LIST(VILLAIN_NAME)
#undef VILLAIN_NAME
};

const char *villain_name(enum villain kind)
{
	return names[kind];
}

bool villain_by_name(enum villain *out, const char *name)
{
	for (size_t i = 0; i < VILLAIN_COUNT; i++) {
		if (strcmp(names[i], name) == 0) {
			*out = (enum villain)i;
			return true;
		}
	}
	return false;
}

uint64_t villain_dice(const struct world *world, uint64_t a, uint64_t b)
{
	struct rng rng;

	rng_init(&rng, world->seed * UINT64_C(0x9e3779b97f4a7c15) ^ a << 20 ^ b);
	return rng_u64(&rng);
}

void villain_sign(struct world *world, uint32_t from, Stele__VoteMessage *vote,
		  struct hash *block, struct signature *signature)
{
	struct hash digest;

	vote_digest(&digest, (enum vote_kind)vote->kind, &world->genesis->chain, vote->epoch,
		    &world->genesis->set.hash, vote->view, block);
	(void)!sign_digest(signature, &world->nodes[from].consensus_key, &digest);
	vote->block = vote->kind == VOTE_NULLIFY ? (ProtobufCBinaryData){0, NULL}
						 : (ProtobufCBinaryData){32, block->b};
	vote->signature = (ProtobufCBinaryData){64, signature->b};
}

void villain_post(struct world *world, uint32_t from, uint32_t to, enum peer_type type,
		  const void *message)
{
	struct buf out;

	buf_init(&out, peer_payload_max((uint8_t)type));
	if (peer_encode(&out, type, message) == ERR_OK)
		net_sim_post(world, from, to, (uint8_t)type, buf_bytes(&out));
	buf_release(&out);
}

bool villain_decoded(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		     struct bytes payload, villain_twist *twist)
{
	struct arena arena;
	void *message;
	bool is_done = false;

	arena_init(&arena, ARENA_BYTES);
	if (peer_decode(&arena, type, payload, &message) == ERR_OK)
		is_done = twist(world, from, to, message);
	arena_release(&arena);
	return is_done;
}

void villain_resign(struct world *world, uint32_t from, Stele__ProposalMessage *proposal,
		    const struct header *header, struct resigned *out)
{
	buf_init(&out->text, LIMIT_HEADER_BYTES);
	header_render(&out->text, header);
	sha256(&out->block, out->text.at, out->text.len);
	proposal->header = (ProtobufCBinaryData){out->text.len, out->text.at};
	villain_sign(world, from, proposal->vote, &out->block, &out->signature);
}

bool villain_play(struct world *world, enum villain part, uint32_t from, uint32_t to,
		  uint8_t type, struct bytes payload)
{
	world->statistics.parts |= 1u << part;
	switch (part) {
	case VILLAIN_NONE:
	case VILLAIN_COUNT:
		return false;
#define VILLAIN_CASE(NAME, name) \
	case VILLAIN_##NAME: \
		return villain_##name(world, from, to, type, payload);
		VILLAIN_LIST(VILLAIN_CASE)
#undef VILLAIN_CASE
	}
	UNREACHABLE();
}

bool villain_on_send(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		     struct bytes payload)
{
	return villain_play(world, world->scene.villains[from], from, to, type, payload);
}
