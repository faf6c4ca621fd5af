#include "tests/twins/drama.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/rng.h"

#define NODES 5u             /* four validators and the twin of the first */
#define LEADERS 4u
#define PARTITIONS 52u       /* of five nodes */
#define PARTITIONS_TWO 16u   /* of them, with at most two groups */
#define CONFIGS (LEADERS * PARTITIONS)
#define SYMMETRIES 12u       /* three others in any order, twins exchanged or not */
#define EXHAUSTIVE_ROUNDS 3u

/* A partition as group numbers, each new group numbered by the next integer. */
static uint8_t partitions[PARTITIONS][NODES];
/* What becomes of a round: partition * LEADERS + leader. */
static uint8_t mapped[SYMMETRIES][CONFIGS];
static uint32_t *exhaustive; /* packed: rounds, and 6 bits a round */
static uint64_t exhaustive_count;

/* --- tables -------------------------------------------------------------- */

static void add_partitions(uint32_t *count, uint8_t groups[NODES], uint32_t at, uint8_t used,
			   bool is_two)
{
	if (at == NODES) {
		if ((used <= 2) == is_two)
			memcpy(partitions[(*count)++], groups, NODES);
		return;
	}
	for (uint8_t group = 0; group <= used; group++) {
		groups[at] = group;
		add_partitions(count, groups, at + 1, group == used ? (uint8_t)(used + 1) : used,
			       is_two);
	}
}

static uint32_t partition_index(const uint8_t groups[NODES])
{
	uint8_t names[NODES], canonical[NODES], used = 0;

	memset(names, 0xff, sizeof(names));
	for (uint32_t i = 0; i < NODES; i++) {
		if (names[groups[i]] == 0xff)
			names[groups[i]] = used++;
		canonical[i] = names[groups[i]];
	}
	for (uint32_t i = 0; i < PARTITIONS; i++) {
		if (memcmp(partitions[i], canonical, NODES) == 0)
			return i;
	}
	UNREACHABLE();
}

static void add_symmetry(uint32_t index, const uint8_t order[3], bool is_exchanged)
{
	/* where each node goes: 0 and 4 are the twins */
	const uint8_t to[NODES] = {is_exchanged ? 4 : 0, order[0], order[1], order[2],
				   is_exchanged ? 0 : 4};

	for (uint32_t config = 0; config < CONFIGS; config++) {
		uint32_t leader = config % LEADERS;
		uint8_t groups[NODES];

		for (uint32_t i = 0; i < NODES; i++)
			groups[to[i]] = partitions[config / LEADERS][i];
		mapped[index][config] = (uint8_t)(partition_index(groups) * LEADERS +
						  (leader == 0 ? 0 : to[leader]));
	}
}

static void canonical(uint8_t out[DRAMA_ROUNDS_MAX], const uint8_t *configs, uint32_t rounds)
{
	memcpy(out, configs, rounds);
	for (uint32_t s = 0; s < SYMMETRIES; s++) {
		uint8_t other[DRAMA_ROUNDS_MAX];

		for (uint32_t i = 0; i < rounds; i++)
			other[i] = mapped[s][configs[i]];
		if (memcmp(other, out, rounds) < 0)
			memcpy(out, other, rounds);
	}
}

static void add_exhaustive(uint32_t rounds)
{
	const uint32_t configs = LEADERS * PARTITIONS_TWO;

	for (uint32_t raw = 0; raw < 1u << (6 * rounds); raw++) {
		uint8_t given[DRAMA_ROUNDS_MAX], form[DRAMA_ROUNDS_MAX];

		for (uint32_t i = 0; i < rounds; i++)
			given[i] = (uint8_t)(raw >> (6 * i) & (configs - 1));
		canonical(form, given, rounds);
		if (memcmp(form, given, rounds) == 0)
			exhaustive[exhaustive_count++] = raw << 2 | rounds;
	}
}

static void make_tables(void)
{
	static const uint8_t orders[6][3] = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3},
					     {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};
	uint8_t groups[NODES];
	uint32_t count = 0;

	if (exhaustive != NULL)
		return;
	add_partitions(&count, groups, 0, 0, true);
	ASSERT(count == PARTITIONS_TWO);
	add_partitions(&count, groups, 0, 0, false);
	ASSERT(count == PARTITIONS);
	for (uint32_t i = 0; i < SYMMETRIES; i++)
		add_symmetry(i, orders[i / 2], i % 2 != 0);
	exhaustive = calloc(1u << (6 * EXHAUSTIVE_ROUNDS), sizeof(*exhaustive));
	ASSERT(exhaustive != NULL);
	for (uint32_t rounds = 1; rounds <= EXHAUSTIVE_ROUNDS; rounds++)
		add_exhaustive(rounds);
}

