#include "clients/cli/effect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/files.h"
#include "clients/cli/money.h"
#include "clients/cli/out.h"
#include "proto/json_pb.h"

/* --- the objects that an operation names ------------------------------------------------ */

/* What is not there stays away: the operation may be about to make it. */
static enum err add_object(struct cli *cli, json_t *objects, const char *name, const char *path)
{
	json_t *found = NULL;
	enum err err = api_get(cli, &found, "%s", path);

	if (err == ERR_OK)
		(void)json_object_set_new(objects, name, found);
	return cli->failure.exit == EXIT_CODE_NOT_RECORDED ? ERR_OK : err;
}

/* "…/calls/C" with the proposal, or all of them, and the objection. */
static enum err add_of_call(struct cli *cli, const json_t *op, const char *call, json_t *objects)
{
	uint64_t proposal = 0, objection = 0;
	char *path;
	enum err err = add_object(cli, objects, "call", call);

	if (err == ERR_OK && json_u64(op, "objection", &objection)) {
		path = path_of("%s/objections/%llu", call, (unsigned long long)objection);
		err = add_object(cli, objects, "objection", path);
		free(path);
	}
	if (!json_u64(op, "proposal", &proposal)) /* the one that was objected to */
		(void)json_u64(json_object_get(objects, "objection"), "proposal", &proposal);
	if (err == ERR_OK && proposal > 0) {
		path = path_of("%s/proposals/%llu", call, (unsigned long long)proposal);
		err = add_object(cli, objects, "proposal", path);
		free(path);
	}
	if (err == ERR_OK && json_object_get(op, "outcomes") != NULL) {
		json_t *list = NULL;

		path = path_of("%s/proposals", call);
		err = api_get_all(cli, &list, path);
		free(path);
		if (err == ERR_OK)
			(void)json_object_set(objects, "proposals", json_object_get(list, "items"));
		json_decref(list);
	}
	return err;
}

/* "…/awards/K" with the milestone and the disbursement. */
static enum err add_of_award(struct cli *cli, const json_t *op, const char *award, json_t *objects)
{
	static const struct {
		const char *name, *list;
	} parts[] = {{"milestone", "milestones"}, {"disbursement", "disbursements"}};
	enum err err = add_object(cli, objects, "award", award);

	for (size_t i = 0; err == ERR_OK && i < sizeof(parts) / sizeof(parts[0]); i++) {
		uint64_t number = 0;
		char *path;

		if (!json_u64(op, parts[i].name, &number))
			continue;
		path = path_of("%s/%s/%llu", award, parts[i].list, (unsigned long long)number);
		err = add_object(cli, objects, parts[i].name, path);
		free(path);
	}
	return err;
}

static enum err read_objects(struct cli *cli, const json_t *op, json_t *objects)
{
	const char *programme = json_text(op, "programme"), *call = json_text(op, "call");
	uint64_t award = 0;
	char *path;
	enum err err;

	if (programme[0] == '\0' || api_segment(cli, "programme", programme) != ERR_OK)
		return ERR_OK;
	path = path_of("/v1/programmes/%s", programme);
	err = add_object(cli, objects, "programme", path);
	free(path);
	if (err == ERR_OK && json_u64(op, "award", &award)) {
		path = path_of("/v1/programmes/%s/awards/%llu", programme,
			       (unsigned long long)award);
		err = add_of_award(cli, op, path, objects);
		free(path);
		if (call[0] == '\0') /* an award that was granted under a call counts there too */
			call = json_text(json_object_get(objects, "award"), "call");
	}
	if (err == ERR_OK && call[0] != '\0' && api_segment(cli, "call", call) == ERR_OK) {
		path = path_of("/v1/programmes/%s/calls/%s", programme, call);
		err = add_of_call(cli, op, path, objects);
		free(path);
	}
	return err;
}

/* --- who would have to approve --------------------------------------------------------------- */

static bool has_text(const json_t *list, const char *text)
{
	size_t index;
	json_t *item;

	json_array_foreach(list, index, item)
		if (json_is_string(item) && strcmp(json_string_value(item), text) == 0)
			return true;
	return false;
}

/* M-07: nobody approves what the own organisation receives. */
static bool is_recipient(const json_t *op, const json_t *award, const char *organisation)
{
	const json_t *recipients = json_object_get(op, "recipients");
	size_t index;
	json_t *item;

	if (recipients == NULL)
		recipients = json_object_get(award, "recipients");
	json_array_foreach(recipients, index, item)
		if (strcmp(json_text(item, "org"), organisation) == 0)
			return true;
	return false;
}

