/* The switch between villains, and what they share. */
#include "tests/sim/villain.h"

#include "proto/vote.h"

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
	switch (world->scene.villain) {
	case VILLAIN_NONE:
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
