/* Blocks: the rules that decide from bytes and ancestors alone, and execution
 * on an overlay over the parent; docs/protocol.md section 8. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mutant.h"
#include "crypto/digest.h"
#include "ledger/apply/apply.h"
#include "ledger/change.h"
#include "ledger/ledger_internal.h"
#include "proto/rejected.h"

/* What a child stands on: the tip or an executed block. */
struct footing {
	struct executed *block; /* NULL: the tip */
	const struct header *header;
	const struct hash *hash;
	const struct merkle_frontier *frontier;
	state_version version;
	uint64_t value_low;
	uint64_t value_next;
};

static enum err footing_find(const struct ledger *ledger, const struct hash *hash,
			     struct footing *out)
{
	struct executed *block = ledger_find_block(ledger, hash);

	if (block != NULL) {
		*out = (struct footing){block,		  &block->header,   &block->hash,
					&block->frontier, block->version,   block->value_low,
					block->value_next};
		return ERR_OK;
	}
	if (!hash_equal(hash, &ledger->tip.hash))
		return ERR_NOT_FOUND;
	*out = (struct footing){NULL,
				&ledger->tip.header,
				&ledger->tip.hash,
				&ledger->edge->frontier,
				ledger->base.version,
				ledger->tip.value_low,
				ledger->tip.value_next};
	return ERR_OK;
}

struct executed *ledger_find_block(const struct ledger *ledger, const struct hash *hash)
{
	struct executed *at = ledger->blocks;

	while (at != NULL && !hash_equal(&at->hash, hash))
		at = at->next;
	return at;
}

bool ledger_has_executed(const struct ledger *ledger, const struct hash *block)
{
	struct footing footing;

	return footing_find(ledger, block, &footing) == ERR_OK;
}

/* --- life ---------------------------------------------------------------- */

void executed_free(struct ledger *ledger, struct executed *block)
{
	if (block == NULL)
		return;
	for (uint32_t i = 0; i < block->evidence_count; i++)
		buf_release(&block->evidence[i].leaf);
	for (uint32_t i = 0; i < block->parcels_count; i++)
		parcel_release(block->parcels[i]);
	if (block->has_version)
		state_release(ledger->tree, block->version);
	buf_release(&block->header_text);
	buf_release(&block->body_text);
	buf_release(&block->changed);
	overlay_free(block->overlay);
	free(block->changes);
	free(block->former);
	free(block->decided);
	free(block->parcels);
	free(block);
}

/* Room for the parcels, none in it yet. */
static struct executed *executed_new(const struct ledger *ledger, const struct footing *footing,
				     uint32_t parcels_max, uint64_t time_ms)
{
	struct executed *block = calloc(1, sizeof(*block));
	struct overlay *below = footing->block != NULL ? footing->block->overlay : NULL;

	if (block == NULL)
		return NULL;
	buf_init(&block->header_text, LIMIT_HEADER_BYTES);
	buf_init(&block->body_text, LIMIT_BODY_BYTES);
	buf_init(&block->changed, LEDGER_CHANGED_BYTES);
	block->parent = footing->block;
	block->frontier = *footing->frontier;
	block->value_low = footing->value_low;
	block->value_next = footing->value_next;
	block->parcels = calloc((size_t)parcels_max + 1, sizeof(struct parcel *));
	block->overlay = overlay_new(below, &ledger->base, time_ms);
	if (block->parcels != NULL && block->overlay != NULL)
		return block;
	overlay_free(block->overlay);
	free(block->parcels);
	free(block);
	return NULL;
}

static void executed_keep(struct ledger *ledger, struct executed *block)
{
	block->next = ledger->blocks;
	ledger->blocks = block;
}

/* --- execution ----------------------------------------------------------- */

static void accept(struct executed *block, struct decided *decided)
{
	merkle_frontier_append(&block->frontier, &decided->tx->leaf_hash);
	decided->is_accepted = true;
	block->accepted++;
	block->decided_count++;
}

