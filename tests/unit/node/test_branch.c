/* The branch is kept up as blocks and parcels come and go; here it is held against one that
 * is made anew after each step. */
#include "node/branch.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "crypto/digest.h"
#include "ledger/parcel.h"
#include "node/evidences_internal.h"
#include "node/flight.h"
#include "node/pool.h"
#include "node/pump.h"
#include "proto/body.h"
#include "tests/lib/unit.h"

#define BLOCKS 40u
#define PARCELS 24u
#define LINES 3u
#define TEXTS 6u /* of evidence, two of each place */
#define STEPS 120u
#define HISTORIES 300u

struct plan {
	struct hash hash, parent;
	uint64_t height, view;
	struct body body;
};

static struct set set;
static struct node node;
static struct rng rng;
static struct plan plans[BLOCKS]; /* of a tree; they come in any order */
static uint64_t committed; /* the height */
static uint32_t moves, joins, cuts;

static struct hash named(uint32_t kind, uint32_t number)
{
	uint32_t name[2] = {kind, number};
	struct hash hash;

	sha256(&hash, name, sizeof(name));
	return hash;
}

static struct bytes evidence_text(uint32_t number)
{
	static const char *const texts[TEXTS] = {"a", "b", "c", "d", "e", "f"};

	return bytes_text(texts[number]);
}

static void plan_one(uint32_t i)
{
	struct plan *plan = &plans[i];
	uint32_t parent = (uint32_t)rng_below(&rng, i < 4 ? i + 1 : 4);

	memset(plan, 0, sizeof(*plan));
	plan->hash = named(1, i + 1);
	plan->parent = parent == 0 || i < parent ? named(1, 0) : plans[i - parent].hash;
	plan->height = parent == 0 || i < parent ? 1 : plans[i - parent].height + 1;
	if (rng_below(&rng, 10) == 0)
		plan->height = 1 + rng_below(&rng, BLOCKS); /* it is only claimed */
	plan->view = 10 + i - (i % 4 == 3); /* two of a view, where a leader says two things */
	plan->body.parcels_count = (uint32_t)rng_below(&rng, LINES + 1);
	if (rng_below(&rng, 3) == 0) {
		struct bytes text = evidence_text((uint32_t)rng_below(&rng, TEXTS));

		plan->body.evidence_count = 1;
		sha256(&plan->body.evidence[0].text_hash, text.at, text.len);
	}
	for (uint32_t k = 0; k < plan->body.parcels_count; k++) {
		uint32_t number = (uint32_t)rng_below(&rng, PARCELS / LINES) * LINES + k;

		plan->body.parcels[k] = (struct body_parcel){
			.digest = named(2, number), .author = 1, .count = 1, .bytes = 100};
	}
}

static void add_block(const struct plan *plan)
{
	struct effect_block from = {.block = plan->hash, .parent = plan->parent,
				    .height = plan->height, .view = plan->view,
				    .header_text = bytes_text("header")};
	struct flight *block;
	struct buf text;

	buf_init(&text, LIMIT_BODY_BYTES);
	body_render(&text, &plan->body);
	from.body_text = buf_bytes(&text);
	block = flight_add(&node, &from);
	ck_assert_ptr_nonnull(block);
	block->is_final = true; /* else the core is asked whether it is notarized */
	buf_release(&text);
}

static void add_parcel(uint32_t number)
{
	struct parcel *parcel;
	struct hash digest = named(2, number);

	if (pool_find(node.pool, &digest) != NULL)
		return;
	parcel = calloc(1, sizeof(*parcel));
	ck_assert_ptr_nonnull(parcel);
	parcel->digest = digest;
	parcel->text = (struct parcel_text){.author = 1, .bytes = 100, .expires = 1000};
	parcel->references = 1;
	parcel->text.count = 1;
	parcel->txs = calloc(1, sizeof(struct tx *));
	(void)pool_add(&node, parcel);
	flights_attach(&node, parcel);
}

static void add_evidence(uint32_t number)
{
	struct bytes text = evidence_text(number);
	struct hash hash;

	sha256(&hash, text.at, text.len);
	if (accusation_find(&node, &hash) != NULL)
		return;
	(void)accusation_add(&node, text, number / 2);
	flights_attach_evidence(&node, &hash);
}

static struct flight *any_of_branch(void)
{
	struct flight *block = node.branch_tip;

	while (block != NULL && block != node.branch_lowest && rng_below(&rng, 3) != 0)
		block = flight_find(&node, &block->parent);
	return block;
}

static struct flight *any_block(void)
{
	const struct hash hash = named(1, 1 + (uint32_t)rng_below(&rng, BLOCKS));

	return flight_find(&node, &hash);
}

/* Whether the commit of `last` leaves it behind. */
static bool goes(const struct flight *block, const struct flight *last)
{
	const struct flight *parent = flight_find(&node, &block->parent);

	if (block->is_left || block->view <= last->view || block->height <= last->height)
		return true;
	if (block->height == last->height + 1)
		return !hash_equal(&block->parent, &last->hash);
	return parent != NULL && goes(parent, last);
}

