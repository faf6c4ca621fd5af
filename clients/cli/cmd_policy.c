/* stele policy: who may do what. */
#include <stdio.h>

#include "clients/cli/api.h"
#include "clients/cli/out.h"

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
	{.words = NULL},
};
