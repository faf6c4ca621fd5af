/* Programmes: budget, committed and paid as three numbers. */
#include <inttypes.h>

#include "node/api/list.h"
#include "node/api/resources.h"
#include "proto/json_pb.h"

static const char *state_of(const Stele__ProgrammeValue *value)
{
	return value->closed ? "closed" : "open";
}

static json_t *programme_json(const struct call *call, const struct scope *scope, uint64_t number,
			      const void *at)
{
	const Stele__ProgrammeValue *value = at;
	json_t *json = json_of_message(value->programme);

	(void)call, (void)scope, (void)number;
	set_number(json, "number", value->number);
	set_text(json, "state", state_of(value));
	set_number(json, "version", value->version);
	set_number(json, "awards", value->awards);
	set_number(json, "live_awards", value->live_awards);
	set_number(json, "open_awards", value->open_awards);
	set_money(json, "committed", value->committed);
	set_money(json, "paid", value->paid);
	set_money(json, "recovered", value->recovered);
	set_money(json, "remaining", value->programme->budget - value->committed);
	set_number(json, "calls", value->calls);
	set_money(json, "call_budgets", value->call_budgets);
	set_money(json, "unassigned", value->programme->budget - value->call_budgets);
	set_bool(json, "closed", value->closed);
	set_made(json, value->log_index, value->changed_log_index, value->motion);
	return json;
}

static enum err open(struct call *call, struct scope *scope, uint64_t *count)
{
	(void)scope;
	return call_count(call, count, "count/programme");
}

static enum err find(struct call *call, const struct scope *scope, uint64_t number, void *out)
{
	(void)scope;
	return call_named(call, VALUE_PROGRAMME, out, "programme-no/%" PRIu64, number);
}

static bool fits(const struct call *call, const struct scope *scope, const void *at)
{
	const Stele__ProgrammeValue *value = at;

	(void)scope;
	return call_wants(call, "state", state_of(value)) &&
	       (call_wants(call, "organisation", value->programme->funder) ||
		call_wants(call, "organisation", value->programme->agency));
}

static const struct list programmes = {
	.open = open,
	.find = find,
	.fits = fits,
	.json = programme_json,
	.filters = {{"state", " open closed "}, {"organisation", NULL}},
};

enum progress res_programmes(struct call *call)
{
	return list_page(call, &programmes);
}

enum progress res_programme(struct call *call)
{
	struct scope scope;
	enum err err = scope_programme(call, &scope);

	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	return call_ok(call, programme_json(call, &scope, 0, scope.programme));
}
