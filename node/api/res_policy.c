/* The policy in force: who may do what, with whose approval, and the limits. */
#include <inttypes.h>

#include "node/api/resources.h"
#include "proto/json_pb.h"
#include "proto/tx.h"

struct visit {
	struct call *call;
	json_t *rules;
	enum err err;
};

static json_t *rule_json(const Stele__PolicyRule *rule)
{
	json_t *json = json_of_message(rule);

	set_text(json, "name", operation_name(rule->operation));
	if (json_object_get(json, "openers") == NULL)
		set_json(json, "openers", json_array());
	set_number(json, "approvals", rule->approvals);
	return json;
}

static void add_rule(uint32_t operation, void *context)
{
	struct visit *visit = context;
	Stele__PolicyValue *value;
	enum err err;

	if (visit->err != ERR_OK)
		return;
	err = call_value(visit->call, VALUE_POLICY, &value, "policy/%" PRIu32, operation);
	if (err == ERR_OK && value->rule != NULL)
		(void)json_array_append_new(visit->rules, rule_json(value->rule));
	visit->err = err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum progress res_policy(struct call *call)
{
	struct visit visit = {.call = call, .rules = json_array()};
	Stele__LimitsValue *limits;
	json_t *json = json_object();
	enum err err;

	operation_each(add_rule, &visit);
	set_json(json, "rules", visit.rules);
	err = visit.err;
	if (err == ERR_OK)
		err = call_value(call, VALUE_LIMITS, &limits, "policy/limits");
	if (err == ERR_OK && limits->limits != NULL)
		set_json(json, "limits", json_of_message(limits->limits));
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		return call_ok(call, json);
	json_decref(json);
	return call_fail(call, err, NULL);
}
