/* stele explain: what an error's number means, and what a rule of the ledger wants. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/out.h"
#include "clients/cli/rules.h"

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

/* Each rule that refuses with the error, as "A-13 (award.grant)"; NULL: none does. */
static json_t *rules_of(enum err err)
{
	json_t *names = json_array();
	const struct rule *rule;

	for (size_t k = 0; (rule = rule_at(k)) != NULL; k++) {
		if (rule_refuses_with(rule, err))
			(void)json_array_append_new(names,
						    json_sprintf("%s (%s)", rule->id, rule->of));
	}
	if (json_array_size(names) > 0)
		return names;
	json_decref(names);
	return NULL;
}

struct of_rule {
	const struct rule *rule;
	json_t *errors;
};

static void add_of_rule(enum err err, void *context)
{
	struct of_rule *of = context;

	if (err != ERR_OK && rule_refuses_with(of->rule, err))
		(void)json_array_append_new(of->errors, entry_of(err));
}

static enum err explain_rule(struct cli *cli, const struct rule *rule)
{
	static const struct column rule_columns[] = {
		{"rule", "rule", COLUMN_TEXT},
		{"of", "of", COLUMN_TEXT},
		{"text", "wants", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	static const struct column error_columns[] = {
		{"code", "refuses with", COLUMN_TEXT},
		{"text", "meaning", COLUMN_TEXT},
		{"remedy", "do", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	struct of_rule of = {rule, json_array()};
	json_t *result, *error;
	size_t k;

	err_each(add_of_rule, &of);
	result = json_pack("{s:s,s:s,s:s,s:o}", "rule", rule->id, "of", rule->of, "text",
			   rule->text, "errors", of.errors);
	if (out_json(cli, json_incref(result))) {
		json_decref(result);
		return ERR_OK;
	}
	out_fields(result, rule_columns);
	json_array_foreach(json_object_get(result, "errors"), k, error)
		out_fields(error, error_columns);
	json_decref(result);
	return ERR_OK;
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
		{"rules", "of the rules", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	const struct rule *rule = rule_find(cli->args[0]);
	const char *code = cli->args[0];
	json_t *entry;
	uint64_t number;
	enum err err;

	if (strcmp(code, "list") == 0)
		return explain_list(cli);
	if (rule != NULL)
		return explain_rule(cli, rule);
	code += code[0] == 'E' || code[0] == 'e';
	if (!decimal_decode(&number, bytes_text(code)) || number > UINT32_MAX ||
	    !err_from_number((uint32_t)number, &err) || err == ERR_OK) {
		cli_fail(cli, ERR_USAGE, "there is no error and no rule \"%s\"",
			 cli->args[0]);
		cli_remedy(cli, "see: stele explain list; rules are in docs/ledger.md section 7");
		return ERR_USAGE;
	}
	entry = entry_of(err);
	(void)json_object_set_new(entry, "rules", rules_of(err));
	out_object(cli, entry, columns);
	return ERR_OK;
}

const struct command commands_explain[] = {
	{.words = "explain",
	 .arguments = "CODE|RULE|list",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "say what an error code means and what to do, or what a rule wants",
	 .text = "Tool, API and log share one list of error codes, and this reads it. The word "
		 "list prints all of them. With the number of a rule of the ledger it says what the "
		 "rule wants, in the words of docs/ledger.md, and with which error it refuses.",
	 .example = "stele explain E4107\nstele explain A-13\nstele explain list",
	 .run = run_explain},
	{.words = NULL},
};
