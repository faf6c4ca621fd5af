/* Proofs from anywhere, and the step of a light client that each would be: no input may do
 * more than fail, and a step never goes back. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proofs/light.h"
#include "proofs/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a reader of this very proof might rely on: its first set, and a head below. */
static struct trust trust_of(const struct proof_facts *facts, size_t size)
{
	const struct cover *cover = &facts->cover;
	struct trust trust = {.epoch = cover->epoch, .sets_count = 1, .has_head = size % 4 != 0};

	memcpy(trust.origin, cover->top.origin, sizeof(trust.origin));
	trust.chain = cover->top.chain;
	trust.sets[0] = cover->first->hash;
	trust.head.height = size % 3 == 0 ? cover->last.height : 0;
	trust.head.block = cover->last_block;
	trust.head.log_size = facts->facts[0].from_size;
	trust.head.log_root = facts->facts[0].from_root;
	if (size % 5 == 0)
		trust.head.log_root.b[0] ^= 1;
	return trust;
}

static void step(const json_t *proof, const struct trust *trust)
{
	struct proof_facts *facts = calloc(1, sizeof(*facts));
	struct trust *moved = calloc(1, sizeof(*moved));
	struct buf text;

	if (facts != NULL && moved != NULL && proof_findings(proof, trust, facts) == ERR_OK &&
	    light_step(facts, trust, moved) == ERR_OK) {
		ASSERT(!trust->has_head || moved->head.height >= trust->head.height);
		buf_init(&text, PIN_BYTES_MAX);
		pin_render(&text, moved);
		ASSERT(!text.has_failed && trust_parse(moved, buf_bytes(&text)) == ERR_OK);
		buf_release(&text);
	}
	if (facts != NULL)
		proof_facts_release(facts);
	free(facts);
	free(moved);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct proof_facts *facts = calloc(1, sizeof(*facts));
	json_t *proof = NULL;
	struct trust trust;

	if (facts != NULL && proof_parse(bytes_of(data, size), &proof) == ERR_OK) {
		(void)!proof_check(proof, NULL, facts);
		if (facts->version == PROOF_VERSION && facts->finality == FINDING_PASS) {
			trust = trust_of(facts, size);
			step(proof, &trust);
		}
		proof_facts_release(facts);
	}
	json_decref(proof);
	free(facts);
	return 0;
}
