/* Sets of nodes, as plain values: a bit for each. */
#ifndef STELE_TESTS_SIM_NODE_SET_H
#define STELE_TESTS_SIM_NODE_SET_H

#include <stdbool.h>
#include <stdint.h>

#define WORLD_NODES_MAX 192u
#define NODE_SET_WORDS (WORLD_NODES_MAX / 64)

struct node_set {
	uint64_t words[NODE_SET_WORDS];
};

static inline bool node_set_has(const struct node_set *set, uint32_t node)
{
	return (set->words[node / 64] >> node % 64 & 1) != 0;
}

static inline void node_set_add(struct node_set *set, uint32_t node)
{
	set->words[node / 64] |= UINT64_C(1) << node % 64;
}

static inline void node_set_remove(struct node_set *set, uint32_t node)
{
	set->words[node / 64] &= ~(UINT64_C(1) << node % 64);
}

static inline uint32_t node_set_count(const struct node_set *set)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < NODE_SET_WORDS; i++)
		count += (uint32_t)__builtin_popcountll(set->words[i]);
	return count;
}

static inline void node_set_join(struct node_set *set, const struct node_set *with)
{
	for (uint32_t i = 0; i < NODE_SET_WORDS; i++)
		set->words[i] |= with->words[i];
}

/* Those that are in both. */
static inline struct node_set node_set_common(const struct node_set *a, const struct node_set *b)
{
	struct node_set common = {{0}};

	for (uint32_t i = 0; i < NODE_SET_WORDS; i++)
		common.words[i] = a->words[i] & b->words[i];
	return common;
}

#endif