static enum err add_approvals(struct cli *cli, const struct rule *rule, const json_t *op,
			      const json_t *objects, json_t *effect)
{
	json_t *list = NULL, *may = json_array(), *item;
	const json_t *award = json_object_get(objects, "award");
	size_t index;
	enum err err = api_get_all(cli, &list, "/v1/organisations");

	json_array_foreach(json_object_get(list, "items"), index, item)
		if (has_text(json_object_get(item, "roles"), rule->approvers) &&
		    strcmp(json_text(item, "status"), "active") == 0 &&
		    !is_recipient(op, award, json_text(item, "id")))
			(void)json_array_append(may, json_object_get(item, "id"));
	json_decref(list);
	(void)json_object_set_new(effect, "approvals",
				  json_pack("{s:i,s:s,s:o}", "needed", (int)rule->approvals, "role",
					    rule->approvers, "may_approve", may));
	return err;
}

/* --- all of it --------------------------------------------------------------------------------- */

/* What an approval would execute is what matters of it. */
static enum err carried_read(struct cli *cli, uint64_t motion, json_t **op, const char **operation,
			     json_t **holder)
{
	enum err err = api_get(cli, holder, "/v1/motions/%llu", (unsigned long long)motion);

	if (err != ERR_OK)
		return err;
	*operation = json_text(*holder, "operation");
	*op = json_incref(json_object_get(*holder, "body"));
	return ERR_OK;
}

enum err effect_read(struct cli *cli, const Stele__TransactionBody *body, json_t **out)
{
	const char *operation = operation_name((uint32_t)body->operation_case);
	json_t *objects = json_object(), *op = NULL, *holder = NULL;
	json_t *effect = json_pack("{s:s}", "simulated", operation);
	struct rule rule = {.approvals = 0};
	enum err err = ERR_OK;

	if (body->operation_case == STELE__TRANSACTION_BODY__OPERATION_MOTION_APPROVE)
		err = carried_read(cli, body->motion_approve->motion, &op, &operation, &holder);
	else
		op = json_of_operation(body);
	if (err == ERR_OK)
		err = read_objects(cli, op, objects);
	if (err == ERR_OK && operation_is_motionable((uint32_t)body->operation_case))
		err = rule_get(cli, (uint32_t)body->operation_case, &rule);
	if (err == ERR_OK && rule.approvals > 0) {
		(void)json_object_set_new(effect, "simulated", json_string("motion.open"));
		err = add_approvals(cli, &rule, op, objects, effect);
	}
	if (err == ERR_OK) {
		(void)json_object_set_new(effect, "operation", json_string(operation));
		(void)json_object_set_new(effect, "changes",
					  effect_changes(operation, op, objects));
		*out = json_incref(effect);
	}
	json_decref(effect);
	json_decref(holder);
	json_decref(objects);
	json_decref(op);
	return err;
}

/* --- for people ------------------------------------------------------------------------- */

static json_t *cell(const json_t *row, const char *name)
{
	const char *currency = json_text(row, "currency");
	char money[MONEY_TEXT_MAX];
	uint64_t amount;

	if (currency[0] == '\0' || !json_u64(row, name, &amount))
		return json_incref(json_object_get(row, name));
	money_format(money, amount, currency);
	return json_string(money);
}

static void print_approvals(const struct cli *cli, const json_t *approvals)
{
	uint64_t needed = 0;
	json_t *organisation;
	size_t index;

	if (!json_u64(approvals, "needed", &needed))
		return;
	out_line(cli, "a motion carries it; it needs %llu approval%s by the role %s, of:",
		 (unsigned long long)needed, needed == 1 ? "" : "s", json_text(approvals, "role"));
	json_array_foreach(json_object_get(approvals, "may_approve"), index, organisation)
		out_line(cli, "  %s", json_string_value(organisation));
}

/* A motion can be opened for what its rules refuse: they are asked with the last approval. */
static void print_carried(const struct cli *cli, const json_t *carried)
{
	if (carried == NULL || strcmp(json_text(carried, "outcome"), "accepted") == 0)
		return;
	out_line(cli, "were it approved now, it would be refused: %s, %s", json_text(carried, "error"),
		 json_text(carried, "title"));
}

void effect_print(const struct cli *cli, const json_t *effect)
{
	static const struct column columns[] = {
		{"object", "OBJECT", COLUMN_TEXT},
		{"what", "WHAT", COLUMN_TEXT},
		{"before", "BEFORE", COLUMN_TEXT},
		{"after", "AFTER", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	json_t *rows = json_array(), *row;
	size_t index;

	json_array_foreach(json_object_get(effect, "changes"), index, row) {
		json_t *shown = json_copy(row);

		(void)json_object_set_new(shown, "before", cell(row, "before"));
		(void)json_object_set_new(shown, "after", cell(row, "after"));
		(void)json_array_append_new(rows, shown);
	}
	if (!cli->is_json) {
		out_line(cli, "  simulated at the node: %s; computed from what is there now:",
			 json_text(effect, "simulated"));
		(void)fflush(stdout);
		out_table(rows, columns);
		print_approvals(cli, json_object_get(effect, "approvals"));
		print_carried(cli, json_object_get(effect, "carried"));
	}
	json_decref(rows);
}
