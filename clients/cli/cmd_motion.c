/* stele motion: what needs several organisations. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/out.h"
#include "clients/cli/submit.h"

/* Organisations instead of approval objects, and how many more have to approve. */
static void add_approvers(json_t *motion)
{
	json_t *names = json_array(), *approval;
	uint64_t needed = 0;
	size_t index;

	json_array_foreach(json_object_get(motion, "approvals"), index, approval)
		(void)json_array_append(names, json_object_get(approval, "organisation"));
	if (strcmp(json_text(motion, "state"), "open") == 0 &&
	    json_u64(motion, "approvals_needed", &needed))
		(void)json_object_set_new(
			motion, "still_needed",
			json_integer(needed > index ? (json_int_t)(needed - index) : 0));
	(void)json_object_set_new(motion, "approved_by", names);
}

/* Only one motion by itself says who may still approve it. */
static enum err add_who_may(struct cli *cli, json_t *motion)
{
	json_t *whole = NULL;
	uint64_t number = 0;
	enum err err;

	if (strcmp(json_text(motion, "state"), "open") != 0 ||
	    !json_u64(motion, "number", &number))
		return ERR_OK;
	err = api_get(cli, &whole, "/v1/motions/%llu", (unsigned long long)number);
	if (err == ERR_OK)
		(void)json_object_set(motion, "may_approve", json_object_get(whole, "may_approve"));
	json_decref(whole);
	return err;
}

static enum err run_list(struct cli *cli)
{
	static const struct column columns[] = {
		{"number", "MOTION", COLUMN_TEXT},
		{"state", "STATE", COLUMN_TEXT},
		{"approved_by", "APPROVED BY", COLUMN_LINES},
		{"still_needed", "NEEDED", COLUMN_NUMBER},
		{"may_approve", "OF", COLUMN_LINES},
		{"operation", "OPERATION", COLUMN_TEXT},
		{"expires", "EXPIRES (UTC)", COLUMN_TIME},
		{NULL, NULL, COLUMN_TEXT},
	};
	static const char *const filters[] = {"state", "operation", "organisation", NULL};
	json_t *list = NULL, *item;
	size_t index;
	enum err err = api_get_filtered(cli, &list, "/v1/motions", filters);

	json_array_foreach(json_object_get(list, "items"), index, item) {
		if (err == ERR_OK)
			err = add_who_may(cli, item);
		add_approvers(item);
	}
	if (err == ERR_OK)
		out_list(cli, list, columns);
	else
		json_decref(list);
	return err;
}

static enum err run_show(struct cli *cli)
{
	static const struct column show_columns[] = {
		{"number", "motion", COLUMN_TEXT},
		{"state", "state", COLUMN_TEXT},
		{"operation", "operation", COLUMN_TEXT},
		{"opener", "opened by", COLUMN_TEXT},
		{"approved_by", "approved by", COLUMN_TEXT},
		{"approvals_needed", "approvals needed", COLUMN_NUMBER},
		{"still_needed", "still needed", COLUMN_NUMBER},
		{"approvers", "by the role", COLUMN_TEXT},
		{"may_approve", "may still approve", COLUMN_TEXT},
		{"expires", "expires (UTC)", COLUMN_TIME},
		{"log_index", "log index", COLUMN_NUMBER},
		{"executed_log_index", "executed at", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};
	json_t *object = NULL, *body;
	uint64_t number = 0;
	enum err err = cli_arg_number(cli, 0, "motion", INT64_MAX, &number);

	if (err == ERR_OK)
		err = api_get(cli, &object, "/v1/motions/%llu", (unsigned long long)number);
	if (err != ERR_OK)
		return err;
	if (!cli->is_json) {
		add_approvers(object);
		out_fields(object, show_columns);
		body = json_object_get(object, "body");
		if (json_is_object(body)) {
			out_line(cli, "%s", "");
			(void)json_dumpf(body, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
			out_line(cli, "%s", "");
		}
	}
	(void)out_json(cli, object);
	return ERR_OK;
}

static enum err run_approve(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__MotionApprove approve = STELE__MOTION_APPROVE__INIT;
	char what[64];
	enum err err = cli_arg_number(cli, 0, "motion", INT64_MAX, &approve.motion);

	if (err != ERR_OK)
		return err;
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_MOTION_APPROVE;
	body.motion_approve = &approve;
	(void)snprintf(what, sizeof(what), "approval of motion %s", cli->args[0]);
	return submit_operation(cli, &body, bytes_of(NULL, 0), what);
}

static enum err run_withdraw(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__MotionWithdraw withdraw = STELE__MOTION_WITHDRAW__INIT;
	char what[64];
	enum err err = cli_arg_number(cli, 0, "motion", INT64_MAX, &withdraw.motion);

	if (err != ERR_OK)
		return err;
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_MOTION_WITHDRAW;
	body.motion_withdraw = &withdraw;
	(void)snprintf(what, sizeof(what), "withdrawal of motion %s", cli->args[0]);
	return submit_operation(cli, &body, bytes_of(NULL, 0), what);
}

static const struct option_spec options_list[] = {
	{"state", 0, OPTION_VALUE, "STATE", "only those that are open, executed, withdrawn or expired"},
	{"operation", 0, OPTION_VALUE, "OPERATION", "what they carry, such as decision.publish"},
	{"organisation", 0, OPTION_VALUE, "ORG", "who opened them"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_motion[] = {
	{.words = "motion list",
	 .arguments = "",
	 .arguments_min = 0,
	 .arguments_max = 0,
	 .brief = "list motions, who approved them and who still has to",
	 .text = "A motion is an operation that several organisations have to agree to. Commands "
		 "open one by themselves where policy asks for it. NEEDED counts approvals that are still "
		 "to come, OF names the organisations that can give them.",
	 .example = "stele motion list --state open",
	 .options = options_list,
	 .run = run_list},
	{.words = "motion show",
	 .arguments = "NUMBER",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "show a motion, what it would do, and who may still approve",
	 .text = "Read it before you approve: what is shown is what will be executed.",
	 .example = "stele motion show 3",
	 .run = run_show},
	{.words = "motion approve",
	 .arguments = "NUMBER",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "approve a motion",
	 .text = "The approval that completes the number policy asks for executes the operation in "
		 "the same transaction; if a rule fails there, that approval is rejected whole.",
	 .example = "stele motion approve 3 --key validator-2.key",
	 .run = run_approve},
	{.words = "motion withdraw",
	 .arguments = "NUMBER",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "withdraw a motion that the own organisation opened",
	 .text = "Only the opener's organisation withdraws, and only while the motion is open.",
	 .example = "stele motion withdraw 3 --key validator-1.key",
	 .run = run_withdraw},
	{.words = NULL},
};
