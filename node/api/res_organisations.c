/* Organisations, their keys and awards. */
#include <inttypes.h>
#include <string.h>

#include "crypto/digest.h"
#include "node/api/award_json.h"
#include "node/api/list.h"
#include "node/api/resources.h"
#include "proto/json_pb.h"
#include "proto/role.h"

/* Keys and awards shown with one organisation; the rest by their lists. */
#define SHOWN_MAX 500

static json_t *roles_json(const Stele__OrgValue *org)
{
	json_t *roles = json_array();

	for (size_t i = 0; i < org->n_roles; i++)
		(void)json_array_append_new(roles, json_string(role_name(org->roles[i])));
	return roles;
}

static json_t *org_json(const Stele__OrgValue *org)
{
	json_t *json = json_object();
	char status[ENUM_NAME_MAX];

	org_status_name(status, org->status);
	set_text(json, "id", org->id);
	if (org->names != NULL)
		set_json(json, "names", json_of_message(org->names));
	set_json(json, "roles", roles_json(org));
	set_text(json, "status", status);
	set_number(json, "keys_total", org->keys);
	set_number(json, "awards_total", org->awards);
	set_number(json, "number", org->number);
	if (org->status_log_index > 0)
		set_number(json, "status_log_index", org->status_log_index);
	set_made(json, org->log_index, 0, org->motion);
	return json;
}

/* As a transaction in the next block would find it: E-05, E-06. */
static const char *key_state(const struct call *call, const Stele__KeyValue *key)
{
	uint64_t height = call->tip.height + 1;

	if (key->revoked_height != 0 && height >= key->revoked_height)
		return "revoked";
	return height < key->from_height ? "pending" : "in_force";
}

static json_t *key_json(const struct call *call, const Stele__KeyValue *key)
{
	json_t *json = json_object(), *purposes = json_array();

	for (size_t i = 0; i < key->n_purposes; i++)
		(void)json_array_append_new(purposes, json_string(purpose_name(key->purposes[i])));
	set_hex(json, "key", key->key.data, key->key.len);
	set_text(json, "organisation", key->org);
	set_json(json, "purposes", purposes);
	set_text(json, "state", key_state(call, key));
	set_number(json, "from_height", key->from_height);
	if (key->revoked_height > 0)
		set_number(json, "revoked_height", key->revoked_height);
	if (key->revoked_log_index > 0)
		set_number(json, "revoked_log_index", key->revoked_log_index);
	if (key->replaced_by.len > 0)
		set_hex(json, "replaced_by", key->replaced_by.data, key->replaced_by.len);
	set_made(json, key->log_index, 0, key->motion);
	return json;
}

/* --- organisations --------------------------------------------------------------- */

static enum err open_orgs(struct call *call, struct scope *scope, uint64_t *count)
{
	(void)scope;
	return call_count(call, count, "count/org");
}

static enum err find_org(struct call *call, const struct scope *scope, uint64_t number, void *out)
{
	(void)scope;
	return call_named(call, VALUE_ORG, out, "org-no/%" PRIu64, number);
}

static bool has_role(const struct call *call, const Stele__OrgValue *org)
{
	for (size_t i = 0; i < org->n_roles; i++) {
		if (call_wants(call, "role", role_name(org->roles[i])))
			return true;
	}
	return false;
}

static bool org_fits(const struct call *call, const struct scope *scope, const void *at)
{
	const Stele__OrgValue *org = at;
	char status[ENUM_NAME_MAX];

	(void)scope;
	org_status_name(status, org->status);
	return call_wants(call, "state", status) && has_role(call, org);
}

static json_t *org_json_of(const struct call *call, const struct scope *scope, uint64_t number,
			   const void *at)
{
	(void)call, (void)scope, (void)number;
	return org_json(at);
}

static const struct list organisations = {
	.open = open_orgs,
	.find = find_org,
	.fits = org_fits,
	.json = org_json_of,
	.filters = {{"state", " active suspended delisted "},
		    {"role", " funder agency applicant reviewer auditor anchorer validator "}},
};

enum progress res_organisations(struct call *call)
{
	return list_page(call, &organisations);
}

static enum err add_keys(struct call *call, const Stele__OrgValue *org, json_t *json)
{
	json_t *keys = json_array();
	Stele__KeyValue *key;
	enum err err = ERR_OK;

	for (uint64_t k = 1; err == ERR_OK && k <= org->keys && k <= SHOWN_MAX; k++) {
		err = call_named(call, VALUE_KEY, &key, "org-key/%s/%" PRIu64, org->id, k);
		if (err == ERR_OK)
			(void)json_array_append_new(keys, key_json(call, key));
	}
	set_json(json, "keys", keys);
	return err;
}

