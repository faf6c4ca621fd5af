/* The evidence forger: accuses correct nodes with signatures of its own or none,
 * itself of what is legal, members of other sets, in a wrong order, with a wrong
 * type, epoch or view; and as a leader it refers to such evidence. */
#include <string.h>

#include "crypto/digest.h"
#include "proto/body.h"
#include "proto/evidence.h"
#include "tests/sim/villain.h"

#define WITH_VOTE_PPM 150000u
#define REPEATS_MAX 3u
#define LEADING_PPM 200000u

static void sign(struct world *world, uint32_t from, struct vote *vote)
{
	struct hash digest;

	vote_digest(&digest, vote->kind, &world->genesis->chain, vote->epoch,
		    &world->genesis->set.hash, vote->view, &vote->block);
	(void)!sign_digest(&vote->signature, &world->nodes[from].consensus_key, &digest);
}

/* Two notarize of different blocks, signed by the villain: true evidence of E1, were
 * it in the villain's own name. */
static void make(struct world *world, uint32_t from, uint32_t accused, uint64_t view,
		 struct evidence *out)
{
	struct vote votes[2];

	memset(votes, 0, sizeof(votes));
	for (int i = 0; i < 2; i++) {
		votes[i].kind = VOTE_NOTARIZE;
		votes[i].view = view;
		votes[i].signer = accused;
		memset(votes[i].block.b, 0x60 + i, sizeof(votes[i].block.b));
		sign(world, from, &votes[i]);
	}
	evidence_make(out, &votes[0], &votes[1], &world->genesis->set);
}

static void spoil(struct world *world, uint32_t from, struct evidence *evidence)
{
	struct vote first = evidence->votes[0];

	switch (rng_below(&world->rng_villain, 8)) {
	case 0: /* against a correct node, with its own signatures */
		return;
	case 1:
		memset(evidence->votes[1].signature.b, 0x01, sizeof(first.signature.b));
		return;
	case 2: /* its own, and legal */
		evidence->signer = world->genesis->set.validators[from].consensus_key;
		evidence->votes[1].kind = VOTE_NULLIFY;
		memset(&evidence->votes[1].block, 0, sizeof(first.block));
		sign(world, from, &evidence->votes[1]);
		return;
	case 3: /* its own, in the wrong order */
		evidence->signer = world->genesis->set.validators[from].consensus_key;
		evidence->votes[0] = evidence->votes[1];
		evidence->votes[1] = first;
		return;
	case 4: /* its own, of another type */
		evidence->signer = world->genesis->set.validators[from].consensus_key;
		evidence->type = EVIDENCE_E3;
		return;
	case 5: /* nobody's */
		evidence->signer.b[5] ^= 1;
		return;
	case 6:
		evidence->epoch = 1 + rng_below(&world->rng_villain, 1000);
		return;
	default:
		evidence->view = UINT64_C(1) << (32 + rng_below(&world->rng_villain, 30));
		return;
	}
}

static void render(struct world *world, uint32_t from, uint64_t view, struct buf *text,
		   struct evidence *evidence)
{
	uint32_t n = world->scene.nodes;
	uint32_t accused = (from + 1 + (uint32_t)rng_below(&world->rng_villain, n - 1)) % n;

	make(world, from, accused, view, evidence);
	spoil(world, from, evidence);
	evidence_render(text, evidence);
}

static void post(struct world *world, uint32_t from, uint32_t to, const struct buf *text)
{
	Stele__EvidenceMessage message = STELE__EVIDENCE_MESSAGE__INIT;

	message.text = (ProtobufCBinaryData){text->len, text->at};
	for (uint64_t i = 1 + rng_below(&world->rng_villain, REPEATS_MAX); i > 0; i--)
		villain_post(world, from, to, PEER_EVIDENCE, &message);
}

static bool twist_vote(struct world *world, uint32_t from, uint32_t to, void *message)
{
	const Stele__VoteMessage *vote = message;
	struct evidence evidence;
	struct buf text;

	if (!rng_chance(&world->rng_villain, WITH_VOTE_PPM))
		return false;
	buf_init(&text, 8192);
	render(world, from, vote->view, &text, &evidence);
	post(world, from, to, &text);
	buf_release(&text);
	return false;
}

/* A body with such evidence alone; its text comes along, or never. */
static void refer(struct world *world, uint32_t from, uint64_t view, struct buf *body,
		  struct buf *text)
{
	struct evidence evidence;
	struct hash id, hash;

	render(world, from, view, text, &evidence);
	evidence_id(&id, &evidence);
	sha256(&hash, text->at, text->len);
	buf_print(body, "stele/v1 body\nevidence ");
	buf_hex(body, id.b, sizeof(id.b));
	buf_print(body, " ");
	buf_hex(body, hash.b, sizeof(hash.b));
	buf_print(body, "\n");
}

static bool twist_proposal(struct world *world, uint32_t from, uint32_t to, void *message)
{
	Stele__ProposalMessage *proposal = message;
	struct resigned resigned;
	struct header header;
	struct buf text, body;

	if (proposal->vote == NULL || proposal->vote->signer != from ||
	    !rng_chance(&world->rng_villain, LEADING_PPM) ||
	    header_parse(&header, bytes_of(proposal->header.data, proposal->header.len)))
		return false;
	buf_init(&text, 8192);
	buf_init(&body, LIMIT_BODY_BYTES);
	refer(world, from, header.view, &body, &text);
	sha256(&header.body, body.at, body.len);
	proposal->body = (ProtobufCBinaryData){body.len, body.at};
	villain_resign(world, from, proposal, &header, &resigned);
	villain_post(world, from, to, PEER_PROPOSAL, proposal);
	if (rng_below(&world->rng_villain, 2) == 0)
		post(world, from, to, &text);
	buf_release(&resigned.text);
	buf_release(&text);
	buf_release(&body);
	return true;
}

bool villain_forger(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		    struct bytes payload)
{
	if (type == PEER_VOTE)
		return villain_decoded(world, from, to, type, payload, twist_vote);
	if (type == PEER_PROPOSAL)
		return villain_decoded(world, from, to, type, payload, twist_proposal);
	return false;
}
