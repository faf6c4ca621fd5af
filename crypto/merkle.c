#include "crypto/merkle.h"

#include <string.h>

#include "base/mutant.h"
#include "crypto/digest.h"

/* Sizes are decimals below 2^63 everywhere, so no path is longer than this. */
#define SIZE_LIMIT ((uint64_t)1 << 63)

void merkle_leaf(struct hash *out, struct bytes data)
{
	static const uint8_t tag = 0x00;
	struct bytes parts[] = {bytes_of(&tag, 1), data};

	if (mutant_on("leaf_without_prefix"))
		parts[0].len = 0;
	sha256_parts(out, parts, 2);
}

void merkle_node(struct hash *out, const struct hash *left, const struct hash *right)
{
	uint8_t joined[65];

	joined[0] = 0x01;
	memcpy(joined + 1, left->b, 32);
	memcpy(joined + 33, right->b, 32);
	sha256(out, joined, sizeof(joined));
}

void merkle_empty(struct hash *out)
{
	sha256(out, NULL, 0);
}

void merkle_root(struct hash *out, const struct hash *leaves, size_t count)
{
	struct merkle_frontier frontier;

	merkle_frontier_init(&frontier);
	for (size_t i = 0; i < count; i++)
		merkle_frontier_append(&frontier, &leaves[i]);
	merkle_frontier_root(&frontier, out);
}

/* --- frontier ------------------------------------------------------------ */

void merkle_frontier_init(struct merkle_frontier *frontier)
{
	memset(frontier, 0, sizeof(*frontier));
}

void merkle_frontier_append(struct merkle_frontier *frontier, const struct hash *leaf)
{
	struct hash carry = *leaf;
	unsigned level = 0;

	ASSERT(frontier->size < SIZE_LIMIT);
	/* As in binary addition: each set low bit is a finished left half. */
	for (; (frontier->size >> level & 1) != 0; level++)
		merkle_node(&carry, &frontier->peaks[level], &carry);
	frontier->peaks[level] = carry;
	frontier->size++;
}

void merkle_frontier_root(const struct merkle_frontier *frontier, struct hash *out)
{
	uint64_t left = frontier->size;
	struct hash root;

	if (left == 0) {
		merkle_empty(out);
		return;
	}
	root = frontier->peaks[__builtin_ctzll(left)];
	for (left &= left - 1; left != 0; left &= left - 1)
		merkle_node(&root, &frontier->peaks[__builtin_ctzll(left)], &root);
	*out = root;
}

/* --- building paths ------------------------------------------------------ */

/* Root of count leaves from start on, which is a multiple of the largest power
 * of two in count, as it is for every node of the RFC's trees. */
static enum err range_root(merkle_subtree *get, void *context, uint64_t start, uint64_t count,
			   struct hash *out)
{
	struct hash peaks[64]; /* from left to right */
	size_t peaks_count = 0;

	ASSERT(count > 0);
	while (count > 0) {
		unsigned level = 63 - (unsigned)__builtin_clzll(count);
		enum err err = get(context, level, start >> level, &peaks[peaks_count]);

		if (err != ERR_OK)
			return err;
		peaks_count++;
		start += (uint64_t)1 << level;
		count -= (uint64_t)1 << level;
	}
	*out = peaks[--peaks_count];
	while (peaks_count > 0)
		merkle_node(out, &peaks[--peaks_count], out);
	return ERR_OK;
}

/* The largest power of two below count, which is above 1. */
static uint64_t split(uint64_t count)
{
	return (uint64_t)1 << (63 - __builtin_clzll(count - 1));
}

/* The walk from the root down finds a path's hashes in reverse order. */
struct walk {
	merkle_subtree *get;
	void *context;
	struct hash found[MERKLE_PATH_MAX];
	size_t found_count;
};

static enum err walk_add(struct walk *walk, uint64_t start, uint64_t count)
{
	enum err err;

	ASSERT(walk->found_count < MERKLE_PATH_MAX);
	err = range_root(walk->get, walk->context, start, count, &walk->found[walk->found_count]);
	if (err == ERR_OK)
		walk->found_count++;
	return err;
}

static void walk_give(const struct walk *walk, struct hash path[MERKLE_PATH_MAX],
		      size_t *path_count)
{
	for (size_t i = 0; i < walk->found_count; i++)
		path[i] = walk->found[walk->found_count - 1 - i];
	*path_count = walk->found_count;
}

enum err merkle_inclusion_path(merkle_subtree *get, void *context, uint64_t index, uint64_t size,
			       struct hash path[MERKLE_PATH_MAX], size_t *path_count)
{
	struct walk walk = {.get = get, .context = context};
	uint64_t start = 0;

