/* Panels: rules NA of docs/ledger.md. */
#include "ledger/apply/panel.h"

#include <inttypes.h>
#include <string.h>

#include "crypto/digest.h"
#include "ledger/apply/values.h"

static struct state_key key_of_reviewer(const char *programme, const char *call,
					const uint8_t key[33])
{
	struct hash hash;

	sha256(&hash, key, 33);
	return state_key_hash(state_key("reviewer/%s/%s", programme, call).text, hash.b);
}

enum err panel_place(struct apply *apply, const char *programme, const char *call,
		     const uint8_t key[33], uint64_t *out)
{
	Stele__TakenValue *taken;
	enum err err = get_taken(apply, key_of_reviewer(programme, call, key), &taken);

	if (err == ERR_OK)
		*out = taken->number;
	return err == ERR_NOT_FOUND ? ERR_NOT_ON_PANEL : err;
}

static bool is_in_force(const struct apply *apply, const Stele__KeyValue *key)
{
	return apply->height >= key->from_height &&
	       (key->revoked_height == 0 || apply->height < key->revoked_height);
}

static bool may_review(const Stele__KeyValue *key, const Stele__OrgValue *org)
{
	bool has_purpose = false;

	for (size_t i = 0; i < key->n_purposes; i++)
		has_purpose |= key->purposes[i] == STELE__PURPOSE__PURPOSE_REVIEW;
	return has_purpose && org->status == STELE__ORG_STATUS__ORG_ACTIVE &&
	       (role_bits(org->roles, org->n_roles) & ROLE_BIT(REVIEWER)) != 0;
}

/* NA-04 */
static enum err find_reviewer(struct apply *apply, const uint8_t bytes[33], Stele__KeyValue **out)
{
	Stele__OrgValue *org;
	enum err err = get_key(apply, key_of_public_key(bytes), out);

	if (err == ERR_NOT_FOUND)
		return ERR_REVIEWER;
	if (err != ERR_OK)
		return err;
	err = get_org(apply, key_of_org((*out)->org), &org);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	return is_in_force(apply, *out) && may_review(*out, org) ? ERR_OK : ERR_REVIEWER;
}

/* The key at the next place of the panel. */
static enum err appoint(struct apply *apply, Stele__CallValue *call, const uint8_t bytes[33])
{
	Stele__ReviewerValue reviewer = STELE__REVIEWER_VALUE__INIT;
	Stele__TakenValue taken = STELE__TAKEN_VALUE__INIT;
	Stele__KeyValue *key;
	enum err err = find_reviewer(apply, bytes, &key);

	if (err != ERR_OK)
		return err;
	err = panel_place(apply, call->programme, call->call, bytes, &taken.number);
	if (err == ERR_OK) /* NA-05 */
		return ERR_EXISTS_REVIEWER;
	if (err != ERR_NOT_ON_PANEL)
		return err;
	call->reviewers++;
	reviewer.key = key->key;
	reviewer.org = key->org;
	reviewer.log_index = apply->log_index;
	reviewer.motion = apply->motion;
	taken.number = call->reviewers;
	err = put_taken(apply, key_of_reviewer(call->programme, call->call, bytes), &taken);
	if (err != ERR_OK)
		return err;
	return put_reviewer(apply,
			    state_key("panel/%s/%s/%" PRIu64, call->programme, call->call,
				      call->reviewers),
			    &reviewer);
}

enum err panel_appoint(struct apply *apply, const Stele__PanelAppoint *record)
{
	Stele__ProgrammeValue *programme;
	Stele__CallValue *call;
	enum err err = call_find(apply, record->programme, record->call, &programme,
				 &call); /* NA-01 */

	if (err != ERR_OK)
		return err;
	if (strcmp(apply->actor, programme->programme->agency) != 0) /* NA-02 */
		return ERR_PROGRAMME_AGENCY;
	if (apply->time_ms >= call->terms->review_until) /* NA-03 */
		return ERR_REVIEW_WINDOW;
	for (size_t i = 0; err == ERR_OK && i < record->n_reviewers; i++)
		err = appoint(apply, call, record->reviewers[i].data);
	if (err != ERR_OK)
		return err;
	if (call->reviewers > LIMIT_PANEL) /* NA-06 */
		return ERR_CALL_TERMS;
	return put_call(apply, key_of_call(record->programme, record->call), call);
}