/* What an accepted transaction put tells which objects it changed. */
static enum err change_note(struct executed *block, struct decided *decided, overlay_mark since)
{
	struct change change;
	enum err err = ERR_OK;

	change_init(&change);
	for (overlay_mark at = since; at < overlay_set_mark(block->overlay) && err == ERR_OK; at++)
		err = change_add(&change, overlay_key_at(block->overlay, at));
	decided->change_at = block->changed.len;
	if (err == ERR_OK)
		err = change_row(&change, &block->changed);
	decided->change_len = block->changed.len - decided->change_at;
	change_release(&change);
	return err;
}

static enum err tx_run(struct ledger *ledger, struct executed *block, struct decided decided)
{
	struct apply_block apply = {block->overlay, block->header.height, block->header.time_ms,
				    ledger->genesis->epoch_length};
	overlay_mark before = overlay_set_mark(block->overlay);
	enum outcome outcome;
	enum err err = ERR_OK;

	if (mutant_on("wall_clock_in_execution"))
		apply.time_ms = (uint64_t)time(NULL) * 1000;
	outcome = apply_transaction(&apply, decided.tx, block->frontier.size, &ledger->scratch,
				    &decided.reason);
	arena_reset(&ledger->scratch);
	if (outcome == OUTCOME_ACCEPTED)
		err = change_note(block, &decided, before);
	overlay_settle(block->overlay); /* one that failed ends the block */
	if (err != ERR_OK)
		return err;
	switch (outcome) {
	case OUTCOME_ACCEPTED:
		block->decided[block->decided_count] = decided;
		accept(block, &block->decided[block->decided_count]);
		return ERR_OK;
	case OUTCOME_REJECTED:
		block->decided[block->decided_count++] = decided;
		block->rejected++;
		return ERR_OK;
	case OUTCOME_SKIPPED:
		return mutant_on("shared_transaction_invalid") ? ERR_BLOCK_INVALID : ERR_OK;
	case OUTCOME_FAILED:
		return decided.reason;
	}
	UNREACHABLE();
}

static enum err parcel_run(struct ledger *ledger, struct executed *block, uint32_t number)
{
	const struct parcel *parcel = block->parcels[number];
	uint32_t count = parcel->text.count;
	enum err err = ERR_OK;

	for (uint32_t k = 0; k < count && err == ERR_OK; k++) {
		struct decided decided = {
			.tx = parcel->txs[k], .reason = ERR_OK, .parcel = number, .position = k};

		if (k % OVERLAY_AHEAD_MAX == 0)
			err = apply_read_ahead(block->overlay, parcel->txs + k,
					       count - k < OVERLAY_AHEAD_MAX ? count - k
									     : OVERLAY_AHEAD_MAX);
		if (err == ERR_OK)
			err = tx_run(ledger, block, decided);
	}
	return err;
}

static enum err parcels_run(struct ledger *ledger, struct executed *block)
{
	size_t transactions = 0;
	enum err err = ERR_OK;

	for (uint32_t i = 0; i < block->parcels_count; i++)
		transactions += block->parcels[i]->text.count;
	block->decided = calloc(transactions + 1, sizeof(*block->decided));
	if (block->decided == NULL)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < block->parcels_count && err == ERR_OK; i++)
		err = parcel_run(ledger, block, i);
	return err;
}

static enum err state_make(struct ledger *ledger, struct executed *block, state_version below)
{
	struct state_change *plain;
	enum err err = overlay_changes(block->overlay, block->value_next, &block->changes,
				       &block->changes_count);

