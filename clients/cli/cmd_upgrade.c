/* stele upgrade: what the network agreed to run from some height on. */
#include <stdio.h>

#include "clients/cli/api.h"
#include "clients/cli/fields.h"
#include "clients/cli/out.h"
#include "clients/cli/submit.h"

#define ARENA_BYTES 65536
#define VERSION_GENESIS 1

static const struct column columns[] = {
	{"version", "version", COLUMN_NUMBER},
	{"activation_height", "from height", COLUMN_NUMBER},
	{"notes_sha256", "notes", COLUMN_TEXT},
	{"log_index", "log index", COLUMN_NUMBER},
	{"motion", "motion", COLUMN_TEXT},
	{NULL, NULL, COLUMN_TEXT},
};

static void tell_effect(struct cli *cli)
{
	out_remark(cli, "this version records the plan and does not act on it: nodes go on as they are");
}

static enum err run_show(struct cli *cli)
{
	json_t *object = NULL;
	enum err err = api_get(cli, &object, "/v1/upgrade");

	if (err == ERR_NOT_RECORDED)
		cli_remedy(cli, "nobody has planned one yet: stele upgrade plan");
	if (err != ERR_OK)
		return err;
	out_object(cli, object, columns);
	tell_effect(cli);
	return ERR_OK;
}

/* UP-01 and UP-02 as of now, so that no motion is opened that can only fail. */
static enum err check_plan(struct cli *cli, const Stele__UpgradePlan *record)
{
	uint64_t height = 0, epoch_length = 0, version = VERSION_GENESIS;
	json_t *network = NULL, *plan = NULL;
	enum err err = api_get(cli, &network, "/v1/network");

	if (err != ERR_OK)
		return err;
	(void)json_u64(network, "height", &height);
	(void)json_u64(network, "epoch_length", &epoch_length);
	json_decref(network);
	err = api_get(cli, &plan, "/v1/upgrade");
	if (err != ERR_OK && err != ERR_NOT_RECORDED)
		return err;
	(void)json_u64(plan, "version", &version);
	json_decref(plan);
	height += 1 + 2 * epoch_length;
	if (record->version != version + 1) {
		err = cli_fail(cli, ERR_UPGRADE_VERSION, "version %u", record->version);
		cli_fact(cli, "next version", "%llu", (unsigned long long)version + 1);
		return err;
	}
	if (record->activation_height >= height)
		return ERR_OK;
	err = cli_fail(cli, ERR_UPGRADE_HEIGHT, "height %llu",
		       (unsigned long long)record->activation_height);
	cli_fact(cli, "earliest now", "%llu", (unsigned long long)height);
	return err;
}

static enum err run_plan(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__UpgradePlan record = STELE__UPGRADE_PLAN__INIT;
	const char *notes = cli_value(cli, "notes"), *height;
	uint64_t version = 0;
	struct arena arena;
	char what[64];
	enum err err = cli_arg_number(cli, 0, "version", UINT32_MAX, &version);

	if (err == ERR_OK)
		err = cli_required(cli, "height", &height);
	if (err == ERR_OK)
		err = cli_number(cli, "height", INT64_MAX, &record.activation_height);
	record.version = (uint32_t)version;
	if (err == ERR_OK)
		err = check_plan(cli, &record);
	if (err != ERR_OK)
		return err;
	arena_init(&arena, ARENA_BYTES);
	if (notes != NULL)
		err = field_hash(cli, &arena, notes, &record.notes_sha256);
	if (err == ERR_OK) {
		body.operation_case = STELE__TRANSACTION_BODY__OPERATION_UPGRADE_PLAN;
		body.upgrade_plan = &record;
		(void)snprintf(what, sizeof(what), "upgrade to version %u", record.version);
		err = submit_operation(cli, &body, bytes_of(NULL, 0), what);
	}
	if (err == ERR_OK)
		tell_effect(cli);
	arena_release(&arena);
	return err;
}

static const struct option_spec options_plan[] = {
	{"height", 0, OPTION_VALUE, "HEIGHT", "from which it is to hold; at least two epochs ahead"},
	{"notes", 0, OPTION_VALUE, "FILE|HASH", "what changes; the ledger holds its SHA-256"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_upgrade[] = {
	{.words = "upgrade plan",
	 .arguments = "VERSION",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "agree on the height from which a new version holds",
	 .text = "The first plan is for version 2; each later one is for the next version, and replaces the "
		 "plan that was there. Where policy asks for approvals this opens a motion. In this "
		 "version the plan is recorded, can be proved, and takes no effect.",
	 .example = "stele upgrade plan 2 --height 240000 --notes release-notes.md --key office",
	 .options = options_plan,
	 .run = run_plan},
	{.words = "upgrade show",
	 .arguments = "",
	 .arguments_min = 0,
	 .arguments_max = 0,
	 .brief = "show the upgrade that was planned last",
	 .text = "Exit code 4 where none was planned.",
	 .example = "stele upgrade show",
	 .run = run_show},
	{.words = NULL},
};
