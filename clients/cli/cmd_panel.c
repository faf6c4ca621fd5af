/* stele panel: who reviews the proposals of a call. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/fields.h"
#include "clients/cli/out.h"
#include "clients/cli/signer.h"
#include "clients/cli/submit.h"
#include "crypto/keyfile.h"

#define ARENA_BYTES (1u << 20)
#define KEY_BYTES 33
#define REVIEWERS_MAX 32

/* 66 hex digits, or the public key of a key file. */
static enum err read_key(struct cli *cli, struct arena *arena, const char *text,
			 ProtobufCBinaryData *out)
{
	struct keyfile_info info;
	char *path;
	enum err err = ERR_OK;

	out->len = KEY_BYTES;
	out->data = arena_alloc(arena, KEY_BYTES);
	ASSERT(out->data != NULL);
	if (hex_decode(out->data, KEY_BYTES, bytes_text(text)))
		return ERR_OK;
	path = key_path(cli, text);
	err = keyfile_inspect(path, &info);
	if (err == ERR_OK)
		memcpy(out->data, info.public_key.b, KEY_BYTES);
	else
		cli_fail(cli, err, "%s", path);
	free(path);
	return err;
}

static enum err run_appoint(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__PanelAppoint appoint = STELE__PANEL_APPOINT__INIT;
	ProtobufCBinaryData reviewers[REVIEWERS_MAX];
	struct arena arena;
	enum err err = args_call(cli, &appoint.programme, &appoint.call);

	if (err == ERR_OK && cli->args_count - 2 > REVIEWERS_MAX)
		err = cli_fail(cli, ERR_USAGE, "at most %d reviewers at a time", REVIEWERS_MAX);
	arena_init(&arena, ARENA_BYTES);
	for (size_t i = 2; err == ERR_OK && i < cli->args_count; i++)
		err = read_key(cli, &arena, cli->args[i], &reviewers[appoint.n_reviewers++]);
	appoint.reviewers = reviewers;
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_PANEL_APPOINT;
	body.panel_appoint = &appoint;
	if (err == ERR_OK)
		err = submit_record(cli, &body, "panel of %s/%s", appoint.programme, appoint.call);
	arena_release(&arena);
	return err;
}

static enum err run_show(struct cli *cli)
{
	static const struct column columns[] = {
		{"number", "NO", COLUMN_NUMBER},
		{"key", "REVIEWER", COLUMN_TEXT},
		{"organisation", "ORGANISATION", COLUMN_TEXT},
		{"log_index", "LOG INDEX", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};
	char *programme, *call, path[192];
	json_t *list = NULL;
	enum err err = args_call(cli, &programme, &call);

	if (err != ERR_OK)
		return err;
	(void)snprintf(path, sizeof(path), "/v1/programmes/%.64s/calls/%.64s/panel", programme, call);
	err = api_get_all(cli, &list, path);
	if (err == ERR_OK)
		out_list(cli, list, columns);
	return err;
}

const struct command commands_panel[] = {
	{"panel appoint", "PROGRAMME CALL KEY…", 3, ARGUMENTS_ANY, "put reviewers on a call's panel",
	 "Signed by the programme's agency, before the end of reviewing. KEY is a reviewer's public key "
	 "(66 hex digits) or key file; it stands for a person whom only their organisation knows.",
	 "stele panel appoint CN-BJ-I3 2026-1 02a1… 03b2…", NULL, run_appoint},
	{"panel show", "PROGRAMME CALL", 2, 2, "the reviewers of a call",
	 "Keys, and the organisations that vouch for them.", "stele panel show CN-BJ-I3 2026-1", NULL,
	 run_show},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
