#include "consensus/catchup.h"

#include "base/mutant.h"
#include "consensus/blocks.h"
#include "consensus/certificates.h"
#include "consensus/leader.h"
#include "consensus/peers.h"
#include "consensus/views.h"

#define FORGET_STEP 16u   /* views between two clean-ups of the journal */
#define BLOCK_ATTEMPTS 3u /* of asking for a finalized block, before a range is fetched */

/* Marks the ancestors of last_final down to what was delivered.  One whose
 * header is not here gets a place in the table, so that it is fetched. */
static void mark_final(struct core *core)
{
	struct block *block = block_find(core, &core->final.block);

	ASSERT(block != NULL && block->has_header);
	while (block->has_header) {
		const struct header *header = &block->header;

		if (header->height <= core->delivered.height) {
			/* it passed by what was delivered here */
			core_trip(core, ERR_FORK, &block->hash, header->view);
			return;
		}
		if (!block->is_final) {
			block->is_final = true;
			certificate_check_verdict(core, block);
		}
		if (header->height == core->delivered.height + 1) {
			if (!hash_equal(&header->parent, &core->delivered.block))
				core_trip(core, ERR_FORK, &block->hash, header->view);
			return;
		}
		block = block_get(core, &header->parent, header->parent_view);
	}
	block->is_final = true;
}

static struct block *next_to_deliver(const struct core *core)
{
	ASSERT(core->delivered.height <= core->final.height);
	ASSERT(core->committed.height <= core->delivered.height);
	if (core->delivered.height == core->final.height)
		return NULL;
	for (struct block *block = core->blocks; block != NULL; block = block->next) {
		if (block->is_final && block->has_header &&
		    block->header.height == core->delivered.height + 1)
			return block;
	}
	return NULL;
}

static bool deliver_next(struct core *core)
{
	struct block *block = next_to_deliver(core);
	struct effect *effect;

	/* R9: in height order, exactly once; last_final durable before committed moves */
	if (block == NULL || block->verdict != BLOCK_OK || !block->is_body_complete ||
	    (block->header.height > core->final_durable_height &&
	     !mutant_on("delivered_before_final_durable")) ||
	    block->header.height > core->committed.height + AHEAD_HEIGHTS)
		return false;
	if (!hash_equal(&block->header.parent, &core->delivered.block)) {
		core_trip(core, ERR_FORK, &block->hash, block->header.view);
		return false;
	}
	effect = effects_add(core->out, EFFECT_DELIVER);
	block_describe(core, block, &effect->deliver.block);
	effect->deliver.finalization = block->finalization;
	core->delivered = (struct place){block->header.view, block->header.height, block->hash};
	core->finalized_blocks++;
	ASSERT(core->delivered.height <= core->final.height);
	return true;
}

static bool is_wanted(const struct core *core, const struct block *block)
{
	ASSERT(!hash_is_zero(&block->hash));
	if (block->has_body)
		return false;
	if (!block->is_final)
		return block->view > core->final.view;
	ASSERT(core->final.height >= core->delivered.height);
	return (!block->has_header || block->header.height > core->delivered.height) &&
	       core->final.height - core->delivered.height <= RANGE_GAP;
}

/* Header and text of blocks that a certificate or a quorum of votes named. */
static void fetch_blocks(struct core *core)
{
	ASSERT(core->out != NULL);
	ASSERT(!core->is_tripped || core->out->count > 0);
	for (struct block *block = core->blocks; block != NULL; block = block->next) {
		uint32_t first;

		if (!is_wanted(core, block) || !peers_ask_due(core, &block->ask))
			continue;
		first = block->view > 0 ? core_leader(core, block->view) : 0;
		peers_ask_block(core, &block->ask, first, &block->hash);
		peers_asked(core, &block->ask);
	}
}

/* The others keep a block for R views only: where views went by without heights,
 * nobody has it outside of the chain store any more. */
static bool is_in_vain(const struct core *core)
{
	ASSERT(core->final.height >= core->delivered.height);
	ASSERT(core->blocks != NULL);
	for (const struct block *block = core->blocks; block != NULL; block = block->next) {
		if (block->is_final && block->ask.attempts >= BLOCK_ATTEMPTS &&
		    is_wanted(core, block))
			return true;
	}
	return false;
}