	if (err != ERR_OK)
		return err;
	plain = calloc(block->changes_count + 1, sizeof(*plain));
	block->former = calloc(block->changes_count + 1, sizeof(*block->former));
	if (plain == NULL || block->former == NULL) {
		free(plain);
		return ERR_MEMORY;
	}
	for (size_t i = 0; i < block->changes_count; i++)
		plain[i] = block->changes[i].change;
	err = state_replace(ledger->tree, below, plain, block->changes_count, block->former,
			    &block->version);
	free(plain);
	block->has_version = err == ERR_OK;
	block->value_next += block->changes_count;
	return err;
}

static void rejected_root(const struct executed *block, struct hash *out)
{
	struct merkle_frontier frontier;
	struct hash leaf;

	merkle_frontier_init(&frontier);
	for (size_t i = 0; i < block->decided_count; i++) {
		const struct decided *at = &block->decided[i];

		if (at->is_accepted)
			continue;
		rejected_leaf(&leaf, &at->tx->id, (uint16_t)at->reason, at->parcel, at->position);
		merkle_frontier_append(&frontier, &leaf);
	}
	merkle_frontier_root(&frontier, out);
}

/* Executes the block's evidence and parcels at its header's height and time; *results gets a
 * header whose five lines of results are filled in. */
static enum err execute(struct ledger *ledger, struct executed *block, state_version below,
			struct header *results)
{
	enum err err = ledger_base_begin(ledger);

	if (err != ERR_OK)
		return err;
	err = evidence_run(block);
	if (err == ERR_OK)
		err = parcels_run(ledger, block);
	if (err == ERR_OK)
		err = compact_block(ledger, block, below);
	ledger_base_end(ledger);
	if (err == ERR_OK)
		err = state_make(ledger, block, below);
	if (err != ERR_OK)
		return err;
	results->log_size = block->frontier.size;
	merkle_frontier_root(&block->frontier, &results->log_root);
	state_root(ledger->tree, block->version, &results->state);
	results->rejected_count = block->rejected;
	rejected_root(block, &results->rejected_root);
	return ERR_OK;
}

/* --- parcels ------------------------------------------------------------- */

static bool is_referenced(const struct ledger *ledger, const struct executed *from,
			  const struct hash *digest, uint64_t height)
{
	for (const struct executed *at = from; at != NULL; at = at->parent) {
		for (uint32_t i = 0; i < at->parcels_count; i++) {
			if (hash_equal(&at->parcels[i]->digest, digest))
				return true;
		}
	}
	return ids_has(ledger->referenced, digest, height) && !mutant_on("parcel_referenced_again");
}

/* block: the one being made, whose parcels so far count too. */
static bool may_reference(const struct ledger *ledger, const struct executed *block,
			  const struct parcel *parcel)
{
	uint64_t height = block->header.height;

	return parcel->text.epoch == block->header.epoch && parcel->text.expires >= height &&
	       parcel->text.expires - height <= LIMIT_PARCEL_EXPIRY &&
	       parcel->text.author < ledger->genesis->set.count &&
	       !is_referenced(ledger, block, &parcel->digest, height);
}

static struct body_parcel body_line(const struct parcel *parcel)
{
	return (struct body_parcel){parcel->digest, parcel->text.author, parcel->text.count,
				    parcel->text.bytes};
}

/* --- building ------------------------------------------------------------ */

/* Takes parcels as long as the limits of a body hold. */
static void parcels_choose(const struct ledger *ledger, struct executed *block,
			   struct body *body, struct parcel *const *parcels, uint32_t count)
{
	uint64_t bytes = 0;
	uint64_t transactions = 0;

	for (uint32_t i = 0; i < count && body->parcels_count < LIMIT_BODY_PARCELS; i++) {
		struct parcel *parcel = parcels[i];

		if (!may_reference(ledger, block, parcel) ||
		    bytes + parcel->text.bytes > LIMIT_BLOCK_PAYLOAD_BYTES ||
		    transactions + parcel->text.count > LIMIT_BLOCK_TRANSACTIONS)
			continue;
		bytes += parcel->text.bytes;
		transactions += parcel->text.count;
		block->parcels[block->parcels_count++] = parcel_retain(parcel);
		body->parcels[body->parcels_count++] = body_line(parcel);
	}
}

