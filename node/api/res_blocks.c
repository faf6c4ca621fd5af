/* Blocks as they were agreed: header, body, certificate, what they accepted and
 * what they rejected; and the leaves of the log. */
#include "crypto/digest.h"
#include "node/api/proof_ask.h"
#include "node/api/resources.h"
#include "node/api/service.h"
#include "node/api/tx_json.h"
#include "proofs/shape.h"
#include "proto/header.h"

/* Each carries a proof of its own. */
#define REJECTED_PAGE_MAX 50
#define LEAF_TRANSACTION 0x01

static enum err open_block(struct call *call, uint64_t *height, struct view_block *block)
{
	enum err err;

	if (!call_number(call->match.args[0], height))
		return ERR_NOT_FOUND;
	err = call_open_view(call);
	return err == ERR_OK ? view_block(call->view, *height, block) : err;
}

static void add_brief(json_t *json, const struct view_block *block, const struct header *header)
{
	struct hash hash;

	sha256(&hash, block->header_text.at, block->header_text.len);
	set_number(json, "height", header->height);
	set_hex(json, "block", hash.b, sizeof(hash.b));
	set_number(json, "time", header->time_ms);
	set_number(json, "view", header->view);
	set_number(json, "proposer", header->proposer);
	set_number(json, "evidence", block->evidence);
	set_number(json, "accepted", block->accepted);
	set_number(json, "log_size", header->log_size);
	set_bool(json, "finalized", block->finalization.len > 0);
}

static enum err add_block(struct call *call, uint64_t height, json_t *items)
{
	struct view_block block;
	struct header header;
	json_t *item;
	enum err err = view_block(call->view, height, &block);

	if (err == ERR_OK)
		err = header_parse(&header, block.header_text);
	if (err != ERR_OK)
		return err;
	item = json_object();
	add_brief(item, &block, &header);
	set_number(item, "transactions", block.accepted);
	set_number(item, "rejected", block.rejected);
	(void)json_array_append_new(items, item);
	return ERR_OK;
}

/* Height h is item h + 1 of the list. */
enum progress res_blocks(struct call *call)
{
	json_t *items = json_array();
	struct page page;
	uint64_t number;
	enum err err = call_open_view(call);

	if (err == ERR_OK)
		err = call_page(call, &page, call->tip.height + 1, true);
	while (err == ERR_OK && (number = page_next(&page)) != 0) {
		err = add_block(call, number - 1, items);
		page_add(&page);
	}
	if (err == ERR_OK)
		return call_ok(call, page_json(&page, items));
	json_decref(items);
	return call_fail(call, err, NULL);
}

/* --- one block --------------------------------------------------------------------- */

static enum err add_transaction(struct call *call, uint64_t log_index, json_t *items)
{
	struct bytes data, attachment;
	struct tx *tx;
	json_t *item;
	enum err err = view_leaf(call->view, log_index, &data, &attachment);

	if (err != ERR_OK)
		return err;
	if (data.len == 0 || data.at[0] != LEAF_TRANSACTION)
		return ERR_OK; /* the genesis document, the one leaf of block 0 */
	err = tx_open_leaf(&tx, data, NULL);
	if (err != ERR_OK)
		return err;
	item = json_object();
	set_hex(item, "id", tx->id.b, sizeof(tx->id.b));
	tx_json_add_brief(call, tx, item);
	set_number(item, "log_index", log_index);
	(void)json_array_append_new(items, item);
	tx_free(tx);
	return ERR_OK;
}

static void add_rejected_brief(const struct view_rejected *entry, json_t *items)
{
	json_t *item = json_object();

	set_hex(item, "id", entry->id.b, sizeof(entry->id.b));
	set_number(item, "code", (uint64_t)entry->reason);
	set_error(item, "error", entry->reason);
	(void)json_array_append_new(items, item);
}

/* A page over what the block decided: accepted ones first, then rejected. */
static enum err add_decided(struct call *call, uint64_t height, const struct view_block *block,
			    json_t *json)
{
	json_t *transactions = json_array(), *rejected = json_array(), *list;
	struct view_rejected entry;
	struct page page;
	uint64_t number;
	enum err err = call_page(call, &page, (uint64_t)block->accepted + block->rejected, false);

	set_json(json, "transactions", transactions);
	set_json(json, "rejected", rejected);
	while (err == ERR_OK && (number = page_next(&page)) != 0) {
		page_add(&page);
		if (number <= block->accepted) {
			err = add_transaction(call, block->log_first + block->evidence + number - 1,
					      transactions);
			continue;
		}
		err = view_rejected(call->view, height, (uint32_t)(number - 1 - block->accepted),
				    &entry);
		if (err == ERR_OK)
			add_rejected_brief(&entry, rejected);
	}
	if (err != ERR_OK)
		return err;
	list = page_json(&page, json_array());
	(void)json_object_del(list, "items");
	set_missing(json, list);
	return ERR_OK;
}

