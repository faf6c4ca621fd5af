/* stele objection: against decisions, and what became of them. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/fields.h"
#include "clients/cli/out.h"
#include "clients/cli/submit.h"

#define ARENA_BYTES (1u << 20)

static enum err run_file(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ObjectionFile file = STELE__OBJECTION_FILE__INIT;
	struct arena arena;
	const char *grounds;
	enum err err = args_call(cli, &file.programme, &file.call);

	arena_init(&arena, ARENA_BYTES);
	if (err == ERR_OK)
		err = cli_arg_number(cli, 2, "proposal", INT64_MAX, &file.proposal);
	if (err == ERR_OK)
		err = cli_required(cli, "grounds", &grounds);
	if (err == ERR_OK)
		err = field_hash(cli, &arena, grounds, &file.grounds_sha256);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_OBJECTION_FILE;
	body.objection_file = &file;
	if (err == ERR_OK)
		err = submit_record(cli, &body, "objection to the decision on proposal %s/%s/%s",
				    cli->args[0], cli->args[1], cli->args[2]);
	arena_release(&arena);
	return err;
}

static enum err run_resolve(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ObjectionResolve resolve = STELE__OBJECTION_RESOLVE__INIT;
	bool is_upheld = cli_has(cli, "uphold");
	struct arena arena;
	enum err err = args_call(cli, &resolve.programme, &resolve.call);

	if (err == ERR_OK && is_upheld == cli_has(cli, "dismiss"))
		err = cli_fail(cli, ERR_USAGE, "say --uphold or --dismiss");
	arena_init(&arena, ARENA_BYTES);
	if (err == ERR_OK)
		err = cli_arg_number(cli, 2, "objection", INT64_MAX, &resolve.objection);
	if (err == ERR_OK)
		err = field_reason(cli, &arena, "reason", &resolve.reason_sha256);
	resolve.is_upheld = is_upheld;
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_OBJECTION_RESOLVE;
	body.objection_resolve = &resolve;
	if (err == ERR_OK)
		err = submit_record(cli, &body, "objection %s/%s/%s %s", cli->args[0], cli->args[1],
				    cli->args[2], is_upheld ? "upheld" : "dismissed");
	arena_release(&arena);
	return err;
}

static enum err run_list(struct cli *cli)
{
	static const struct column columns[] = {
		{"number", "OBJECTION", COLUMN_NUMBER},
		{"state", "STATE", COLUMN_TEXT},
		{"proposal", "PROPOSAL", COLUMN_NUMBER},
		{"decision", "DECISION", COLUMN_NUMBER},
		{"organisation", "BY", COLUMN_TEXT},
		{"time", "FILED (UTC)", COLUMN_TIME},
		{"motion", "MOTION", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	static const char *const filters[] = {"state", "organisation", "proposal", NULL};
	char *programme, *call, path[192];
	json_t *list = NULL;
	enum err err = args_call(cli, &programme, &call);

	if (err != ERR_OK)
		return err;
	(void)snprintf(path, sizeof(path), "/v1/programmes/%.64s/calls/%.64s/objections", programme,
		       call);
	err = api_get_filtered(cli, &list, path, filters);
	if (err == ERR_OK)
		out_list(cli, list, columns);
	return err;
}

static enum err run_show(struct cli *cli)
{
	static const struct column columns[] = {
		{"number", "objection", COLUMN_NUMBER},
		{"state", "state", COLUMN_TEXT},
		{"proposal", "proposal", COLUMN_NUMBER},
		{"decision", "to its decision", COLUMN_NUMBER},
		{"organisation", "by", COLUMN_TEXT},
		{"time", "filed (UTC)", COLUMN_TIME},
		{"grounds_sha256", "grounds", COLUMN_TEXT},
		{"reason_sha256", "reason", COLUMN_TEXT},
		{"motion", "motion", COLUMN_TEXT},
		{"log_index", "log index", COLUMN_NUMBER},
		{"resolved_log_index", "resolved at", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};
	char *programme, *call;
	json_t *objection = NULL;
	uint64_t number;
	enum err err = args_call(cli, &programme, &call);

	if (err == ERR_OK)
		err = cli_arg_number(cli, 2, "objection", INT64_MAX, &number);
	if (err == ERR_OK)
		err = api_get(cli, &objection, "/v1/programmes/%s/calls/%s/objections/%llu",
			      programme, call, (unsigned long long)number);
	if (err == ERR_OK)
		out_object(cli, objection, columns);
	return err;
}

static const struct option_spec options_file[] = {
	{"grounds", 0, OPTION_VALUE, "FILE|HASH", "the grounds, by hash"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_resolve[] = {
	{"uphold", 0, OPTION_FLAG, NULL, "the decision is void, and decided anew"},
	{"dismiss", 0, OPTION_FLAG, NULL, "the decision stands"},
	OPTION_REASON,
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_list[] = {
	{"state", 0, OPTION_VALUE, "STATE", "open, upheld or dismissed"},
	{"organisation", 0, OPTION_VALUE, "ORG", "who objected"},
	{"proposal", 0, OPTION_VALUE, "N", "to the decision on that proposal"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_objection[] = {
	{"objection file", "PROGRAMME CALL PROPOSAL", 3, 3, "object to the decision on a proposal",
	 "Signed by an organisation with an opened proposal in the call, while there is time for "
	 "objections. Until it is resolved no award is granted on that proposal.",
	 "stele objection file CN-BJ-I3 2026-1 4 --grounds letter.pdf", options_file, run_file},
	{"objection resolve", "PROGRAMME CALL OBJECTION", 3, 3, "uphold or dismiss an objection",
	 "Signed by the programme's agency; where policy asks for approvals it opens a motion.",
	 "stele objection resolve CN-BJ-I3 2026-1 1 --uphold --reason finding.pdf", options_resolve,
	 run_resolve},
	{"objection list", "PROGRAMME CALL", 2, 2, "objections in a call",
	 "All objections, open and resolved.", "stele objection list CN-BJ-I3 2026-1 --state open",
	 options_list, run_list},
	{"objection show", "PROGRAMME CALL OBJECTION", 3, 3, "one objection",
	 "Against which decision, by whom, and what became of it.",
	 "stele objection show CN-BJ-I3 2026-1 1", NULL, run_show},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