/* award/<programme>/<k> */
static void add_award_name(const char *key, json_t *awards)
{
	const char *programme = strchr(key, '/');
	const char *number = programme == NULL ? NULL : strchr(programme + 1, '/');
	json_t *json;
	uint64_t k;

	if (number == NULL || !call_number(number + 1, &k))
		return;
	json = json_object();
	set_json(json, "programme", json_stringn(programme + 1, (size_t)(number - programme - 1)));
	set_number(json, "award", k);
	(void)json_array_append_new(awards, json);
}

static enum err add_awards(struct call *call, const Stele__OrgValue *org, json_t *json)
{
	json_t *awards = json_array();
	Stele__NameValue *name;
	enum err err = ERR_OK;

	for (uint64_t k = 1; err == ERR_OK && k <= org->awards && k <= SHOWN_MAX; k++) {
		err = call_value(call, VALUE_NAME, &name, "org-award/%s/%" PRIu64, org->id, k);
		if (err == ERR_OK)
			add_award_name(name->key, awards);
	}
	set_json(json, "awards", awards);
	return err;
}

enum progress res_organisation(struct call *call)
{
	Stele__OrgValue *org;
	json_t *json;
	enum err err = call_value(call, VALUE_ORG, &org, "org/%s", call->match.args[0]);

	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	json = org_json(org);
	err = add_keys(call, org, json);
	if (err == ERR_OK)
		err = add_awards(call, org, json);
	if (err == ERR_OK)
		return call_ok(call, json);
	json_decref(json);
	return call_fail(call, err, NULL);
}

/* --- keys ------------------------------------------------------------------------ */

static enum err open_keys(struct call *call, struct scope *scope, uint64_t *count)
{
	enum err err = scope_org(call, scope);

	if (err == ERR_OK)
		*count = scope->org->keys;
	return err;
}

static enum err find_key(struct call *call, const struct scope *scope, uint64_t number, void *out)
{
	return call_named(call, VALUE_KEY, out, "org-key/%s/%" PRIu64, scope->org->id, number);
}

static bool key_fits(const struct call *call, const struct scope *scope, const void *at)
{
	(void)scope;
	return call_wants(call, "state", key_state(call, at));
}

static json_t *key_json_of(const struct call *call, const struct scope *scope, uint64_t number,
			   const void *at)
{
	(void)scope, (void)number;
	return key_json(call, at);
}

static const struct list keys_of_org = {
	.open = open_keys,
	.find = find_key,
	.fits = key_fits,
	.json = key_json_of,
	.filters = {{"state", " pending in_force revoked "}},
};

enum progress res_org_keys(struct call *call)
{
	return list_page(call, &keys_of_org);
}

enum progress res_key(struct call *call)
{
	char hex[HASH_HEX_LEN + 1];
	Stele__KeyValue *value;
	struct public_key key;
	struct hash hash;
	enum err err;

	if (!hex_decode(key.b, sizeof(key.b), bytes_text(call->match.args[0])))
		return call_fail(call, ERR_API_PARAMETER, "a key is 66 lower-case hex digits");
	sha256(&hash, key.b, sizeof(key.b));
	hex_encode(hex, hash.b, sizeof(hash.b));
	err = call_value(call, VALUE_KEY, &value, "key/%s", hex);
	return err == ERR_OK ? call_ok(call, key_json(call, value)) : call_fail(call, err, NULL);
}

/* --- awards in all programmes ---------------------------------------------------- */

struct award_of_org {
	Stele__ProgrammeValue *programme;
	Stele__AwardValue *award;
};

static enum err open_org_awards(struct call *call, struct scope *scope, uint64_t *count)
{
	enum err err = scope_org(call, scope);

	if (err == ERR_OK)
		*count = scope->org->awards;
	return err;
}

static enum err find_org_award(struct call *call, const struct scope *scope, uint64_t number,
			       void *out)
{
	struct award_of_org *found = arena_alloc(&call->arena, sizeof(*found));
	enum err err;

	if (found == NULL)
		return ERR_MEMORY;
	err = call_named(call, VALUE_AWARD, &found->award, "org-award/%s/%" PRIu64, scope->org->id,
			 number);
	if (err == ERR_OK)
		err = call_value(call, VALUE_PROGRAMME, &found->programme, "programme/%s",
				 found->award->grant->programme);
	*(struct award_of_org **)out = found;
	return err;
}

static bool org_award_fits(const struct call *call, const struct scope *scope, const void *at)
{
	const struct award_of_org *found = at;

	(void)scope;
	return call_wants(call, "programme", found->award->grant->programme) &&
	       award_fits(call, found->award);
}

static json_t *org_award_json(const struct call *call, const struct scope *scope, uint64_t number,
			      const void *at)
{
	const struct award_of_org *found = at;

	(void)call, (void)scope, (void)number;
	return award_json(found->award, found->programme->programme->currency);
}

static const struct list awards_of_org = {
	.open = open_org_awards,
	.find = find_org_award,
	.fits = org_award_fits,
	.json = org_award_json,
	.filters = {{"state", AWARD_STATES}, {"programme", NULL}},
};

enum progress res_org_awards(struct call *call)
{
	return list_page(call, &awards_of_org);
}
