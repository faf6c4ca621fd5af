/* The state tree's cost: microseconds of CPU a key for sorted batches into a tree of
 * one million leaves (or as many as given), and bytes of memory a leaf; and what
 * one proof of many keys takes and weighs.
 *
 *   bench_state [leaves]                                                      */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "crypto/digest.h"
#include "ledger/state.h"
#include "tests/lib/bench.h"

#define KEYS 200000 /* that each figure is of */

static int by_key(const void *a, const void *b)
{
	return hash_compare(&((const struct state_change *)a)->key_hash,
			    &((const struct state_change *)b)->key_hash);
}

/* Random keys; ground: each two share their first 48 bits, as someone with much
 * computing power could choose them. */
static void fill(struct rng *rng, struct state_change *changes, size_t count, int is_ground)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t seed = rng_u64(rng);

		sha256(&changes[i].key_hash, &seed, sizeof(seed));
		changes[i].value_hash = changes[i].key_hash;
		changes[i].leaf = seed;
		if (is_ground && i % 2 == 1)
			memcpy(changes[i].key_hash.b, changes[i - 1].key_hash.b, 6);
	}
	qsort(changes, count, sizeof(*changes), by_key);
}

static state_version update(struct state_tree *tree, state_version base,
			    const struct state_change *changes, size_t count)
{
	state_version next;

	if (state_update(tree, base, changes, count, &next) != ERR_OK)
		abort();
	return next;
}

/* On top of the version, which is given back as the ledger does. */
static state_version measure(struct state_tree *tree, state_version base, struct rng *rng,
			     size_t batch, int is_ground)
{
	struct state_change *changes = calloc(batch, sizeof(*changes));
	double spent = 0;

	for (size_t i = 0; i < KEYS / batch; i++) {
		state_version next;
		double start;

		fill(rng, changes, batch, is_ground);
		start = bench_cpu_us();
		next = update(tree, base, changes, batch);
		state_release(tree, base);
		spent += bench_cpu_us() - start;
		base = next;
	}
	printf("%-7s batch of %6zu: %6.2f us a key\n", is_ground ? "ground" : "random", batch,
	       spent / KEYS);
	free(changes);
	return base;
}

/* Keys that are not there, so many asked for together. */
static void measure_find(struct state_tree *tree, state_version version, struct rng *rng,
			 size_t together)
{
	struct state_found found[64];
	struct hash keys[64];
	double spent = 0;

	for (size_t i = 0; i < KEYS / together; i++) {
		double start;

		for (size_t k = 0; k < together; k++) {
			uint64_t seed = rng_u64(rng);

			sha256(&keys[k], &seed, sizeof(seed));
		}
		start = bench_cpu_us();
		state_find_many(tree, version, keys, together, found);
		spent += bench_cpu_us() - start;
	}
	printf("find, %2zu together: %6.2f us a key\n", together, spent / KEYS);
}

/* Half of the keys are in the tree, spread over its leaves; half are not. */
static void measure_proof(struct state_tree *tree, state_version version, struct rng *rng,
			  const struct state_change *leaves, size_t leaves_count, size_t count)
{
	struct state_change *asked = calloc(count, sizeof(*asked));
	struct hash *keys = calloc(count, sizeof(*keys));
	struct buf out;
	double start;

	buf_init(&out, (size_t)64 << 20);
	fill(rng, asked, count, 0);
	for (size_t i = 0; i < count; i += 2)
		asked[i] = leaves[leaves_count / count * i];
	qsort(asked, count, sizeof(*asked), by_key);
	for (size_t i = 0; i < count; i++)
		keys[i] = asked[i].key_hash;
	start = bench_cpu_us();
	state_prove_many(tree, version, keys, count, &out);
	printf("proof of %6zu keys: %6.2f ms, %zu bytes, %.1f bytes a key\n", count,
	       (bench_cpu_us() - start) / 1000, out.len, (double)out.len / (double)count);
	buf_release(&out);
	free(keys);
	free(asked);
}

int main(int argc, char **argv)
{
	size_t leaves = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
	struct state_tree *tree = state_tree_new();
	struct state_change *changes = calloc(leaves, sizeof(*changes));
	state_version version;
	struct rng rng;
	double start;

	if (tree == NULL || changes == NULL)
		return 1;
	rng_init(&rng, 1);
	fill(&rng, changes, leaves, 0);
	start = bench_cpu_us();
	version = update(tree, 0, changes, leaves);
	printf("build of %zu leaves: %.2f s, %.1f bytes a leaf\n", leaves,
	       (bench_cpu_us() - start) / 1e6, (double)state_memory(tree) / (double)leaves);
	measure_proof(tree, version, &rng, changes, leaves, 2);
	measure_proof(tree, version, &rng, changes, leaves, 100);
	measure_proof(tree, version, &rng, changes, leaves, 10000);
	free(changes);
	measure_find(tree, version, &rng, 1);
	measure_find(tree, version, &rng, 16);
	measure_find(tree, version, &rng, 64);
	version = measure(tree, version, &rng, 1, 0);
	version = measure(tree, version, &rng, 100, 0);
	version = measure(tree, version, &rng, 1000, 0);
	version = measure(tree, version, &rng, 10000, 0);
	version = measure(tree, version, &rng, 10000, 1);
	state_tree_free(tree);
	return 0;
}
