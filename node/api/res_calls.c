/* Calls of a programme, who is on their panels, and what was objected to. */
#include <inttypes.h>
#include <string.h>

#include "node/api/list.h"
#include "node/api/resources.h"
#include "proto/json_pb.h"

/* --- calls ----------------------------------------------------------------------- */

static const char *state_of(const struct call *call, const Stele__CallValue *value)
{
	const Stele__CallTerms *terms = value->terms;
	uint64_t time = call->tip.time_ms;

	if (value->state == STELE__CALL_STATE__CALL_CANCELLED)
		return "cancelled";
	if (time < terms->opens)
		return "upcoming";
	if (time < terms->deadline)
		return "open";
	if (time < terms->reveal_until)
		return "revealing";
	if (time < terms->review_until)
		return "reviewing";
	return value->decided < value->revealed ? "deciding" : "decided";
}

static json_t *window_json(uint64_t from, uint64_t until, bool is_open)
{
	json_t *json = json_object();

	set_number(json, "from", from);
	if (until > 0)
		set_number(json, "until", until);
	set_bool(json, "is_open", is_open);
	return json;
}

static json_t *windows_json(const Stele__CallTerms *terms, const char *state)
{
	json_t *json = json_object();

	set_json(json, "proposals",
		 window_json(terms->opens, terms->deadline, strcmp(state, "open") == 0));
	set_json(json, "reveal", window_json(terms->deadline, terms->reveal_until,
					     strcmp(state, "revealing") == 0));
	set_json(json, "review", window_json(terms->reveal_until, terms->review_until,
					     strcmp(state, "reviewing") == 0));
	set_json(json, "decision",
		 window_json(terms->review_until, 0, strcmp(state, "deciding") == 0));
	return json;
}

static void add_totals(const Stele__CallValue *value, json_t *json)
{
	set_number(json, "proposals", value->proposals);
	set_number(json, "revealed", value->revealed);
	set_number(json, "decided", value->decided);
	set_number(json, "selected", value->selected);
	set_money(json, "selected_amount", value->selected_amount);
	set_number(json, "awards", value->awards);
	set_number(json, "live_awards", value->live_awards);
	set_money(json, "committed", value->committed);
	set_money(json, "remaining", value->terms->budget - value->committed);
	set_number(json, "reviewers", value->reviewers);
	set_number(json, "objections", value->objections);
	set_number(json, "open_objections", value->open_objections);
}

static json_t *call_json(const struct call *call, const struct scope *scope, uint64_t number,
			 const void *at)
{
	const Stele__CallValue *value = at;
	const char *state = state_of(call, value);
	json_t *json = json_object();

	(void)number;
	set_text(json, "programme", value->programme);
	set_text(json, "call", value->call);
	set_number(json, "number", value->number);
	set_number(json, "version", value->version);
	set_text(json, "state", state);
	set_bool(json, "is_open", strcmp(state, "open") == 0);
	set_json(json, "windows", windows_json(value->terms, state));
	set_missing(json, json_of_message(value->terms));
	set_text(json, "currency", scope->currency);
	add_totals(value, json);
	set_made(json, value->log_index, value->changed_log_index, value->motion);
	return json;
}

static enum err open_calls(struct call *call, struct scope *scope, uint64_t *count)
{
	enum err err = scope_programme(call, scope);

	if (err == ERR_OK)
		*count = scope->programme->calls;
	return err;
}

static enum err find_call(struct call *call, const struct scope *scope, uint64_t number, void *out)
{
	(void)scope;
	return call_named(call, VALUE_CALL, out, "call-no/%s/%" PRIu64, call->match.args[0], number);
}

/* A call without areas of its own has all of the programme's. */
static bool has_area(const struct call *call, const struct scope *scope,
		     const Stele__CallTerms *terms)
{
	const Stele__ProgrammeCreate *programme = scope->programme->programme;

	if (request_param(&call->request, "area") == NULL)
		return true;
	for (size_t i = 0; i < terms->n_areas; i++) {
		if (call_wants(call, "area", terms->areas[i]))
			return true;
	}
	for (size_t i = 0; i < programme->n_areas && terms->n_areas == 0; i++) {
		if (call_wants(call, "area", programme->areas[i]->code))
			return true;
	}
	return false;
}

static bool call_fits(const struct call *call, const struct scope *scope, const void *at)
{
	const Stele__CallValue *value = at;

	return call_wants(call, "state", state_of(call, value)) && has_area(call, scope, value->terms);
}

static const struct list calls = {
	.open = open_calls,
	.find = find_call,
	.fits = call_fits,
	.json = call_json,
	.filters = {{"state", " upcoming open revealing reviewing deciding decided cancelled "},
		    {"area", NULL}},
};

enum progress res_calls(struct call *call)
{
	return list_page(call, &calls);
}

