/* The crammer: sends its parcels to one victim only, and each of them many times over as
 * parcels of their own, so that what the victim proposes must be fetched from it; in all
 * else it takes part. */
#include "crypto/digest.h"
#include "ledger/parcel.h"
#include "tests/sim/villain.h"

#define COPIES 128u
#define COPY_STEP (UINT64_C(1) << 40) /* between their sequences */

static void post_copy(struct world *world, uint32_t from, uint32_t to,
		      const Stele__ParcelMessage *original, const struct parcel_text *text)
{
	Stele__ParcelMessage message = *original;
	struct signature signature;
	struct hash digest;
	struct buf rendered;

	buf_init(&rendered, 4096);
	parcel_text_render(&rendered, text);
	sha256(&digest, rendered.at, rendered.len);
	(void)!sign_digest(&signature, &world->nodes[from].node_key, &digest);
	message.text = (ProtobufCBinaryData){rendered.len, rendered.at};
	message.signature = (ProtobufCBinaryData){sizeof(signature.b), signature.b};
	villain_post(world, from, to, PEER_PARCEL, &message);
	buf_release(&rendered);
}

static bool cram(struct world *world, uint32_t from, uint32_t to, void *message)
{
	const Stele__ParcelMessage *parcel = message;
	struct parcel_text text;

	if (parcel_text_parse(&text, bytes_of(parcel->text.data, parcel->text.len)) ||
	    text.author != from)
		return false;
	for (uint32_t i = 0; i < COPIES; i++) {
		text.sequence += COPY_STEP;
		post_copy(world, from, to, parcel, &text);
	}
	return false; /* and the original after them */
}

bool villain_crammer(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		     struct bytes payload)
{
	uint32_t n = world->scene.nodes;

	if (type != PEER_PARCEL)
		return false;
	if (to != (from + 1 + world->seed % (n - 1)) % n)
		return true;
	return villain_decoded(world, from, to, type, payload, cram);
}
