/* Writing: transactions in, and what became of them. */
#include <strings.h>

#include "ledger/receipt_make.h"
#include "node/api/outlook_json.h"
#include "node/api/facts.h"
#include "node/api/resources.h"
#include "node/api/service.h"
#include "node/api/tx_lookup.h"

static enum progress begin(struct call *call, bool is_dry)
{
	struct preferences prefer;

	call->is_write = true;
	call->is_dry = is_dry;
	request_preferences(&call->request, &prefer);
	call->is_minimal = prefer.is_minimal;
	if (strcasecmp(call->request.content_type, "application/protobuf") != 0)
		return call_fail(call, ERR_API_MEDIA_TYPE, NULL);
	if (prefer.wait_s > 0)
		call->deadline_ms = call->service->now_ms + 1000u * prefer.wait_s;
	if (call->service->bridge == NULL || call->service->is_stopping)
		return call_fail(call, ERR_SYNCING, "the node is stopping");
	service_lend(call);
	if (bridge_submit(call->service->bridge, call, &call->request.body, prefer.simulate, is_dry))
		return CALL_DEFERRED;
	service_take_back(call);
	return call_fail(call, ERR_MEMORY, NULL);
}

enum progress res_submit(struct call *call)
{
	return begin(call, false);
}

enum progress res_simulate(struct call *call)
{
	return begin(call, true);
}

/* --- the pump's word ------------------------------------------------------------ */

static void add_facts(struct call *call, enum err reason, json_t *extra)
{
	json_t *facts;
	struct tx *tx;

	if (tx_decode(&tx, buf_bytes(&call->request.body), NULL) != ERR_OK)
		return;
	facts = facts_of_refusal(call, tx, reason);
	if (facts != NULL)
		set_json(extra, "facts", facts);
	tx_free(tx);
}

static enum progress refused(struct call *call, const struct submit_result *result)
{
	json_t *extra = json_object();
	uint64_t valid_until;

	if (!hash_is_zero(&result->id))
		set_hex(extra, "id", result->id.b, sizeof(result->id.b));
	if (problem_status(result->reason) == 422 &&
	    tx_raw_valid_until(buf_bytes(&call->request.body), &valid_until))
		set_number(extra, "valid_until", valid_until);
	if (result->is_simulated)
		add_facts(call, result->reason, extra);
	problem_answer(&call->answer, result->reason, SUBMITTED_NO,
		       result->is_simulated ? "simulated against the newest state; no block has it" : NULL,
		       extra);
	return CALL_DONE;
}

/* 3xxx leave no trace, 4xxx are rejected in a block. */
static const char *outcome_name(enum err reason)
{
	if (reason == ERR_OK)
		return "accepted";
	return (unsigned)reason < 4000 ? "skipped" : "rejected";
}

/* What the motion carries, were it approved now. */
static json_t *carried_json(const struct outlook *outlook)
{
	json_t *json = json_object();

	set_text(json, "outcome", outcome_name(outlook->carried_reason));
	if (outlook->carried != NULL) {
		set_json(json, "effect", outlook_json(outlook->carried));
		return json;
	}
	set_error(json, "error", outlook->carried_reason);
	set_text(json, "title", err_text(outlook->carried_reason));
	return json;
}

static enum progress simulated(struct call *call, const struct submit_result *result)
{
	json_t *json = json_object();
	enum err reason = result->reason;

	if (result->state == SUBMIT_DUPLICATE)
		reason = ERR_TX_CONSUMED;
	set_hex(json, "id", result->id.b, sizeof(result->id.b));
	set_text(json, "outcome", outcome_name(reason));
	if (reason != ERR_OK) {
		set_error(json, "error", reason);
		set_text(json, "title", err_text(reason));
	}
	if (result->is_simulated)
		add_facts(call, reason, json);
	if (result->outlook != NULL)
		set_json(json, "effect", outlook_json(result->outlook));
	if (result->outlook != NULL && result->outlook->has_carried)
		set_json(json, "carried", carried_json(result->outlook));
	return call_ok(call, json);
}

void res_submit_pending(struct call *call)
{
	json_t *json = json_object();

	set_hex(json, "id", call->tx_id.b, sizeof(call->tx_id.b));
	set_text(json, "state", "pending");
	answer_json(&call->answer, call->answer.is_duplicate ? 200 : 202, json);
}

static enum progress pending(struct call *call)
{
	res_submit_pending(call);
	return CALL_DONE;
}

static enum progress wait_for_decision(struct call *call);

/* The decision is there; the receipt may have to wait for a finalization. */
static enum progress conclude(struct call *call)
{
	struct tx_place place;
	json_t *json, *receipt = NULL;
	enum err err = tx_find(call, &call->tx_id, &place);

	if (err == ERR_OK && place.state == TX_PENDING)
		return call->deadline_ms == 0 ? pending(call) : wait_for_decision(call);
	/* Decided before this node's memory and not yet in its index, or it cannot be
	 * read now: it was submitted, and an error would say that it was not. */
	if (err != ERR_OK)
		return pending(call);
	if (place.state == TX_ACCEPTED) {
		err = call_check_cover(call, place.height);
		if (err == ERR_NOT_FOUND)
			return CALL_RETRY;
		if (err == ERR_OK && !call->is_minimal)
			err = receipt_of(call->service->ledger, call->view,
					 &(struct receipt_wish){.log_index = place.log_index,
								.entry = RECEIPT_WHOLE},
					 call->service->config.set_text, &receipt);
		if (err == ERR_API_UNCOVERED)
			return CALL_RETRY; /* an approval that executed it stands higher */
	}
	json = tx_place_json(&call->tx_id, &place);
	if (err == ERR_OK && receipt != NULL)
		set_json(json, "receipt", receipt);
	answer_json(&call->answer, call->answer.is_duplicate ? 200 : 201, json);
	return CALL_DONE;
}

static enum progress wait_for_decision(struct call *call)
{
	call->handler = conclude;
	if (call->service->now_ms >= call->deadline_ms || call->service->is_stopping)
		return pending(call);
	if (!waiters_add(call->service->waiters, &call->waiter, &call->tx_id, call->deadline_ms))
		return pending(call);
	return CALL_DEFERRED;
}

static void remember(struct call *call)
{
	uint64_t valid_until;

	if (tx_raw_valid_until(buf_bytes(&call->request.body), &valid_until))
		recent_add_pending(call->service->recent, &call->tx_id, valid_until);
}

/* Bytes that were decided before the window in which ids are remembered: the
 * ledger itself knows. */
static bool was_decided(struct call *call, const struct submit_result *result)
{
	struct tx_place place;

	return (result->reason == ERR_TX_EXPIRED || result->reason == ERR_TX_CONSUMED) &&
	       !hash_is_zero(&result->id) && tx_find(call, &result->id, &place) == ERR_OK &&
	       place.state != TX_PENDING;
}

enum progress res_submit_result(struct call *call, const struct submit_result *result)
{
	call->tx_id = result->id;
	if (call->is_dry && (result->state != SUBMIT_REFUSED || problem_status(result->reason) == 422))
		return simulated(call, result);
	switch (result->state) {
	case SUBMIT_REFUSED:
		if (!was_decided(call, result))
			return refused(call, result);
		call->answer.is_duplicate = true;
		return conclude(call);
	case SUBMIT_DUPLICATE:
		call->answer.is_duplicate = true;
		return conclude(call);
	case SUBMIT_TAKEN:
		remember(call);
		return call->deadline_ms > 0 ? wait_for_decision(call) : pending(call);
	}
	UNREACHABLE();
}