enum progress res_call(struct call *call)
{
	struct scope scope;
	enum err err = scope_call(call, &scope);

	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	return call_ok(call, call_json(call, &scope, 0, scope.call));
}

/* --- panel ----------------------------------------------------------------------- */

static enum err open_panel(struct call *call, struct scope *scope, uint64_t *count)
{
	enum err err = scope_call(call, scope);

	if (err == ERR_OK)
		*count = scope->call->reviewers;
	return err;
}

static enum err find_reviewer(struct call *call, const struct scope *scope, uint64_t number,
			      void *out)
{
	return call_value(call, VALUE_REVIEWER, out, "panel/%s/%s/%" PRIu64,
			  scope->call->programme, scope->call->call, number);
}

static bool reviewer_fits(const struct call *call, const struct scope *scope, const void *at)
{
	(void)scope;
	return call_wants(call, "organisation", ((const Stele__ReviewerValue *)at)->org);
}

static json_t *reviewer_json(const struct call *call, const struct scope *scope, uint64_t number,
			     const void *at)
{
	const Stele__ReviewerValue *value = at;
	json_t *json = json_object();

	(void)call, (void)scope;
	set_number(json, "number", number);
	set_hex(json, "key", value->key.data, value->key.len);
	set_text(json, "organisation", value->org);
	set_made(json, value->log_index, 0, value->motion);
	return json;
}

static const struct list panel = {
	.open = open_panel,
	.find = find_reviewer,
	.fits = reviewer_fits,
	.json = reviewer_json,
	.filters = {{"organisation", NULL}},
};

enum progress res_panel(struct call *call)
{
	return list_page(call, &panel);
}

/* --- parties --------------------------------------------------------------------- */

/* Who has no part in a call has proposed nothing there. */
enum progress res_party(struct call *call)
{
	static Stele__PartyValue none = STELE__PARTY_VALUE__INIT;
	Stele__PartyValue *party = &none;
	Stele__OrgValue *org;
	struct scope scope;
	json_t *json;
	enum err err = scope_call(call, &scope);

	if (err == ERR_OK)
		err = call_value(call, VALUE_ORG, &org, "org/%s", call->match.args[2]);
	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	err = call_value(call, VALUE_PARTY, &party, "party/%s/%s/%s", call->match.args[0],
			 call->match.args[1], org->id);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return call_fail(call, err, NULL);
	json = json_object();
	set_text(json, "programme", scope.call->programme);
	set_text(json, "call", scope.call->call);
	set_text(json, "organisation", org->id);
	set_number(json, "proposals", party->proposals);
	set_number(json, "revealed", party->revealed);
	return call_ok(call, json);
}

/* --- objections ------------------------------------------------------------------ */

static enum err open_objections(struct call *call, struct scope *scope, uint64_t *count)
{
	enum err err = scope_call(call, scope);

	if (err == ERR_OK)
		*count = scope->call->objections;
	return err;
}

static enum err find_objection(struct call *call, const struct scope *scope, uint64_t number,
			       void *out)
{
	return call_value(call, VALUE_OBJECTION, out, "objection/%s/%s/%" PRIu64,
			  scope->call->programme, scope->call->call, number);
}

static bool objection_fits(const struct call *call, const struct scope *scope, const void *at)
{
	const Stele__ObjectionValue *value = at;
	char state[ENUM_NAME_MAX], proposal[24];

	(void)scope;
	objection_state_name(state, value->state);
	(void)snprintf(proposal, sizeof(proposal), "%" PRIu64, value->objection->proposal);
	return call_wants(call, "state", state) && call_wants(call, "organisation", value->org) &&
	       call_wants(call, "proposal", proposal);
}

static json_t *objection_json(const struct call *call, const struct scope *scope, uint64_t number,
			      const void *at)
{
	const Stele__ObjectionValue *value = at;
	json_t *json = json_of_message(value->objection);
	char state[ENUM_NAME_MAX];

	(void)call, (void)scope;
	objection_state_name(state, value->state);
	set_number(json, "number", number);
	set_text(json, "organisation", value->org);
	set_text(json, "state", state);
	set_number(json, "decision", value->decision);
	if (value->reason_sha256.len > 0)
		set_hex(json, "reason_sha256", value->reason_sha256.data, value->reason_sha256.len);
	set_number(json, "time", value->time);
	if (value->resolved_log_index > 0)
		set_number(json, "resolved_log_index", value->resolved_log_index);
	set_made(json, value->log_index, 0, value->motion);
	return json;
}

static const struct list objections = {
	.open = open_objections,
	.find = find_objection,
	.fits = objection_fits,
	.json = objection_json,
	.filters = {{"state", " open upheld dismissed "}, {"organisation", NULL}, {"proposal", NULL}},
};

enum progress res_objections(struct call *call)
{
	return list_page(call, &objections);
}

enum progress res_objection(struct call *call)
{
	return list_item(call, &objections, 2);
}
