/* What is recorded of contents besides claims: propagations of a claim, roll-ups
 * and delegations of an organisation, commitments. */
#include <inttypes.h>
#include <string.h>

#include "node/api/list.h"
#include "node/api/resources.h"
#include "node/api/tx_json.h"
#include "proto/json_pb.h"

/* What a record of its own says besides its fields. */
static void set_recorded(const struct call *call, json_t *json, uint64_t time_ms,
			 uint64_t log_index)
{
	set_number(json, "time", time_ms);
	set_number(json, "log_index", log_index);
	tx_json_add_id(call, log_index, json);
}

/* --- propagations ----------------------------------------------------------------- */

static enum err open_propagations(struct call *call, struct scope *scope, uint64_t *count)
{
	const char *const *args = call->match.args;
	Stele__ClaimValue *claim;
	uint64_t number;
	enum err err;

	(void)scope;
	if (!call_number(args[1], &number))
		return ERR_NOT_FOUND;
	err = number == 1 ? call_value(call, VALUE_CLAIM, &claim, "content/%s", args[0])
			  : call_value(call, VALUE_CLAIM, &claim, "claim/%s/%s", args[0], args[1]);
	if (err != ERR_OK)
		return err;
	return call_count(call, count, "propagation/%s/%s", args[0], args[1]);
}

static enum err find_propagation(struct call *call, const struct scope *scope, uint64_t number,
				 void *out)
{
	const char *const *args = call->match.args;

	(void)scope;
	return call_value(call, VALUE_PROPAGATION, out, "propagation/%s/%s/%" PRIu64, args[0],
			  args[1], number);
}

static json_t *propagation_json(const struct call *call, const struct scope *scope,
				uint64_t number, const void *at)
{
	const Stele__PropagationValue *value = at;
	json_t *json = json_of_message(value->record);

	(void)scope;
	(void)json_object_del(json, "target"); /* the path names it */
	set_number(json, "number", number);
	set_text(json, "organisation", value->org);
	set_recorded(call, json, value->time, value->log_index);
	return json;
}

static const struct list propagations = {.open = open_propagations,
					 .find = find_propagation,
					 .json = propagation_json};

enum progress res_propagations(struct call *call)
{
	struct hash hash;

	if (!call_hash(call->match.args[0], &hash))
		return call_fail(call, ERR_API_PARAMETER, "a SHA-256 is 64 lower-case hex digits");
	return list_page(call, &propagations);
}

/* --- roll-ups --------------------------------------------------------------------- */

static enum err open_rollups(struct call *call, struct scope *scope, uint64_t *count)
{
	enum err err = scope_org(call, scope);

	return err == ERR_OK ? call_count(call, count, "rollup/%s", scope->org->id) : err;
}

static enum err find_rollup(struct call *call, const struct scope *scope, uint64_t number,
			    void *out)
{
	return call_value(call, VALUE_ROLLUP, out, "rollup/%s/%" PRIu64, scope->org->id, number);
}

static json_t *rollup_json(const struct call *call, const struct scope *scope, uint64_t number,
			   const void *at)
{
	const Stele__RollupValue *value = at;
	json_t *json = json_of_message(value->record);

	set_number(json, "number", number);
	set_text(json, "organisation", scope->org->id);
	set_recorded(call, json, value->time, value->log_index);
	return json;
}

static const struct list rollups = {.open = open_rollups,
				    .find = find_rollup,
				    .json = rollup_json};

enum progress res_rollups(struct call *call)
{
	return list_page(call, &rollups);
}

enum progress res_rollup(struct call *call)
{
	return list_item(call, &rollups, 1);
}

/* --- delegations ------------------------------------------------------------------ */

struct delegation {
	const char *to;
	const Stele__DelegationValue *value;
};

static enum err open_delegations(struct call *call, struct scope *scope, uint64_t *count)
{
	enum err err = scope_org(call, scope);

	return err == ERR_OK ? call_count(call, count, "delegation-no/%s", scope->org->id) : err;
}

/* The key delegation/<from>/<to> says to whom. */
static enum err find_delegation(struct call *call, const struct scope *scope, uint64_t number,
				void *out)
{
	struct delegation *item = arena_alloc(&call->arena, sizeof(*item));
	Stele__DelegationValue *value;
	Stele__NameValue *name;
	enum err err = item == NULL ? ERR_MEMORY
				    : call_value(call, VALUE_NAME, &name,
						 "delegation-no/%s/%" PRIu64, scope->org->id,
						 number);

	if (err == ERR_OK)
		err = call_value(call, VALUE_DELEGATION, &value, "%s", name->key);
	if (err != ERR_OK)
		return err;
	*item = (struct delegation){strrchr(name->key, '/') + 1, value};
	*(struct delegation **)out = item;
	return ERR_OK;
}

static json_t *delegation_json(const struct call *call, const struct scope *scope, uint64_t number,
			       const void *at)
{
	const struct delegation *item = at;
	json_t *json = json_object();

	(void)call, (void)scope;
	set_number(json, "number", number);
	set_text(json, "organisation", item->to);
	set_text(json, "state", item->value->is_ended ? "ended" : "in_force");
	set_number(json, "log_index", item->value->log_index);
	return json;
}

static const struct list delegations = {.open = open_delegations,
					.find = find_delegation,
					.json = delegation_json};

enum progress res_delegations(struct call *call)
{
	return list_page(call, &delegations);
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
	set_recorded(call, json, value->time, value->log_index);
	return call_ok(call, json);
}
