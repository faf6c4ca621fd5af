/* The state tree against a naive model: the root of a sorted list of leaves,
 * computed by its definition. */
#include "ledger/state.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "crypto/digest.h"
#include "tests/lib/unit.h"

#define KEYS_MAX 4096

struct model {
	struct state_change leaves[KEYS_MAX]; /* sorted */
	size_t count;
};

static void model_root(const struct state_change *leaves, size_t count, unsigned depth,
		       struct hash *out)
{
	size_t lefts = 0;
	struct hash sides[2];

	memset(out, 0, sizeof(*out));
	if (count == 0)
		return;
	if (count == 1) {
		smt_leaf(out, &leaves->key_hash, &leaves->value_hash);
		return;
	}
	while (lefts < count && smt_bit(&leaves[lefts].key_hash, depth) == 0)
		lefts++;
	model_root(leaves, lefts, depth + 1, &sides[0]);
	model_root(leaves + lefts, count - lefts, depth + 1, &sides[1]);
	smt_node(out, &sides[0], &sides[1]);
}

static int by_key(const void *a, const void *b)
{
	return hash_compare(&((const struct state_change *)a)->key_hash,
			    &((const struct state_change *)b)->key_hash);
}

static void model_put(struct model *model, const struct state_change *change)
{
	struct state_change *found =
		bsearch(change, model->leaves, model->count, sizeof(*change), by_key);

	if (found != NULL) {
		*found = *change;
		return;
	}
	ck_assert_uint_lt(model->count, KEYS_MAX);
	model->leaves[model->count++] = *change;
	qsort(model->leaves, model->count, sizeof(*change), by_key);
}

/* Keys of a small space, so that updates meet; ground: they share 48 bits. */
static struct state_change random_change(struct rng *rng, uint32_t space, bool is_ground)
{
	struct state_change change = {.leaf = rng_u64(rng) >> 1};
	uint64_t key = rng_below(rng, space);
	uint64_t value = rng_u64(rng);

	sha256(&change.key_hash, &key, sizeof(key));
	if (is_ground)
		memset(change.key_hash.b, 0x5a, 6);
	sha256(&change.value_hash, &value, sizeof(value));
	return change;
}

static size_t random_batch(struct rng *rng, struct state_change *out, size_t max, uint32_t space,
			   bool is_ground)
{
	size_t n = 0;
	size_t distinct = 0;

	for (; n < max; n++)
		out[n] = random_change(rng, space, is_ground);
	qsort(out, n, sizeof(*out), by_key);
	for (size_t i = 0; i < n; i++) {
		if (distinct == 0 || by_key(&out[distinct - 1], &out[i]) != 0)
			out[distinct++] = out[i];
	}
	return distinct;
}

static void check_root(struct state_tree *tree, state_version version, const struct model *model)
{
	struct hash root;
	struct hash want;

	state_root(tree, version, &root);
	model_root(model->leaves, model->count, 0, &want);
	ck_assert_mem_eq(root.b, want.b, 32);
	ck_assert_uint_eq(state_count(tree, version), model->count);
}

static void check_proofs(struct state_tree *tree, state_version version,
			 const struct model *model, struct rng *rng, bool is_ground)
{
	struct hash root;
	struct smt_proof proof;
	struct hash value;
	uint64_t leaf;

	state_root(tree, version, &root);
	for (size_t i = 0; i < model->count; i += 7) {
		const struct state_change *at = &model->leaves[i];

		state_prove(tree, version, &at->key_hash, &proof);
		ck_assert_int_eq(smt_check_present(&proof, &at->key_hash, &at->value_hash, &root),
				 ERR_OK);
		ck_assert_int_eq(state_find(tree, version, &at->key_hash, &leaf, &value), ERR_OK);
		ck_assert_uint_eq(leaf, at->leaf);
		ck_assert_mem_eq(value.b, at->value_hash.b, 32);
	}
	for (int i = 0; i < 50; i++) {
		struct state_change other = random_change(rng, UINT32_MAX, is_ground);

		state_prove(tree, version, &other.key_hash, &proof);
		ck_assert_int_eq(smt_check_absent(&proof, &other.key_hash, &root), ERR_OK);
		ck_assert_int_eq(state_find(tree, version, &other.key_hash, &leaf, &value),
				 ERR_NOT_FOUND);
	}
}

