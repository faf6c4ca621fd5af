/* Evidence from a peer or out of a body: what counts is against a member that signed
 * both votes.  The first byte chooses the accused and whether its votes are signed
 * before the check. */
#include <string.h>

#include "crypto/digest.h"
#include "proto/evidence.h"
#include "tests/fuzz/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void sign_both(struct evidence *evidence, const struct set *set, uint32_t index)
{
	evidence->set_hash = set->hash;
	evidence->signer = set->validators[index].consensus_key;
	for (int i = 0; i < 2; i++) {
		struct vote *vote = &evidence->votes[i];
		struct hash digest;

		vote_digest(&digest, vote->kind, keys_chain(), evidence->epoch, &set->hash,
			    evidence->view, &vote->block);
		keys_sign_vote(&vote->signature, set, index, &digest);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct set *set = keys_set(4);
	struct evidence evidence, again;
	struct bytes text;
	struct buf out;

	if (size < 1)
		return 0;
	text = bytes_of(data + 1, size - 1);
	if (evidence_parse(&evidence, text) != ERR_OK)
		return 0;
	ASSERT(evidence_check(&evidence, keys_chain(), set, 0) != ERR_OK);
	if ((data[0] & 4) == 0)
		return 0;
	sign_both(&evidence, set, data[0] & 3u);
	buf_init(&out, LIMIT_EVIDENCE_BYTES);
	evidence_render(&out, &evidence);
	/* the order of the pair is that of its texts, which name another set now */
	if (evidence_parse(&again, buf_bytes(&out)) == ERR_OK) {
		ASSERT(evidence_type_of(&again.votes[0], &again.votes[1]) == again.type);
		ASSERT((evidence_check(&again, keys_chain(), set, again.epoch) == ERR_OK) ==
		       evidence_epoch_fits(&again, again.epoch));
	}
	buf_release(&out);
	return 0;
}
