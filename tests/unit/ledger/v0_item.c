#include "tests/unit/ledger/v0_item.h"

#include "proofs/shape.h"

static const char *const end_names[] = {
	[SMT_PRESENT] = "present", [SMT_EMPTY] = "empty", [SMT_OTHER] = "other"};

json_t *state_item_json(const char *key, const struct bytes *value, const struct smt_proof *proof)
{
	json_t *object = json_object();

	json_object_set_new(object, "key", json_string(key));
	json_object_set_new(object, "value", value == NULL ? json_null() : json_of_base64(*value));
	json_object_set_new(object, "end", json_string(end_names[proof->end]));
	if (proof->end == SMT_OTHER) {
		json_object_set_new(object, "other_key", json_of_hash(&proof->other_key));
		json_object_set_new(object, "other_value", json_of_hash(&proof->other_value));
	}
	json_object_set_new(object, "siblings",
			    json_of_hashes(proof->siblings, proof->siblings_count));
	return object;
}
