/* Transactions as they were decided: state, record, bytes, receipt. */
#include <inttypes.h>

#include "crypto/digest.h"
#include "ledger/proof.h"
#include "ledger/receipt.h"
#include "node/api/resources.h"
#include "node/api/service.h"
#include "node/api/tx_lookup.h"
#include "node/api/tx_json.h"
#include "proto/tx.h"

/* The id in the path, and where that transaction is. */
static enum err find(struct call *call, struct hash *id, struct tx_place *place)
{
	if (!call_hash(call->match.args[0], id))
		return ERR_API_PARAMETER;
	return tx_find(call, id, place);
}

/* The transaction of a decided place; tx_free it. */
static enum err open_tx(struct call *call, const struct tx_place *place, struct tx **out)
{
	struct view_rejected rejected;
	struct bytes data, attachment;
	enum err err;

	if (place->state == TX_REJECTED) {
		err = view_rejected(call->view, place->height, place->rejected, &rejected);
		return err == ERR_OK ? tx_decode(out, rejected.transaction, NULL) : err;
	}
	err = view_leaf(call->view, place->log_index, &data, &attachment);
	return err == ERR_OK ? tx_from_leaf(out, data, attachment, NULL) : err;
}

static void add_entry_place(struct call *call, const struct tx_place *place, json_t *json)
{
	struct view_rejected rejected;

	if (place->state != TX_REJECTED ||
	    view_rejected(call->view, place->height, place->rejected, &rejected) != ERR_OK)
		return;
	set_number(json, "entry", place->rejected);
	set_number(json, "parcel", rejected.parcel);
	set_number(json, "position", rejected.position);
}

enum progress res_transaction(struct call *call)
{
	struct tx_place place;
	struct hash id;
	struct tx *tx;
	json_t *json;
	enum err err = find(call, &id, &place);

	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	json = tx_place_json(&id, &place);
	if (place.state == TX_PENDING)
		return call_ok(call, json);
	err = open_tx(call, &place, &tx);
	if (err != ERR_OK) {
		json_decref(json);
		return call_fail(call, err, NULL);
	}
	add_entry_place(call, &place, json);
	tx_json_add(call, tx, json);
	tx_free(tx);
	return call_ok(call, json);
}

enum progress res_transaction_raw(struct call *call)
{
	struct tx_place place;
	struct hash id;
	struct tx *tx;
	enum err err = find(call, &id, &place);

	if (err == ERR_OK && place.state == TX_PENDING)
		err = ERR_PENDING;
	if (err == ERR_OK)
		err = open_tx(call, &place, &tx);
	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	(void)call_ok_bytes(call, "application/protobuf", tx->raw, true);
	tx_free(tx);
	return CALL_DONE;
}

static enum progress rejected_receipt(struct call *call, const struct hash *id,
				      const struct tx_place *place)
{
	json_t *proof, *extra = json_object();
	enum err err = proof_rejected(call->view, place->height, place->rejected,
				      call->service->config.set_text, &proof);

	if (err != ERR_OK) {
		json_decref(extra);
		return call_fail(call, err, NULL);
	}
	set_hex(extra, "id", id->b, sizeof(id->b));
	set_text(extra, "state", "rejected");
	set_number(extra, "height", place->height);
	set_json(extra, "proof", proof);
	problem_answer_as(&call->answer, 409, place->reason, SUBMITTED_YES,
			  "a block rejected it; that is final", extra);
	return CALL_DONE;
}

enum progress res_transaction_receipt(struct call *call)
{
	const char *text = request_param(&call->request, "entry");
	uint64_t entry = RECEIPT_NO_ENTRY;
	struct tx_place place;
	struct hash id;
	json_t *receipt;
	enum err err = find(call, &id, &place);

	if (text != NULL && (!call_number(text, &entry) || entry >= RECEIPT_NO_ENTRY))
		return call_bad_param(call, "entry");
	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	if (place.state == TX_PENDING) {
		answer_json(&call->answer, 202, tx_place_json(&id, &place));
		return CALL_DONE;
	}
	err = call_check_cover(call, place.height);
	if (err == ERR_NOT_FOUND)
		return CALL_RETRY;
	if (err == ERR_OK && place.state == TX_REJECTED)
		return rejected_receipt(call, &id, &place);
	if (err == ERR_OK)
		err = receipt_make(call->view, place.log_index, (uint32_t)entry,
				   call->service->config.set_text, &receipt);
	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	return call_ok_immutable(call, receipt);
}
