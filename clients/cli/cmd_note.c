/* stele note: remarks on records, by hash. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "clients/cli/fields.h"
#include "clients/cli/out.h"
#include "clients/cli/submit.h"

#define ARENA_BYTES (1u << 20)

static bool read_number(const char *text, uint64_t *out)
{
	return text != NULL && decimal_decode(out, bytes_text(text)) && *out > 0;
}

static bool read_content(struct arena *arena, char **parts, Stele__ContentRef *out)
{
	uint8_t *hash = arena_alloc(arena, 32);

	if (hash == NULL || parts[1] == NULL || !hex_decode(hash, 32, bytes_text(parts[1])))
		return false;
	out->sha256 = (ProtobufCBinaryData){32, hash};
	out->claim = 1;
	return parts[2] == NULL || read_number(parts[2], &out->claim);
}

/* programme:ID, award:PROGRAMME:K, content:HASH[:CLAIM], org:ID */
static bool read_target(struct arena *arena, const char *text, Stele__NoteAttach *out)
{
	char *parts[3] = {NULL, NULL, NULL};
	size_t count = field_split(arena, text, 3, parts);

	if (count == 2 && strcmp(parts[0], "programme") == 0) {
		out->target_case = STELE__NOTE_ATTACH__TARGET_PROGRAMME;
		out->programme = parts[1];
		return true;
	}
	if (count == 2 && strcmp(parts[0], "org") == 0) {
		out->target_case = STELE__NOTE_ATTACH__TARGET_ORG;
		out->org = parts[1];
		return true;
	}
	if (count == 3 && strcmp(parts[0], "award") == 0) {
		out->target_case = STELE__NOTE_ATTACH__TARGET_AWARD;
		out->award = arena_alloc(arena, sizeof(*out->award));
		ASSERT(out->award != NULL);
		stele__award_link__init(out->award);
		out->award->programme = parts[1];
		return read_number(parts[2], &out->award->award);
	}
	if (strcmp(parts[0], "content") == 0) {
		out->target_case = STELE__NOTE_ATTACH__TARGET_CONTENT;
		out->content = arena_alloc(arena, sizeof(*out->content));
		ASSERT(out->content != NULL);
		stele__content_ref__init(out->content);
		return read_content(arena, parts, out->content);
	}
	return false;
}

static enum err run_attach(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__NoteAttach note = STELE__NOTE_ATTACH__INIT;
	const char *text, *role;
	struct arena arena;
	enum err err = cli_required(cli, "text", &text);

	if (err == ERR_OK)
		err = cli_required(cli, "role", &role);
	if (err != ERR_OK)
		return err;
	arena_init(&arena, ARENA_BYTES);
	if (!read_target(&arena, cli->args[0], &note)) {
		err = cli_fail(cli, ERR_USAGE, "%s names no target", cli->args[0]);
		cli_remedy(cli, "write programme:ID, award:PROGRAMME:N, content:HASH[:CLAIM] or org:ID");
	}
	if (err == ERR_OK)
		err = field_hash(cli, &arena, text, &note.text_sha256);
	if (err == ERR_OK) {
		note.role = field_text(&arena, role);
		body.operation_case = STELE__TRANSACTION_BODY__OPERATION_NOTE_ATTACH;
		body.note_attach = &note;
		err = submit_operation(cli, &body, bytes_of(NULL, 0), "note");
	}
	arena_release(&arena);
	return err;
}

static enum err run_list(struct cli *cli)
{
	static const struct column columns[] = {
		{"number", "note", COLUMN_NUMBER},
		{"organisation", "by", COLUMN_TEXT},
		{"role", "role", COLUMN_TEXT},
		{"text_sha256", "text", COLUMN_HASH},
		{"time", "recorded (UTC)", COLUMN_TIME},
		{NULL, NULL, COLUMN_TEXT},
	};
	struct buf path;
	json_t *answer;
	enum err err;

	buf_init(&path, LIMIT_HTTP_URL_BYTES);
	buf_print(&path, "/v1/notes?target=");
	for (const char *at = cli->args[0]; *at != '\0'; at++) {
		char one[2] = {*at == ':' ? '/' : *at, '\0'};

		url_add(&path, one);
	}
	buf_u8(&path, 0);
	err = path.has_failed ? cli_fail(cli, ERR_USAGE, "%s is too long", cli->args[0])
			      : api_get_all(cli, &answer, (const char *)path.at);
	buf_release(&path);
	if (err == ERR_OK)
		out_list(cli, answer, columns);
	return err;
}

static const struct option_spec options_attach[] = {
	{"text", 0, OPTION_VALUE, "FILE|HASH", "the text; only its hash is recorded"},
	{"role", 0, OPTION_VALUE, "WORD", "what it is: correction, report, objection …"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_note[] = {
	{"note attach", "TARGET", 1, 1, "attach a note to a record",
	 "Notes are append only: a correction is a new record. TARGET is programme:ID, "
	 "award:PROGRAMME:N, content:HASH[:CLAIM] or org:ID.",
	 "stele note attach award:CN-BJ-I3:1 --text report.pdf --role report", options_attach,
	 run_attach},
	{"note list", "TARGET", 1, 1, "notes on a record", "All notes on a target, in order.",
	 "stele note list award:CN-BJ-I3:1", NULL, run_list},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
