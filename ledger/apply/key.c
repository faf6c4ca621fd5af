/* Keys of organisations: rules K, KR and KX of docs/ledger.md. */
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

/* A key cannot have been valid, or ended, before it was recorded. */
static uint64_t from_now_on(const struct apply *apply, uint64_t height)
{
	return height > apply->height ? height : apply->height;
}

enum err key_add(struct apply *apply, const Stele__KeyAdd *record)
{
	uint64_t from = from_now_on(apply, record->from_height);
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

/* A key as the transaction names it.  ERR_NOT_FOUND_KEY. */
static enum err find(struct apply *apply, const ProtobufCBinaryData *key, Stele__KeyValue **out)
{
	enum err err = get_key(apply, key_of_public_key(key->data), out);

	return err == ERR_NOT_FOUND ? ERR_NOT_FOUND_KEY : err;
}

static bool is_signer(const struct apply *apply, const Stele__KeyValue *key)
{
	return memcmp(key->key.data, apply->tx->signer.b, sizeof(apply->tx->signer.b)) == 0;
}

/* It signs no more from that height on. */
static enum err key_end(struct apply *apply, Stele__KeyValue *key, uint64_t from)
{
	key->revoked_height = from;
	key->revoked_log_index = apply->log_index;
	return put_key(apply, key_of_public_key(key->key.data), key);
}

enum err key_rotate(struct apply *apply, const Stele__KeyRotate *record)
{
	uint64_t from = from_now_on(apply, record->from_height);
	Stele__OrgKey key = STELE__ORG_KEY__INIT;
	Stele__KeyValue *old;
	Stele__OrgValue *org;
	enum err err = find(apply, &record->old_key, &old); /* KR-01 */

	if (err != ERR_OK)
		return err;
	if (old->revoked_height != 0) /* KR-02: what is replaced is revoked too */
		return ERR_KEY_ENDED;
	if (apply->motion == 0 && !is_signer(apply, old)) /* KR-03 */
		return ERR_KEY_NOT_OWN;
	err = get_org(apply, key_of_org(old->org), &org);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	key.key = record->key;
	key.purposes = old->purposes;
	key.n_purposes = old->n_purposes;
	key.proof = record->proof;
	err = key_register_proven(apply, org, &key, from); /* KR-04, KR-05 */
	if (err != ERR_OK)
		return err;
	old->replaced_by = record->key;
	return key_end(apply, old, from);
}

static bool may_revoke(const struct apply *apply, const Stele__KeyValue *key)
{
	bool governs = (apply->purposes & 1u << STELE__PURPOSE__PURPOSE_GOVERN) != 0;

	return apply->motion != 0 ||
	       (strcmp(key->org, apply->actor) == 0 && (governs || is_signer(apply, key)));
}

enum err key_revoke(struct apply *apply, const Stele__KeyRevoke *record)
{
	uint64_t from = from_now_on(apply, record->from_height);
	Stele__KeyValue *key;
	enum err err = find(apply, &record->key, &key); /* KX-01 */

	if (err != ERR_OK)
		return err;
	if (key->revoked_height != 0 && from >= key->revoked_height) /* KX-02 */
		return ERR_KEY_ENDED;
	if (!may_revoke(apply, key)) /* KX-03 */
		return ERR_KEY_NOT_OWN;
	return key_end(apply, key, from);
}
