/* stele policy: who may do what, shown and changed. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "clients/cli/api.h"
#include "clients/cli/fields.h"
#include "clients/cli/out.h"
#include "clients/cli/submit.h"
#include "proto/role.h"

#define ARENA_BYTES 65536
#define ROLES_MAX 8

static enum err run_show(struct cli *cli)
{
	static const struct column columns[] = {
		{"name", "OPERATION", COLUMN_TEXT},
		{"openers", "ROLES", COLUMN_TEXT},
		{"approvals", "APPROVALS", COLUMN_NUMBER},
		{"approvers", "BY", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	static const struct column limit_columns[] = {
		{"window_ms", "window, ms", COLUMN_NUMBER},
		{"quota_window_ms", "quota window, ms", COLUMN_NUMBER},
		{"quota_transactions", "transactions per organisation", COLUMN_NUMBER},
		{"quota_bytes", "bytes", COLUMN_NUMBER},
		{"quota_entries", "indexed entries", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};
	json_t *policy = NULL;
	enum err err = api_get(cli, &policy, "/v1/policy");

	if (err != ERR_OK)
		return err;
	if (!cli->is_json) {
		out_table(json_object_get(policy, "rules"), columns);
		(void)putchar('\n');
		out_fields(json_object_get(policy, "limits"), limit_columns);
	}
	(void)out_json(cli, policy);
	return ERR_OK;
}

/* --- set --------------------------------------------------------------------- */

/* Roles as the record lists them: ascending, each once. */
static enum err read_openers(struct cli *cli, struct arena *arena, Stele__PolicyRule *out)
{
	const char *text;
	uint32_t bits;
	enum err err = cli_required(cli, "openers", &text);

	if (err != ERR_OK)
		return err;
	if (!roles_parse(&bits, bytes_text(text)))
		return cli_fail(cli, ERR_USAGE, "--openers %s: roles are joined by commas, in the "
						"order of stele policy show",
				text);
	out->openers = arena_alloc(arena, ROLES_MAX * sizeof(*out->openers));
	ASSERT(out->openers != NULL);
	for (uint32_t role = 1; role < ROLES_MAX; role++)
		if ((bits & (1u << role)) != 0)
			out->openers[out->n_openers++] = (Stele__Role)role;
	return ERR_OK;
}

static enum err read_approvers(struct cli *cli, Stele__PolicyRule *out)
{
	const char *text = cli_value(cli, "approvers");
	uint64_t approvals = 0;
	enum err err = cli_number(cli, "approvals", LIMIT_VALIDATORS, &approvals);

	if (err != ERR_OK)
		return err;
	if ((approvals > 0) != (text != NULL))
		return cli_fail(cli, ERR_USAGE, "--approvers goes with --approvals above 0");
	out->approvals = (uint32_t)approvals;
	if (text == NULL)
		return ERR_OK;
	out->approvers = (Stele__Role)role_from_name(bytes_text(text));
	if (out->approvers == STELE__ROLE__ROLE_NONE)
		return cli_fail(cli, ERR_USAGE, "--approvers %s is no role", text);
	return ERR_OK;
}

static enum err run_set(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__PolicySet set = STELE__POLICY_SET__INIT;
	Stele__PolicyRule rule = STELE__POLICY_RULE__INIT;
	Stele__PolicyRule *rules[] = {&rule};
	struct arena arena;
	enum err err;

	rule.operation = operation_from_name(bytes_text(cli->args[0]));
	if (rule.operation == 0)
		return cli_fail(cli, ERR_USAGE, "there is no operation %s", cli->args[0]);
	arena_init(&arena, ARENA_BYTES);
	err = read_openers(cli, &arena, &rule);
	if (err == ERR_OK)
		err = read_approvers(cli, &rule);
	if (err == ERR_OK) {
		set.rules = rules;
		set.n_rules = 1;
		body.operation_case = STELE__TRANSACTION_BODY__OPERATION_POLICY_SET;
		body.policy_set = &set;
		err = submit_operation(cli, &body, bytes_of(NULL, 0), "policy");
	}
	arena_release(&arena);
	return err;
}

static const struct option_spec options_set[] = {
	{"openers", 0, OPTION_VALUE, "ROLE,…", "roles that may do it, or open a motion for it"},
	{"approvals", 0, OPTION_VALUE, "N", "how many approvals it needs; 0: none"},
	{"approvers", 0, OPTION_VALUE, "ROLE", "whose approvals count"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_policy[] = {
	{.words = "policy show",
	 .arguments = "",
	 .arguments_min = 0,
	 .arguments_max = 0,
	 .brief = "show which roles may do what, and the limits",
	 .text = "For each operation: which roles may do it, and how many approvals of which role "
		 "it needs. 0 approvals: by a bare transaction.",
	 .example = "stele policy show",
	 .run = run_show},
	{.words = "policy set",
	 .arguments = "OPERATION",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "change who may do an operation and who approves it",
	 .text = "Replaces the operation's rule. Where the policy wants approvals for policy.set, a "
		 "motion is opened with the change in it.",
	 .example = "stele policy set award.grant --openers agency --approvals 2 --approvers "
		    "validator --key validator-1",
	 .options = options_set,
	 .run = run_set},
	{.words = NULL},
};
