#include "crypto/merkle.h"

#include <stdio.h>
#include <string.h>

#include "tests/lib/unit.h"

#define SIZE_MAX_TRIED 70
#define LEAVES 301

static struct hash leaves[LEAVES];

static void leaves_fill(void)
{
	for (uint32_t i = 0; i < LEAVES; i++) {
		uint8_t data[4];

		store_u32(data, i);
		merkle_leaf(&leaves[i], bytes_of(data, sizeof(data)));
	}
}

/* The definition of RFC 9162 section 2.1.1, word by word. */
static void root_by_definition(struct hash *out, const struct hash *from, size_t count)
{
	size_t k = 1;
	struct hash left;
	struct hash right;

	if (count == 0) {
		merkle_empty(out);
		return;
	}
	if (count == 1) {
		*out = from[0];
		return;
	}
	while (k * 2 < count)
		k *= 2;
	root_by_definition(&left, from, k);
	root_by_definition(&right, from + k, count - k);
	merkle_node(out, &left, &right);
}

static void flip(struct hash *hash, size_t bit)
{
	hash->b[bit / 8 % 32] ^= (uint8_t)(1u << bit % 8);
}

UNIT_TEST(merkle_frontier_and_root_follow_the_definition_up_to_300)
{
	struct merkle_frontier frontier;

	leaves_fill();
	merkle_frontier_init(&frontier);
	for (size_t size = 0; size <= 300; size++) {
		struct hash want;
		struct hash got;

		root_by_definition(&want, leaves, size);
		merkle_root(&got, leaves, size);
		ck_assert_msg(hash_equal(&got, &want), "root of %zu", size);
		merkle_frontier_root(&frontier, &got);
		ck_assert_msg(hash_equal(&got, &want), "frontier of %zu", size);
		ck_assert_uint_eq(frontier.size, size);
		merkle_frontier_append(&frontier, &leaves[size]);
	}
}

UNIT_TEST(merkle_frontier_copy_keeps_the_older_size)
{
	struct merkle_frontier frontier;
	struct merkle_frontier older;
	struct hash want;
	struct hash got;

	leaves_fill();
	merkle_frontier_init(&frontier);
	for (size_t i = 0; i < 13; i++)
		merkle_frontier_append(&frontier, &leaves[i]);
	older = frontier;
	for (size_t i = 13; i < 100; i++)
		merkle_frontier_append(&frontier, &leaves[i]);
	merkle_root(&want, leaves, 13);
	merkle_frontier_root(&older, &got);
	ck_assert(hash_equal(&got, &want));
}

static void try_inclusion(size_t index, size_t size)
{
	struct merkle_array array = {leaves, size};
	struct hash path[MERKLE_PATH_MAX];
	struct hash leaf = leaves[index];
	size_t count = 99;
	struct hash root;

	merkle_root(&root, leaves, size);
	ck_assert_int_eq(merkle_inclusion_path(merkle_array_subtree, &array, index, size, path, &count),
			 ERR_OK);
	ck_assert_int_eq(merkle_inclusion_check(&leaf, index, size, path, count, &root), ERR_OK);
	for (size_t i = 0; i < count; i++) {
		flip(&path[i], index * 31 + size + i);
		ck_assert_int_eq(merkle_inclusion_check(&leaf, index, size, path, count, &root),
				 ERR_PROOF_ROOT);
		flip(&path[i], index * 31 + size + i);
	}
	flip(&leaf, size);
	ck_assert_int_eq(merkle_inclusion_check(&leaf, index, size, path, count, &root), ERR_PROOF_ROOT);
	flip(&leaf, size);
	flip(&root, index);
	ck_assert_int_eq(merkle_inclusion_check(&leaf, index, size, path, count, &root), ERR_PROOF_ROOT);
	flip(&root, index);
	ck_assert_int_ne(merkle_inclusion_check(&leaf, index ^ 1, size, path, count, &root), ERR_OK);
	memset(&path[count], 0, sizeof(path[0]));
	ck_assert_int_eq(merkle_inclusion_check(&leaf, index, size, path, count + 1, &root),
			 ERR_PROOF_FORM);
	if (count > 0) {
		ck_assert_int_eq(merkle_inclusion_check(&leaf, index, size, path, count - 1, &root),
				 ERR_PROOF_FORM);
		ck_assert_int_ne(merkle_inclusion_check(&leaf, index, size, path + 1, count - 1, &root),
				 ERR_OK);
	}
	ck_assert_int_eq(merkle_inclusion_check(&leaf, size, size, path, count, &root), ERR_PROOF_FORM);
}

UNIT_TEST(merkle_inclusion_paths_are_accepted_and_their_mutations_refused)
{
	leaves_fill();
	for (size_t size = 1; size <= SIZE_MAX_TRIED; size++) {
		for (size_t index = 0; index < size; index++)
			try_inclusion(index, size);
	}
}

