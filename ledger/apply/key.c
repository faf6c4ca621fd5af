/* Keys of organisations: rules K of docs/ledger.md. */
#include <inttypes.h>
#include <string.h>

#include "ledger/apply/rules.h"
#include "ledger/apply/values.h"
#include "proto/session_text.h"

enum err key_register(struct apply *apply, Stele__OrgValue *org, const Stele__KeyValue *key)
{
	struct state_key at = key_of_public_key(key->key.data);
	bool is_there;
	enum err err = state_has(apply, at, &is_there);

	if (err != ERR_OK)
		return err;
	if (is_there) /* K-03: a key belongs to one organisation for ever */
		return ERR_EXISTS_KEY;
	org->keys++;
	err = put_key(apply, at, key);
	if (err == ERR_OK)
		err = put_place(apply, state_key("org-key/%s/%" PRIu64, org->id, org->keys), at);
	if (err == ERR_OK)
		err = put_org(apply, key_of_org(org->id), org);
	return err;
}

enum err key_register_proven(struct apply *apply, Stele__OrgValue *org, const Stele__OrgKey *key,
			     uint64_t from_height)
{
	Stele__KeyValue value = STELE__KEY_VALUE__INIT;
	struct hash chain = apply_chain(apply);
	enum err err;

	value.key = key->key;
	value.org = org->id;
	value.purposes = key->purposes;
	value.n_purposes = key->n_purposes;
	value.from_height = from_height;
	value.log_index = apply->log_index;
	value.motion = apply->motion;
	err = key_register(apply, org, &value);
	if (err != ERR_OK)
		return err;
	if (!key_proof_verifies(key, &chain, bytes_text(org->id))) /* K-04 */
		return ERR_KEY_PROOF;
	return ERR_OK;
}

enum err key_add(struct apply *apply, const Stele__KeyAdd *record)
{
	/* A key cannot have been valid before it was recorded. */
	uint64_t from = record->from_height > apply->height ? record->from_height : apply->height;
	Stele__OrgValue *org;
	enum err err = get_org(apply, key_of_org(record->org), &org);

	if (err == ERR_NOT_FOUND) /* K-01 */
		return ERR_NOT_FOUND_ORG;
	if (err != ERR_OK)
		return err;
	if (apply->motion == 0 && strcmp(record->org, apply->actor) != 0) /* K-02 */
		return ERR_ROLE;
	return key_register_proven(apply, org, record->key, from);
}
