#include "node/flight.h"

#include <stdlib.h>
#include <string.h>

#include "node/branch.h"
#include "node/digests.h"
#include "node/evidences.h"
#include "node/pool.h"
#include "node/pump.h"

/* One proposal a view is taken, so only a chain that does not finalize for
 * very long comes near this. */
#define FLIGHTS_MAX 8192

struct flight_table {
	struct digests *table;
	struct flight_list list;
};

struct flight_table *flights_new(uint64_t seed)
{
	struct flight_table *table = pump_alloc(1, sizeof(*table));

	table->table = digests_new(seed);
	TAILQ_INIT(&table->list);
	return table;
}

static void flight_free(struct flight *block)
{
	for (uint32_t i = 0; i < block->count; i++) {
		if (block->parcels[i] != NULL)
			parcel_release(block->parcels[i]);
	}
	free(block->parcels);
	free(block->lines);
	free((void *)(uintptr_t)block->header_text.at);
	free((void *)(uintptr_t)block->body_text.at);
	free((void *)(uintptr_t)block->finalization.at);
	free(block);
}

void flights_free(struct flight_table *table)
{
	if (table == NULL)
		return;
	while (!TAILQ_EMPTY(&table->list)) {
		struct flight *block = TAILQ_FIRST(&table->list);

		TAILQ_REMOVE(&table->list, block, link);
		flight_free(block);
	}
	digests_free(table->table);
	free(table);
}

struct flight *flight_find(const struct node *node, const struct hash *hash)
{
	return digests_get(node->flights->table, hash);
}

struct flight_list *flights_list(const struct node *node)
{
	return &node->flights->list;
}

static bool take_lines(struct flight *block)
{
	struct body *body = pump_alloc(1, sizeof(*body));
	bool is_ok = body_parse(body, block->body_text) == ERR_OK;

	if (is_ok) {
		block->count = body->parcels_count;
		block->lines = pump_alloc(block->count + 1, sizeof(*block->lines));
		block->parcels = pump_alloc(block->count + 1, sizeof(*block->parcels));
		memcpy(block->lines, body->parcels, block->count * sizeof(*block->lines));
		block->evidence_count = body->evidence_count;
		memcpy(block->evidence, body->evidence, sizeof(block->evidence));
		block->missing = block->count + block->evidence_count;
	}
	free(body);
	return is_ok;
}

static void attach_evidence(struct node *node, struct flight *block)
{
	for (uint32_t i = 0; i < block->evidence_count; i++) {
		const struct hash *text_hash = &block->evidence[i].text_hash;

		if (block->has_evidence[i] || evidences_text(node, text_hash).len == 0)
			continue;
		evidences_use(node, text_hash);
		if (block->is_on_branch)
			evidences_join_branch(node, text_hash);
		block->has_evidence[i] = true;
		block->missing--;
	}
}

static void attach_held(struct node *node, struct flight *block)
{
	attach_evidence(node, block);
	for (uint32_t i = 0; i < block->count; i++) {
		struct held *held = pool_find(node->pool, &block->lines[i].digest);

		if (held == NULL)
			continue;
		held->blocks++;
		if (held->parcel == NULL)
			continue;
		block->parcels[i] = parcel_retain(held->parcel);
		block->missing--;
	}
}

struct flight *flight_add(struct node *node, const struct effect_block *from)
{
	struct flight_table *table = node->flights;
	struct flight *block = flight_find(node, &from->block);

	if (block != NULL)
		return block;
	if (digests_count(table->table) >= FLIGHTS_MAX) {
		log_event(LOG_WARN, "blocks_full", "view %llu is not taken",
			  (unsigned long long)from->view);
		return NULL;
	}
	block = pump_alloc(1, sizeof(*block));
	block->hash = from->block;
	block->parent = from->parent;
	block->height = from->height;
	block->view = from->view;
	block->leader = from->leader;
	block->header_text = pump_copy(from->header_text);
	block->body_text = pump_copy(from->body_text);
	if (!take_lines(block)) {
		flight_free(block);
		return NULL;
	}
	attach_held(node, block);
	digests_put(table->table, &block->hash, block);
	TAILQ_INSERT_TAIL(&table->list, block, link);
	node->is_work_stale = true;
	return block;
}

void flights_attach(struct node *node, struct parcel *parcel)
{
	struct held *held = pool_find(node->pool, &parcel->digest);
	/* blocks that a range completed before knew nothing of it */
	bool is_new = held != NULL && held->blocks == 0;
	struct flight *block;

	TAILQ_FOREACH(block, &node->flights->list, link) {
		for (uint32_t i = 0; i < block->count; i++) {
			if (!hash_equal(&block->lines[i].digest, &parcel->digest))
				continue;
			if (held != NULL && (is_new || block->parcels[i] == NULL))
				held->blocks++;
			if (is_new && block->is_on_branch)
				pool_join_branch(node, &parcel->digest);
			if (block->parcels[i] == NULL) {
				block->parcels[i] = parcel_retain(parcel);
				block->missing--;
			}
		}
	}
	node->is_work_stale = true;
}

void flights_attach_evidence(struct node *node, const struct hash *text_hash)
{
	struct flight *block;

	ASSERT(evidences_text(node, text_hash).len > 0);
	TAILQ_FOREACH(block, &node->flights->list, link)
		attach_evidence(node, block);
	node->is_work_stale = true;
}

static void flight_drop(struct node *node, struct flight *block)
{
	branch_leave(node, block);
	for (uint32_t i = 0; i < block->evidence_count; i++) {
		if (block->has_evidence[i])
			evidences_leave(node, &block->evidence[i].text_hash);
	}
	for (uint32_t i = 0; i < block->count; i++) {
		struct held *held = pool_find(node->pool, &block->lines[i].digest);

		if (held != NULL && held->blocks > 0)
			held->blocks--;
	}
	TAILQ_REMOVE(&node->flights->list, block, link);
	digests_remove(node->flights->table, &block->hash);
	flight_free(block);
	node->is_work_stale = true;
}

/* What it says itself, or that it was left before, decides of most. */
static void judge_alone(struct flight *block, const struct hash *hash, uint64_t height, uint64_t view)
{
	/* the view is bounded by what the core takes; the height is only claimed */
	block->is_left |= block->view <= view || block->height <= height ||
			  (block->height == height + 1 && !hash_equal(&block->parent, hash));
	if (block->is_left || block->height == height + 1)
		block->judged_height = height;
}

/* Else it goes as its parent does; where that is not here, it stays.  Each block is passed
 * twice at most, as whatever is judged ends a way. */
static void judge_by_parent(struct node *node, struct flight *block, uint64_t height)
{
	const struct flight *judged = block;
	bool is_left;

	while (judged != NULL && judged->judged_height != height)
		judged = flight_find(node, &judged->parent);
	is_left = judged != NULL && judged->is_left;
	while (block != NULL && block->judged_height != height) {
		block->is_left = is_left;
		block->judged_height = height;
		block = flight_find(node, &block->parent);
	}
}

void flights_commit(struct node *node, const struct hash *hash, uint64_t height, uint64_t view)
{
	struct flight *block, *next;

	/* marked first: a dropped block would hide that its children are cut off */
	TAILQ_FOREACH(block, &node->flights->list, link)
		judge_alone(block, hash, height, view);
	TAILQ_FOREACH(block, &node->flights->list, link)
		judge_by_parent(node, block, height);
	for (block = TAILQ_FIRST(&node->flights->list); block != NULL; block = next) {
		next = TAILQ_NEXT(block, link);
		if (block->is_left && block->stage != FLIGHT_EXECUTING)
			flight_drop(node, block);
	}
}