static void run(bool is_ground)
{
	struct state_tree *tree = state_tree_new();
	struct model *model = calloc(1, sizeof(*model));
	struct model *old_model = calloc(1, sizeof(*model));
	struct state_change batch[300];
	state_version version = 0;
	state_version old = 0;
	struct rng rng;

	rng_init(&rng, is_ground ? 7 : 3);
	check_root(tree, 0, model);
	for (int round = 0; round < 40; round++) {
		size_t max = round % 3 == 0 ? 1 : 1 + (size_t)rng_below(&rng, 300);
		size_t n = random_batch(&rng, batch, max, 3000, is_ground);
		state_version next;

		ck_assert_int_eq(state_update(tree, version, batch, n, &next), ERR_OK);
		for (size_t i = 0; i < n; i++)
			model_put(model, &batch[i]);
		if (round == 20) { /* an old version stays whole while newer ones are made */
			old = next;
			state_retain(tree, old);
			*old_model = *model;
		}
		state_release(tree, version);
		version = next;
		check_root(tree, version, model);
	}
	check_proofs(tree, version, model, &rng, is_ground);
	check_root(tree, old, old_model);
	check_proofs(tree, old, old_model, &rng, is_ground);
	state_release(tree, old);
	check_root(tree, version, model);
	state_tree_free(tree);
	free(model);
	free(old_model);
}

UNIT_TEST(state_root_equals_the_definition_under_random_updates)
{
	run(false);
}

UNIT_TEST(state_keys_that_share_48_bits_are_no_exception)
{
	run(true);
}

UNIT_TEST(state_versions_fork_and_do_not_disturb_each_other)
{
	struct state_tree *tree = state_tree_new();
	struct rng rng;
	struct state_change a, b, both[2];
	state_version base, with_b, direct;
	struct hash roots[3];

	rng_init(&rng, 1);
	a = random_change(&rng, UINT32_MAX, false);
	b = random_change(&rng, UINT32_MAX, false);
	ck_assert_int_eq(state_update(tree, 0, &a, 1, &base), ERR_OK);
	state_root(tree, base, &roots[0]);
	ck_assert_int_eq(state_update(tree, base, &b, 1, &with_b), ERR_OK);
	both[0] = by_key(&a, &b) < 0 ? a : b;
	both[1] = by_key(&a, &b) < 0 ? b : a;
	ck_assert_int_eq(state_update(tree, 0, both, 2, &direct), ERR_OK);
	state_root(tree, with_b, &roots[1]);
	state_root(tree, direct, &roots[2]);
	ck_assert_mem_eq(roots[1].b, roots[2].b, 32);
	state_root(tree, base, &roots[2]);
	ck_assert_mem_eq(roots[0].b, roots[2].b, 32);
	state_tree_free(tree);
}

UNIT_TEST(state_memory_is_given_back_by_released_versions)
{
	struct state_tree *tree = state_tree_new();
	static struct state_change batch[2000];
	struct rng rng;
	size_t bytes = 0;

	rng_init(&rng, 5);
	for (int round = 0; round < 50; round++) {
		size_t n = random_batch(&rng, batch, 2000, UINT32_MAX, false);
		state_version version;

		ck_assert_int_eq(state_update(tree, 0, batch, n, &version), ERR_OK);
		if (round == 0)
			bytes = state_memory(tree);
		state_release(tree, version);
		ck_assert_uint_eq(state_memory(tree), bytes);
	}
	state_tree_free(tree);
}

UNIT_MAIN("state", state_root_equals_the_definition_under_random_updates,
	  state_keys_that_share_48_bits_are_no_exception,
	  state_versions_fork_and_do_not_disturb_each_other,
	  state_memory_is_given_back_by_released_versions)
