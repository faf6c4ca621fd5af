/* Motions: what was proposed, who approved, who still may. */
#include <inttypes.h>
#include <string.h>

#include "node/api/motion_read.h"
#include "node/api/resources.h"
#include "proto/json_pb.h"
#include "proto/role.h"
#include "proto/tx.h"

#define ORGS_LOOKED_MAX 1000

/* An open motion whose end has passed is over, though nothing was written. */
static void state_of(const struct call *call, const Stele__MotionValue *motion, char out[32])
{
	motion_state_name(out, motion->state);
	if (motion->state == STELE__MOTION_STATE__MOTION_OPEN && call->tip.time_ms >= motion->expires)
		strcpy(out, "expired");
}

static json_t *approvals_json(const Stele__MotionValue *motion)
{
	json_t *list = json_array();

	for (size_t i = 0; i < motion->n_approvals; i++) {
		json_t *item = json_object();

		set_text(item, "organisation", motion->approvals[i]->org);
		set_number(item, "log_index", motion->approvals[i]->log_index);
		(void)json_array_append_new(list, item);
	}
	return list;
}

static json_t *motion_json(struct call *call, const Stele__MotionValue *motion)
{
	json_t *json = json_object();
	Stele__PolicyValue *policy;
	char name[32];

	set_number(json, "number", motion->number);
	set_text(json, "opener", motion->opener);
	set_text(json, "operation", operation_name(motion->operation));
	state_of(call, motion, name);
	set_text(json, "state", name);
	set_number(json, "expires", motion->expires);
	set_json(json, "approvals", approvals_json(motion));
	if (call_value(call, VALUE_POLICY, &policy, "policy/%" PRIu32, motion->operation) == ERR_OK &&
	    policy->rule != NULL) {
		set_number(json, "approvals_needed", policy->rule->approvals);
		set_text(json, "approvers", role_name(policy->rule->approvers));
	}
	set_hex(json, "operation_sha256", motion->operation_sha256.data, motion->operation_sha256.len);
	set_number(json, "log_index", motion->log_index);
	if (motion->executed_log_index > 0)
		set_number(json, "executed_log_index", motion->executed_log_index);
	return json;
}

enum progress res_motions(struct call *call)
{
	const char *wanted = request_param(&call->request, "state");
	json_t *items = json_array();
	Stele__MotionValue *motion;
	struct page page;
	uint64_t count, number;
	char state[32];
	enum err err = call_count(call, &count, "count/motion");

	if (wanted != NULL && strcmp(wanted, "open") != 0 && strcmp(wanted, "executed") != 0 &&
	    strcmp(wanted, "withdrawn") != 0 && strcmp(wanted, "expired") != 0)
		err = ERR_API_PARAMETER;
	if (err == ERR_OK)
		err = call_page(call, &page, count, true);
	while (err == ERR_OK && (number = page_next(&page)) != 0) {
		err = call_value(call, VALUE_MOTION, &motion, "motion/%" PRIu64, number);
		if (err != ERR_OK)
			break;
		state_of(call, motion, state);
		if (wanted != NULL && strcmp(wanted, state) != 0)
			continue;
		(void)json_array_append_new(items, motion_json(call, motion));
		page_add(&page);
	}
	if (err == ERR_OK)
		return call_ok(call, page_json(&page, items, call->tip.height));
	json_decref(items);
	return call_fail(call, err, NULL);
}

/* --- one motion ------------------------------------------------------------------------ */

static bool has_role(const Stele__OrgValue *org, Stele__Role role)
{
	for (size_t i = 0; i < org->n_roles; i++) {
		if (org->roles[i] == role)
			return true;
	}
	return false;
}

static bool has_approved(const Stele__MotionValue *motion, const char *org)
{
	for (size_t i = 0; i < motion->n_approvals; i++) {
		if (strcmp(motion->approvals[i]->org, org) == 0)
			return true;
	}
	return false;
}

/* Nobody approves an award of the own organisation. */
static bool is_recipient(const Stele__MotionOperation *operation, const char *org)
{
	const Stele__AwardGrant *grant;

	if (operation->operation_case != STELE__MOTION_OPERATION__OPERATION_AWARD_GRANT)
		return false;
	grant = operation->award_grant;
	for (size_t i = 0; i < grant->n_recipients; i++) {
		if (strcmp(grant->recipients[i]->org, org) == 0)
			return true;
	}
	return false;
}

static enum err add_who_may(struct call *call, const Stele__MotionValue *motion,
			    const Stele__MotionOperation *operation, json_t *json)
{
	json_t *list = json_array();
	Stele__PolicyValue *policy;
	Stele__NameValue *name;
	Stele__OrgValue *org;
	uint64_t count;
	enum err err = call_count(call, &count, "count/org");

	set_json(json, "may_approve", list);
	if (err == ERR_OK)
		err = call_value(call, VALUE_POLICY, &policy, "policy/%" PRIu32, motion->operation);
	if (err != ERR_OK || policy->rule == NULL)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	for (uint64_t k = 1; err == ERR_OK && k <= count && k <= ORGS_LOOKED_MAX; k++) {
		err = call_value(call, VALUE_NAME, &name, "org-no/%" PRIu64, k);
		if (err == ERR_OK)
			err = call_value(call, VALUE_ORG, &org, "%s", name->key);
		if (err == ERR_OK && org->status == STELE__ORG_STATUS__ORG_ACTIVE &&
		    has_role(org, policy->rule->approvers) && !has_approved(motion, org->id) &&
		    !is_recipient(operation, org->id))
			(void)json_array_append_new(list, json_string(org->id));
	}
	return err;
}

enum progress res_motion(struct call *call)
{
	Stele__MotionOperation *operation;
	Stele__MotionValue *motion;
	uint64_t number;
	json_t *json;
	char state[32];
	enum err err = ERR_NOT_FOUND;

	if (call_number(call->match.args[0], &number))
		err = call_value(call, VALUE_MOTION, &motion, "motion/%" PRIu64, number);
	if (err == ERR_OK)
		err = motion_read_operation(call, motion, &operation);
	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	json = motion_json(call, motion);
	set_json(json, "body", json_of_motion_operation(operation));
	state_of(call, motion, state);
	if (strcmp(state, "open") == 0)
		err = add_who_may(call, motion, operation, json);
	if (err == ERR_OK)
		return call_ok(call, json);
	json_decref(json);
	return call_fail(call, err, NULL);
}
