/* The impersonator: votes, proposes and packs in the names of others, with its own
 * signature or with none, and puts certificates together from such signatures. */
#include <string.h>

#include "crypto/digest.h"
#include "proto/certificate.h"
#include "proto/parcel.h"
#include "proto/vote.h"
#include "tests/sim/villain.h"

#define SHARE_PPM 300000u

static uint32_t somebody(struct world *world, uint32_t from)
{
	uint32_t n = world->scene.nodes;

	return (from + 1 + (uint32_t)rng_below(&world->rng_villain, n - 1)) % n;
}

/* Its own signature, or nobody's. */
static void sign_so(struct world *world, uint32_t from, Stele__VoteMessage *vote,
		    struct hash *block, struct signature *signature)
{
	villain_sign(world, from, vote, block, signature);
	if (rng_below(&world->rng_villain, 2) == 0)
		memset(signature->b, 0x01, sizeof(signature->b));
}

/* q signatures, each the villain's own. */
static void post_certificate(struct world *world, uint32_t from, uint32_t to, uint64_t view)
{
	Stele__CertificateMessage message = STELE__CERTIFICATE_MESSAGE__INIT;
	Stele__VoteMessage vote = STELE__VOTE_MESSAGE__INIT;
	struct certificate certificate = {.kind = VOTE_NULLIFY, .view = view};
	uint32_t n = world->scene.nodes, quorum = n - world_faults(n);
	struct hash nothing = {{0}};
	struct signature signature;
	struct buf data;

	certificate.set_hash = world->genesis->set.hash;
	vote.kind = VOTE_NULLIFY;
	vote.view = view;
	villain_sign(world, from, &vote, &nothing, &signature);
	for (uint32_t i = 0; i < quorum; i++) {
		certificate.signers[i / 8] |= (uint8_t)(1u << i % 8);
		certificate.signatures[certificate.signatures_count++] = signature;
	}
	buf_init(&data, LIMIT_CERTIFICATE_BYTES);
	certificate_encode(&data, &certificate, n);
	message.certificate = (ProtobufCBinaryData){data.len, data.at};
	villain_post(world, from, to, PEER_CERTIFICATE, &message);
	buf_release(&data);
}

static bool twist_vote(struct world *world, uint32_t from, uint32_t to, void *message)
{
	Stele__VoteMessage *vote = message;
	struct signature signature;
	struct hash block;

	if (!rng_chance(&world->rng_villain, SHARE_PPM))
		return false;
	villain_post(world, from, to, PEER_VOTE, vote);
	if (rng_below(&world->rng_villain, 4) == 0)
		post_certificate(world, from, to, vote->view);
	vote->signer = somebody(world, from);
	vote->kind = (uint32_t)(1 + rng_below(&world->rng_villain, 3));
	memset(block.b, 0x55, sizeof(block.b));
	sign_so(world, from, vote, &block, &signature);
	villain_post(world, from, to, PEER_VOTE, vote);
	return true;
}

/* As if another led this view, or as if the other's vote were on its own block. */
static bool twist_proposal(struct world *world, uint32_t from, uint32_t to, void *message)
{
	Stele__ProposalMessage *proposal = message;
	struct resigned resigned;
	struct header header;

	if (proposal->vote == NULL || !rng_chance(&world->rng_villain, SHARE_PPM) ||
	    header_parse(&header, bytes_of(proposal->header.data, proposal->header.len)))
		return false;
	villain_post(world, from, to, PEER_PROPOSAL, proposal);
	proposal->vote->signer = somebody(world, from);
	if (rng_below(&world->rng_villain, 2) == 0)
		header.proposer = proposal->vote->signer;
	header.view += rng_below(&world->rng_villain, 3);
	proposal->vote->view = header.view;
	header.time_ms++;
	villain_resign(world, from, proposal, &header, &resigned);
	villain_post(world, from, to, PEER_PROPOSAL, proposal);
	buf_release(&resigned.text);
	return true;
}

static bool twist_parcel(struct world *world, uint32_t from, uint32_t to, void *message)
{
	Stele__ParcelMessage *parcel = message;
	struct parcel_text text;
	struct signature signature;
	struct hash digest;
	struct buf out;

	if (!rng_chance(&world->rng_villain, SHARE_PPM) ||
	    parcel_text_parse(&text, bytes_of(parcel->text.data, parcel->text.len)))
		return false;
	villain_post(world, from, to, PEER_PARCEL, parcel);
	text.author = somebody(world, from);
	buf_init(&out, 4096);
	parcel_text_render(&out, &text);
	sha256(&digest, out.at, out.len);
	(void)!sign_digest(&signature, &world->nodes[from].node_key, &digest);
	parcel->text = (ProtobufCBinaryData){out.len, out.at};
	parcel->signature = (ProtobufCBinaryData){sizeof(signature.b), signature.b};
	villain_post(world, from, to, PEER_PARCEL, parcel);
	buf_release(&out);
	return true;
}

bool villain_impersonator(struct world *world, uint32_t from, uint32_t to, uint8_t type,
			  struct bytes payload)
{
	if (type == PEER_VOTE)
		return villain_decoded(world, from, to, type, payload, twist_vote);
	if (type == PEER_PROPOSAL)
		return villain_decoded(world, from, to, type, payload, twist_proposal);
	if (type == PEER_PARCEL)
		return villain_decoded(world, from, to, type, payload, twist_parcel);
	return false;
}
