/* Organisations, their keys and awards. */
#include <inttypes.h>
#include <string.h>

#include "crypto/digest.h"
#include "node/api/resources.h"
#include "proto/json_pb.h"
#include "proto/role.h"

/* Keys and awards shown with one organisation; the rest by proof or by programme. */
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
	char status[32];

	org_status_name(status, org->status);
	set_text(json, "id", org->id);
	if (org->names != NULL)
		set_json(json, "names", json_of_message(org->names));
	set_json(json, "roles", roles_json(org));
	set_text(json, "status", status);
	set_number(json, "keys_total", org->keys);
	set_number(json, "awards_total", org->awards);
	set_number(json, "log_index", org->log_index);
	if (org->motion > 0)
		set_number(json, "motion", org->motion);
	set_number(json, "number", org->number);
	return json;
}

static json_t *key_json(const Stele__KeyValue *key)
{
	json_t *json = json_object(), *purposes = json_array();

	for (size_t i = 0; i < key->n_purposes; i++)
		(void)json_array_append_new(purposes, json_string(purpose_name(key->purposes[i])));
	set_hex(json, "key", key->key.data, key->key.len);
	set_text(json, "organisation", key->org);
	set_json(json, "purposes", purposes);
	set_number(json, "from_height", key->from_height);
	if (key->revoked_height > 0)
		set_number(json, "revoked_height", key->revoked_height);
	set_number(json, "log_index", key->log_index);
	if (key->motion > 0)
		set_number(json, "motion", key->motion);
	return json;
}

/* The value at place k of a list of names. */
static enum err place_value(struct call *call, enum value_type type, void *out, const char *list,
			    uint64_t k)
{
	Stele__NameValue *name;
	enum err err = call_value(call, VALUE_NAME, &name, "%s/%" PRIu64, list, k);

	return err == ERR_OK ? call_value(call, type, out, "%s", name->key) : err;
}

enum progress res_organisations(struct call *call)
{
	json_t *items = json_array();
	Stele__OrgValue *org;
	struct page page;
	uint64_t count, number;
	enum err err = call_count(call, &count, "count/org");

	if (err == ERR_OK)
		err = call_page(call, &page, count, false);
	while (err == ERR_OK && (number = page_next(&page)) != 0) {
		err = place_value(call, VALUE_ORG, &org, "org-no", number);
		if (err == ERR_OK)
			(void)json_array_append_new(items, org_json(org));
		page_add(&page);
	}
	if (err == ERR_OK)
		return call_ok(call, page_json(&page, items, call->tip.height));
	json_decref(items);
	return call_fail(call, err, NULL);
}

static enum err add_keys(struct call *call, const Stele__OrgValue *org, json_t *json)
{
	json_t *keys = json_array();
	char list[LIMIT_SEGMENT + 16];
	Stele__KeyValue *key;
	enum err err = ERR_OK;

	(void)snprintf(list, sizeof(list), "org-key/%.64s", org->id);
	for (uint64_t k = 1; err == ERR_OK && k <= org->keys && k <= SHOWN_MAX; k++) {
		err = place_value(call, VALUE_KEY, &key, list, k);
		if (err == ERR_OK)
			(void)json_array_append_new(keys, key_json(key));
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
	return err == ERR_OK ? call_ok(call, key_json(value)) : call_fail(call, err, NULL);
}
