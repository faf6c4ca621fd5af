/* The switch between villains, and what they share. */
#include "tests/sim/villain.h"

#include <string.h>

#include "proto/vote.h"

static const char *const names[VILLAIN_COUNT] = {
	[VILLAIN_NONE] = "none",
	[VILLAIN_EQUIVOCATOR] = "equivocator",
	[VILLAIN_SILENT] = "silent",
	[VILLAIN_SKIPPER] = "skipper",
	[VILLAIN_LIAR] = "liar",
	[VILLAIN_WITHHOLDER] = "withholder",
	[VILLAIN_INVENTOR] = "inventor",
	[VILLAIN_FILLER] = "filler",
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

bool villain_on_send(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		     struct bytes payload)
{
	switch (world->scene.villains[from]) {
	case VILLAIN_NONE:
	case VILLAIN_COUNT:
		return false;
	case VILLAIN_EQUIVOCATOR:
		return villain_equivocator(world, from, to, type, payload);
	case VILLAIN_SKIPPER:
		return villain_skipper(world, from, to, type, payload);
	case VILLAIN_SILENT:
		return villain_silent(world, from, to, type, payload);
	case VILLAIN_LIAR:
		return villain_liar(world, from, to, type, payload);
	case VILLAIN_WITHHOLDER:
		return villain_withholder(world, from, to, type, payload);
	case VILLAIN_FILLER:
		return villain_filler(world, from, to, type, payload);
	case VILLAIN_INVENTOR:
		return villain_inventor(world, from, to, type, payload);
	}
	UNREACHABLE();
}
