#include "clients/cli/submit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "clients/cli/effect.h"
#include "clients/cli/out.h"
#include "clients/cli/signer.h"
#include "crypto/random.h"
#include "proto/canon.h"

#define WAIT_ONCE_S 10
#define WAIT_DEFAULT_S 30
#define WAIT_MAX_S 86400
#define POLL_US 100000
#define BUSY_TRIES 20
#define BUSY_SECONDS_MAX 5

void outcome_init(struct outcome *outcome)
{
	*outcome = (struct outcome){.state = OUTCOME_PENDING, .error = ERR_OK};
	buf_init(&outcome->raw, LIMIT_TX_BYTES);
}

void outcome_release(struct outcome *outcome)
{
	json_decref(outcome->answer);
	json_decref(outcome->effect);
	outcome->answer = outcome->effect = NULL;
	buf_release(&outcome->raw);
}

const char *outcome_text(enum outcome_state state)
{
	switch (state) {
	case OUTCOME_ACCEPTED:
		return "accepted";
	case OUTCOME_REJECTED:
		return "rejected";
	case OUTCOME_PENDING:
		return "pending";
	case OUTCOME_DRY:
		return "would be accepted";
	}
	UNREACHABLE();
}

/* --- signing ------------------------------------------------------------------ */

void submit_id(struct hash *out, struct bytes raw)
{
	struct tx *tx = NULL;

	ASSERT(tx_decode(&tx, raw, NULL) == ERR_OK); /* we made it */
	*out = tx->id;
	tx_free(tx);
}

/* The chain of the network that is spoken to; asked for once. */
static enum err chain_get(struct cli *cli)
{
	struct network network;
	enum err err;

	if (cli->has_chain)
		return ERR_OK;
	err = api_network(cli, &network);
	if (err != ERR_OK)
		return err;
	cli->chain = network.chain;
	cli->has_chain = true;
	return ERR_OK;
}

static enum err refuse_form(struct cli *cli, enum err err)
{
	const char *message, *field;

	cli_fail(cli, err, "the record cannot be signed");
	canon_blamed(&message, &field);
	if (err == ERR_TX_FIELD && message[0] != '\0')
		cli_fact(cli, "field", "%s of %s", field, message);
	return err;
}

enum err submit_sign(struct cli *cli, Stele__TransactionBody *body, struct bytes attachment,
		     struct outcome *out)
{
	const struct signer *signer = NULL;
	struct public_key key;
	uint64_t window_ms = 0, nonce;
	enum err err = signer_get(cli, &signer);

	if (err == ERR_OK)
		err = chain_get(cli);
	if (err == ERR_OK)
		err = window_get(cli, &window_ms);
	if (err != ERR_OK)
		return err;
	key = signer->key;
	random_bytes(&nonce, sizeof(nonce));
	body->chain = (ProtobufCBinaryData){sizeof(cli->chain.b), cli->chain.b};
	body->signer = (ProtobufCBinaryData){sizeof(key.b), key.b};
	body->valid_until = time_now_ms() + window_ms / 2;
	body->nonce = nonce >> 1; /* a decimal below 2^63 in every language's JSON */
	buf_reset(&out->raw);
	err = tx_sign(&out->raw, body, attachment, &signer->secret);
	body->chain = body->signer = (ProtobufCBinaryData){0, NULL};
	if (err != ERR_OK)
		return refuse_form(cli, err);
	submit_id(&out->id, buf_bytes(&out->raw));
	return ERR_OK;
}

/* --- what came back ------------------------------------------------------------ */

enum err err_of_code(const json_t *value)
{
	const char *text = json_string_value(value);
	uint64_t number = 0;
	enum err err = ERR_NET_ANSWER;

	if (json_is_integer(value))
		number = (uint64_t)json_integer_value(value);
	else if (text == NULL || text[0] != 'E' || !decimal_decode(&number, bytes_text(text + 1)))
		return ERR_NET_ANSWER;
	return number <= UINT32_MAX && err_from_number((uint32_t)number, &err) ? err
									      : ERR_NET_ANSWER;
}

