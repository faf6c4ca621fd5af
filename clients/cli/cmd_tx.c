/* stele tx: single transactions, in the ledger and as bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "clients/cli/submit.h"
#include "proto/json_pb.h"

#define JSON_INDENT_BODY 2
#define WAIT_DEFAULT_S 30
#define WAIT_MAX_S 86400

static const struct column columns[] = {
	{"id", "id", COLUMN_TEXT},
	{"state", "state", COLUMN_TEXT},
	{"error", "error", COLUMN_TEXT},
	{"operation", "operation", COLUMN_TEXT},
	{"organisation", "organisation", COLUMN_TEXT},
	{"signer", "signer", COLUMN_TEXT},
	{"signature", "signature", COLUMN_TEXT},
	{"chain", "chain", COLUMN_TEXT},
	{"height", "height", COLUMN_NUMBER},
	{"time", "time (UTC)", COLUMN_TIME},
	{"log_index", "log index", COLUMN_NUMBER},
	{"entry", "rejected entry", COLUMN_NUMBER},
	{"valid_until", "valid until (UTC)", COLUMN_TIME},
	{"nonce", "nonce", COLUMN_TEXT},
	{"bytes", "bytes", COLUMN_NUMBER},
	{"attachment_bytes", "attachment, bytes", COLUMN_NUMBER},
	{NULL, NULL, COLUMN_TEXT},
};

static void print_tx(const struct cli *cli, const json_t *tx)
{
	char *body = json_dumps(json_object_get(tx, "body"), JSON_INDENT(JSON_INDENT_BODY));

	out_fields(tx, columns);
	if (body != NULL)
		out_line(cli, "%s", body);
	free(body);
}

/* ERR_USAGE. */
static enum err read_id(struct cli *cli, struct hash *out)
{
	if (hex_decode(out->b, sizeof(out->b), bytes_text(cli->args[0])))
		return ERR_OK;
	return cli_fail(cli, ERR_USAGE, "%s is no transaction id: 64 lower-case hex digits",
			cli->args[0]);
}

static enum err show(struct cli *cli)
{
	json_t *tx;
	enum err err = api_get(cli, &tx, "/v1/transactions/%s", cli->args[0]);

	if (err != ERR_OK)
		return err;
	if (!out_json(cli, json_incref(tx)))
		print_tx(cli, tx);
	json_decref(tx);
	return ERR_OK;
}

static enum err run_show(struct cli *cli)
{
	struct hash id;
	enum err err = read_id(cli, &id);

	return err == ERR_OK ? show(cli) : err;
}

static enum err run_wait(struct cli *cli)
{
	uint64_t wait_s = WAIT_DEFAULT_S;
	struct outcome outcome;
	char what[24];
	enum err err;

	outcome_init(&outcome);
	err = read_id(cli, &outcome.id);
	if (err == ERR_OK)
		err = cli_number(cli, "timeout", WAIT_MAX_S, &wait_s);
	if (err == ERR_OK)
		err = submit_wait(cli, &outcome, wait_s * 1000);
	(void)snprintf(what, sizeof(what), "%.16s", cli->args[0]);
	if (err == ERR_OK)
		err = submit_finish(cli, what, &outcome, NULL);
	outcome_release(&outcome);
	return err;
}

/* --- as bytes --------------------------------- */

static enum err read_tx(struct cli *cli, struct buf *raw, struct tx **out)
{
	enum err err = file_read(cli, cli->args[0], raw);

	if (err != ERR_OK)
		return err;
	err = tx_decode(out, buf_bytes(raw), NULL);
	if (err != ERR_OK) {
		err = cli_fail(cli, err, "%s", cli->args[0]);
		cli_exit(cli, EXIT_CODE_LOCAL);
	}
	return err;
}

static enum err run_decode(struct cli *cli)
{
	struct tx *tx;
	struct buf raw;
	enum err err, signature;
	json_t *result;

	buf_init(&raw, LIMIT_TX_BYTES);
	err = read_tx(cli, &raw, &tx);
	if (err != ERR_OK) {
		buf_release(&raw);
		return err;
	}
	signature = tx_check_signature(tx);
	result = json_pack("{s:o, s:s, s:o, s:s, s:o, s:I, s:I, s:I, s:I, s:o}", "id",
			   json_hex(tx->id.b, sizeof(tx->id.b)), "operation",
			   operation_name(tx->operation), "signer",
			   json_hex(tx->signer.b, sizeof(tx->signer.b)), "signature",
			   signature == ERR_OK ? "valid" : "NOT valid", "chain",
			   json_hex(tx->message->chain.data, tx->message->chain.len), "valid_until",
			   (json_int_t)tx->message->valid_until, "nonce",
			   (json_int_t)tx->message->nonce, "bytes", (json_int_t)tx->raw.len,
			   "attachment_bytes", (json_int_t)tx->attachment.len, "body",
			   json_of_operation(tx->message));
	if (!out_json(cli, json_incref(result)))
		print_tx(cli, result);
	json_decref(result);
	tx_free(tx);
	buf_release(&raw);
	if (signature != ERR_OK) {
		cli_fail(cli, signature, "%s", cli->args[0]);
		cli_exit(cli, EXIT_CODE_CHECK_FAILED);
	}
	return signature;
}

static enum err run_submit(struct cli *cli)
{
	struct outcome outcome;
	struct tx *tx = NULL;
	enum err err;

	outcome_init(&outcome);
	err = read_tx(cli, &outcome.raw, &tx);
	if (err == ERR_OK) {
		outcome.id = tx->id;
		err = submit_raw(cli, operation_name(tx->operation), &outcome);
	}
	if (err == ERR_OK)
		err = submit_finish(cli, operation_name(tx->operation), &outcome, NULL);
	tx_free(tx);
	outcome_release(&outcome);
	return err;
}

const struct command commands_tx[] = {
	{"tx show", "TRANSACTION", 1, 1, "a transaction: what it says and what became of it",
	 "Pending, accepted or rejected, with its body. What a node says, not a proof; for that: "
	 "stele receipt fetch.",
	 "stele tx show 7f…e1", NULL, run_show},
	{"tx wait", "TRANSACTION", 1, 1, "wait until a transaction is final",
	 "Waits up to --timeout seconds (30). Exit code 0 when accepted, 7 when rejected by a rule, 5 "
	 "while it is pending.",
	 "stele tx wait 7f…e1 --timeout 120", NULL, run_wait},
	{"tx decode", "FILE", 1, 1, "what the bytes of a transaction say, offline",
	 "Decodes a SignedTransaction strictly and checks its signature. Opens no socket.",
	 "stele tx decode award.tx", NULL, run_decode},
	{"tx submit", "FILE", 1, 1, "submit the bytes of a signed transaction",
	 "Sends them as they are. Sending the same bytes again is safe: the node then tells what "
	 "became of them.",
	 "stele tx submit award.tx", NULL, run_submit},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
