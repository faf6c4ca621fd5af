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

/* All keys of the model and as many others, asked for together. */
static void check_finds(struct state_tree *tree, state_version version, const struct model *model,
			struct rng *rng, bool is_ground)
{
	size_t count = 2 * model->count;
	struct hash *keys = calloc(count + 1, sizeof(*keys));
	struct state_found *found = calloc(count + 1, sizeof(*found));

	for (size_t i = 0; i < count; i++)
		keys[i] = i % 2 == 0 ? model->leaves[i / 2].key_hash
				     : random_change(rng, UINT32_MAX, is_ground).key_hash;
	state_find_many(tree, version, keys, count, found);
	for (size_t i = 0; i < count; i++) {
		const struct state_change *at = &model->leaves[i / 2];

		ck_assert_uint_eq(found[i].leaf, i % 2 == 0 ? at->leaf : STATE_NO_LEAF);
		if (i % 2 == 0)
			ck_assert_mem_eq(found[i].value_hash.b, at->value_hash.b, 32);
	}
	free(keys);
	free(found);
}

/* --- many keys in one proof, read as docs/receipt.md section 6 says ------------------ */

struct claim { /* what is said of a key: its value's hash, or that it is absent */
	struct hash key_hash;
	struct hash value_hash;
	bool is_present;
	bool is_met;
};

struct walk {
	struct bytes left;
	bool is_good;
};

static uint8_t walk_byte(struct walk *walk)
{
	if (walk->left.len == 0) {
		walk->is_good = false;
		return 0;
	}
	walk->left.len--;
	return *walk->left.at++;
}

static void walk_hash(struct walk *walk, struct hash *out)
{
	for (size_t i = 0; i < sizeof(out->b); i++)
		out->b[i] = walk_byte(walk);
}

static void walk_present(struct walk *walk, struct claim *claims, size_t count, struct hash *out)
{
	struct claim *found = NULL;

	for (size_t i = 0; i < count; i++) {
		if (claims[i].is_present) {
			walk->is_good &= found == NULL;
			found = &claims[i];
		} else {
			claims[i].is_met = true;
		}
	}
	walk->is_good &= found != NULL;
	if (found == NULL)
		return;
	found->is_met = true;
	smt_leaf(out, &found->key_hash, &found->value_hash);
}

static void walk_absent(struct walk *walk, struct claim *claims, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		walk->is_good &= !claims[i].is_present;
		claims[i].is_met = true;
	}
}

static void walk_other(struct walk *walk, unsigned depth, struct claim *claims, size_t count,
		       struct hash *out)
{
	struct hash key, value;

	walk_hash(walk, &key);
	walk_hash(walk, &value);
	walk_absent(walk, claims, count);
	for (size_t i = 0; i < count; i++)
		walk->is_good &= !hash_equal(&claims[i].key_hash, &key);
	for (unsigned d = 0; d < depth; d++)
		walk->is_good &= smt_bit(&key, d) == smt_bit(&claims[0].key_hash, d);
	smt_leaf(out, &key, &value);
}

static void walk_subtree(struct walk *walk, unsigned depth, struct claim *claims, size_t count,
			 struct hash *out)
{
	struct hash sides[2];
	size_t lefts = 0;

	memset(out, 0, sizeof(*out));
	if (!walk->is_good || count == 0) {
		walk_hash(walk, out);
		return;
	}
	switch (walk_byte(walk)) {
	case 0x01:
		walk->is_good &= depth < SMT_DEPTH;
		while (walk->is_good && lefts < count && smt_bit(&claims[lefts].key_hash, depth) == 0)
			lefts++;
		walk_subtree(walk, depth + 1, claims, lefts, &sides[0]);
		walk_subtree(walk, depth + 1, claims + lefts, count - lefts, &sides[1]);
		smt_node(out, &sides[0], &sides[1]);
		return;
	case 0x02:
		walk_present(walk, claims, count, out);
		return;
	case 0x03:
		walk_other(walk, depth, claims, count, out);
		return;
	case 0x04:
		walk_absent(walk, claims, count);
		return;
	default:
		walk->is_good = false;
	}
}

