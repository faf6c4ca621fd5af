/* Histories: the records that changed an object, oldest first. */
#include <inttypes.h>

#include "crypto/digest.h"
#include "ledger/history.h"
#include "node/api/resources.h"
#include "node/api/scope.h"
#include "node/api/tx_json.h"
#include "proto/tx.h"

/* --- one record ------------------------------------------------------------------ */

static enum err add_block(struct call *call, uint64_t log_index, json_t *json)
{
	struct view_block block;
	struct header header;
	uint64_t height;
	enum err err = view_leaf_height(call->view, log_index, &height);

	if (err == ERR_OK)
		err = view_block(call->view, height, &block);
	if (err == ERR_OK && header_parse(&header, block.header_text) != ERR_OK)
		err = ERR_STORE_DAMAGED;
	if (err != ERR_OK)
		return err;
	set_number(json, "height", height);
	set_number(json, "time", header.time_ms);
	return ERR_OK;
}

static enum err add_transaction(struct call *call, uint64_t log_index, json_t *json)
{
	struct bytes data, attachment;
	struct tx *tx;
	enum err err;

	if (log_index == 0) {
		set_text(json, "operation", "genesis");
		return ERR_OK;
	}
	err = view_leaf(call->view, log_index, &data, &attachment);
	if (err == ERR_OK)
		err = tx_open_leaf(&tx, data, NULL);
	if (err != ERR_OK)
		return err;
	set_hex(json, "transaction", tx->id.b, sizeof(tx->id.b));
	tx_json_add_brief(call, tx, json);
	tx_free(tx);
	return ERR_OK;
}

/* The record that reached enough approvals executed what the motion carries. */
static enum err add_motion(struct call *call, const struct row_history *row, json_t *json)
{
	Stele__MotionValue *motion;
	enum err err;

	if (row->motion == 0)
		return ERR_OK;
	set_number(json, "motion", row->motion);
	err = call_value(call, VALUE_MOTION, &motion, "motion/%" PRIu64, row->motion);
	if (err == ERR_OK && motion->executed_log_index == row->log_index)
		set_text(json, "executed", operation_name(motion->operation));
	return err;
}

static enum err add_record(struct call *call, const struct row_history *row, json_t *items)
{
	json_t *json = json_object();
	enum err err;

	(void)json_array_append_new(items, json);
	set_number(json, "log_index", row->log_index);
	err = add_block(call, row->log_index, json);
	if (err == ERR_OK)
		err = add_transaction(call, row->log_index, json);
	return err == ERR_OK ? add_motion(call, row, json) : err;
}

/* --- by the index ---------------------------------------------------------------- */

static enum err add_page(struct call *call, struct history_list *list, struct page *page,
			 json_t *items)
{
	struct row_history row;
	uint64_t number;
	enum err err = call_page(call, page, history_count(list), false);

	while (err == ERR_OK && (number = page_next(page)) != 0) {
		err = history_get(list, number, &row);
		if (err == ERR_OK)
			err = add_record(call, &row, items);
		page_add(page);
	}
	return err;
}

/* err: what came of looking whether there is such an object. */
static enum progress answer(struct call *call, enum err err, const char *object)
{
	json_t *items = json_array();
	struct history_list *list;
	struct page page;

	if (err == ERR_OK)
		err = view_history(call->view, object, &list);
	if (err == ERR_OK) {
		err = add_page(call, list, &page, items);
		history_close(list);
	}
	if (err == ERR_OK)
		return call_ok(call, page_json(&page, items));
	json_decref(items);
	return call_fail(call, err, NULL);
}

#define OBJECT_MAX (LIMIT_KEY_BYTES + 1)

enum progress res_org_history(struct call *call)
{
	char object[OBJECT_MAX] = "";
	struct scope scope;
	enum err err = scope_org(call, &scope);

	if (err == ERR_OK)
		(void)snprintf(object, sizeof(object), "org/%s", scope.org->id);
	return answer(call, err, object);
}

enum progress res_key_history(struct call *call)
{
	char object[4 + HASH_HEX_LEN + 1] = "key/";
	Stele__KeyValue *value;
	struct public_key key;
	struct hash hash;

	if (!hex_decode(key.b, sizeof(key.b), bytes_text(call->match.args[0])))
		return call_fail(call, ERR_API_PARAMETER, "a key is 66 lower-case hex digits");
	sha256(&hash, key.b, sizeof(key.b));
	hex_encode(object + 4, hash.b, sizeof(hash.b));
	return answer(call, call_value(call, VALUE_KEY, &value, "%s", object), object);
}