	ASSERT(index < size && size <= SIZE_LIMIT);
	while (size > 1) {
		uint64_t left = split(size);
		enum err err;

		if (index - start < left) {
			err = walk_add(&walk, start + left, size - left);
			size = left;
		} else {
			err = walk_add(&walk, start, left);
			start += left;
			size -= left;
		}
		if (err != ERR_OK)
			return err;
	}
	walk_give(&walk, path, path_count);
	return ERR_OK;
}

enum err merkle_consistency_path(merkle_subtree *get, void *context, uint64_t size1,
				 uint64_t size2, struct hash path[MERKLE_PATH_MAX],
				 size_t *path_count)
{
	struct walk walk = {.get = get, .context = context};
	uint64_t start = 0;

	ASSERT(size1 >= 1 && size1 <= size2 && size2 <= SIZE_LIMIT);
	while (size1 != size2) {
		uint64_t left = split(size2);
		enum err err;

		if (size1 <= left) {
			err = walk_add(&walk, start + left, size2 - left);
			size2 = left;
		} else {
			err = walk_add(&walk, start, left);
			start += left;
			size1 -= left;
			size2 -= left;
		}
		if (err != ERR_OK)
			return err;
	}
	/* Where the old tree is itself a node of the new one, the verifier
	 * knows that node's root. */
	if (start > 0) {
		enum err err = walk_add(&walk, start, size1);

		if (err != ERR_OK)
			return err;
	}
	walk_give(&walk, path, path_count);
	return ERR_OK;
}

enum err merkle_array_subtree(void *array, unsigned level, uint64_t index, struct hash *out)
{
	const struct merkle_array *leaves = array;
	uint64_t count = (uint64_t)1 << level;

	ASSERT(level < 64 && index < leaves->count >> level);
	merkle_root(out, leaves->leaves + (index << level), count);
	return ERR_OK;
}

/* --- checking paths ------------------------------------------------------ */

enum err merkle_inclusion_check(const struct hash *leaf, uint64_t index, uint64_t size,
				const struct hash *path, size_t path_count,
				const struct hash *root)
{
	uint64_t last;
	struct hash hash = *leaf;

	if (index >= size)
		return ERR_PROOF_FORM;
	last = size - 1;
	for (size_t i = 0; i < path_count; i++) {
		if (last == 0)
			return ERR_PROOF_FORM;
		if ((index & 1) != 0 || index == last) {
			merkle_node(&hash, &path[i], &hash);
			/* A right edge without a sibling moves up unchanged. */
			while ((index & 1) == 0 && index != 0) {
				index >>= 1;
				last >>= 1;
			}
		} else {
			merkle_node(&hash, &hash, &path[i]);
		}
		index >>= 1;
		last >>= 1;
	}
	if (last != 0)
		return ERR_PROOF_FORM;
	return hash_equal(&hash, root) ? ERR_OK : ERR_PROOF_ROOT;
}

static enum err same_size_check(const struct hash *root1, const struct hash *root2,
				size_t path_count)
{
	if (path_count != 0)
		return ERR_PROOF_FORM;
	return hash_equal(root1, root2) ? ERR_OK : ERR_PROOF_ROOT;
}

enum err merkle_consistency_check(uint64_t size1, const struct hash *root1, uint64_t size2,
				  const struct hash *root2, const struct hash *path,
				  size_t path_count)
{
	bool is_node; /* the old tree is a perfect subtree of the new one */
	uint64_t index;
	uint64_t last;
	struct hash old_root;
	struct hash new_root;

	if (size1 == 0 || size1 > size2)
		return ERR_PROOF_FORM;
	if (size1 == size2)
		return same_size_check(root1, root2, path_count);
	is_node = (size1 & (size1 - 1)) == 0;
	if (path_count == 0)
		return ERR_PROOF_FORM;
	old_root = is_node ? *root1 : path[0];
	new_root = old_root;
	index = size1 - 1;
	last = size2 - 1;
	while ((index & 1) != 0) {
		index >>= 1;
		last >>= 1;
	}
	for (size_t i = is_node ? 0 : 1; i < path_count; i++) {
		if (last == 0)
			return ERR_PROOF_FORM;
		if ((index & 1) != 0 || index == last) {
			merkle_node(&old_root, &path[i], &old_root);
			merkle_node(&new_root, &path[i], &new_root);
			while ((index & 1) == 0 && index != 0) {
				index >>= 1;
				last >>= 1;
			}
		} else {
			merkle_node(&new_root, &new_root, &path[i]);
		}
		index >>= 1;
		last >>= 1;
	}
	if (last != 0)
		return ERR_PROOF_FORM;
	if (!hash_equal(&old_root, root1) || !hash_equal(&new_root, root2))
		return ERR_PROOF_ROOT;
	return ERR_OK;
}