static bool many_hold(struct bytes tree, struct claim *claims, size_t count,
		      const struct hash *root)
{
	struct walk walk = {.left = tree, .is_good = true};
	struct hash got;

	walk_subtree(&walk, 0, claims, count, &got);
	for (size_t i = 0; i < count; i++)
		walk.is_good &= claims[i].is_met;
	return walk.is_good && walk.left.len == 0 && hash_equal(&got, root);
}

static int claim_by_key(const void *a, const void *b)
{
	return hash_compare(&((const struct claim *)a)->key_hash,
			    &((const struct claim *)b)->key_hash);
}

/* Some keys of the model, some that are not in it; sorted, each once. */
static size_t random_claims(const struct model *model, struct rng *rng, bool is_ground,
			    struct claim *out, size_t max)
{
	size_t n = 0, distinct = 0;

	while (n < max) {
		struct state_change other = random_change(rng, 6000, is_ground);
		const struct state_change *at = &other;
		const struct state_change *found;

		if (model->count > 0 && rng_below(rng, 2) == 0)
			at = &model->leaves[rng_below(rng, (uint32_t)model->count)];
		found = bsearch(at, model->leaves, model->count, sizeof(*at), by_key);
		out[n] = (struct claim){.key_hash = at->key_hash, .is_present = found != NULL};
		if (found != NULL)
			out[n].value_hash = found->value_hash;
		n++;
	}
	qsort(out, n, sizeof(*out), claim_by_key);
	for (size_t i = 0; i < n; i++) {
		if (distinct == 0 || claim_by_key(&out[distinct - 1], &out[i]) != 0)
			out[distinct++] = out[i];
	}
	return distinct;
}

/* What was asked holds; what differs in one claim, or in one byte, does not. */
static void check_many(struct state_tree *tree, state_version version, const struct model *model,
		       struct rng *rng, bool is_ground)
{
	struct claim claims[64];
	struct hash keys[64], root;
	struct buf out;
	size_t count = random_claims(model, rng, is_ground, claims, 1 + rng_below(rng, 64));
	size_t wrong = rng_below(rng, (uint32_t)count);

	for (size_t i = 0; i < count; i++)
		keys[i] = claims[i].key_hash;
	state_root(tree, version, &root);
	buf_init(&out, (size_t)1 << 20);
	state_prove_many(tree, version, keys, count, &out);
	ck_assert(!out.has_failed);
	ck_assert(many_hold(buf_bytes(&out), claims, count, &root));
	ck_assert(!many_hold(bytes_of(out.at, out.len - 1), claims, count, &root));
	out.at[rng_below(rng, (uint32_t)out.len)] ^= 1;
	ck_assert(!many_hold(buf_bytes(&out), claims, count, &root));
	buf_reset(&out);
	state_prove_many(tree, version, keys, count, &out);
	claims[wrong].is_present ^= true;
	ck_assert(!many_hold(buf_bytes(&out), claims, count, &root));
	buf_release(&out);
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
		for (int i = 0; i < 20; i++)
			check_many(tree, version, model, &rng, is_ground);
	}
	check_proofs(tree, version, model, &rng, is_ground);
	check_finds(tree, version, model, &rng, is_ground);
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

/* What a change of the key replaces in the model. */
static uint64_t model_former(const struct model *model, const struct state_change *change)
{
	const struct state_change *found =
		bsearch(change, model->leaves, model->count, sizeof(*change), by_key);

	if (found == NULL)
		return STATE_NO_LEAF;
	return hash_equal(&found->value_hash, &change->value_hash) ? STATE_SAME : found->leaf;
}

static void model_take(struct model *model, const struct state_change *change)
{
	struct state_change *found =
		bsearch(change, model->leaves, model->count, sizeof(*change), by_key);

	if (found == NULL)
		return;
	model->count--;
	memmove(found, found + 1, (size_t)(&model->leaves[model->count] - found) * sizeof(*found));
}

/* Puts, puts of what is there already, and takes away what is there or is not. */
static void replace_some(struct state_tree *tree, state_version *version, struct model *model,
			 struct rng *rng, bool is_ground)
{
	struct state_change batch[200];
	uint64_t former[200];
	size_t n = random_batch(rng, batch, 1 + (size_t)rng_below(rng, 200), 400, is_ground);
	state_version next;

