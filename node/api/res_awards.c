/* Awards of a programme, their milestones, payments and recoveries. */
#include <inttypes.h>
#include <string.h>

#include "node/api/award_json.h"
#include "node/api/list.h"
#include "node/api/resources.h"
#include "proto/json_pb.h"

/* --- awards ---------------------------------------------------------------------- */

static enum err open_awards(struct call *call, struct scope *scope, uint64_t *count)
{
	enum err err = scope_programme(call, scope);

	if (err == ERR_OK)
		*count = scope->programme->awards;
	return err;
}

static enum err find_award(struct call *call, const struct scope *scope, uint64_t number, void *out)
{
	(void)scope;
	return call_value(call, VALUE_AWARD, out, "award/%s/%" PRIu64, call->match.args[0], number);
}

static bool fits(const struct call *call, const struct scope *scope, const void *at)
{
	(void)scope;
	return award_fits(call, at);
}

static json_t *json_of(const struct call *call, const struct scope *scope, uint64_t number,
		       const void *at)
{
	(void)call, (void)number;
	return award_json(at, scope->currency);
}

static const struct list awards = {
	.open = open_awards,
	.find = find_award,
	.fits = fits,
	.json = json_of,
	.filters = {{"state", AWARD_STATES}, {"organisation", NULL}, {"call", NULL}, {"area", NULL}},
};

enum progress res_awards(struct call *call)
{
	return list_page(call, &awards);
}

enum progress res_award(struct call *call)
{
	return list_item(call, &awards, 1);
}

/* --- milestones ------------------------------------------------------------------ */

/* A milestone of the award's terms, and what was recorded of it. */
struct milestone {
	const Stele__Milestone *terms;
	Stele__MilestoneValue *value; /* NULL: nothing */
};

/* All that are not assessed when the award is terminated end with it. */
static void milestone_state(const struct scope *scope, const struct milestone *milestone,
			    char out[ENUM_NAME_MAX])
{
	const Stele__MilestoneValue *value = milestone->value;

	if (value != NULL && value->result != STELE__ASSESSMENT__ASSESSMENT_NONE)
		assessment_name(out, value->result);
	else if (scope->award->terminated)
		strcpy(out, "ended");
	else
		strcpy(out, value != NULL ? "claimed" : "planned");
}

static enum err open_milestones(struct call *call, struct scope *scope, uint64_t *count)
{
	enum err err = scope_award(call, scope);

	if (err == ERR_OK)
		*count = scope->award->grant == NULL ? 0 : scope->award->grant->n_milestones;
	return err;
}

