/* Evidence as a block records it: the next of the list, and the place that says
 * that it is there; docs/ledger.md section 2. */
#include <inttypes.h>

#include "base/mutant.h"
#include "ledger/apply/apply.h"
#include "ledger/apply/values.h"

static struct apply apply_of(const struct apply_block *block, uint64_t log_index,
			     struct arena *arena)
{
	return (struct apply){
		.overlay = block->overlay,
		.arena = arena,
		.height = block->height,
		.time_ms = block->time_ms,
		.log_index = log_index,
		.actor = "",
	};
}

enum err apply_evidence_is_known(const struct apply_block *block, const struct hash *id,
				 struct arena *arena, bool *out)
{
	struct apply apply = apply_of(block, 0, arena);

	return state_has(&apply, state_key_hash("evidence-id", id->b), out);
}

enum err apply_evidence(const struct apply_block *block, const struct evidence *evidence,
			const struct hash *text_hash, uint64_t log_index, struct arena *arena)
{
	struct apply apply = apply_of(block, log_index, arena);
	Stele__EvidenceValue value = STELE__EVIDENCE_VALUE__INIT;
	Stele__TakenValue taken = STELE__TAKEN_VALUE__INIT;
	struct hash id;
	bool is_known;
	enum err err;

	evidence_id(&id, evidence);
	err = apply_evidence_is_known(block, &id, arena, &is_known);
	if (err == ERR_OK && is_known && !mutant_on("evidence_recorded_twice"))
		err = ERR_EVIDENCE_KNOWN;
	if (err == ERR_OK)
		err = count_next(&apply, state_key("count/evidence"), &taken.number);
	if (err == ERR_OK)
		err = put_taken(&apply, state_key_hash("evidence-id", id.b), &taken);
	if (err != ERR_OK)
		return err;
	value.epoch = evidence->epoch;
	/* only read */
	value.signer = (ProtobufCBinaryData){sizeof(evidence->signer.b),
					     (uint8_t *)(uintptr_t)evidence->signer.b};
	value.type = (uint32_t)evidence->type;
	value.view = evidence->view;
	value.text_sha256 = (ProtobufCBinaryData){sizeof(text_hash->b),
						  (uint8_t *)(uintptr_t)text_hash->b};
	value.log_index = log_index;
	value.time = block->time_ms;
	return put_evidence(&apply, state_key("evidence/%" PRIu64, taken.number), &value);
}
