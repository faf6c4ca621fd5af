/* The set of validators to come, and who is ready for it: rules VS and VY of
 * docs/ledger.md.  In this version nothing reads what they write. */
#include <inttypes.h>
#include <string.h>

#include "ledger/apply/rules.h"
#include "ledger/apply/values.h"
#include "proto/session_text.h"
#include "proto/set.h"

static struct state_key key_of_ready(const uint8_t set[32], const char *org)
{
	char hex[HASH_HEX_LEN + 1];

	hex_encode(hex, set, 32);
	return state_key("ready/%s/%s", hex, org);
}

/* The record's members, whose fields have their bounds, as the set that they are. */
static void set_fill(struct set *out, const Stele__ValidatorsSet *record)
{
	ASSERT(record->n_validators <= LIMIT_VALIDATORS);
	for (size_t i = 0; i < record->n_validators; i++) {
		const Stele__Validator *from = record->validators[i];
		struct validator *to = &out->validators[out->count++];

		memcpy(to->id, from->id, strlen(from->id) + 1);
		memcpy(to->org, from->org, strlen(from->org) + 1);
		memcpy(to->consensus_key.b, from->consensus_key.data, sizeof(to->consensus_key.b));
		memcpy(to->node_key.b, from->node_key.data, sizeof(to->node_key.b));
	}
}

static enum err check_member(struct apply *apply, const struct validator *validator)
{
	Stele__OrgValue *org;
	enum err err = get_org(apply, key_of_org(validator->org), &org);

	if (err == ERR_NOT_FOUND)
		return ERR_SET_MEMBER;
	if (err != ERR_OK)
		return err;
	if (org->status != STELE__ORG_STATUS__ORG_ACTIVE ||
	    (role_bits(org->roles, org->n_roles) & ROLE_BIT(VALIDATOR)) == 0)
		return ERR_SET_MEMBER;
	return ERR_OK;
}

static bool names_key(const ProtobufCBinaryData *data, const struct public_key *key)
{
	return data->len == sizeof(key->b) && memcmp(data->data, key->b, sizeof(key->b)) == 0;
}

static enum err is_ready(struct apply *apply, const struct set *set,
			 const struct validator *validator, bool *out)
{
	Stele__ReadyValue *value;
	enum err err = get_ready(apply, key_of_ready(set->hash.b, validator->org), &value);

	*out = false;
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	*out = names_key(&value->ready->consensus_key, &validator->consensus_key) &&
	       names_key(&value->ready->node_key, &validator->node_key) &&
	       value->height + LIMIT_READY_HEIGHTS >= apply->height;
	return ERR_OK;
}

static enum err check_ready(struct apply *apply, const struct set *set)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < set->count; i++) {
		bool ready;
		enum err err = is_ready(apply, set, &set->validators[i], &ready);

		if (err != ERR_OK)
			return err;
		count += ready;
	}
	return count >= set_quorum(set->count) ? ERR_OK : ERR_SET_NOT_READY;
}

static enum err put_pending(struct apply *apply, const Stele__ValidatorsSet *record,
			    const struct set *set)
{
	Stele__PendingSetValue value = STELE__PENDING_SET_VALUE__INIT;
	struct hash hash = set->hash;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < record->n_validators; i++) {
		Stele__PendingMemberValue member = STELE__PENDING_MEMBER_VALUE__INIT;

		member.validator = record->validators[i];
		err = put_pending_member(apply, state_key("set/pending/%zu", i + 1), &member);
	}
	if (err != ERR_OK)
		return err;
	value.count = set->count;
	value.set_sha256 = (ProtobufCBinaryData){sizeof(hash.b), hash.b};
	value.log_index = apply->log_index;
	value.motion = apply->motion;
	return put_pending_set(apply, state_key("set/pending"), &value);
}

enum err validators_set(struct apply *apply, const Stele__ValidatorsSet *record)
{
	struct set *set = arena_alloc(apply->arena, sizeof(*set));
	enum err err = ERR_OK;

	if (set == NULL)
		return ERR_MEMORY;
	set->count = 0;
	set_fill(set, record);
	if (!set_is_sound(set)) /* VS-01 */
		return ERR_SET_FORM;
	set_seal(set); /* in order already: the hash */
	for (uint32_t i = 0; err == ERR_OK && i < set->count; i++)
		err = check_member(apply, &set->validators[i]); /* VS-02 */
	if (err == ERR_OK)
		err = check_ready(apply, set); /* VS-03 */
	if (err == ERR_OK)
		err = put_pending(apply, record, set);
	return err;
}

enum err validator_ready(struct apply *apply, const Stele__ValidatorReady *record)
{
	Stele__ValidatorReady ready = *record;
	Stele__ReadyValue value = STELE__READY_VALUE__INIT;
	struct hash chain = apply_chain(apply);

	if (!ready_proofs_verify(record, &chain)) /* VY-01 */
		return ERR_READY_PROOF;
	value.ready = &ready; /* only read, as the record is */
	value.height = apply->height;
	value.log_index = apply->log_index;
	return put_ready(apply, key_of_ready(record->set_sha256.data, apply->actor), &value);
}
