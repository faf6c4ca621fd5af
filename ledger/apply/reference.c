#include "ledger/apply/reference.h"

enum err reference_check(struct apply *apply, struct state_key *out, const char *programme,
			 const ProtobufCBinaryData *hash)
{
	struct state_key prefix = state_key("reference/%s", programme);
	bool is_taken;
	enum err err;

	*out = state_key_hash(prefix.text, hash->data);
	err = state_has(apply, *out, &is_taken);
	if (err == ERR_OK && is_taken) /* D-05, VR-03 */
		return ERR_EXISTS_REFERENCE;
	return err;
}

enum err reference_take(struct apply *apply, struct state_key key, uint64_t number)
{
	Stele__TakenValue taken = STELE__TAKEN_VALUE__INIT;

	taken.number = number;
	return put_taken(apply, key, &taken);
}
