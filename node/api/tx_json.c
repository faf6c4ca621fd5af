#include "node/api/tx_json.h"

#include "crypto/digest.h"
#include "proto/json_pb.h"

void tx_json_add_brief(struct call *call, const struct tx *tx, json_t *json)
{
	char hex[HASH_HEX_LEN + 1];
	Stele__KeyValue *key;
	struct hash hash;

	set_text(json, "operation", operation_name(tx->operation));
	sha256(&hash, tx->signer.b, sizeof(tx->signer.b));
	hex_encode(hex, hash.b, sizeof(hash.b));
	/* a key stays with its organisation for ever */
	if (call_value(call, VALUE_KEY, &key, "key/%s", hex) == ERR_OK)
		set_text(json, "organisation", key->org);
}

void tx_json_add(struct call *call, const struct tx *tx, json_t *json)
{
	tx_json_add_brief(call, tx, json);
	set_hex(json, "signer", tx->signer.b, sizeof(tx->signer.b));
	set_number(json, "valid_until", tx->message->valid_until);
	set_money(json, "nonce", tx->message->nonce);
	set_json(json, "body", json_of_operation(tx->message));
}

void tx_json_add_id(const struct call *call, uint64_t log_index, json_t *json)
{
	struct bytes data, attachment;
	struct tx *tx;

	if (view_leaf(call->view, log_index, &data, &attachment) != ERR_OK ||
	    tx_open_leaf(&tx, data, NULL) != ERR_OK)
		return;
	set_hex(json, "transaction", tx->id.b, sizeof(tx->id.b));
	tx_free(tx);
}