/* --- dramas -------------------------------------------------------------- */

static uint32_t hold_us(struct rng *rng)
{
	/* only proposal and votes; the first nullify too; some retries too */
	static const uint32_t holds[] = {250000, 700000, 2500000};

	return holds[rng_below(rng, sizeof(holds) / sizeof(holds[0]))];
}

static void fill(struct drama *out, const uint8_t *configs)
{
	for (uint32_t i = 0; i < out->rounds; i++) {
		out->leader[i] = configs[i] % LEADERS;
		memcpy(out->group[i], partitions[configs[i] / LEADERS], NODES);
	}
}

uint64_t drama_exhaustive(void)
{
	make_tables();
	return exhaustive_count;
}

void drama_four(struct drama *out, uint64_t number)
{
	uint8_t given[DRAMA_ROUNDS_MAX], form[DRAMA_ROUNDS_MAX];
	struct rng rng;

	make_tables();
	rng_init(&rng, number);
	*out = (struct drama){.validators = 4, .twins = 1, .hold_us = hold_us(&rng)};
	if (number < exhaustive_count) {
		out->rounds = exhaustive[number] & 3;
		for (uint32_t i = 0; i < out->rounds; i++)
			given[i] = (uint8_t)(exhaustive[number] >> (2 + 6 * i) & 63);
		fill(out, given);
		return;
	}
	out->rounds = 4 + (uint32_t)rng_below(&rng, DRAMA_ROUNDS_MAX - 3);
	for (uint32_t i = 0; i < out->rounds; i++) {
		uint32_t among = rng_below(&rng, 2) == 0 ? PARTITIONS_TWO : PARTITIONS;

		given[i] = (uint8_t)rng_below(&rng, among * LEADERS);
	}
	canonical(form, given, out->rounds);
	fill(out, form);
}

void drama_drawn(struct drama *out, uint64_t number, uint32_t validators, uint32_t twins)
{
	struct rng rng;

	ASSERT(validators + twins <= DRAMA_NODES_MAX);
	rng_init(&rng, ~number);
	*out = (struct drama){.validators = validators, .twins = twins, .hold_us = hold_us(&rng)};
	out->rounds = 1 + (uint32_t)rng_below(&rng, DRAMA_ROUNDS_MAX);
	for (uint32_t i = 0; i < out->rounds; i++) {
		uint64_t groups = 1 + rng_below(&rng, 3);

		/* every second view is a twin's, so that most dramas have one */
		out->leader[i] = (uint32_t)rng_below(
			&rng, rng_below(&rng, 2) == 0 ? twins : validators);
		for (uint32_t k = 0; k < validators + twins; k++)
			out->group[i][k] = (uint8_t)rng_below(&rng, groups);
	}
}

uint64_t drama_form(const struct drama *drama)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325) ^ drama->rounds;

	for (uint32_t i = 0; i < drama->rounds; i++) {
		uint64_t round = drama->leader[i];

		for (uint32_t k = 0; k < drama->validators + drama->twins; k++)
			round = round << 4 | drama->group[i][k];
		sum = (sum ^ round) * UINT64_C(0xbf58476d1ce4e5b9);
		sum ^= sum >> 29;
	}
	return sum;
}

void drama_print(struct buf *out, const struct drama *drama)
{
	uint32_t nodes = drama->validators + drama->twins;

	buf_print(out, "%u rounds, frames cut for %u ms:", drama->rounds, drama->hold_us / 1000);
	for (uint32_t i = 0; i < drama->rounds; i++) {
		buf_print(out, " %u leads", drama->leader[i]);
		for (uint8_t group = 0; group < nodes; group++) {
			const char *before = " {";

			for (uint32_t k = 0; k < nodes; k++) {
				if (drama->group[i][k] != group)
					continue;
				if (k < drama->validators)
					buf_print(out, "%s%u", before, k);
				else
					buf_print(out, "%s%u'", before, k - drama->validators);
				before = " ";
			}
			if (before[1] == '\0')
				buf_print(out, "}");
		}
		buf_print(out, i + 1 < drama->rounds ? ";" : "\n");
	}
}
