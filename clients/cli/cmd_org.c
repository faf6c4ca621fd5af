/* stele org: organisations. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/card_make.h"
#include "clients/cli/fields.h"
#include "clients/cli/orgkey.h"
#include "clients/cli/out.h"
#include "clients/cli/signer.h"
#include "clients/cli/submit.h"
#include "ledger/apply/identifier.h"
#include "proto/genesis.h"
#include "proto/role.h"

#define PURPOSES_DEFAULT "govern,grant,content"
#define ARENA_BYTES 65536

struct registration {
	Stele__OrgRegister record;
	Stele__Names names;
	Stele__Role roles[ROLE_LAST];
	struct orgkey keys[GENESIS_ORG_KEYS_MAX];
	Stele__OrgKey *list[GENESIS_ORG_KEYS_MAX];
};

static void set_text(char **member, const char *text)
{
	if (text != NULL)
		*member = (char *)(uintptr_t)text; /* protobuf-c's structs know no const */
}

static enum err fill_roles(struct cli *cli, struct registration *to)
{
	uint32_t bits = 0;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < cli_count(cli, "role"); i++)
		err = role_read(cli, cli_nth(cli, "role", i), &bits);
	if (err == ERR_OK && bits == 0)
		err = cli_fail(cli, ERR_USAGE, "an organisation needs a role: --role");
	for (uint32_t role = 1; err == ERR_OK && role <= ROLE_LAST; role++)
		if ((bits & 1u << role) != 0)
			to->roles[to->record.n_roles++] = (Stele__Role)role;
	to->record.roles = to->roles;
	return err;
}

static enum err prove(struct cli *cli, const char *path, const struct hash *chain, const char *org,
		      struct orgkey *out)
{
	const char *purposes_text = cli_value(cli, "purposes");
	struct signer *signer = NULL;
	uint32_t purposes = 0;
	enum err err = purposes_read(
		cli, purposes_text != NULL ? purposes_text : PURPOSES_DEFAULT, &purposes);

	if (err == ERR_OK)
		err = signer_open(cli, path, &signer);
	if (err == ERR_OK)
		err = orgkey_prove(out, &signer->secret, &signer->key, chain, org, purposes);
	signer_free(signer);
	return err;
}

static enum err fill_keys(struct cli *cli, const struct hash *chain, const char *org,
			  struct registration *to)
{
	size_t proofs = cli_count(cli, "proof"), files = cli_count(cli, "org-key");
	enum err err = ERR_OK;

	if (proofs + files == 0 || proofs + files > GENESIS_ORG_KEYS_MAX)
		return cli_fail(cli, ERR_USAGE, "1 to %d keys are registered: --proof, --org-key",
				GENESIS_ORG_KEYS_MAX);
	for (size_t i = 0; err == ERR_OK && i < proofs + files; i++) {
		struct orgkey *key = &to->keys[i];

		err = i < proofs ? orgkey_read(cli, cli_nth(cli, "proof", i), chain, org, key)
				 : prove(cli, cli_nth(cli, "org-key", i - proofs), chain, org, key);
		to->list[i] = &key->message;
	}
	to->record.keys = to->list;
	to->record.n_keys = proofs + files;
	return err;
}

static enum err run_register(struct cli *cli)
{
	struct registration *to = calloc(1, sizeof(*to));
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	struct network network;
	char what[128];
	enum err err = identifier_check(cli->args[0]);

	ASSERT(to != NULL);
	stele__org_register__init(&to->record);
	stele__names__init(&to->names);
	if (err != ERR_OK)
		cli_fail(cli, err, "%s", cli->args[0]);
	if (err == ERR_OK)
		err = fill_roles(cli, to);
	if (err == ERR_OK)
		err = api_network(cli, &network);
	if (err == ERR_OK)
		err = fill_keys(cli, &network.chain, cli->args[0], to);
	if (err == ERR_OK) {
		set_text(&to->names.zh, cli_value(cli, "name-zh"));
		set_text(&to->names.en, cli_value(cli, "name-en"));
		to->record.id = cli->args[0];
		to->record.names = &to->names;
		body.operation_case = STELE__TRANSACTION_BODY__OPERATION_ORG_REGISTER;
		body.org_register = &to->record;
		(void)snprintf(what, sizeof(what), "organisation %s", cli->args[0]);
		err = submit_operation(cli, &body, bytes_of(NULL, 0), what);
	}
	free(to);
	return err;
}

/* --- status ---------------------------------------------------------------------- */

static enum err read_status(struct cli *cli, Stele__OrgStatus *out)
{
	static const char *const names[] = {
		[STELE__ORG_STATUS__ORG_ACTIVE] = "active",
		[STELE__ORG_STATUS__ORG_SUSPENDED] = "suspended",
		[STELE__ORG_STATUS__ORG_DELISTED] = "delisted",
	};
	const char *given;
	enum err err = cli_required(cli, "set", &given);

	for (size_t i = 0; err == ERR_OK && i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(given, names[i]) != 0)
			continue;
		*out = (Stele__OrgStatus)i;
		return ERR_OK;
	}
	if (err != ERR_OK)
		return err;
	cli_fail(cli, ERR_USAGE, "--set %s", given);
	cli_fact(cli, "expected", "active, suspended or delisted");
	return ERR_USAGE;
}