/* The members of {"id","state",…}; takes the answer. */
static void outcome_read(struct outcome *out, json_t *answer)
{
	const char *state = json_text(answer, "state");

	if (strcmp(state, "accepted") == 0)
		out->state = OUTCOME_ACCEPTED;
	else if (strcmp(state, "rejected") == 0)
		out->state = OUTCOME_REJECTED;
	else
		out->state = OUTCOME_PENDING;
	if (out->state == OUTCOME_REJECTED)
		out->error = err_of_code(json_object_get(answer, "error"));
	(void)json_u64(answer, "height", &out->height);
	(void)json_u64(answer, "time", &out->time_ms);
	(void)json_u64(answer, "log_index", &out->log_index);
	json_decref(out->answer);
	out->answer = answer;
}

static json_t *answer_object(const struct http_answer *answer)
{
	json_t *object = json_loadb((const char *)answer->body.at, answer->body.len,
				    JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(object))
		return object;
	json_decref(object);
	return NULL;
}

static enum err outcome_of(struct cli *cli, const struct http_answer *answer, const char *what,
			   struct outcome *out)
{
	json_t *object;

	if (answer->status >= 400)
		return api_problem(cli, answer, what);
	object = answer_object(answer);
	if (object == NULL)
		return cli_fail(cli, ERR_NET_ANSWER, "%s", what);
	out->is_duplicate = answer->is_duplicate;
	outcome_read(out, object);
	return ERR_OK;
}

static enum err wait_seconds(struct cli *cli, uint64_t *out)
{
	*out = cli_has(cli, "no-wait") ? 0 : WAIT_DEFAULT_S;
	return cli_has(cli, "no-wait") ? ERR_OK : cli_number(cli, "timeout", WAIT_MAX_S, out);
}

/* Until a node takes it or the tries are used up: pool full, syncing, too fast. */
static enum err ask_patiently(struct cli *cli, const struct http_request *request,
			      unsigned tries, struct http_answer *answer)
{
	enum err err = api_ask(cli, request, answer);

	while (err == ERR_OK && tries-- > 0 && (answer->status == 503 || answer->status == 429)) {
		(void)sleep(answer->retry_after_s < BUSY_SECONDS_MAX ? answer->retry_after_s + 1
								     : BUSY_SECONDS_MAX);
		err = api_ask(cli, request, answer);
	}
	return err;
}

enum err submit_raw(struct cli *cli, const char *what, struct outcome *out)
{
	uint64_t wait_s = 0;
	char prefer[48];
	struct http_request request = {.method = "POST",
				       .path = "/v1/transactions",
				       .content_type = "application/protobuf",
				       .body = buf_bytes(&out->raw),
				       .prefer = prefer,
				       .timeout_ms = (WAIT_ONCE_S + 10) * 1000,
				       .node = HTTP_NODE_ANY};
	struct http_answer answer;
	enum err err = wait_seconds(cli, &wait_s);

	if (err != ERR_OK)
		return err;
	(void)snprintf(prefer, sizeof(prefer), "wait=%u%s",
		       (unsigned)(wait_s < WAIT_ONCE_S ? wait_s : WAIT_ONCE_S),
		       cli_has(cli, "no-simulate") ? ", simulate=no" : "");
	http_answer_init(&answer);
	err = ask_patiently(cli, &request, wait_s > 0 ? BUSY_TRIES : 0, &answer);
	if (err == ERR_NET_UNKNOWN) {
		char id[HASH_HEX_LEN + 1];

		hex_encode(id, out->id.b, sizeof(out->id.b));
		cli_fact(cli, "id", "%s", id);
		cli_remedy(cli, "ask what became of it: stele tx wait %s", id);
	}
	if (err == ERR_OK)
		err = outcome_of(cli, &answer, what, out);
	http_answer_release(&answer);
	if (err == ERR_OK && out->state == OUTCOME_PENDING && wait_s > WAIT_ONCE_S)
		err = submit_wait(cli, out, (wait_s - WAIT_ONCE_S) * 1000);
	return err;
}

