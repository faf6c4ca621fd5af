/* Many entries under one root: proofs made by the definition of the tree. */
#include "proofs/tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "crypto/smt.h"
#include "tests/lib/unit.h"

#define LEAVES 40
#define ASKED 12

struct leaf {
	struct hash key, value;
};

struct forest {
	struct leaf leaves[LEAVES]; /* ascending */
	size_t count;
	struct tree_entry asked[ASKED]; /* ascending */
	size_t asked_count;
	struct hash root;
	struct buf tree;
};

static int by_key(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct hash));
}

/* Keys that share their first bits often. */
static void random_key(struct rng *rng, struct hash *out)
{
	memset(out, 0, sizeof(*out));
	out->b[0] = (uint8_t)(rng_below(rng, 4) << 6);
	out->b[1] = (uint8_t)rng_below(rng, 8);
	out->b[2] = (uint8_t)rng_below(rng, 4);
}

/* How many of them lie to the left at depth d. */
static size_t side(const struct leaf *leaves, size_t count, unsigned d)
{
	size_t left = 0;

	while (left < count && smt_bit(&leaves[left].key, d) == 0)
		left++;
	return left;
}

static void root_of(const struct leaf *leaves, size_t count, unsigned d, struct hash *out)
{
	struct hash left, right;
	size_t split;

	if (count == 0) {
		*out = (struct hash){{0}};
	} else if (count == 1) {
		smt_leaf(out, &leaves[0].key, &leaves[0].value);
	} else {
		split = side(leaves, count, d);
		root_of(leaves, split, d + 1, &left);
		root_of(leaves + split, count - split, d + 1, &right);
		smt_node(out, &left, &right);
	}
}

static void prove(struct buf *out, const struct leaf *leaves, size_t count,
		  const struct tree_entry *asked, size_t asked_count, unsigned d)
{
	size_t split, asked_split = 0;
	bool is_asked = false;
	struct hash hash;

	if (asked_count == 0) {
		root_of(leaves, count, d, &hash);
		buf_hash(out, &hash);
		return;
	}
	if (count > 1) {
		split = side(leaves, count, d);
		while (asked_split < asked_count && smt_bit(&asked[asked_split].key, d) == 0)
			asked_split++;
		buf_u8(out, TREE_NODE);
		prove(out, leaves, split, asked, asked_split, d + 1);
		prove(out, leaves + split, count - split, asked + asked_split,
		      asked_count - asked_split, d + 1);
		return;
	}
	for (size_t i = 0; count == 1 && i < asked_count; i++)
		is_asked |= hash_equal(&asked[i].key, &leaves[0].key);
	if (count == 0) {
		buf_u8(out, TREE_EMPTY);
	} else if (is_asked) {
		buf_u8(out, TREE_PRESENT);
	} else {
		buf_u8(out, TREE_OTHER);
		buf_hash(out, &leaves[0].key);
		buf_hash(out, &leaves[0].value);
	}
}

static void drop_twins(struct forest *forest)
{
	size_t kept = 0;

	for (size_t i = 0; i < forest->count; i++)
		if (kept == 0 || !hash_equal(&forest->leaves[kept - 1].key, &forest->leaves[i].key))
			forest->leaves[kept++] = forest->leaves[i];
	forest->count = kept;
	kept = 0;
	for (size_t i = 0; i < forest->asked_count; i++)
		if (kept == 0 || !hash_equal(&forest->asked[kept - 1].key, &forest->asked[i].key))
			forest->asked[kept++] = forest->asked[i];
	forest->asked_count = kept;
}

static struct forest *forest_new(struct rng *rng)
{
	struct forest *forest = calloc(1, sizeof(*forest));

	ck_assert_ptr_nonnull(forest);
	forest->count = rng_below(rng, LEAVES + 1);
	forest->asked_count = 1 + rng_below(rng, ASKED);
	for (size_t i = 0; i < forest->count; i++) {
		random_key(rng, &forest->leaves[i].key);
		forest->leaves[i].value.b[0] = (uint8_t)i;
	}
	for (size_t i = 0; i < forest->asked_count; i++)
		random_key(rng, &forest->asked[i].key);
	qsort(forest->leaves, forest->count, sizeof(forest->leaves[0]), by_key);
	qsort(forest->asked, forest->asked_count, sizeof(forest->asked[0]), by_key);
	drop_twins(forest);
	for (size_t i = 0; i < forest->asked_count; i++)
		for (size_t k = 0; k < forest->count; k++)
			if (hash_equal(&forest->asked[i].key, &forest->leaves[k].key)) {
				forest->asked[i].is_present = true;
				forest->asked[i].value = forest->leaves[k].value;
			}
	root_of(forest->leaves, forest->count, 0, &forest->root);
	buf_init(&forest->tree, 1u << 20);
	prove(&forest->tree, forest->leaves, forest->count, forest->asked, forest->asked_count, 0);
	return forest;
}

static void forest_free(struct forest *forest)
{
	buf_release(&forest->tree);
	free(forest);
}

static enum err check(const struct forest *forest)
{
	return tree_check(buf_bytes(&forest->tree), forest->asked, forest->asked_count,
			  &forest->root);
}

