/* The filler: as a leader it references parcels of its own that never expire, so
 * that no block may have them, and sends them along: what is fetched for a block
 * that can't be must not stay. */
#include <string.h>

#include "crypto/digest.h"
#include "node/pool.h"
#include "node/pump.h"
#include "proto/header.h"
#include "tests/sim/villain.h"

static const struct parcel *own_parcel(const struct world *world, uint32_t from)
{
	const struct held *held;

	TAILQ_FOREACH(held, pool_open_list(world->nodes[from].node->pool), link) {
		if (held->parcel->text.author == from)
			return held->parcel;
	}
	return NULL;
}

static void post_parcel(struct world *world, uint32_t from, uint32_t to, const struct buf *text,
			const struct parcel *parcel)
{
	Stele__ParcelMessage message = STELE__PARCEL_MESSAGE__INIT;
	struct signature signature;
	struct hash digest;

	sha256(&digest, text->at, text->len);
	(void)!sign_digest(&signature, &world->nodes[from].node_key, &digest);
	message.text = (ProtobufCBinaryData){text->len, text->at};
	message.signature = (ProtobufCBinaryData){sizeof(signature.b), signature.b};
	message.payload = (ProtobufCBinaryData){parcel->payload.len,
						(uint8_t *)(uintptr_t)parcel->payload.at};
	villain_post(world, from, to, PEER_PARCEL, &message);
}

static void post_proposal(struct world *world, uint32_t from, uint32_t to,
			  Stele__ProposalMessage *proposal, struct header *header,
			  const struct buf *body)
{
	struct resigned resigned;

	sha256(&header->body, body->at, body->len);
	proposal->body = (ProtobufCBinaryData){body->len, body->at};
	villain_resign(world, from, proposal, header, &resigned);
	villain_post(world, from, to, PEER_PROPOSAL, proposal);
	buf_release(&resigned.text);
}

static bool fill(struct world *world, uint32_t from, uint32_t to, void *message)
{
	Stele__ProposalMessage *proposal = message;
	const struct parcel *parcel = own_parcel(world, from);
	struct parcel_text changed;
	struct header header;
	struct hash digest;
	struct buf text, body;

	if (parcel == NULL || proposal->vote == NULL || proposal->vote->signer != from ||
	    header_parse(&header, bytes_of(proposal->header.data, proposal->header.len)))
		return false;
	changed = parcel->text;
	changed.expires = (UINT64_C(1) << 62) + header.view;
	buf_init(&text, 4096);
	buf_init(&body, LIMIT_BODY_BYTES);
	parcel_text_render(&text, &changed);
	sha256(&digest, text.at, text.len);
	buf_print(&body, "stele/v1 body\nparcel ");
	buf_hex(&body, digest.b, sizeof(digest.b));
	buf_print(&body, " %u %u %u\n", from, changed.count, changed.bytes);
	post_proposal(world, from, to, proposal, &header, &body);
	post_parcel(world, from, to, &text, parcel);
	buf_release(&text);
	buf_release(&body);
	return true;
}

bool villain_filler(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		    struct bytes payload)
{
	return type == PEER_PROPOSAL && villain_decoded(world, from, to, type, payload, fill);
}