	for (size_t i = 0; i < n; i++) {
		const struct state_change *found =
			bsearch(&batch[i], model->leaves, model->count, sizeof(*batch), by_key);
		uint64_t kind = rng_below(rng, 3);

		if (kind == 0)
			batch[i].leaf = STATE_NO_LEAF;
		else if (kind == 1 && found != NULL)
			batch[i].value_hash = found->value_hash;
	}
	ck_assert_int_eq(state_replace(tree, *version, batch, n, former, &next), ERR_OK);
	for (size_t i = 0; i < n; i++)
		ck_assert_uint_eq(former[i], model_former(model, &batch[i]));
	for (size_t i = 0; i < n; i++) {
		if (batch[i].leaf == STATE_NO_LEAF)
			model_take(model, &batch[i]);
		else
			model_put(model, &batch[i]);
	}
	state_release(tree, *version);
	*version = next;
}

static void replace_all(struct state_tree *tree, state_version *version, const struct model *model)
{
	struct state_change *all = malloc((model->count + 1) * sizeof(*all));
	state_version next;

	memcpy(all, model->leaves, model->count * sizeof(*all));
	for (size_t i = 0; i < model->count; i++)
		all[i].leaf = STATE_NO_LEAF;
	ck_assert_int_eq(state_update(tree, *version, all, model->count, &next), ERR_OK);
	state_release(tree, *version);
	*version = next;
	free(all);
}

UNIT_TEST(state_keys_that_go_leave_the_tree_as_if_they_had_never_been)
{
	for (int is_ground = 0; is_ground < 2; is_ground++) {
		struct state_tree *tree = state_tree_new();
		struct model *model = calloc(1, sizeof(*model));
		state_version version = 0;
		struct rng rng;
		size_t bytes = 0;

		rng_init(&rng, 11);
		for (int round = 0; round < 300; round++) {
			replace_some(tree, &version, model, &rng, is_ground);
			check_root(tree, version, model);
			if (round % 20 == 0)
				check_proofs(tree, version, model, &rng, is_ground);
			if (round == 50)
				bytes = state_memory(tree);
		}
		ck_assert_uint_eq(state_memory(tree), bytes);
		replace_all(tree, &version, model);
		ck_assert_uint_eq(version, 0);
		state_tree_free(tree);
		free(model);
	}
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

UNIT_TEST(state_many_keys_have_one_canonical_proof_in_small_trees)
{
	struct state_tree *tree = state_tree_new();
	struct state_change leaf = {.leaf = 1};
	struct hash keys[2] = {{{0x00}}, {{0x80}}}, root;
	state_version one;
	struct buf out;

	buf_init(&out, 256);
	state_prove_many(tree, 0, keys, 2, &out); /* nothing there: one byte for all */
	ck_assert_uint_eq(out.len, 1);
	ck_assert_uint_eq(out.at[0], 0x04);
	leaf.key_hash = keys[1];
	sha256(&leaf.value_hash, "v", 1);
	ck_assert_int_eq(state_update(tree, 0, &leaf, 1, &one), ERR_OK);
	buf_reset(&out);
	state_prove_many(tree, one, keys, 2, &out); /* one leaf is the whole tree */
	ck_assert_uint_eq(out.len, 1);
	ck_assert_uint_eq(out.at[0], 0x02);
	buf_reset(&out);
	state_prove_many(tree, one, keys, 1, &out); /* and stands there for another */
	ck_assert_uint_eq(out.len, 65);
	ck_assert_uint_eq(out.at[0], 0x03);
	ck_assert_mem_eq(out.at + 1, leaf.key_hash.b, 32);
	ck_assert_mem_eq(out.at + 33, leaf.value_hash.b, 32);
	buf_reset(&out);
	state_prove_many(tree, one, keys, 0, &out); /* nothing asked: the root */
	state_root(tree, one, &root);
	ck_assert_uint_eq(out.len, 32);
	ck_assert_mem_eq(out.at, root.b, 32);
	buf_release(&out);
	buf_init(&out, 64);
	state_prove_many(tree, one, keys, 1, &out); /* longer than what may be held */
	ck_assert(out.has_failed);
	buf_release(&out);
	state_tree_free(tree);
}

/* --- told and made again ------------------------------------------------------------- */

/* Pairs that part at the last bit, too: the deepest tree there can be. */
static void model_fill(struct model *model, struct rng *rng, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct state_change change = random_change(rng, UINT32_MAX, i % 3 == 0);

		model_put(model, &change);
		change.key_hash.b[rng_below(rng, 32)] ^= (uint8_t)(1u << rng_below(rng, 8));
		model_put(model, &change);
		change.key_hash.b[31] ^= 1;
		model_put(model, &change);
	}
}