static enum err run_status(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__OrgStatusChange record = STELE__ORG_STATUS_CHANGE__INIT;
	struct arena arena;
	char what[160];
	enum err err = api_segment(cli, "organisation", cli->args[0]);

	if (err == ERR_OK)
		err = read_status(cli, &record.status);
	if (err != ERR_OK)
		return err;
	arena_init(&arena, ARENA_BYTES);
	err = field_reason(cli, &arena, "reason", &record.reason_sha256);
	if (err == ERR_OK) {
		record.org = cli->args[0];
		body.operation_case = STELE__TRANSACTION_BODY__OPERATION_ORG_STATUS;
		body.org_status = &record;
		(void)snprintf(what, sizeof(what), "%s %s", cli->args[0], cli_value(cli, "set"));
		err = submit_operation(cli, &body, bytes_of(NULL, 0), what);
	}
	arena_release(&arena);
	return err;
}

/* --- show ------------------------------------------------------------------------ */

static const struct column columns[] = {
	{"id", "id", COLUMN_TEXT},
	{"names.en", "name", COLUMN_TEXT},
	{"names.zh", "name (zh)", COLUMN_TEXT},
	{"roles", "roles", COLUMN_TEXT},
	{"status", "status", COLUMN_TEXT},
	{"status_log_index", "status since", COLUMN_NUMBER},
	{"log_index", "log index", COLUMN_NUMBER},
	{"motion", "motion", COLUMN_TEXT},
	{NULL, NULL, COLUMN_TEXT},
};

static enum err run_show(struct cli *cli)
{
	static const struct column key_columns[] = {
		{"key", "KEY", COLUMN_TEXT},
		{"purposes", "PURPOSES", COLUMN_TEXT},
		{"state", "STATE", COLUMN_TEXT},
		{"from_height", "FROM", COLUMN_NUMBER},
		{"revoked_height", "UNTIL", COLUMN_NUMBER},
		{"replaced_by", "REPLACED BY", COLUMN_HASH},
		{NULL, NULL, COLUMN_TEXT},
	};
	json_t *object = NULL, *keys;
	enum err err = api_segment(cli, "organisation", cli->args[0]);

	if (err == ERR_OK)
		err = api_get(cli, &object, "/v1/organisations/%s", cli->args[0]);
	if (err != ERR_OK)
		return err;
	keys = json_object_get(object, "keys");
	if (!cli->is_json) {
		out_fields(object, columns);
		if (json_is_array(keys) && json_array_size(keys) > 0) {
			out_line(cli, "%s", "");
			(void)fflush(stdout);
			out_table(keys, key_columns);
		}
	}
	(void)out_json(cli, object);
	return ERR_OK;
}

static enum err run_list(struct cli *cli)
{
	static const struct column list_columns[] = {
		{"id", "ID", COLUMN_TEXT},
		{"names.en", "NAME", COLUMN_TEXT},
		{"names.zh", "", COLUMN_TEXT},
		{"roles", "ROLES", COLUMN_TEXT},
		{"status", "STATUS", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	json_t *list = NULL;
	enum err err = api_get_all(cli, &list, "/v1/organisations");

	if (err == ERR_OK)
		out_list(cli, list, list_columns);
	return err;
}

static const struct option_spec options_register[] = {
	{"name-zh", 0, OPTION_VALUE, "TEXT", "its name in Chinese"},
	{"name-en", 0, OPTION_VALUE, "TEXT", "its name in English"},
	{"role", 0, OPTION_LIST, "ROLE",
	 "funder, agency, applicant, reviewer, auditor, anchorer or validator; repeat it"},
	{"proof", 0, OPTION_LIST, "FILE", "a key's proof, made by stele key proof; repeat it"},
	{"org-key", 0, OPTION_LIST, "FILE",
	 "a key file of the organisation, where it is at hand, instead of a proof"},
	{"purposes", 0, OPTION_VALUE, "LIST",
	 "purposes of --org-key; default " PURPOSES_DEFAULT},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};
static const struct option_spec options_status[] = {
	{"set", 0, OPTION_VALUE, "STATUS", "active, suspended, or delisted, which is for ever"},
	OPTION_REASON,
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_org[] = {
	{.words = "org register",
	 .arguments = "ID",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "register an organisation",
	 .text = "ID is CN-USCI-…, XI-LEI-… or XI-ROR-… with valid check digits. Each key brings a "
		 "proof of possession. Where policy asks for approvals this opens a motion and says "
		 "who approves.",
	 .example = "stele org register CN-USCI-… --name-en 'Example Institute 14' --role applicant "
		    "--proof office.proof --key validator-1.key",
	 .options = options_register,
	 .run = run_register},
	{.words = "org status",
	 .arguments = "ID",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "suspend, reinstate or delist an organisation",
	 .text = "A suspended or delisted organisation signs nothing and its approvals do not count; "
		 "what it recorded stays. Delisted is for ever. Its validator, if it runs one, stays "
		 "in the set. Where policy asks for approvals this opens a motion and says who "
		 "approves. What would leave too few to change policy or status is refused (E4038).",
	 .example = "stele org status CN-USCI-… --set suspended --reason minutes.pdf --key office\n"
		    "stele org status CN-USCI-… --set active --key office",
	 .options = options_status,
	 .run = run_status},
	{.words = "org show",
	 .arguments = "ID",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "show an organisation and its keys",
	 .text = "Shows names, roles, status and keys as the ledger has them now.",
	 .example = "stele org show CN-USCI-…",
	 .run = run_show},
	{.words = "org list",
	 .arguments = "",
	 .arguments_min = 0,
	 .arguments_max = 0,
	 .brief = "list the registered organisations",
	 .text = "Lists all organisations in the order of their registration.",
	 .example = "stele org list\nstele org list --json",
	 .run = run_list},
	{.words = NULL},
};