enum progress res_programme_history(struct call *call)
{
	char object[OBJECT_MAX] = "";
	struct scope scope;
	enum err err = scope_programme(call, &scope);

	if (err == ERR_OK)
		(void)snprintf(object, sizeof(object), "programme/%s", scope.programme->programme->id);
	return answer(call, err, object);
}

enum progress res_call_history(struct call *call)
{
	char object[OBJECT_MAX] = "";
	struct scope scope;
	enum err err = scope_call(call, &scope);

	if (err == ERR_OK)
		(void)snprintf(object, sizeof(object), "call/%s/%s", scope.call->programme,
			       scope.call->call);
	return answer(call, err, object);
}

enum progress res_proposal_history(struct call *call)
{
	char object[OBJECT_MAX] = "";
	struct scope scope;
	enum err err = scope_proposal(call, &scope);

	if (err == ERR_OK)
		(void)snprintf(object, sizeof(object), "proposal/%s/%s/%" PRIu64, scope.call->programme,
			       scope.call->call, scope.proposal->number);
	return answer(call, err, object);
}

enum progress res_award_history(struct call *call)
{
	char object[OBJECT_MAX] = "";
	struct scope scope;
	enum err err = scope_award(call, &scope);

	if (err == ERR_OK)
		(void)snprintf(object, sizeof(object), "award/%s/%" PRIu64,
			       scope.programme->programme->id, scope.award->number);
	return answer(call, err, object);
}

enum progress res_motion_history(struct call *call)
{
	char object[OBJECT_MAX] = "";
	Stele__MotionValue *motion;
	uint64_t number;
	enum err err = ERR_NOT_FOUND;

	if (call_number(call->match.args[0], &number))
		err = call_value(call, VALUE_MOTION, &motion, "motion/%" PRIu64, number);
	if (err == ERR_OK)
		(void)snprintf(object, sizeof(object), "motion/%" PRIu64, number);
	return answer(call, err, object);
}

/* --- claims ---------------------------------------------------------------------- */

/* What is superseded or withdrawn is propagated no more, so that a claim's records are
 * its anchor, its propagations in their order, and what changed it. */
static enum err claim_record(struct call *call, const Stele__ClaimValue *claim,
			     uint64_t propagations, uint64_t number, struct row_history *out)
{
	Stele__PropagationValue *propagation;
	enum err err;

	*out = (struct row_history){.log_index = claim->log_index};
	if (number == 1)
		return ERR_OK;
	out->log_index = claim->changed_log_index;
	if (number == propagations + 2)
		return ERR_OK;
	err = call_value(call, VALUE_PROPAGATION, &propagation, "propagation/%s/%s/%" PRIu64,
			 call->match.args[0], call->match.args[1], number - 1);
	if (err == ERR_OK)
		out->log_index = propagation->log_index;
	return err;
}

static enum err add_claim_page(struct call *call, const Stele__ClaimValue *claim, struct page *page,
			       json_t *items)
{
	uint64_t propagations = 0, number;
	struct row_history row;
	enum err err = call_count(call, &propagations, "propagation/%s/%s", call->match.args[0],
				  call->match.args[1]);

	if (err == ERR_OK)
		err = call_page(call, page, 1 + propagations + (claim->changed_log_index > 0), false);
	while (err == ERR_OK && (number = page_next(page)) != 0) {
		err = claim_record(call, claim, propagations, number, &row);
		if (err == ERR_OK)
			err = add_record(call, &row, items);
		page_add(page);
	}
	return err;
}

static enum err find_claim(struct call *call, Stele__ClaimValue **out)
{
	struct hash hash;
	uint64_t number;

	if (!call_hash(call->match.args[0], &hash) || !call_number(call->match.args[1], &number))
		return ERR_NOT_FOUND;
	if (number == 1)
		return call_value(call, VALUE_CLAIM, out, "content/%s", call->match.args[0]);
	return call_value(call, VALUE_CLAIM, out, "claim/%s/%" PRIu64, call->match.args[0], number);
}

enum progress res_claim_history(struct call *call)
{
	json_t *items = json_array();
	Stele__ClaimValue *claim;
	struct page page;
	enum err err = find_claim(call, &claim);

	if (err == ERR_OK)
		err = add_claim_page(call, claim, &page, items);
	if (err == ERR_OK)
		return call_ok(call, page_json(&page, items));
	json_decref(items);
	return call_fail(call, err, NULL);
}
