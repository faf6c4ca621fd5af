#include "consensus/blocks.h"

#include <stdlib.h>
#include <string.h>

#include "base/mutant.h"
#include "consensus/leader.h"

static uint32_t bucket_of(const struct hash *hash)
{
	return load_u32(hash->b) % BLOCK_BUCKETS;
}

struct block *block_find(const struct core *core, const struct hash *hash)
{
	struct block *block;

	ASSERT(core->blocks != NULL || !core->has_started);
	ASSERT(hash != NULL);
	block = core->buckets[bucket_of(hash)];
	while (block != NULL && !hash_equal(&block->hash, hash))
		block = block->next_in_bucket;
	return block;
}

static void list(struct core *core, struct block *block)
{
	struct block **bucket = &core->buckets[bucket_of(&block->hash)];

	ASSERT(block->next == NULL && block->next_in_bucket == NULL);
	block->next = core->blocks;
	core->blocks = block;
	block->next_in_bucket = *bucket;
	*bucket = block;
	ASSERT(block_find(core, &block->hash) == block);
}

static void unlist(struct core *core, struct block **link)
{
	struct block *block = *link;
	struct block **place = &core->buckets[bucket_of(&block->hash)];

	while (*place != block) {
		ASSERT(*place != NULL);
		place = &(*place)->next_in_bucket;
	}
	*place = block->next_in_bucket;
	*link = block->next;
}

struct block *block_get(struct core *core, const struct hash *hash, uint64_t view)
{
	struct block *block = block_find(core, hash);

	if (block != NULL)
		return block;
	ASSERT(!hash_is_zero(hash));
	block = calloc(1, sizeof(*block));
	ASSERT(block != NULL);
	block->hash = *hash;
	block->view = view;
	list(core, block);
	return block;
}

void block_set_header(struct block *block, const struct header *header, struct bytes text)
{
	ASSERT(text.len > 0 && text.len <= LIMIT_HEADER_BYTES);
	if (block->has_header)
		return;
	block->header = *header;
	block->header_text = bytes_keep(text);
	block->view = header->view;
	block->has_header = true;
	ASSERT(!block->has_body);
}

void block_set_body(struct block *block, struct bytes text)
{
	ASSERT(block->has_header);
	ASSERT(text.len > 0 && text.len <= LIMIT_BODY_BYTES);
	if (block->has_body)
		return;
	block->body_text = bytes_keep(text);
	block->has_body = true;
}

void block_set_finalization(struct block *block, struct bytes data)
{
	ASSERT(block->has_header);
	ASSERT(data.len > 0 && data.len <= LIMIT_CERTIFICATE_BYTES);
	block->is_final = true;
	if (block->finalization.len == 0)
		block->finalization = bytes_keep(data);
}

bool block_has_empty_body(const struct block *block)
{
	ASSERT(block->body_text.len > 0);
	ASSERT(block->has_body);
	return bytes_equal(block->body_text, bytes_text(BODY_EMPTY));
}

void block_describe(const struct core *core, const struct block *block, struct effect_block *out)
{
	ASSERT(block->has_header);
	ASSERT(block->has_body);
	*out = (struct effect_block){
		.header_text = block->header_text,
		.body_text = block->body_text,
		.block = block->hash,
		.parent = block->header.parent,
		.height = block->header.height,
		.view = block->header.view,
		.leader = core_leader(core, block->header.view),
	};
}

void block_persist(struct core *core, struct block *block)
{
	uint8_t *data;
	size_t len = 4 + block->header_text.len + block->body_text.len;

	ASSERT(block->has_header);
	ASSERT(block->has_body);
	if (block->is_persisted)
		return;
	data = core_scratch(core, len);
	store_u32(data, (uint32_t)block->header_text.len);
	memcpy(data + 4, block->header_text.at, block->header_text.len);
	memcpy(data + 4 + block->header_text.len, block->body_text.at, block->body_text.len);
	core_persist(core, RECORD_BLOCK, block->header.view, &block->hash, bytes_of(data, len));
	block->is_persisted = true;
}

bool block_follows(const struct block *block, const struct block *parent)
{
	ASSERT(block->has_header && parent->has_header);
	ASSERT(hash_equal(&block->header.parent, &parent->hash));
	return block->header.height == parent->header.height + 1 &&
	       block->header.time_ms > parent->header.time_ms;
}