enum progress res_block(struct call *call)
{
	struct view_block block;
	struct header header;
	uint64_t height;
	json_t *json;
	enum err err = open_block(call, &height, &block);

	if (err == ERR_OK)
		err = header_parse(&header, block.header_text);
	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	json = json_object();
	add_brief(json, &block, &header);
	set_json(json, "header", json_of_text(block.header_text));
	set_json(json, "body", json_of_text(block.body_text));
	set_number(json, "rejected_count", block.rejected);
	err = add_decided(call, height, &block, json);
	if (err == ERR_OK)
		return call_ok(call, json);
	json_decref(json);
	return call_fail(call, err, NULL);
}

enum progress res_block_header(struct call *call)
{
	struct view_block block;
	uint64_t height;
	enum err err = open_block(call, &height, &block);

	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	return call_ok_bytes(call, "text/plain; charset=utf-8", block.header_text, true);
}

enum progress res_block_certificate(struct call *call)
{
	struct view_block block;
	uint64_t height, finalized;
	enum err err = open_block(call, &height, &block);

	if (err == ERR_OK) {
		err = view_finalized(call->view, height, &finalized);
		if (err == ERR_NOT_FOUND)
			return CALL_RETRY;
	}
	if (err == ERR_OK)
		err = view_block(call->view, finalized, &block);
	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	return call_ok_bytes(call, "application/octet-stream", block.finalization, true);
}

/* --- rejected entries ------------------------------------------------------------------ */

static enum err add_rejected(struct call *call, uint64_t height, uint32_t k, json_t *items)
{
	struct view_rejected entry;
	struct tx *tx;
	json_t *item, *proof;
	enum err err = view_rejected(call->view, height, k, &entry);

	if (err == ERR_OK)
		err = proof_of_rejected(call, height, k, &proof);
	if (err != ERR_OK)
		return err;
	item = json_object();
	set_number(item, "entry", k);
	set_hex(item, "id", entry.id.b, sizeof(entry.id.b));
	set_number(item, "code", (uint64_t)entry.reason);
	set_error(item, "error", entry.reason);
	set_text(item, "title", err_text(entry.reason));
	set_number(item, "parcel", entry.parcel);
	set_number(item, "position", entry.position);
	if (tx_decode(&tx, entry.transaction, NULL) == ERR_OK) {
		tx_json_add_brief(call, tx, item);
		tx_free(tx);
	}
	set_json(item, "transaction", json_of_base64(entry.transaction));
	set_json(item, "proof", proof);
	(void)json_array_append_new(items, item);
	return ERR_OK;
}

enum progress res_block_rejected(struct call *call)
{
	json_t *items = json_array();
	struct view_block block;
	struct page page;
	uint64_t height, number;
	enum err err = open_block(call, &height, &block);

	if (err == ERR_OK) {
		err = call_check_cover(call, height);
		if (err == ERR_NOT_FOUND) {
			json_decref(items);
			return CALL_RETRY;
		}
	}
	if (err == ERR_OK)
		err = call_page(call, &page, block.rejected, false);
	if (err == ERR_OK && page.limit > REJECTED_PAGE_MAX)
		page.limit = REJECTED_PAGE_MAX;
	while (err == ERR_OK && (number = page_next(&page)) != 0) {
		err = add_rejected(call, height, (uint32_t)number - 1, items);
		page_add(&page);
	}
	if (err == ERR_OK)
		return call_ok(call, page_json(&page, items));
	json_decref(items);
	return call_fail(call, err, NULL);
}

enum progress res_leaf(struct call *call)
{
	struct bytes data, attachment;
	uint64_t log_index, height;
	json_t *json;
	enum err err = ERR_NOT_FOUND;

	if (call_number(call->match.args[0], &log_index))
		err = call_open_view(call);
	if (err == ERR_OK && log_index >= call->tip.log_size)
		err = ERR_NOT_FOUND;
	if (err == ERR_OK)
		err = view_leaf(call->view, log_index, &data, &attachment);
	if (err == ERR_OK)
		err = view_leaf_height(call->view, log_index, &height);
	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	json = json_object();
	set_number(json, "log_index", log_index);
	set_number(json, "height", height);
	set_json(json, "data", json_of_base64(data));
	if (attachment.len > 0)
		set_json(json, "attachment", json_of_base64(attachment));
	return call_ok_immutable(call, json);
}
