#include "node/known_votes.h"

#include <string.h>

#include "crypto/digest.h"
#include "node/pump.h"

#define KEY_BYTES (1 + 8 + 8 + 32 + 4 + 64)

/* What the vote says and the signature; chain and set are the node's own. */
static void key_of(struct hash *out, const struct vote *vote)
{
	uint8_t key[KEY_BYTES];

	key[0] = (uint8_t)vote->kind;
	store_u64(key + 1, vote->epoch);
	store_u64(key + 9, vote->view);
	memcpy(key + 17, vote->block.b, sizeof(vote->block.b));
	store_u32(key + 49, vote->signer);
	memcpy(key + 53, vote->signature.b, sizeof(vote->signature.b));
	sha256(out, key, sizeof(key));
}

bool known_vote(const struct node *node, const struct vote *vote)
{
	struct hash key;

	key_of(&key, vote);
	return verified_has(node->votes, &key);
}

void known_votes_add(const struct node *node, const struct vote *vote)
{
	struct hash key;

	key_of(&key, vote);
	verified_add(node->votes, &key);
}

/* The vote of the signature at that place, which is signer's. */
static struct vote vote_in(const struct certificate *certificate, uint32_t signer, uint32_t place)
{
	return (struct vote){
		.kind = certificate->kind,
		.epoch = certificate->epoch,
		.view = certificate->view,
		.block = certificate->block,
		.signer = signer,
		.signature = certificate->signatures[place],
	};
}

uint32_t known_votes_in(const struct node *node, const struct certificate *certificate,
			uint8_t known[LIMIT_QUORUM_BITMAP])
{
	uint32_t place = 0, count = 0;

	memset(known, 0, LIMIT_QUORUM_BITMAP);
	for (uint32_t i = 0; i < node->set->count; i++) {
		struct vote vote;

		if (!certificate_has_signer(certificate, i))
			continue;
		vote = vote_in(certificate, i, place++);
		if (!known_vote(node, &vote))
			continue;
		known[i / 8] |= (uint8_t)(1u << i % 8);
		count++;
	}
	return certificate->signatures_count - count;
}

void known_votes_add_all(const struct node *node, const struct certificate *certificate)
{
	uint32_t place = 0;

	for (uint32_t i = 0; i < node->set->count; i++) {
		struct vote vote;

		if (!certificate_has_signer(certificate, i))
			continue;
		vote = vote_in(certificate, i, place++);
		known_votes_add(node, &vote);
	}
}
