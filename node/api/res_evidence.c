/* Evidence that is recorded: against whom, both signed texts, and where it stands
 * in the log. */
#include <inttypes.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "node/api/proof_ask.h"
#include "node/api/resources.h"
#include "node/api/service.h"
#include "proofs/shape.h"
#include "proto/evidence.h"

/* The evidence whose text stands at the value's leaf. */
static enum err read_text(struct call *call, const Stele__EvidenceValue *value,
			  struct evidence *evidence, struct bytes *text)
{
	struct bytes leaf, attachment;
	enum err err = view_leaf(call->view, value->log_index, &leaf, &attachment);

	if (err == ERR_OK && (!evidence_leaf_text(leaf, text) ||
			      evidence_parse(evidence, *text) != ERR_OK))
		err = ERR_STORE_DAMAGED;
	return err;
}

static void add_validator(const struct call *call, const struct public_key *signer, json_t *json)
{
	const struct set *set = &call->service->config.genesis->set;
	uint32_t index = set_find_consensus(set, signer);

	if (index == SET_NO_INDEX)
		return; /* of another epoch's set */
	set_number(json, "validator", index);
	set_text(json, "validator_id", set->validators[index].id);
	set_text(json, "organisation", set->validators[index].org);
}

static enum err evidence_json(struct call *call, uint64_t number, const Stele__EvidenceValue *value,
			      const struct evidence *evidence, json_t *json)
{
	char type[3] = {'E', (char)('0' + evidence->type), '\0'};
	struct hash id;
	uint64_t height = 0;
	enum err err = view_leaf_height(call->view, value->log_index, &height);

	evidence_id(&id, evidence);
	set_number(json, "number", number);
	set_hex(json, "id", id.b, sizeof(id.b));
	set_text(json, "type", type);
	add_validator(call, &evidence->signer, json);
	set_hex(json, "key", evidence->signer.b, sizeof(evidence->signer.b));
	set_number(json, "epoch", evidence->epoch);
	set_number(json, "view", evidence->view);
	set_number(json, "time", value->time);
	set_number(json, "log_index", value->log_index);
	set_number(json, "height", height);
	return err;
}

static enum err add_item(struct call *call, uint64_t number, json_t *items)
{
	Stele__EvidenceValue *value;
	struct evidence evidence;
	struct bytes text;
	json_t *item = json_object();
	enum err err = call_value(call, VALUE_EVIDENCE, &value, "evidence/%" PRIu64, number);

	if (err == ERR_OK)
		err = read_text(call, value, &evidence, &text);
	if (err == ERR_OK)
		err = evidence_json(call, number, value, &evidence, item);
	if (err == ERR_OK)
		(void)json_array_append_new(items, item);
	else
		json_decref(item);
	return err;
}

enum progress res_evidences(struct call *call)
{
	json_t *items = json_array();
	struct page page;
	uint64_t count, number;
	enum err err = call_count(call, &count, "count/evidence");

	if (err == ERR_OK)
		err = call_page(call, &page, count, true);
	while (err == ERR_OK && (number = page_next(&page)) != 0) {
		err = add_item(call, number, items);
		page_add(&page);
	}
	if (err == ERR_OK)
		return call_ok(call, page_json(&page, items));
	json_decref(items);
	return call_fail(call, err, NULL);
}

/* --- one ------------------------------------------------------------------- */

/* What was signed, and the signature over its SHA-256. */
static json_t *vote_json(const struct call *call, const struct evidence *evidence,
			 const struct vote *vote)
{
	json_t *json = json_object();
	struct buf text;

	buf_init(&text, LIMIT_VOTE_BYTES);
	vote_text(&text, vote->kind, &call->service->config.genesis->chain, vote->epoch,
		  &evidence->set_hash, vote->view, &vote->block);
	set_text(json, "kind", vote_kind_name(vote->kind));
	if (vote->kind != VOTE_NULLIFY)
		set_hex(json, "block", vote->block.b, sizeof(vote->block.b));
	set_json(json, "text", json_of_text(buf_bytes(&text)));
	set_hex(json, "signature", vote->signature.b, sizeof(vote->signature.b));
	buf_release(&text);
	return json;
}

static void add_votes(const struct call *call, const struct evidence *evidence, struct bytes text,
		      json_t *json)
{
	json_t *votes = json_array();

	set_hex(json, "set", evidence->set_hash.b, sizeof(evidence->set_hash.b));
	set_json(json, "text", json_of_text(text));
	for (int i = 0; i < 2; i++)
		(void)json_array_append_new(votes, vote_json(call, evidence, &evidence->votes[i]));
	set_json(json, "votes", votes);
}

static enum err find(struct call *call, const struct hash *id, uint64_t *number,
		     Stele__EvidenceValue **value)
{
	char hex[HASH_HEX_LEN + 1];
	Stele__TakenValue *taken;
	enum err err;

	hex_encode(hex, id->b, sizeof(id->b));
	err = call_value(call, VALUE_TAKEN, &taken, "evidence-id/%s", hex);
	if (err != ERR_OK)
		return err;
	*number = taken->number;
	return call_value(call, VALUE_EVIDENCE, value, "evidence/%" PRIu64, taken->number);
}

enum progress res_evidence(struct call *call)
{
	Stele__EvidenceValue *value;
	struct evidence evidence;
	struct bytes text;
	struct hash id;
	uint64_t number;
	json_t *json, *proof;
	enum err err;

	if (!call_hash(call->match.args[0], &id))
		return call_fail(call, ERR_API_PARAMETER,
				 "an id of evidence is 64 lower-case hex digits");
	err = find(call, &id, &number, &value);
	if (err == ERR_OK)
		err = read_text(call, value, &evidence, &text);
	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	if (call_check_cover(call, call->tip.height) == ERR_NOT_FOUND)
		return CALL_RETRY; /* the proof stands under the newest height */
	json = json_object();
	err = evidence_json(call, number, value, &evidence, json);
	add_votes(call, &evidence, text, json);
	if (err == ERR_OK)
		err = proof_of_one(call, "inclusion", &(struct fact_ask){.number = value->log_index},
				   &proof);
	if (err != ERR_OK) {
		json_decref(json);
		return call_fail(call, err, NULL);
	}
	set_json(json, "proof", proof);
	return call_ok(call, json);
}
