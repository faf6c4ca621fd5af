/* Transactions as they were decided: state, record, bytes, receipt. */
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "ledger/receipt_make.h"
#include "node/api/proof_ask.h"
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
	enum err err = proof_of_rejected(call, place->height, place->rejected, &proof);

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

/* Which receipt is asked for; the name of a parameter that is out of its bounds, or NULL. */
static const char *read_wish(const struct call *call, struct receipt_wish *wish)
{
	const char *entry = request_param(&call->request, "entry");
	const char *status = request_param(&call->request, "status");
	uint64_t place;

	*wish = (struct receipt_wish){.entry = RECEIPT_WHOLE, .wants_newest = status != NULL};
	if (status != NULL && strcmp(status, "newest") != 0)
		return "status";
	if (entry == NULL)
		return NULL;
	if (!call_number(entry, &place) || place >= LIMIT_BATCH_ENTRIES)
		return "entry";
	wish->entry = (uint32_t)place;
	return NULL;
}

enum progress res_transaction_receipt(struct call *call)
{
	struct receipt_wish wish;
	const char *bad = read_wish(call, &wish);
	struct tx_place place;
	struct hash id;
	json_t *receipt;
	enum err err;

	if (bad != NULL)
		return call_bad_param(call, bad);
	err = find(call, &id, &place);
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
	wish.log_index = place.log_index;
	if (err == ERR_OK)
		err = receipt_of(call->service->ledger, call->view, &wish,
				 call->service->config.set_text, &receipt);
	if (err == ERR_API_UNCOVERED)
		return CALL_RETRY; /* an approval that executed it stands higher */
	return err == ERR_OK ? call_ok_canonical(call, receipt) : call_fail(call, err, NULL);
}
