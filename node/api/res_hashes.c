/* Content by its hash: all claims on it, or that there is none, with proof. */
#include <inttypes.h>

#include "node/api/proof_ask.h"
#include "node/api/resources.h"
#include "node/api/service.h"
#include "node/api/tx_json.h"
#include "proto/json_pb.h"

#define CLAIMS_QUICK 16

static json_t *claim_json(struct call *call, const Stele__ClaimValue *claim, uint64_t number)
{
	json_t *json = json_object();
	char state[ENUM_NAME_MAX];

	claim_state_name(state, claim->state);
	set_number(json, "claim", number);
	set_text(json, "organisation", claim->org);
	set_text(json, "state", state);
	set_number(json, "time", claim->time);
	set_number(json, "log_index", claim->log_index);
	set_number(json, "rank", claim->rank);
	tx_json_add_id(call, claim->log_index, json);
	if (claim->entry > 0)
		set_number(json, "entry", claim->entry - 1);
	set_number(json, "size", claim->size);
	if (claim->media_type[0] != '\0')
		set_text(json, "media_type", claim->media_type);
	if (claim->superseded_by != NULL)
		set_json(json, "superseded_by", json_of_message(claim->superseded_by));
	if (claim->changed_log_index > 0)
		set_number(json, "changed_log_index", claim->changed_log_index);
	return json;
}

static enum err add_claim(struct call *call, const char *hex, uint64_t number, json_t *items)
{
	Stele__ClaimValue *claim;
	enum err err = number == 1 ? call_value(call, VALUE_CLAIM, &claim, "content/%s", hex)
				   : call_value(call, VALUE_CLAIM, &claim, "claim/%s/%" PRIu64, hex,
						number);

	uint64_t propagations;
	json_t *json;

	if (err == ERR_OK)
		err = call_count(call, &propagations, "propagation/%s/%" PRIu64, hex, number);
	if (err != ERR_OK)
		return err;
	json = claim_json(call, claim, number);
	set_number(json, "propagations", propagations);
	(void)json_array_append_new(items, json);
	return ERR_OK;
}

static enum err add_claims(struct call *call, const char *hex, uint64_t count, json_t *json)
{
	json_t *items = json_array(), *list;
	struct page page;
	uint64_t number;
	enum err err = call_page(call, &page, count, false);

	set_json(json, "claims", items);
	while (err == ERR_OK && (number = page_next(&page)) != 0) {
		err = add_claim(call, hex, number, items);
		page_add(&page);
	}
	if (err != ERR_OK)
		return err;
	list = page_json(&page, json_array());
	(void)json_object_del(list, "items");
	set_missing(json, list);
	return ERR_OK;
}

static enum err add_all(struct call *call, const char *hex, json_t *json)
{
	Stele__ClaimValue *head;
	json_t *proof;
	enum err err = call_value(call, VALUE_CLAIM, &head, "content/%s", hex);
	bool is_recorded = err == ERR_OK;

	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	set_text(json, "sha256", hex);
	set_bool(json, "recorded", is_recorded);
	if (is_recorded) {
		set_number(json, "first_claim", head->first_claim);
		set_number(json, "first_rank", head->first_rank);
	}
	err = add_claims(call, hex, is_recorded ? head->claims : 0, json);
	if (err == ERR_OK)
		err = proof_of_one(call, "claims", &(struct fact_ask){.subject = hex}, &proof);
	if (err == ERR_OK)
		set_json(json, "proof", proof);
	return err;
}

enum progress res_hash(struct call *call)
{
	const char *hex = call->match.args[0];
	struct hash hash;
	Stele__ClaimValue *head;
	json_t *json;
	enum err err;

	if (!call_hash(hex, &hash))
		return call_fail(call, ERR_API_PARAMETER, "a SHA-256 is 64 lower-case hex digits");
	err = call_value(call, VALUE_CLAIM, &head, "content/%s", hex);
	if (err == ERR_OK && head->claims > CLAIMS_QUICK && call_is_on_loop(call))
		return CALL_LONG;
	if (err == ERR_NOT_FOUND)
		err = ERR_OK; /* which is what is proved */
	if (err == ERR_OK)
		err = call_check_cover(call, call->tip.height);
	if (err == ERR_NOT_FOUND)
		return CALL_RETRY;
	json = json_object();
	if (err == ERR_OK)
		err = add_all(call, hex, json);
	if (err == ERR_OK)
		return call_ok(call, json);
	json_decref(json);
	return call_fail(call, err, NULL);
}
