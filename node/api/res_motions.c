/* Motions: what was proposed, who approved, who still may. */
#include <inttypes.h>
#include <string.h>

#include "ledger/apply/recipient.h"
#include "ledger/apply/subject.h"
#include "node/api/list.h"
#include "node/api/motion_read.h"
#include "node/api/resources.h"
#include "proto/json_pb.h"
#include "proto/role.h"
#include "proto/tx.h"

#define ORGS_LOOKED_MAX 1000

/* An open motion whose end has passed is over, though nothing was written. */
static void state_of(const struct call *call, const Stele__MotionValue *motion, char out[ENUM_NAME_MAX])
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

/* A motion, and the rule of its operation as it is now. */
struct motion {
	Stele__MotionValue *value;
	const Stele__PolicyRule *rule; /* NULL: none */
};

static enum err find_rule(struct call *call, struct motion *motion)
{
	Stele__PolicyValue *policy;
	enum err err = call_value(call, VALUE_POLICY, &policy, "policy/%" PRIu32,
				  motion->value->operation);

	motion->rule = err == ERR_OK ? policy->rule : NULL;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static json_t *motion_json(const struct call *call, const struct scope *scope, uint64_t number,
			   const void *at)
{
	const struct motion *motion = at;
	const Stele__MotionValue *value = motion->value;
	json_t *json = json_object();
	char name[ENUM_NAME_MAX];

	(void)scope;
	set_number(json, "number", number);
	set_text(json, "opener", value->opener);
	set_text(json, "operation", operation_name(value->operation));
	state_of(call, value, name);
	set_text(json, "state", name);
	set_number(json, "expires", value->expires);
	set_json(json, "approvals", approvals_json(value));
	if (motion->rule != NULL) {
		set_number(json, "approvals_needed", motion->rule->approvals);
		set_text(json, "approvers", role_name(motion->rule->approvers));
	}
	set_hex(json, "operation_sha256", value->operation_sha256.data, value->operation_sha256.len);
	set_number(json, "log_index", value->log_index);
	if (value->executed_log_index > 0)
		set_number(json, "executed_log_index", value->executed_log_index);
	return json;
}

static enum err open_motions(struct call *call, struct scope *scope, uint64_t *count)
{
	(void)scope;
	return call_count(call, count, "count/motion");
}

static enum err find_motion(struct call *call, const struct scope *scope, uint64_t number, void *out)
{
	struct motion *motion = arena_alloc(&call->arena, sizeof(*motion));
	enum err err;

	(void)scope;
	if (motion == NULL)
		return ERR_MEMORY;
	err = call_value(call, VALUE_MOTION, &motion->value, "motion/%" PRIu64, number);
	if (err == ERR_OK)
		err = find_rule(call, motion);
	*(struct motion **)out = motion;
	return err;
}

static bool motion_fits(const struct call *call, const struct scope *scope, const void *at)
{
	const Stele__MotionValue *value = ((const struct motion *)at)->value;
	char state[ENUM_NAME_MAX];

	(void)scope;
	state_of(call, value, state);
	return call_wants(call, "state", state) && call_wants(call, "organisation", value->opener) &&
	       call_wants(call, "operation", operation_name(value->operation));
}

static const struct list motions = {
	.open = open_motions,
	.find = find_motion,
	.fits = motion_fits,
	.json = motion_json,
	.filters = {{"state", " open executed withdrawn expired "},
		    {"operation", NULL},
		    {"organisation", NULL}},
	.is_newest_first = true,
};

enum progress res_motions(struct call *call)
{
	return list_page(call, &motions);
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

/* What the operation decides about, with the grant of the award that it names. */
static enum err find_subject(struct call *call, const Stele__MotionOperation *operation,
			     struct subject *out)
{
	Stele__AwardValue *award;
	enum err err;

	*out = subject_of(operation);
	if (out->programme == NULL || out->call != NULL)
		return ERR_OK;
	err = call_value(call, VALUE_AWARD, &award, "award/%s/%" PRIu64, out->programme, out->award);
	if (err == ERR_OK)
		out->grant = award->grant;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* Who has a part in it approves nothing about it: M-07. */
static enum err has_part(struct call *call, const struct subject *subject, const char *org,
			 bool *out)
{
	Stele__PartyValue *party;
	enum err err;

	*out = subject->grant != NULL &&
	       recipient_place(subject->grant->recipients, subject->grant->n_recipients, org) > 0;
	if (subject->call == NULL)
		return ERR_OK;
	err = call_value(call, VALUE_PARTY, &party, "party/%s/%s/%s", subject->programme,
			 subject->call, org);
	if (err == ERR_OK)
		*out = party->revealed > 0;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err add_who_may(struct call *call, const struct motion *motion,
			    const struct subject *subject, json_t *json)
{
	json_t *list = json_array();
	Stele__OrgValue *org;
	uint64_t count;
	enum err err = call_count(call, &count, "count/org");

	set_json(json, "may_approve", list);
	if (motion->rule == NULL)
		return err;
	for (uint64_t k = 1; err == ERR_OK && k <= count && k <= ORGS_LOOKED_MAX; k++) {
		bool is_party = false;

		err = call_named(call, VALUE_ORG, &org, "org-no/%" PRIu64, k);
		if (err == ERR_OK)
			err = has_part(call, subject, org->id, &is_party);
		if (err == ERR_OK && org->status == STELE__ORG_STATUS__ORG_ACTIVE &&
		    has_role(org, motion->rule->approvers) &&
		    !has_approved(motion->value, org->id) && !is_party)
			(void)json_array_append_new(list, json_string(org->id));
	}
	return err;
}

static enum err add_operation(struct call *call, const struct motion *motion, json_t *json)
{
	Stele__MotionOperation *operation;
	struct subject subject;
	char state[ENUM_NAME_MAX];
	enum err err = motion_read_operation(call, motion->value, &operation);

	if (err != ERR_OK)
		return err;
	set_json(json, "body", json_of_motion_operation(operation));
	state_of(call, motion->value, state);
	if (strcmp(state, "open") != 0)
		return ERR_OK;
	err = find_subject(call, operation, &subject);
	return err == ERR_OK ? add_who_may(call, motion, &subject, json) : err;
}

enum progress res_motion(struct call *call)
{
	struct motion *motion;
	uint64_t number;
	json_t *json;
	enum err err = ERR_NOT_FOUND;

	if (call_number(call->match.args[0], &number))
		err = find_motion(call, NULL, number, &motion);
	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	json = motion_json(call, NULL, number, motion);
	err = add_operation(call, motion, json);
	if (err == ERR_OK)
		return call_ok(call, json);
	json_decref(json);
	return call_fail(call, err, NULL);
}