static void evidence_lines(const struct executed *block, struct body *body)
{
	for (uint32_t i = 0; i < block->evidence_count; i++)
		body->evidence[i] = (struct body_evidence){block->evidence[i].id,
							   block->evidence[i].text_hash};
	body->evidence_count = block->evidence_count;
}

static void header_begin(const struct ledger *ledger, const struct footing *footing,
			 const struct build_params *params, struct header *out)
{
	uint64_t time_min = footing->header->time_ms + 1;

	memset(out, 0, sizeof(*out));
	memcpy(out->origin, ledger->origin, sizeof(out->origin));
	out->chain = ledger->genesis->chain;
	out->height = footing->header->height + 1;
	out->epoch = params->epoch;
	out->view = params->view;
	out->parent = params->parent;
	out->parent_view = params->parent_view;
	out->time_ms = params->now_ms > time_min ? params->now_ms : time_min;
	out->proposer = params->proposer;
	out->validators = ledger->genesis->set.hash;
}

static enum err build(struct ledger *ledger, struct executed *block,
		      const struct footing *footing)
{
	enum err err;

	sha256(&block->header.body, block->body_text.at, block->body_text.len);
	err = execute(ledger, block, footing->version, &block->header);
	if (err != ERR_OK)
		return err;
	header_render(&block->header_text, &block->header);
	if (block->header_text.has_failed)
		return ERR_MEMORY;
	sha256(&block->hash, block->header_text.at, block->header_text.len);
	return ERR_OK;
}

enum err ledger_build(struct ledger *ledger, const struct build_params *params,
		      struct parcel *const *parcels, uint32_t parcels_count,
		      struct buf *header_text, struct buf *body_text)
{
	struct footing footing;
	struct executed *block;
	struct header header;
	struct body *body;
	enum err err = footing_find(ledger, &params->parent, &footing);

	if (err != ERR_OK)
		return err;
	header_begin(ledger, &footing, params, &header);
	block = executed_new(ledger, &footing, parcels_count, header.time_ms);
	body = calloc(1, sizeof(*body));
	if (block == NULL || body == NULL) {
		executed_free(ledger, block);
		free(body);
		return ERR_MEMORY;
	}
	block->header = header;
	err = evidence_choose(ledger, block, params->evidence, params->evidence_count);
	evidence_lines(block, body);
	parcels_choose(ledger, block, body, parcels, parcels_count);
	body_render(&block->body_text, body);
	free(body);
	if (block->body_text.has_failed)
		err = ERR_MEMORY;
	if (err == ERR_OK)
		err = build(ledger, block, &footing);
	if (err != ERR_OK) {
		executed_free(ledger, block);
		return err;
	}
	buf_add_bytes(header_text, buf_bytes(&block->header_text));
	buf_add_bytes(body_text, buf_bytes(&block->body_text));
	if (ledger_find_block(ledger, &block->hash) != NULL)
		executed_free(ledger, block); /* the same was made before */
	else
		executed_keep(ledger, block);
	return header_text->has_failed || body_text->has_failed ? ERR_MEMORY : ERR_OK;
}

/* --- checking ------------------------------------------------------------ */

/* Everything of section 8 that needs no execution and no body.  Who may propose
 * in a view, and how its certificates fit, is consensus' business. */
static bool header_fits(const struct ledger *ledger, const struct footing *footing,
			const struct header *header)
{
	const struct header *parent = footing->header;

	return strcmp(header->origin, ledger->origin) == 0 &&
	       hash_equal(&header->chain, &ledger->genesis->chain) &&
	       header->height == parent->height + 1 && header->epoch == parent->epoch &&
	       header->view > header->parent_view && header->parent_view == parent->view &&
	       header->time_ms > parent->time_ms &&
	       header->proposer < ledger->genesis->set.count &&
	       hash_equal(&header->validators, &ledger->genesis->set.hash) &&
	       !header->has_next_validators;
}

