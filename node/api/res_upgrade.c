/* The upgrade that is planned. */
#include "node/api/resources.h"
#include "node/api/scope.h"

enum progress res_upgrade(struct call *call)
{
	Stele__UpgradeValue *value;
	json_t *json;
	enum err err = call_value(call, VALUE_UPGRADE, &value, "upgrade/plan");

	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	json = json_object();
	set_number(json, "version", value->plan->version);
	set_number(json, "activation_height", value->plan->activation_height);
	if (value->plan->notes_sha256.len > 0)
		set_hex(json, "notes_sha256", value->plan->notes_sha256.data,
			value->plan->notes_sha256.len);
	set_made(json, value->log_index, 0, value->motion);
	return call_ok(call, json);
}