enum err submit_wait(struct cli *cli, struct outcome *out, uint64_t timeout_ms)
{
	uint64_t end_ms = time_now_ms() + timeout_ms;
	char path[64 + HASH_HEX_LEN], id[HASH_HEX_LEN + 1];
	struct http_request request = {.method = "GET", .path = path, .node = HTTP_NODE_ANY};
	struct http_answer answer;
	enum err err = ERR_OK;

	hex_encode(id, out->id.b, sizeof(out->id.b));
	(void)snprintf(path, sizeof(path), "/v1/transactions/%s", id);
	http_answer_init(&answer);
	while (err == ERR_OK) {
		err = api_ask(cli, &request, &answer);
		if (err == ERR_OK && answer.status == 200)
			err = outcome_of(cli, &answer, id, out);
		else if (err == ERR_OK && answer.status != 404)
			err = api_problem(cli, &answer, id);
		if (out->state != OUTCOME_PENDING || time_now_ms() >= end_ms)
			break;
		(void)usleep(POLL_US);
	}
	http_answer_release(&answer);
	return err;
}

/* --- dry run -------------------------------------------------------------------- */

static enum err simulate(struct cli *cli, const char *what, struct outcome *out)
{
	struct http_request request = {.method = "POST",
				       .path = "/v1/transactions/simulate",
				       .content_type = "application/protobuf",
				       .body = buf_bytes(&out->raw),
				       .node = HTTP_NODE_ANY};
	struct http_answer answer;
	json_t *object = NULL;
	enum err err;

	http_answer_init(&answer);
	err = api_ask(cli, &request, &answer);
	if (err == ERR_NET_UNKNOWN) /* nothing is submitted here */
		err = cli_fail(cli, ERR_NET_CONNECT, NULL);
	if (err == ERR_OK && answer.status != 200)
		err = api_problem(cli, &answer, what);
	if (err == ERR_OK && (object = answer_object(&answer)) == NULL)
		err = cli_fail(cli, ERR_NET_ANSWER, "%s", what);
	if (err == ERR_OK && strcmp(json_text(object, "outcome"), "accepted") != 0) {
		err = cli_fail(cli, err_of_code(json_object_get(object, "error")), "%s", what);
		cli_fact(cli, "submitted", "no, this was a dry run");
	}
	if (err == ERR_OK) {
		out->state = OUTCOME_DRY;
		json_decref(out->answer);
		out->answer = json_incref(object);
	}
	json_decref(object);
	http_answer_release(&answer);
	return err;
}

enum err submit_bare(struct cli *cli, Stele__TransactionBody *body, struct bytes attachment,
		     const char *what, struct outcome *out)
{
	enum err err = submit_sign(cli, body, attachment, out);

	if (err != ERR_OK)
		return err;
	return cli_has(cli, "dry-run") ? simulate(cli, what, out) : submit_raw(cli, what, out);
}

enum err submit(struct cli *cli, Stele__TransactionBody *body, struct bytes attachment,
		const char *what, struct outcome *out)
{
	uint32_t operation = (uint32_t)body->operation_case;
	struct rule rule = {.approvals = 0};
	enum err err = ERR_OK;

	if (operation_is_motionable(operation))
		err = rule_get(cli, operation, &rule);
	if (err != ERR_OK)
		return err;
	err = rule.approvals > 0 ? submit_motion(cli, body, what, out)
				 : submit_bare(cli, body, attachment, what, out);
	if (err == ERR_OK && out->state == OUTCOME_DRY &&
	    body->operation_case != STELE__TRANSACTION_BODY__OPERATION_MOTION_OPEN)
		err = effect_read(cli, body, &out->effect);
	if (out->effect != NULL)
		effect_add_simulation(out->effect, out->answer);
	return err;
}

/* --- the end of a command ---------------------------------------------------------- */