static enum err find_milestone(struct call *call, const struct scope *scope, uint64_t number,
			       void *out)
{
	const Stele__AwardGrant *grant = scope->award->grant;
	struct milestone *milestone = arena_alloc(&call->arena, sizeof(*milestone));
	enum err err;

	if (milestone == NULL)
		return ERR_MEMORY;
	if (grant == NULL || number == 0 || number > grant->n_milestones)
		return ERR_NOT_FOUND;
	*milestone = (struct milestone){grant->milestones[number - 1], NULL};
	err = call_value(call, VALUE_MILESTONE, &milestone->value,
			 "milestone/%s/%" PRIu64 "/%" PRIu64, call->match.args[0],
			 scope->award->number, number);
	*(struct milestone **)out = milestone;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static bool milestone_fits(const struct call *call, const struct scope *scope, const void *at)
{
	char state[ENUM_NAME_MAX];

	milestone_state(scope, at, state);
	return call_wants(call, "state", state);
}

static void add_assessment(const Stele__MilestoneValue *value, json_t *json)
{
	json_t *evidence = json_array();

	for (size_t i = 0; i < value->n_evidence; i++)
		(void)json_array_append_new(evidence, json_of_message(value->evidence[i]));
	set_number(json, "claims", value->claims);
	set_json(json, "evidence", evidence);
	if (value->claimed_log_index > 0)
		set_number(json, "claimed_log_index", value->claimed_log_index);
	if (value->assessed_log_index > 0)
		set_number(json, "assessed_log_index", value->assessed_log_index);
	if (value->motion > 0)
		set_number(json, "motion", value->motion);
	set_money(json, "payable", value->payable);
}

static json_t *milestone_json(const struct call *call, const struct scope *scope, uint64_t number,
			      const void *at)
{
	const struct milestone *milestone = at;
	json_t *json = json_of_message(milestone->terms);
	char state[ENUM_NAME_MAX];

	milestone_state(scope, milestone, state);
	set_text(json, "programme", call->match.args[0]);
	set_number(json, "award", scope->award->number);
	set_number(json, "number", number);
	set_text(json, "currency", scope->currency);
	set_text(json, "state", state);
	if (milestone->value != NULL)
		add_assessment(milestone->value, json);
	return json;
}

static const struct list milestones = {
	.open = open_milestones,
	.find = find_milestone,
	.fits = milestone_fits,
	.json = milestone_json,
	.filters = {{"state", " planned claimed met partly not_met ended "}},
};

enum progress res_milestones(struct call *call)
{
	return list_page(call, &milestones);
}

enum progress res_milestone(struct call *call)
{
	return list_item(call, &milestones, 2);
}

/* --- payments -------------------------------------------------------------------- */

static const char *payment_state(const Stele__DisbursementValue *value)
{
	return value->reversed_log_index > 0 ? "reversed" : "standing";
}

static enum err open_payments(struct call *call, struct scope *scope, uint64_t *count)
{
	enum err err = scope_award(call, scope);

	if (err == ERR_OK)
		*count = scope->award->disbursements;
	return err;
}

static enum err find_payment(struct call *call, const struct scope *scope, uint64_t number, void *out)
{
	return call_value(call, VALUE_DISBURSEMENT, out, "disbursement/%s/%" PRIu64 "/%" PRIu64,
			  call->match.args[0], scope->award->number, number);
}

static bool payment_fits(const struct call *call, const struct scope *scope, const void *at)
{
	(void)scope;
	return call_wants(call, "state", payment_state(at));
}

static json_t *payment_json(const struct call *call, const struct scope *scope, uint64_t number,
			    const void *at)
{
	const Stele__DisbursementValue *value = at;
	json_t *json = json_of_message(value->record);

	(void)call;
	set_number(json, "number", number);
	set_text(json, "currency", scope->currency);
	set_text(json, "state", payment_state(value));
	if (value->reversed_log_index > 0)
		set_number(json, "reversed_log_index", value->reversed_log_index);
	if (value->reverse_motion > 0)
		set_number(json, "reverse_motion", value->reverse_motion);
	set_made(json, value->log_index, 0, value->motion);
	return json;
}

static const struct list payments = {
	.open = open_payments,
	.find = find_payment,
	.fits = payment_fits,
	.json = payment_json,
	.filters = {{"state", " standing reversed "}},
};

enum progress res_disbursements(struct call *call)
{
	return list_page(call, &payments);
}

enum progress res_disbursement(struct call *call)
{
	return list_item(call, &payments, 2);
}

/* --- recoveries ------------------------------------------------------------------ */

static const char *recovery_kind(const Stele__RecoveryValue *value)
{
	return value->demand != NULL ? "demand" : "receipt";
}

static enum err open_recoveries(struct call *call, struct scope *scope, uint64_t *count)
{
	enum err err = scope_award(call, scope);

	if (err == ERR_OK)
		*count = scope->award->recoveries;
	return err;
}

static enum err find_recovery(struct call *call, const struct scope *scope, uint64_t number,
			      void *out)
{
	return call_value(call, VALUE_RECOVERY, out, "recovery/%s/%" PRIu64 "/%" PRIu64,
			  call->match.args[0], scope->award->number, number);
}

static bool recovery_fits(const struct call *call, const struct scope *scope, const void *at)
{
	(void)scope;
	return call_wants(call, "kind", recovery_kind(at));
}

static json_t *recovery_json(const struct call *call, const struct scope *scope, uint64_t number,
			     const void *at)
{
	const Stele__RecoveryValue *value = at;
	json_t *json = value->demand != NULL ? json_of_message(value->demand)
					     : json_of_message(value->receipt);

	(void)call;
	set_number(json, "number", number);
	set_text(json, "kind", recovery_kind(value));
	set_text(json, "currency", scope->currency);
	set_made(json, value->log_index, 0, value->motion);
	return json;
}

static const struct list recoveries = {
	.open = open_recoveries,
	.find = find_recovery,
	.fits = recovery_fits,
	.json = recovery_json,
	.filters = {{"kind", " demand receipt "}},
};

enum progress res_recoveries(struct call *call)
{
	return list_page(call, &recoveries);
}

enum progress res_recovery(struct call *call)
{
	return list_item(call, &recoveries, 2);
}