static void tell(struct state_tree *tree, state_version version, struct rng *rng, struct buf *out)
{
	struct state_walk walk;

	buf_init(out, (size_t)1 << 24);
	state_walk_begin(&walk, version);
	while (walk.count > 0)
		(void)state_walk_next(tree, &walk, 1 + rng_below(rng, 40), out);
	ck_assert(!out->has_failed);
}

/* 0: what was told is none. */
static state_version make_again(struct state_tree *tree, struct bytes items)
{
	struct state_rebuild rebuild;
	state_version version = 0;
	enum err err;

	state_rebuild_begin(&rebuild);
	err = state_rebuild_add(tree, &rebuild, items);
	if (err == ERR_OK)
		err = state_rebuild_end(tree, &rebuild, &version);
	else
		state_rebuild_drop(tree, &rebuild);
	ck_assert(err == ERR_OK || err == ERR_STORE_DAMAGED);
	return version;
}

UNIT_TEST(state_that_is_told_is_made_again)
{
	struct model *model = calloc(1, sizeof(*model));
	struct rng rng;

	ck_assert(model != NULL);
	rng_init(&rng, 11);
	for (size_t size = 0; size < 40; size++) {
		struct state_tree *tree = state_tree_new(), *other = state_tree_new();
		state_version version, made, next;
		struct state_change change = random_change(&rng, UINT32_MAX, true);
		struct buf items;

		model->count = 0;
		model_fill(model, &rng, 1 + size * size / 2);
		ck_assert_int_eq(state_update(tree, 0, model->leaves, model->count, &version), ERR_OK);
		tell(tree, version, &rng, &items);
		made = make_again(other, buf_bytes(&items));
		check_root(other, made, model);
		check_proofs(other, made, model, &rng, true);
		model_put(model, &change);
		ck_assert_int_eq(state_update(other, made, &change, 1, &next), ERR_OK);
		check_root(other, next, model);
		buf_release(&items);
		state_tree_free(tree);
		state_tree_free(other);
	}
	free(model);
}

/* Whatever stands there, it is refused or a tree, and what is refused leaves nothing. */
UNIT_TEST(state_that_is_told_wrongly_is_refused)
{
	struct model *model = calloc(1, sizeof(*model));
	struct state_tree *tree = state_tree_new();
	struct rng rng;
	state_version version;
	struct buf items;
	size_t memory = 0, refused = 0;

	ck_assert(model != NULL);
	rng_init(&rng, 12);
	model_fill(model, &rng, 20);
	ck_assert_int_eq(state_update(tree, 0, model->leaves, model->count, &version), ERR_OK);
	tell(tree, version, &rng, &items);
	for (int i = 0; i < 20000; i++) {
		size_t at = (size_t)rng_below(&rng, items.len), len = items.len;
		uint8_t before = items.at[at];
		state_version made;

		if (rng_below(&rng, 2) == 0)
			len = at;
		else
			items.at[at] ^= (uint8_t)(1u << rng_below(&rng, 8));
		made = make_again(tree, bytes_of(items.at, len));
		refused += made == 0;
		state_release(tree, made);
		items.at[at] = before;
		memory = i == 100 ? state_memory(tree) : memory;
	}
	ck_assert_uint_eq(state_memory(tree), memory);
	ck_assert_uint_gt(refused, 10000);
	check_root(tree, version, model);
	buf_release(&items);
	state_tree_free(tree);
	free(model);
}

UNIT_MAIN("state", state_root_equals_the_definition_under_random_updates,
	  state_keys_that_share_48_bits_are_no_exception,
	  state_keys_that_go_leave_the_tree_as_if_they_had_never_been,
	  state_versions_fork_and_do_not_disturb_each_other,
	  state_many_keys_have_one_canonical_proof_in_small_trees,
	  state_memory_is_given_back_by_released_versions,
	  state_that_is_told_is_made_again, state_that_is_told_wrongly_is_refused)