static json_t *outcome_json(const struct outcome *outcome)
{
	json_t *object = json_pack("{s:o,s:s}", "id", json_hex(outcome->id.b, 32), "state",
				   outcome->state == OUTCOME_DRY ? "dry-run"
								 : outcome_text(outcome->state));
	char code[16];

	if (outcome->state == OUTCOME_ACCEPTED || outcome->state == OUTCOME_REJECTED) {
		(void)json_object_set_new(object, "height", json_integer((json_int_t)outcome->height));
		(void)json_object_set_new(object, "time", json_integer((json_int_t)outcome->time_ms));
	}
	if (outcome->state == OUTCOME_ACCEPTED)
		(void)json_object_set_new(object, "log_index",
					  json_integer((json_int_t)outcome->log_index));
	if (outcome->state == OUTCOME_REJECTED) {
		(void)snprintf(code, sizeof(code), "E%d", (int)outcome->error);
		(void)json_object_set_new(object, "error", json_string(code));
	}
	if (outcome->is_duplicate)
		(void)json_object_set_new(object, "duplicate", json_true());
	if (outcome->effect != NULL)
		(void)json_object_set(object, "effect", outcome->effect);
	if (outcome->motion > 0) {
		(void)json_object_set_new(object, "motion", json_integer((json_int_t)outcome->motion));
		(void)json_object_set_new(object, "motion_open",
					  json_boolean(outcome->motion_is_open));
	}
	return object;
}

static void outcome_print(struct cli *cli, const char *what, const struct outcome *outcome,
			  json_t *extra)
{
	json_t *object = outcome_json(outcome);
	char id[HASH_HEX_LEN + 1];

	hex_encode(id, outcome->id.b, sizeof(outcome->id.b));
	if (outcome->motion > 0 && outcome->motion_is_open)
		out_line(cli, "%s: motion %llu opened, it waits for approvals", what,
			 (unsigned long long)outcome->motion);
	else if (outcome->state != OUTCOME_REJECTED)
		out_line(cli, "%s: %s%s", what, outcome_text(outcome->state),
			 outcome->is_duplicate ? " (these bytes were sent before)" : "");
	if (outcome->state == OUTCOME_ACCEPTED)
		out_line(cli, "  height %llu  log index %llu  id %s",
			 (unsigned long long)outcome->height, (unsigned long long)outcome->log_index, id);
	if (outcome->effect != NULL)
		effect_print(cli, outcome->effect);
	(void)json_object_update(object, extra);
	json_decref(extra);
	(void)out_json(cli, object);
}

enum err submit_finish(struct cli *cli, const char *what, const struct outcome *outcome,
		       json_t *extra)
{
	char id[HASH_HEX_LEN + 1];

	hex_encode(id, outcome->id.b, sizeof(outcome->id.b));
	outcome_print(cli, what, outcome, extra);
	switch (outcome->state) {
	case OUTCOME_ACCEPTED:
	case OUTCOME_DRY:
		return ERR_OK;
	case OUTCOME_PENDING:
		cli_fail(cli, ERR_PENDING, "%s", what);
		cli_fact(cli, "id", "%s", id);
		cli_remedy(cli, "wait: stele tx wait %s; sending the same bytes again is safe", id);
		return ERR_PENDING;
	case OUTCOME_REJECTED:
		cli_fail(cli, outcome->error, "%s rejected", what);
		cli_fact(cli, "submitted", "yes; rejected in block %llu, which is final",
			 (unsigned long long)outcome->height);
		cli_fact(cli, "id", "%s", id);
		return outcome->error;
	}
	UNREACHABLE();
}

enum err submit_operation(struct cli *cli, Stele__TransactionBody *body, struct bytes attachment,
			  const char *what)
{
	struct outcome outcome;
	enum err err;

	outcome_init(&outcome);
	err = submit(cli, body, attachment, what, &outcome);
	if (err == ERR_OK)
		err = submit_finish(cli, what, &outcome, NULL);
	outcome_release(&outcome);
	return err;
}

enum err submit_record(struct cli *cli, Stele__TransactionBody *body, const char *what, ...)
{
	va_list list;
	char *text = NULL;
	enum err err;

	va_start(list, what);
	ASSERT(vasprintf(&text, what, list) >= 0);
	va_end(list);
	err = submit_operation(cli, body, bytes_of(NULL, 0), text);
	free(text);
	return err;
}
