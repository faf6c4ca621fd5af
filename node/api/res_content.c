/* What is recorded of contents besides claims: propagations of a claim, roll-ups
 * and delegations of an organisation, commitments. */
#include <inttypes.h>
#include <string.h>

#include "node/api/resources.h"
#include "proto/json_pb.h"

/* The value with that number in a list, as JSON. */
typedef enum err item_maker(struct call *call, uint64_t number, json_t **out);

/* A page of the list that count_key counts. */
static enum progress answer_list(struct call *call, const char *count_key, item_maker *make)
{
	json_t *items = json_array(), *item;
	struct page page;
	uint64_t count, number;
	enum err err = call_count(call, &count, "%s", count_key);

	if (err == ERR_OK)
		err = call_page(call, &page, count, false);
	while (err == ERR_OK && (number = page_next(&page)) != 0) {
		err = make(call, number, &item);
		if (err == ERR_OK)
			(void)json_array_append_new(items, item);
		page_add(&page);
	}
	if (err == ERR_OK)
		return call_ok(call, page_json(&page, items, call->tip.height));
	json_decref(items);
	return call_fail(call, err, NULL);
}

/* ERR_NOT_FOUND where the path names no organisation. */
static enum err find_organisation(struct call *call)
{
	Stele__OrgValue *org;

	return call_value(call, VALUE_ORG, &org, "org/%s", call->match.args[0]);
}

/* --- propagations ----------------------------------------------------------------- */

static enum err propagation_json(struct call *call, uint64_t number, json_t **out)
{
	const char *const *args = call->match.args;
	Stele__PropagationValue *value;
	enum err err = call_value(call, VALUE_PROPAGATION, &value, "propagation/%s/%s/%" PRIu64,
				  args[0], args[1], number);

	if (err != ERR_OK)
		return err;
	*out = value->record == NULL ? json_object() : json_of_message(value->record);
	(void)json_object_del(*out, "target"); /* the path names it */
	set_number(*out, "number", number);
	set_text(*out, "organisation", value->org);
	set_number(*out, "time", value->time);
	set_number(*out, "log_index", value->log_index);
	return ERR_OK;
}

enum progress res_propagations(struct call *call)
{
	const char *const *args = call->match.args;
	char key[LIMIT_KEY_BYTES + 1];
	Stele__ClaimValue *claim;
	struct hash hash;
	uint64_t number;
	enum err err;

	if (!call_hash(args[0], &hash))
		return call_fail(call, ERR_API_PARAMETER, "a SHA-256 is 64 lower-case hex digits");
	if (!call_number(args[1], &number))
		return call_fail(call, ERR_NOT_FOUND, NULL);
	err = number == 1 ? call_value(call, VALUE_CLAIM, &claim, "content/%s", args[0])
			  : call_value(call, VALUE_CLAIM, &claim, "claim/%s/%s", args[0], args[1]);
	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	(void)snprintf(key, sizeof(key), "propagation/%s/%s", args[0], args[1]);
	return answer_list(call, key, propagation_json);
}

/* --- roll-ups --------------------------------------------------------------------- */

static enum err rollup_json(struct call *call, uint64_t number, json_t **out)
{
	Stele__RollupValue *value;
	enum err err = call_value(call, VALUE_ROLLUP, &value, "rollup/%s/%" PRIu64,
				  call->match.args[0], number);

	if (err != ERR_OK)
		return err;
	*out = value->record == NULL ? json_object() : json_of_message(value->record);
	set_number(*out, "number", number);
	set_text(*out, "organisation", call->match.args[0]);
	set_number(*out, "time", value->time);
	set_number(*out, "log_index", value->log_index);
	return ERR_OK;
}

enum progress res_rollups(struct call *call)
{
	char key[LIMIT_KEY_BYTES + 1];
	enum err err = find_organisation(call);

	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	(void)snprintf(key, sizeof(key), "rollup/%.64s", call->match.args[0]);
	return answer_list(call, key, rollup_json);
}

enum progress res_rollup(struct call *call)
{
	uint64_t number;
	json_t *json;
	enum err err = ERR_NOT_FOUND;

	if (call_number(call->match.args[1], &number))
		err = rollup_json(call, number, &json);
	return err == ERR_OK ? call_ok(call, json) : call_fail(call, err, NULL);
}

/* --- delegations ------------------------------------------------------------------ */

static enum err delegation_json(struct call *call, uint64_t number, json_t **out)
{
	Stele__DelegationValue *value;
	Stele__NameValue *name;
	enum err err = call_value(call, VALUE_NAME, &name, "delegation-no/%s/%" PRIu64,
				  call->match.args[0], number);

	if (err == ERR_OK)
		err = call_value(call, VALUE_DELEGATION, &value, "%s", name->key);
	if (err != ERR_OK)
		return err;
	*out = json_object();
	set_number(*out, "number", number);
	set_text(*out, "organisation", strrchr(name->key, '/') + 1); /* delegation/<from>/<to> */
	set_text(*out, "state", value->is_ended ? "ended" : "in_force");
	set_number(*out, "log_index", value->log_index);
	return ERR_OK;
}

enum progress res_delegations(struct call *call)
{
	char key[LIMIT_KEY_BYTES + 1];
	enum err err = find_organisation(call);

	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	(void)snprintf(key, sizeof(key), "delegation-no/%.64s", call->match.args[0]);
	return answer_list(call, key, delegation_json);
}

/* --- commitments ------------------------------------------------------------------ */

enum progress res_commitment(struct call *call)
{
	const char *const *args = call->match.args;
	Stele__CommitValue *value;
	struct hash hash;
	json_t *json;
	enum err err;

	if (!call_hash(args[1], &hash))
		return call_fail(call, ERR_API_PARAMETER,
				 "a commitment is 64 lower-case hex digits");
	err = call_value(call, VALUE_COMMIT, &value, "commit/%s/%s", args[0], args[1]);
	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	json = json_object();
	set_text(json, "organisation", args[0]);
	set_text(json, "commitment", args[1]);
	set_text(json, "state", value->opened_by != NULL ? "opened" : "sealed");
	if (value->opened_by != NULL)
		set_json(json, "opened_by", json_of_message(value->opened_by));
	set_number(json, "time", value->time);
	set_number(json, "log_index", value->log_index);
	return call_ok(call, json);
}
