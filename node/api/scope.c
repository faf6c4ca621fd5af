#include "node/api/scope.h"

#include <inttypes.h>

enum err scope_programme(struct call *call, struct scope *scope)
{
	enum err err = call_value(call, VALUE_PROGRAMME, &scope->programme, "programme/%s",
				  call->match.args[0]);

	if (err != ERR_OK)
		return err;
	if (scope->programme->programme == NULL)
		return ERR_STORE_DAMAGED;
	scope->currency = scope->programme->programme->currency;
	return ERR_OK;
}

enum err scope_call(struct call *call, struct scope *scope)
{
	enum err err = scope_programme(call, scope);

	if (err == ERR_OK)
		err = call_value(call, VALUE_CALL, &scope->call, "call/%s/%s", call->match.args[0],
				 call->match.args[1]);
	if (err == ERR_OK && scope->call->terms == NULL)
		err = ERR_STORE_DAMAGED;
	return err;
}

enum err scope_proposal(struct call *call, struct scope *scope)
{
	uint64_t number;
	enum err err = scope_call(call, scope);

	if (err != ERR_OK)
		return err;
	if (!call_number(call->match.args[2], &number))
		return ERR_NOT_FOUND;
	return call_value(call, VALUE_PROPOSAL, &scope->proposal, "proposal/%s/%s/%" PRIu64,
			  call->match.args[0], call->match.args[1], number);
}

enum err scope_award(struct call *call, struct scope *scope)
{
	uint64_t number;
	enum err err = scope_programme(call, scope);

	if (err != ERR_OK)
		return err;
	if (!call_number(call->match.args[1], &number))
		return ERR_NOT_FOUND;
	return call_value(call, VALUE_AWARD, &scope->award, "award/%s/%" PRIu64,
			  call->match.args[0], number);
}

enum err scope_org(struct call *call, struct scope *scope)
{
	return call_value(call, VALUE_ORG, &scope->org, "org/%s", call->match.args[0]);
}

void set_made(json_t *json, uint64_t log_index, uint64_t changed_log_index, uint64_t motion)
{
	set_number(json, "log_index", log_index);
	if (changed_log_index > 0)
		set_number(json, "changed_log_index", changed_log_index);
	if (motion > 0)
		set_number(json, "motion", motion);
}