/* Whether the parent is executed here, or the pump was asked to. */
static bool parent_is_ready(const struct core *core, const struct block *block)
{
	const struct block *parent = block_find(core, &block->header.parent);

	ASSERT(block->has_body);
	ASSERT(block->has_header);
	if (hash_equal(&block->header.parent, &core->delivered.block))
		return true;
	if (parent == NULL || !parent->has_header)
		return false;
	return parent->is_validate_asked || parent->verdict == BLOCK_OK;
}

/* Section 8: a non-empty body far above committed stays pending. */
static bool lags_behind(const struct core *core, const struct block *block)
{
	ASSERT(core->committed.height <= core->delivered.height);
	ASSERT(block->has_header && block->header.height > 0);
	return !block_has_empty_body(block) && !mutant_on("bodies_far_ahead") &&
	       block->header.height - 1 > core->committed.height + AHEAD_HEIGHTS;
}

static bool is_ready_to_validate(const struct core *core, const struct block *block)
{
	ASSERT(block->has_header && block->has_body);
	ASSERT(!block->is_validate_asked || block->is_body_complete);
	return block->is_body_complete && !block->is_validate_asked &&
	       block->verdict == BLOCK_UNJUDGED && parent_is_ready(core, block) &&
	       !lags_behind(core, block);
}

/* Headers alone can break a rule of section 8, and nothing stands on an invalid
 * block: then nobody is asked. */
static bool breaks_a_rule(const struct core *core, const struct block *block)
{
	const struct block *parent = block_find(core, &block->header.parent);

	ASSERT(block->is_validate_asked);
	ASSERT(block->has_header);
	if (parent == NULL || !parent->has_header)
		return false;
	return parent->verdict == BLOCK_INVALID || !block_follows(block, parent);
}

static bool block_advance(struct core *core, struct block *block)
{
	ASSERT(block->header.height > core->delivered.height);
	ASSERT(block->has_header && block->has_body);
	if (!block->is_body_asked && !block->is_body_complete) {
		block_describe(core, block, &effects_add(core->out, EFFECT_BODY)->block);
		block->is_body_asked = true;
		return true;
	}
	if (!is_ready_to_validate(core, block))
		return false;
	block->is_validate_asked = true;
	if (breaks_a_rule(core, block)) {
		block->verdict = BLOCK_INVALID;
		block->reason = ERR_BLOCK_INVALID;
		return true;
	}
	block_describe(core, block, &effects_add(core->out, EFFECT_VALIDATE)->block);
	return true;
}

void blocks_advance(struct core *core)
{
	bool has_moved = true;

	ASSERT(core->out != NULL);
	/* a parent's turn makes its child ready: until nothing moves */
	while (has_moved) {
		has_moved = false;
		for (struct block *block = core->blocks; block != NULL; block = block->next) {
			if (!block->has_header || !block->has_body)
				continue;
			if (block->header.height <= core->delivered.height)
				continue;
			has_moved = block_advance(core, block) || has_moved;
		}
	}
	ASSERT(!has_moved);
}

static void block_free(struct block *block)
{
	ASSERT(block->has_header || !block->has_body);
	ASSERT(block->has_header || block->finalization.len == 0);
	free((void *)(uintptr_t)block->header_text.at);
	free((void *)(uintptr_t)block->body_text.at);
	free((void *)(uintptr_t)block->finalization.at);
	free(block);
}

static bool is_done_with(const struct core *core, const struct block *block)
{
	ASSERT(core->committed.height <= core->final.height);
	ASSERT(block != NULL);
	if (block->view + EVIDENCE_VIEWS >= core->final.view)
		return false;
	if (hash_equal(&block->hash, &core->final.block) ||
	    hash_equal(&block->hash, &core->delivered.block))
		return false;
	return !block->has_header || !block->is_final ||
	       block->header.height <= core->committed.height;
}

void blocks_prune(struct core *core)
{
	/* each of them only rises, and nothing else makes a block one to be done with */
	uint64_t progress = core->final.view + core->delivered.height + core->committed.height;
	struct block **link = &core->blocks;

	if (progress == core->pruned_at)
		return;
	core->pruned_at = progress;
	while (*link != NULL) {
		struct block *block = *link;

		if (!is_done_with(core, block)) {
			link = &block->next;
			continue;
		}
		ASSERT(block->view < core->final.view);
		unlist(core, link);
		block_free(block);
	}
	ASSERT(core->blocks != NULL); /* last_final's own stays */
}

void blocks_free(struct core *core)
{
	while (core->blocks != NULL) {
		struct block *block = core->blocks;

		unlist(core, &core->blocks);
		block_free(block);
	}
	ASSERT(core->blocks == NULL);
}
