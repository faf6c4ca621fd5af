/* stele explain: what an error's number means. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/out.h"

static const char *family_text(enum err err)
{
	switch ((unsigned)err / 1000) {
	case 1:
		return "internal";
	case 2:
		return "malformed: refused whatever the ledger holds";
	case 3:
		return "skipped: leaves no trace in the ledger";
	case 4:
		return "refused by a rule of the ledger; in a block it is final";
	case 5:
		return "network and API";
	case 6:
		return "storage";
	case 7:
		return "check of a proof, receipt or certificate";
	case 8:
		return "local file, key, genesis or usage";
	case 9:
		return "integrity alarm";
	}
	return "";
}

static json_t *entry_of(enum err err)
{
	char code[16];

	(void)snprintf(code, sizeof(code), "E%d", (int)err);
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:i,s:s}", "code", code, "name", err_name(err),
			 "text", err_text(err), "kind", family_text(err), "remedy", err_remedy(err),
			 "exit", exit_code_of(err), "exit_text", exit_code_text(exit_code_of(err)));
}

static void add_entry(enum err err, void *context)
{
	if (err != ERR_OK)
		(void)json_array_append_new(context, entry_of(err));
}

static enum err explain_list(struct cli *cli)
{
	static const struct column columns[] = {
		{"code", "CODE", COLUMN_TEXT},
		{"exit", "EXIT", COLUMN_NUMBER},
		{"text", "MEANING", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	json_t *items = json_array();

	err_each(add_entry, items);
	out_list(cli, json_pack("{s:o}", "items", items), columns);
	return ERR_OK;
}

static enum err run_explain(struct cli *cli)
{
	static const struct column columns[] = {
		{"code", "code", COLUMN_TEXT},	    {"text", "meaning", COLUMN_TEXT},
		{"kind", "kind", COLUMN_TEXT},	    {"remedy", "do", COLUMN_TEXT},
		{"exit", "exit code", COLUMN_TEXT}, {"exit_text", "which says", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	const char *code = cli->args[0];
	uint64_t number;
	enum err err;

	if (strcmp(code, "list") == 0)
		return explain_list(cli);
	code += code[0] == 'E' || code[0] == 'e';
	if (!decimal_decode(&number, bytes_text(code)) || number > UINT32_MAX ||
	    !err_from_number((uint32_t)number, &err) || err == ERR_OK) {
		cli_fail(cli, ERR_USAGE, "there is no error \"%s\"", cli->args[0]);
		cli_remedy(cli, "see: stele explain list");
		return ERR_USAGE;
	}
	out_object(cli, entry_of(err), columns);
	return ERR_OK;
}

const struct command commands_explain[] = {
	{.words = "explain",
	 .arguments = "CODE|list",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "say what an error code means and what to do",
	 .text = "Tool, API and log share one list of error codes, and this reads it. The word "
		 "list prints all of them.",
	 .example = "stele explain E4107\nstele explain list",
	 .run = run_explain},
	{.words = NULL},
};
