#include "node/api/facts_content.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "node/api/tx_json.h"
#include "proto/seal.h"

#define FACT_MAX 128
#define CODE_LEN 27

/* "0011…: of CN-USCI-…" for what has the length of a code. */
static void add_code(json_t *facts, const char *name, const char *code)
{
	char text[FACT_MAX];

	if (strlen(code) != CODE_LEN)
		return;
	(void)snprintf(text, sizeof(text), "%s, which is of CN-USCI-%.18s", code, code + 4);
	set_text(facts, name, text);
}

static void add_issuer(struct call *call, const struct tx *tx, json_t *facts)
{
	json_t *brief = json_object();
	const char *org;

	tx_json_add_brief(call, tx, brief);
	org = json_string_value(json_object_get(brief, "organisation"));
	if (org != NULL)
		set_text(facts, "issuer", org);
	json_decref(brief);
}

static void add_codes(struct call *call, const struct tx *tx, json_t *facts)
{
	const Stele__TransactionBody *body = tx->message;

	if (body->operation_case == STELE__TRANSACTION_BODY__OPERATION_CONTENT_PROPAGATE) {
		add_code(facts, "propagator", body->content_propagate->propagator);
	} else if (body->operation_case == STELE__TRANSACTION_BODY__OPERATION_CONTENT_ANCHOR &&
		   body->content_anchor->aigc != NULL) {
		add_code(facts, "producer", body->content_anchor->aigc->content_producer);
		add_code(facts, "propagator", body->content_anchor->aigc->content_propagator);
	}
	add_issuer(call, tx, facts);
}

/* The claim that opened the commitment which this anchor would open. */
static void add_opening(struct call *call, const struct tx *tx, json_t *facts)
{
	const Stele__ContentAnchor *anchor = tx->message->content_anchor;
	char hex[HASH_HEX_LEN + 1], text[FACT_MAX];
	Stele__CommitValue *commit;
	struct hash chain, seal;
	const char *org;

	add_issuer(call, tx, facts);
	org = json_string_value(json_object_get(facts, "issuer"));
	if (org == NULL)
		return;
	memcpy(chain.b, tx->message->chain.data, sizeof(chain.b));
	seal_content(&seal, &chain, org, bytes_of(anchor->sha256.data, anchor->sha256.len),
		     bytes_of(anchor->salt.data, anchor->salt.len));
	hex_encode(hex, seal.b, sizeof(seal.b));
	set_text(facts, "commitment", hex);
	if (call_value(call, VALUE_COMMIT, &commit, "commit/%s/%s", org, hex) != ERR_OK ||
	    commit->opened_by == NULL)
		return;
	(void)snprintf(text, sizeof(text), "claim %" PRIu64, commit->opened_by->claim);
	set_text(facts, "opened by", text);
}

void facts_of_content(struct call *call, const struct tx *tx, enum err reason, json_t *facts)
{
	bool is_anchor = tx->operation == STELE__TRANSACTION_BODY__OPERATION_CONTENT_ANCHOR;

	if (reason == ERR_LABEL_PRODUCER)
		add_codes(call, tx, facts);
	else if (is_anchor && (reason == ERR_COMMIT_OPENED || reason == ERR_NOT_FOUND_COMMIT))
		add_opening(call, tx, facts);
}
