#include "node/range_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/mutant.h"
#include "crypto/digest.h"
#include "node/pump.h"
#include "proto/evidence.h"

#define ARENA_BYTES ((size_t)64 << 20)
#define SLICE_BYTES 65536u /* of payload: some ten milliseconds of checking */

/* --- life ---------------------------------------------------------------- */

struct range_answer *range_answer_new(const struct node *node, uint32_t peer,
				      uint64_t from_height, struct bytes payload)
{
	struct range_answer *answer = pump_alloc(1, sizeof(*answer));

	answer->node = node;
	answer->peer = peer;
	answer->from_height = from_height;
	answer->payload = pump_copy(payload);
	arena_init(&answer->arena, ARENA_BYTES);
	answer->references = 1;
	return answer;
}

void range_answer_release(struct range_answer *answer)
{
	if (--answer->references > 0)
		return;
	for (size_t i = 0; i < answer->count; i++) {
		for (size_t k = 0; k < answer->message->blocks[i]->n_parcels; k++) {
			if (answer->parcels[i][k] != NULL)
				parcel_release(answer->parcels[i][k]);
		}
		free(answer->parcels[i]);
	}
	arena_release(&answer->arena);
	free((void *)(uintptr_t)answer->payload.at);
	free(answer);
}

/* --- links and hashes ---------------------------------------------------- */

static struct bytes bytes_in(ProtobufCBinaryData data)
{
	return bytes_of(data.data, data.len);
}

/* The texts that the body names, and nothing unverified. */
static enum err check_evidence(const struct range_answer *answer, const Stele__RangeBlock *block,
			       const struct body *body)
{
	const struct node *node = answer->node;

	for (uint32_t k = 0; k < body->evidence_count; k++) {
		struct bytes text = bytes_in(block->evidence[k]);
		struct evidence evidence;
		struct hash text_hash;
		enum err err;

		sha256(&text_hash, text.at, text.len);
		if (!hash_equal(&text_hash, &body->evidence[k].text_hash))
			return ERR_PEER_MESSAGE;
		err = evidence_parse(&evidence, text);
		if (!err)
			err = evidence_check(&evidence, &node->chain, node->set, node->epoch);
		if (err)
			return err;
	}
	return ERR_OK;
}

static enum err check_block(struct range_answer *answer, size_t i, struct body *body)
{
	const Stele__RangeBlock *block = answer->message->blocks[i];
	struct header *header = &answer->headers[i];
	struct hash body_hash;
	enum err err;

	answer->header_texts[i] = bytes_in(block->header);
	answer->body_texts[i] = bytes_in(block->body);
	err = header_parse(header, answer->header_texts[i]);
	if (!err)
		err = body_parse(body, answer->body_texts[i]);
	if (err)
		return err;
	sha256(&answer->hashes[i], block->header.data, block->header.len);
	sha256(&body_hash, block->body.data, block->body.len);
	if (mutant_on("range_unverified"))
		return ERR_OK;
	if (!hash_equal(&body_hash, &header->body) || body->parcels_count != block->n_parcels ||
	    body->evidence_count != block->n_evidence ||
	    !hash_equal(&header->chain, &answer->node->chain) ||
	    header->epoch != answer->node->epoch ||
	    header->height != answer->message->from_height + i)
		return ERR_PEER_MESSAGE;
	if (i > 0 && !hash_equal(&header->parent, &answer->hashes[i - 1]))
		return ERR_PEER_MESSAGE;
	for (uint32_t k = 0; k < body->parcels_count; k++) {
		struct hash digest;

		sha256(&digest, block->parcels[k]->text.data, block->parcels[k]->text.len);
		if (!hash_equal(&digest, &body->parcels[k].digest))
			return ERR_PEER_MESSAGE;
	}
	return check_evidence(answer, block, body);
}

/* Links, hashes and the certificate over the last block. */
static enum err check_links(struct range_answer *answer)
{
	const struct node *node = answer->node;
	struct body *body = pump_alloc(1, sizeof(*body));
	enum err err = ERR_OK;
	size_t count = answer->message->n_blocks;

	if (count == 0 || count > LIMIT_RANGE_BLOCKS)
		err = ERR_PEER_MESSAGE;
	/* what nobody wants would take room; it may be late, and no lie */
	if (answer->message->from_height != answer->from_height)
		err = ERR_NOT_FOUND;
	for (size_t i = 0; i < count && !err; i++)
		err = check_block(answer, i, body);
	free(body);
	if (err)
		return err;
	answer->certificate_data = bytes_in(answer->message->finalization);
	err = certificate_decode(&answer->certificate, answer->certificate_data, node->set->count);
	if (err)
		return err;
	if (answer->certificate.kind != VOTE_FINALIZE ||
	    !hash_equal(&answer->certificate.block, &answer->hashes[count - 1]))
		return ERR_PEER_MESSAGE;
	return certificate_check(&answer->certificate, &node->chain, node->set, node->epoch, NULL);
}

enum err range_check_links(struct range_answer *answer)
{
	void *message;
	enum err err = peer_decode(&answer->arena, PEER_RANGE, answer->payload, &message);

	if (!err) {
		answer->message = message;
		err = check_links(answer);
	}
	if (err)
		return err;
	answer->count = answer->message->n_blocks;
	for (size_t i = 0; i < answer->count; i++)
		answer->parcels[i] = pump_alloc(answer->message->blocks[i]->n_parcels + 1,
						sizeof(struct parcel *));
	return ERR_OK;
}

/* --- parcels ------------------------------------------------------------- */

bool range_slice_next(const struct range_answer *answer, struct range_slice *slice)
{
	size_t bytes = 0;

	slice->first += slice->count;
	slice->count = 0;
	while (slice->block < answer->count &&
	       slice->first == answer->message->blocks[slice->block]->n_parcels) {
		slice->block++;
		slice->first = 0;
	}
	if (slice->block == answer->count)
		return false;
	while (slice->first + slice->count < answer->message->blocks[slice->block]->n_parcels &&
	       bytes < SLICE_BYTES) {
		size_t at = slice->first + slice->count++;

		bytes += answer->message->blocks[slice->block]->parcels[at]->payload.len;
	}
	return true;
}

enum err range_check_parcels(struct range_answer *answer, const struct range_slice *slice,
			     uint64_t *signatures)
{
	const Stele__RangeBlock *block = answer->message->blocks[slice->block];
	const struct node *node = answer->node;
	enum err err = ERR_OK;

	for (size_t k = slice->first; k < slice->first + slice->count && !err; k++) {
		const Stele__ParcelMessage *parcel = block->parcels[k];
		struct parcel **out = &answer->parcels[slice->block][k];
		struct signature signature;

		if (parcel->signature.len != sizeof(signature.b))
			return ERR_PEER_MESSAGE;
		memcpy(signature.b, parcel->signature.data, sizeof(signature.b));
		err = parcel_open(out, bytes_in(parcel->text), &signature, bytes_in(parcel->payload),
				  &node->chain, node->set, node->epoch, node->verified);
		if (!err)
			*signatures += 1 + (uint64_t)(*out)->text.count;
	}
	return err;
}
