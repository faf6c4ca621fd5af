/* The validators in force, the set that is pending, and who is ready for a set. */
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "node/api/list.h"
#include "node/api/resources.h"
#include "node/api/service.h"

static json_t *validator_json(const struct validator *validator, uint32_t index)
{
	json_t *json = json_object();

	set_number(json, "index", index);
	set_text(json, "id", validator->id);
	set_text(json, "organisation", validator->org);
	set_hex(json, "consensus_key", validator->consensus_key.b, sizeof(validator->consensus_key.b));
	set_hex(json, "node_key", validator->node_key.b, sizeof(validator->node_key.b));
	return json;
}

static json_t *set_json_of(const struct set *set, struct bytes text, json_t *items)
{
	json_t *json = json_object();

	set_hex(json, "set_hash", set->hash.b, sizeof(set->hash.b));
	set_number(json, "quorum", set_quorum(set->count));
	set_json(json, "text", json_stringn((const char *)text.at, text.len));
	set_json(json, "items", items);
	return json;
}

enum progress res_validators(struct call *call)
{
	const struct set *set = &call->service->config.genesis->set;
	json_t *items = json_array();

	for (uint32_t i = 0; i < set->count; i++)
		(void)json_array_append_new(items, validator_json(&set->validators[i], i));
	return call_ok(call, set_json_of(set, call->service->config.set_text, items));
}

/* --- pending --------------------------------------------------------------------- */

static enum err ready_value(struct call *call, const uint8_t set[32], const char *org,
			    Stele__ReadyValue **out)
{
	char hex[HASH_HEX_LEN + 1];

	hex_encode(hex, set, 32);
	return call_value(call, VALUE_READY, out, "ready/%s/%s", hex, org);
}

/* As a transaction in the next block would find it: VS-03. */
static bool is_in_time(const struct call *call, const Stele__ReadyValue *ready)
{
	return ready->height + LIMIT_READY_HEIGHTS > call->tip.height;
}

static void set_ready(const struct call *call, json_t *json, const Stele__ReadyValue *ready,
		      bool is_ready)
{
	set_bool(json, "ready", is_ready && is_in_time(call, ready));
	set_number(json, "ready_height", ready->height);
	set_number(json, "ready_until", ready->height + LIMIT_READY_HEIGHTS);
}

static enum err add_pending(struct call *call, const struct set *set, uint32_t index,
			    json_t *items)
{
	const struct validator *validator = &set->validators[index];
	json_t *json = validator_json(validator, index);
	Stele__ReadyValue *ready;
	enum err err = ready_value(call, set->hash.b, validator->org, &ready);

	(void)json_array_append_new(items, json);
	if (err != ERR_OK) {
		set_bool(json, "ready", false);
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	}
	set_ready(call, json, ready,
		  memcmp(ready->ready->consensus_key.data, validator->consensus_key.b,
			 sizeof(validator->consensus_key.b)) == 0 &&
			  memcmp(ready->ready->node_key.data, validator->node_key.b,
				 sizeof(validator->node_key.b)) == 0);
	return ERR_OK;
}

static enum err read_pending(struct call *call, const Stele__PendingSetValue *pending,
			     struct set *out)
{
	out->count = 0;
	for (uint32_t i = 1; i <= pending->count; i++) {
		struct validator *to = &out->validators[out->count++];
		Stele__PendingMemberValue *member;
		enum err err = call_value(call, VALUE_PENDING_MEMBER, &member,
					  "set/pending/%" PRIu32, i);

		if (err != ERR_OK)
			return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
		memcpy(to->id, member->validator->id, strlen(member->validator->id) + 1);
		memcpy(to->org, member->validator->org, strlen(member->validator->org) + 1);
		memcpy(to->consensus_key.b, member->validator->consensus_key.data,
		       sizeof(to->consensus_key.b));
		memcpy(to->node_key.b, member->validator->node_key.data, sizeof(to->node_key.b));
	}
	set_seal(out);
	return ERR_OK;
}

enum progress res_validators_pending(struct call *call)
{
	struct set *set = arena_alloc(&call->arena, sizeof(*set));
	Stele__PendingSetValue *pending;
	json_t *json, *items = json_array();
	struct buf text;
	enum err err = set == NULL ? ERR_MEMORY
				   : call_value(call, VALUE_PENDING_SET, &pending, "set/pending");

	if (err == ERR_OK)
		err = read_pending(call, pending, set);
	for (uint32_t i = 0; err == ERR_OK && i < set->count; i++)
		err = add_pending(call, set, i, items);
	if (err != ERR_OK) {
		json_decref(items);
		return call_fail(call, err, NULL);
	}
	buf_init(&text, LIMIT_SET_BYTES);
	set_render(&text, set);
	json = set_json_of(set, buf_bytes(&text), items);
	buf_release(&text);
	set_made(json, pending->log_index, 0, pending->motion);
	return call_ok(call, json);
}

/* --- ready ----------------------------------------------------------------------- */

struct readiness {
	Stele__OrgValue *org;
	Stele__ReadyValue *ready;
};

static enum err open_ready(struct call *call, struct scope *scope, uint64_t *count)
{
	struct hash hash;

	(void)scope;
	return call_hash(call->match.args[0], &hash) ? call_count(call, count, "count/org")
						     : ERR_API_PARAMETER;
}

static enum err find_ready(struct call *call, const struct scope *scope, uint64_t number, void *out)
{
	struct readiness *found = arena_alloc(&call->arena, sizeof(*found));
	struct hash hash;
	enum err err;

	(void)scope;
	if (found == NULL)
		return ERR_MEMORY;
	(void)call_hash(call->match.args[0], &hash); /* open_ready saw to it */
	err = call_named(call, VALUE_ORG, &found->org, "org-no/%" PRIu64, number);
	if (err == ERR_NOT_FOUND)
		return ERR_STORE_DAMAGED;
	if (err == ERR_OK)
		err = ready_value(call, hash.b, found->org->id, &found->ready);
	*(struct readiness **)out = found;
	return err;
}

static json_t *ready_json(const struct call *call, const struct scope *scope, uint64_t number,
			  const void *at)
{
	const struct readiness *found = at;
	const Stele__ValidatorReady *record = found->ready->ready;
	json_t *json = json_object();

	(void)scope, (void)number;
	set_text(json, "organisation", found->org->id);
	set_hex(json, "consensus_key", record->consensus_key.data, record->consensus_key.len);
	set_hex(json, "node_key", record->node_key.data, record->node_key.len);
	set_ready(call, json, found->ready, true);
	set_number(json, "log_index", found->ready->log_index);
	return json;
}

static const struct list ready = {
	.open = open_ready,
	.find = find_ready,
	.json = ready_json,
	.is_sparse = true,
};

enum progress res_validators_ready(struct call *call)
{
	return list_page(call, &ready);
}