static bool parcels_fit(const struct ledger *ledger, struct executed *block,
		      const struct body *body, const struct block_input *input)
{
	ASSERT(body->parcels_count == input->parcels_count);
	for (uint32_t i = 0; i < body->parcels_count; i++) {
		struct parcel *parcel = input->parcels[i];
		struct body_parcel line = body_line(parcel);

		ASSERT(hash_equal(&body->parcels[i].digest, &parcel->digest));
		if (body->parcels[i].author != line.author ||
		    ((body->parcels[i].count != line.count ||
		      body->parcels[i].bytes != line.bytes) && !mutant_on("parcel_line_unchecked")) ||
		    !may_reference(ledger, block, parcel))
			return false;
		block->parcels[block->parcels_count++] = parcel_retain(parcel);
	}
	return true;
}

static bool same_results(const struct header *a, const struct header *b)
{
	return a->log_size == b->log_size && hash_equal(&a->log_root, &b->log_root) &&
	       hash_equal(&a->state, &b->state) && a->rejected_count == b->rejected_count &&
	       hash_equal(&a->rejected_root, &b->rejected_root);
}

static enum err check_and_run(struct ledger *ledger, struct executed *block,
			      const struct footing *footing, const struct body *body,
			      const struct block_input *input)
{
	struct header results = block->header;
	enum err err;

	if (body->evidence_count != input->evidence_count ||
	    !parcels_fit(ledger, block, body, input))
		return ERR_BLOCK_INVALID;
	err = evidence_take(ledger, block, body, input->evidence);
	if (err != ERR_OK)
		return err;
	buf_add_bytes(&block->header_text, input->header_text);
	buf_add_bytes(&block->body_text, input->body_text);
	if (block->header_text.has_failed || block->body_text.has_failed)
		return ERR_MEMORY;
	err = execute(ledger, block, footing->version, &results);
	if (err != ERR_OK)
		return err;
	return same_results(&results, &block->header) || mutant_on("results_not_compared")
		       ? ERR_OK
		       : ERR_BLOCK_ROOT;
}

static enum err execute_on(struct ledger *ledger, const struct footing *footing,
			   const struct header *header, const struct hash *hash,
			   const struct block_input *input)
{
	struct body *body = calloc(1, sizeof(*body));
	struct executed *block = executed_new(ledger, footing, input->parcels_count,
					      header->time_ms);
	enum err err = body != NULL && block != NULL ? ERR_OK : ERR_MEMORY;

	if (err == ERR_OK && body_parse(body, input->body_text) != ERR_OK)
		err = ERR_BLOCK_INVALID;
	if (err == ERR_OK) {
		block->header = *header;
		block->hash = *hash;
		err = check_and_run(ledger, block, footing, body, input);
	}
	free(body);
	if (err != ERR_OK) {
		executed_free(ledger, block);
		return err;
	}
	executed_keep(ledger, block);
	return ERR_OK;
}

enum err ledger_execute(struct ledger *ledger, const struct block_input *input)
{
	struct footing footing;
	struct header header;
	struct hash hash;
	struct hash body_hash;
	enum err err;

	sha256(&hash, input->header_text.at, input->header_text.len);
	if (ledger_find_block(ledger, &hash) != NULL)
		return ERR_OK;
	if (header_parse(&header, input->header_text) != ERR_OK)
		return ERR_BLOCK_INVALID;
	err = footing_find(ledger, &header.parent, &footing);
	if (err != ERR_OK)
		return err;
	sha256(&body_hash, input->body_text.at, input->body_text.len);
	if (!hash_equal(&body_hash, &header.body) || !header_fits(ledger, &footing, &header))
		return ERR_BLOCK_INVALID;
	return execute_on(ledger, &footing, &header, &hash, input);
}