/* Too far behind for single blocks: one range after the other. */
static void fetch_range(struct core *core)
{
	uint64_t gap = core->final.height - core->delivered.height;
	const struct block *next = next_to_deliver(core);

	ASSERT(core->out != NULL);
	ASSERT(core->final.height >= core->delivered.height);
	if (gap == 0 || (next != NULL && next->has_body) ||
	    (gap <= RANGE_GAP && !is_in_vain(core)))
		return;
	if (!peers_ask_due(core, &core->range_ask))
		return;
	effects_add(core->out, EFFECT_RANGE)->from_height = core->delivered.height + 1;
	peers_asked(core, &core->range_ask);
}

void catchup_advance(struct core *core)
{
	ASSERT(core->delivered.height <= core->final.height);
	if (core->is_tripped)
		return; /* in doubt the node stops */
	if (core->delivered.height < core->final.height)
		mark_final(core);
	while (!core->is_tripped && deliver_next(core))
		continue;
	fetch_range(core);
	fetch_blocks(core);
	ASSERT(core->delivered.height <= core->final.height);
}

static void take_range_block(struct core *core, const struct event_range *range, size_t i)
{
	struct block *block = block_get(core, &range->blocks[i], range->headers[i].view);

	ASSERT(i < range->count);
	block_set_header(block, &range->headers[i], range->header_texts[i]);
	block_set_body(block, range->body_texts[i]);
	/* the range brought the parcels, the pump keeps them */
	block->is_body_asked = true;
	block->is_body_complete = true;
	block->is_final = true;
	ASSERT(block->header.height > core->delivered.height);
	certificate_check_verdict(core, block);
}

/* Whether the header stands on what was delivered, or on what an earlier range
 * brought. */
static bool is_linked(const struct core *core, const struct header *header)
{
	const struct block *parent = block_find(core, &header->parent);

	ASSERT(!hash_is_zero(&header->parent));
	if (hash_equal(&header->parent, &core->delivered.block))
		return header->height == core->delivered.height + 1;
	ASSERT(header->height > core->delivered.height);
	return parent != NULL && parent->is_final && parent->has_header &&
	       parent->header.height + 1 == header->height &&
	       parent->header.height > core->delivered.height;
}

enum verdict catchup_on_range(struct core *core, const struct event_range *range)
{
	size_t first = 0;
	size_t last = range->count - 1;

	ASSERT(range->count > 0);
	ASSERT(hash_equal(&range->certificate->block, &range->blocks[last]));
	core->range_ask = (struct ask){0, 0};
	while (first < range->count && range->headers[first].height <= core->delivered.height)
		first++;
	if (first == range->count)
		return IGNORED_OLD;
	if (range->headers[last].height > core->committed.height + RANGE_AHEAD)
		return IGNORED_AHEAD;
	if (!is_linked(core, &range->headers[first])) {
		if (range->headers[first].height != core->delivered.height + 1)
			return IGNORED_UNWANTED;
		/* a finalized chain that leaves ours */
		core_trip(core, ERR_FORK, &range->blocks[first], range->headers[first].view);
		return REJECTED_CONFLICT;
	}
	if (core_wants_certificate(core, VOTE_FINALIZE, range->certificate->epoch,
				   range->certificate->view, &range->blocks[last]))
		(void)certificate_take(core, range->certificate, &range->headers[last],
				       range->certificate_data);
	if (core->is_tripped || range->headers[last].height > core->final.height)
		return REJECTED_CONFLICT;
	for (size_t i = first; i < range->count; i++)
		take_range_block(core, range, i);
	block_set_finalization(block_find(core, &range->blocks[last]), range->certificate_data);
	return ACCEPTED;
}

/* R13: section 4: own votes and certificates only after last_final is durable,
 * bodies only after committed passed them.  R views stay. */
static void forget(struct core *core)
{
	struct effect *effect;
	uint64_t view = core->committed.view;

	ASSERT(core->committed.height <= core->final_durable_height);
	if (view <= EVIDENCE_VIEWS || view - EVIDENCE_VIEWS < core->forgotten_view + FORGET_STEP)
		return;
	core->forgotten_view = view - EVIDENCE_VIEWS;
	ASSERT(core->forgotten_view < core->final.view);
	effect = effects_add(core->out, EFFECT_FORGET);
	effect->forget.epoch = core->config.epoch;
	effect->forget.view = mutant_on("forgotten_too_early") ? core->cur : core->forgotten_view;
}

enum verdict catchup_on_committed(struct core *core, uint64_t height, const struct hash *hash)
{
	const struct block *block = block_find(core, hash);

	ASSERT(height <= core->delivered.height);
	ASSERT(block != NULL && block->header.height == height);
	if (height <= core->committed.height)
		return IGNORED_OLD;
	core->committed = (struct place){block->header.view, height, *hash};
	forget(core);
	return ACCEPTED;
}
