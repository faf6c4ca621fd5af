/* stele propagate, stele delegate: who passes a content on, and who may speak
 * under whose producer code. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "clients/cli/claims.h"
#include "clients/cli/fields.h"
#include "clients/cli/files.h"
#include "clients/cli/lists.h"
#include "clients/cli/out.h"
#include "clients/cli/signer.h"
#include "clients/cli/submit.h"

#define ARENA_BYTES (1u << 20)

/* --- propagate ---------------------------------------------------------------------------- */

/* The claim meant by a content alone: its only live one. */
static enum err only_claim(struct cli *cli, const struct hash *content, const char *text,
			   uint64_t *out)
{
	struct claims claims;
	size_t live = 0;
	enum err err = claims_get(cli, content, &claims);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < claims.count; i++) {
		if (claims.items[i].value->state != STELE__CLAIM_STATE__CLAIM_LIVE)
			continue;
		*out = claims.items[i].number;
		live++;
	}
	claims_release(&claims);
	if (live == 1)
		return ERR_OK;
	if (live == 0)
		return cli_fail(cli, ERR_NOT_FOUND_CLAIM, "%s has no live claim", text);
	err = cli_fail(cli, ERR_USAGE, "%s has %zu live claims", text, live);
	cli_remedy(cli, "name one: %s:CLAIM; stele lookup shows them", text);
	return err;
}

/* FILE|HASH[:CLAIM] */
static enum err read_claim(struct cli *cli, const char *text, struct hash *content, uint64_t *claim)
{
	const char *number = NULL;
	enum err err = content_read(cli, text, content, &number);

	if (err != ERR_OK)
		return err;
	if (number == NULL)
		return only_claim(cli, content, text, claim);
	if (!decimal_decode(claim, bytes_text(number)) || *claim == 0)
		err = cli_fail(cli, ERR_USAGE, "%s: \"%s\" is no claim number", text, number);
	return err;
}

static enum err run_propagate(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ContentPropagate record = STELE__CONTENT_PROPAGATE__INIT;
	Stele__ContentRef target = STELE__CONTENT_REF__INIT;
	const char *propagator, *id = cli_value(cli, "id");
	struct arena arena;
	struct hash content;
	enum err err = cli_required(cli, "propagator", &propagator);

	if (err == ERR_OK)
		err = read_claim(cli, cli->args[0], &content, &target.claim);
	if (err != ERR_OK)
		return err;
	arena_init(&arena, ARENA_BYTES);
	target.sha256 = (ProtobufCBinaryData){sizeof(content.b), content.b};
	record.target = &target;
	record.propagator = field_text(&arena, propagator);
	if (id != NULL)
		record.propagate_id = field_text(&arena, id);
	err = field_reason(cli, &arena, "reason", &record.reason_sha256);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_CONTENT_PROPAGATE;
	body.content_propagate = &record;
	if (err == ERR_OK)
		err = submit_operation(cli, &body, bytes_of(NULL, 0), "propagation");
	arena_release(&arena);
	return err;
}

static enum err run_propagate_list(struct cli *cli)
{
	static const struct column columns[] = {
		{"number", "propagation", COLUMN_NUMBER},
		{"organisation", "by", COLUMN_TEXT},
		{"propagator", "propagator", COLUMN_TEXT},
		{"propagate_id", "its id", COLUMN_TEXT},
		{"time", "recorded (UTC)", COLUMN_TIME},
		{"log_index", "log index", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};
	char hex[HASH_HEX_LEN + 1];
	struct hash content;
	uint64_t claim;
	json_t *answer;
	char *path;
	enum err err = read_claim(cli, cli->args[0], &content, &claim);

	if (err != ERR_OK)
		return err;
	hex_encode(hex, content.b, sizeof(content.b));
	path = path_of("/v1/hashes/sha256/%s/claims/%llu/propagations", hex,
		       (unsigned long long)claim);
	err = api_get_all(cli, &answer, path);
	free(path);
	if (err == ERR_OK)
		out_list(cli, answer, columns);
	return err;
}

/* --- delegate ------------------------------------------------------------------------------ */

static enum err delegate(struct cli *cli, bool is_ended, const char *what)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ContentDelegate record = STELE__CONTENT_DELEGATE__INIT;

	record.org = cli->args[0];
	record.is_ended = is_ended;
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_CONTENT_DELEGATE;
	body.content_delegate = &record;
	return submit_operation(cli, &body, bytes_of(NULL, 0), what);
}

static enum err run_delegate(struct cli *cli)
{
	return delegate(cli, false, "delegation");
}

static enum err run_delegate_end(struct cli *cli)
{
	return delegate(cli, true, "end of the delegation");
}

static enum err run_delegate_list(struct cli *cli)
{
	static const struct column columns[] = {
		{"organisation", "may use the code", COLUMN_TEXT},
		{"state", "state", COLUMN_TEXT},
		{"log_index", "log index", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};

	return list_of_organisation(cli, "delegations", columns);
}

static const struct option_spec options_propagate[] = {
	{"propagator", 0, OPTION_VALUE, "CODE|NAME",
	 "who propagates it: a producer code of 27 characters, or a name"},
	{"id", 0, OPTION_VALUE, "TEXT", "the propagator's own number for it"},
	OPTION_REASON,
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_propagate[] = {
	{"propagate", "FILE|HASH[:CLAIM]", 1, 1, "record that one propagates a claim's content",
	 "Anybody's claim may be propagated, as long as it is live. A producer code must be the own "
	 "organisation's or one that lent its code: stele delegate. Without a number the content's "
	 "only live claim is meant.",
	 "stele propagate film.mp4 --propagator 001191110000EXAMPLE03X20000 --id P-2026-77",
	 options_propagate, run_propagate},
	{"propagate list", "FILE|HASH[:CLAIM]", 1, 1, "who propagates a claim's content",
	 "All propagations of the claim, in order.", "stele propagate list film.mp4", NULL,
	 run_propagate_list},
	{"delegate", "ORG", 1, 1, "let an organisation use the own producer code",
	 "From then on that organisation may anchor and propagate with labels that bear the producer "
	 "code of the own one. It cannot pass that on.",
	 "stele delegate CN-USCI-91110000EXAMPLE541", NULL, run_delegate},
	{"delegate end", "ORG", 1, 1, "no longer let it",
	 "What was recorded under the code while it was lent stays.",
	 "stele delegate end CN-USCI-91110000EXAMPLE541", NULL, run_delegate_end},
	{"delegate list", "[ORG]", 0, 1, "who may, or might, use an organisation's producer code",
	 "Of the organisation of --key unless another is named.", "stele delegate list", NULL,
	 run_delegate_list},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