static void commit(struct flight *last)
{
	struct flight copy = *last, *block;
	bool is_going[BLOCKS];
	struct plan *plan = plans;

	while (!hash_equal(&plan->hash, &copy.hash))
		plan++;
	committed = last->height;
	cuts += last != node.branch_lowest && last->is_on_branch;
	for (uint32_t i = 0; i < BLOCKS; i++) {
		block = flight_find(&node, &plans[i].hash);
		is_going[i] = block == NULL || goes(block, last);
	}
	for (uint32_t i = 0; i < plan->body.parcels_count; i++)
		pool_commit(&node, &plan->body.parcels[i].digest, copy.height);
	flights_commit(&node, &copy.hash, copy.height, copy.view);
	for (uint32_t i = 0; i < BLOCKS; i++) {
		block = flight_find(&node, &plans[i].hash);
		/* one that a job has goes with the next commit after that */
		ck_assert_int_eq(block == NULL || block->is_left, is_going[i]);
		ck_assert(block == NULL || !block->is_left || block->stage == FLIGHT_EXECUTING);
	}
}

static void step(void)
{
	struct flight *block = any_block();
	uint32_t i = (uint32_t)rng_below(&rng, BLOCKS);

	switch (rng_below(&rng, 8)) {
	case 0:
		if (block != NULL)
			block->stage = rng_below(&rng, 2) == 0 ? FLIGHT_INVALID : FLIGHT_EXECUTING;
		return;
	case 1:
		if (rng_below(&rng, 2) == 0)
			block = any_of_branch();
		if (block != NULL && block->height > committed)
			commit(block);
		return;
	case 2:
		add_parcel((uint32_t)rng_below(&rng, PARCELS));
		return;
	case 3:
		add_evidence((uint32_t)rng_below(&rng, TEXTS));
		return;
	default:
		add_block(&plans[i]);
		return;
	}
}

static const struct flight *tip_anew(void)
{
	const struct flight *block, *tip = NULL;

	TAILQ_FOREACH(block, flights_list(&node), link) {
		if (!block->is_left && block->stage != FLIGHT_INVALID &&
		    (tip == NULL || block->view > tip->view))
			tip = block;
	}
	return tip;
}

static uint32_t references(const struct flight *tip, const struct hash *digest)
{
	uint32_t count = 0;

	for (; tip != NULL; tip = flight_find(&node, &tip->parent)) {
		for (uint32_t i = 0; i < tip->count; i++)
			count += hash_equal(&tip->lines[i].digest, digest);
	}
	return count;
}

static bool is_named(const struct flight *tip, uint32_t place)
{
	for (; tip != NULL; tip = flight_find(&node, &tip->parent)) {
		const struct accusation *held =
			tip->evidence_count == 0 ? NULL
						 : accusation_find(&node, &tip->evidence[0].text_hash);

		if (held != NULL && held->place == place)
			return true;
	}
	return false;
}

static void compare_evidence(const struct flight *tip)
{
	uint32_t unreferenced = 0;

	for (uint32_t place = 0; place < TEXTS / 2; place++)
		unreferenced += accusation_offered(&node, place) != NULL && !is_named(tip, place);
	ck_assert_uint_eq(evidences_unreferenced(&node), unreferenced);
}

static void compare(void)
{
	const struct flight *tip = tip_anew(), *block, *at;
	const struct held *held;
	uint32_t unreferenced = 0, on_branch = 0, length = 0;

	ck_assert_ptr_eq(node.branch_tip, tip);
	for (at = tip; at != NULL; at = flight_find(&node, &at->parent)) {
		ck_assert(at->is_on_branch);
		length++;
	}
	TAILQ_FOREACH(block, flights_list(&node), link)
		on_branch += block->is_on_branch;
	ck_assert_uint_eq(on_branch, length);
	TAILQ_FOREACH(held, pool_open_list(node.pool), link) {
		ck_assert_uint_eq(held->branch_blocks, references(tip, &held->digest));
		unreferenced += held->branch_blocks == 0;
	}
	ck_assert_uint_eq(pool_unreferenced(node.pool), unreferenced);
	compare_evidence(tip);
}

static void play(uint64_t seed)
{
	rng_init(&rng, seed);
	set.count = 4;
	committed = 0;
	node = (struct node){.set = &set};
	node.pool = pool_new(1);
	node.flights = flights_new(1);
	node.evidences = evidences_new();
	for (uint32_t i = 0; i < BLOCKS; i++)
		plan_one(i);
	for (uint32_t i = 0; i < STEPS; i++) {
		const struct flight *tip = node.branch_tip, *lowest = node.branch_lowest;

		do
			step();
		while (rng_below(&rng, 2) == 0);
		branch_update(&node);
		compare();
		moves += tip != node.branch_tip;
		joins += tip != NULL && tip == node.branch_tip && lowest != node.branch_lowest;
	}
	flights_free(node.flights);
	evidences_free(node.evidences);
	pool_free(node.pool);
}

UNIT_TEST(branch_is_what_it_would_be_made_anew)
{
	for (uint64_t seed = 1; seed <= HISTORIES; seed++)
		play(seed);
	/* what makes it hard was met */
	ck_assert_uint_gt(moves, HISTORIES);
	ck_assert_uint_gt(joins, HISTORIES / 4);
	ck_assert_uint_gt(cuts, HISTORIES / 10);
}

UNIT_MAIN("branch", branch_is_what_it_would_be_made_anew)