static void try_consistency(size_t size1, size_t size2)
{
	struct merkle_array array = {leaves, size2};
	struct hash path[MERKLE_PATH_MAX];
	size_t count = 99;
	struct hash root1;
	struct hash root2;

	merkle_root(&root1, leaves, size1);
	merkle_root(&root2, leaves, size2);
	ck_assert_int_eq(merkle_consistency_path(merkle_array_subtree, &array, size1, size2, path,
						 &count),
			 ERR_OK);
	ck_assert_int_eq(merkle_consistency_check(size1, &root1, size2, &root2, path, count), ERR_OK);
	for (size_t i = 0; i < count; i++) {
		flip(&path[i], size1 * 7 + size2 + i);
		ck_assert_int_eq(merkle_consistency_check(size1, &root1, size2, &root2, path, count),
				 ERR_PROOF_ROOT);
		flip(&path[i], size1 * 7 + size2 + i);
	}
	flip(&root1, size2);
	ck_assert_int_eq(merkle_consistency_check(size1, &root1, size2, &root2, path, count),
			 ERR_PROOF_ROOT);
	flip(&root1, size2);
	flip(&root2, size1);
	ck_assert_int_eq(merkle_consistency_check(size1, &root1, size2, &root2, path, count),
			 ERR_PROOF_ROOT);
	flip(&root2, size1);
	memset(&path[count], 0, sizeof(path[0]));
	ck_assert_int_eq(merkle_consistency_check(size1, &root1, size2, &root2, path, count + 1),
			 ERR_PROOF_FORM);
	if (count > 0)
		ck_assert_int_ne(merkle_consistency_check(size1, &root1, size2, &root2, path, count - 1),
				 ERR_OK);
	if (size1 != size2)
		ck_assert_int_ne(merkle_consistency_check(size2, &root2, size1, &root1, path, count),
				 ERR_OK);
}

UNIT_TEST(merkle_consistency_paths_are_accepted_and_their_mutations_refused)
{
	leaves_fill();
	for (size_t size2 = 1; size2 <= SIZE_MAX_TRIED; size2++) {
		for (size_t size1 = 1; size1 <= size2; size1++)
			try_consistency(size1, size2);
	}
}

UNIT_TEST(merkle_every_bit_of_a_path_counts)
{
	struct merkle_array array = {leaves, 70};
	struct hash path[MERKLE_PATH_MAX];
	size_t count;
	struct hash root;

	leaves_fill();
	merkle_root(&root, leaves, 70);
	ck_assert_int_eq(merkle_inclusion_path(merkle_array_subtree, &array, 37, 70, path, &count),
			 ERR_OK);
	for (size_t i = 0; i < count; i++) {
		for (size_t bit = 0; bit < 256; bit++) {
			flip(&path[i], bit);
			ck_assert_int_eq(
				merkle_inclusion_check(&leaves[37], 37, 70, path, count, &root),
				ERR_PROOF_ROOT);
			flip(&path[i], bit);
		}
	}
}

UNIT_TEST(merkle_consistency_from_nothing_is_refused)
{
	struct hash root;

	merkle_empty(&root);
	ck_assert_int_eq(merkle_consistency_check(0, &root, 0, &root, NULL, 0), ERR_PROOF_FORM);
	ck_assert_int_eq(merkle_consistency_check(0, &root, 5, &root, NULL, 0), ERR_PROOF_FORM);
	ck_assert_int_eq(merkle_inclusion_check(&root, 0, 0, NULL, 0, &root), ERR_PROOF_FORM);
}

/* A tree in which all subtrees of a level have the same root, so that a tree
 * of 2^63 leaves can be had without them. */
static enum err uniform_subtree(void *context, unsigned level, uint64_t index, struct hash *out)
{
	const struct hash *roots = context;

	ck_assert_uint_le(level, 63);
	ck_assert_uint_lt(index, (uint64_t)1 << (63 - level));
	*out = roots[level];
	return ERR_OK;
}

UNIT_TEST(merkle_paths_reach_the_largest_tree)
{
	const uint64_t size = (uint64_t)1 << 63;
	const uint64_t last = size - 1;
	struct hash roots[64];
	struct hash path[MERKLE_PATH_MAX];
	size_t count;

	merkle_leaf(&roots[0], bytes_text("x"));
	for (size_t i = 1; i < 64; i++)
		merkle_node(&roots[i], &roots[i - 1], &roots[i - 1]);
	ck_assert_int_eq(merkle_inclusion_path(uniform_subtree, roots, last, size, path, &count),
			 ERR_OK);
	ck_assert_uint_eq(count, 63);
	ck_assert_int_eq(merkle_inclusion_check(&roots[0], last, size, path, count, &roots[63]),
			 ERR_OK);
	ck_assert_int_eq(merkle_consistency_path(uniform_subtree, roots, last, size, path, &count),
			 ERR_OK);
	ck_assert_uint_le(count, MERKLE_PATH_MAX);
}

static enum err failing_subtree(void *context, unsigned level, uint64_t index, struct hash *out)
{
	(void)context;
	(void)index;
	(void)out;
	return level == 0 ? ERR_DISK_IO : ERR_OK;
}

UNIT_TEST(merkle_path_passes_the_error_of_its_source_on)
{
	struct hash path[MERKLE_PATH_MAX];
	size_t count = 77;

	ck_assert_int_eq(merkle_inclusion_path(failing_subtree, NULL, 2, 7, path, &count), ERR_DISK_IO);
	ck_assert_int_eq(merkle_consistency_path(failing_subtree, NULL, 3, 7, path, &count),
			 ERR_DISK_IO);
	ck_assert_uint_eq(count, 77);
}

UNIT_MAIN("merkle", merkle_frontier_and_root_follow_the_definition_up_to_300,
	  merkle_frontier_copy_keeps_the_older_size,
	  merkle_inclusion_paths_are_accepted_and_their_mutations_refused,
	  merkle_consistency_paths_are_accepted_and_their_mutations_refused,
	  merkle_every_bit_of_a_path_counts, merkle_consistency_from_nothing_is_refused,
	  merkle_paths_reach_the_largest_tree, merkle_path_passes_the_error_of_its_source_on)