UNIT_TEST(tree_shows_what_is_there_and_what_is_not)
{
	struct rng rng;
	size_t present = 0, absent = 0;

	rng_init(&rng, 1);
	for (unsigned round = 0; round < 2000; round++) {
		struct forest *forest = forest_new(&rng);

		ck_assert_int_eq(check(forest), ERR_OK);
		for (size_t i = 0; i < forest->asked_count; i++)
			*(forest->asked[i].is_present ? &present : &absent) += 1;
		forest_free(forest);
	}
	ck_assert_uint_gt(present, 1000);
	ck_assert_uint_gt(absent, 1000);
}

UNIT_TEST(tree_with_one_bit_changed_does_not_pass)
{
	struct rng rng;

	rng_init(&rng, 2);
	for (unsigned round = 0; round < 40; round++) {
		struct forest *forest = forest_new(&rng);

		for (size_t i = 0; i < forest->tree.len; i++) {
			uint8_t bit = (uint8_t)(1u << rng_below(&rng, 8));

			forest->tree.at[i] ^= bit;
			ck_assert_int_ne(check(forest), ERR_OK);
			forest->tree.at[i] ^= bit;
		}
		for (size_t i = 0; i < forest->asked_count; i++) {
			struct tree_entry *entry = &forest->asked[i];

			entry->is_present = !entry->is_present;
			ck_assert_int_ne(check(forest), ERR_OK);
			entry->is_present = !entry->is_present;
			entry->value.b[9] ^= 1;
			ck_assert_int_eq(check(forest) == ERR_OK, !entry->is_present);
			entry->value.b[9] ^= 1;
		}
		forest_free(forest);
	}
}

UNIT_TEST(tree_is_used_up_exactly_and_entries_ascend)
{
	struct rng rng;

	rng_init(&rng, 3);
	for (unsigned round = 0; round < 200; round++) {
		struct forest *forest = forest_new(&rng);
		struct tree_entry swap = forest->asked[0];
		size_t len = forest->tree.len;

		for (forest->tree.len = 0; forest->tree.len < len; forest->tree.len++)
			ck_assert_int_eq(check(forest), ERR_PROOF_FORM);
		buf_u8(&forest->tree, TREE_EMPTY);
		ck_assert_int_eq(check(forest), ERR_PROOF_FORM);
		forest->tree.len = len;
		if (forest->asked_count > 1) {
			forest->asked[0] = forest->asked[1];
			forest->asked[1] = swap;
			ck_assert_int_eq(check(forest), ERR_PROOF_FORM);
			forest->asked[1] = forest->asked[0];
			ck_assert_int_eq(check(forest), ERR_PROOF_FORM);
		}
		forest_free(forest);
	}
}

/* A leaf from elsewhere in the tree says nothing about this place, nor does a leaf
 * of the key itself show that the key is absent. */
UNIT_TEST(tree_takes_no_leaf_from_elsewhere_for_absence)
{
	struct leaf leaves[2] = {{.key = {{0x40}}}, {.key = {{0x80}}}};
	struct tree_entry entry = {.key = {{0x41}}};
	struct hash root, right;
	struct buf tree;

	root_of(leaves, 2, 0, &root);
	smt_leaf(&right, &leaves[1].key, &leaves[1].value);
	buf_init(&tree, 1024);
	buf_u8(&tree, TREE_NODE);
	buf_u8(&tree, TREE_OTHER);
	buf_hash(&tree, &leaves[0].key);
	buf_hash(&tree, &leaves[0].value);
	buf_hash(&tree, &right);
	ck_assert_int_eq(tree_check(buf_bytes(&tree), &entry, 1, &root), ERR_OK);
	entry.key = leaves[0].key; /* it is there */
	ck_assert_int_eq(tree_check(buf_bytes(&tree), &entry, 1, &root), ERR_PROOF_FORM);
	tree.at[2] = 0x80; /* a leaf of the other half */
	entry.key.b[0] = 0x41;
	ck_assert_int_eq(tree_check(buf_bytes(&tree), &entry, 1, &root), ERR_PROOF_FORM);
	buf_release(&tree);
}

static enum err check_nested(unsigned levels)
{
	struct tree_entry entry = {.key = {{0}}};
	struct hash root, zero = {{0}};
	struct buf tree;
	enum err err;

	memset(&root, 0, sizeof(root));
	for (unsigned d = 0; d < levels; d++)
		smt_node(&root, &root, &zero);
	buf_init(&tree, 1u << 20);
	for (unsigned d = 0; d < levels; d++)
		buf_u8(&tree, TREE_NODE);
	buf_u8(&tree, TREE_EMPTY);
	for (unsigned d = 0; d < levels; d++)
		buf_hash(&tree, &zero);
	err = tree_check(buf_bytes(&tree), &entry, 1, &root);
	buf_release(&tree);
	return err;
}

UNIT_TEST(tree_ends_at_the_last_bit_of_a_key)
{
	ck_assert_int_eq(check_nested(256), ERR_OK);
	ck_assert_int_eq(check_nested(257), ERR_PROOF_FORM);
}

UNIT_MAIN("tree", tree_shows_what_is_there_and_what_is_not, tree_with_one_bit_changed_does_not_pass,
	  tree_is_used_up_exactly_and_entries_ascend, tree_takes_no_leaf_from_elsewhere_for_absence,
	  tree_ends_at_the_last_bit_of_a_key)
