#include "proofs/tree.h"

#include "crypto/smt.h"

/* Entries that lie in the subtree which is walked. */
struct span {
	const struct tree_entry *at;
	size_t count;
};

static bool walk(struct cursor *tree, struct span span, unsigned depth, struct hash *out);

static size_t present_count(struct span span)
{
	size_t count = 0;

	for (size_t i = 0; i < span.count; i++)
		count += span.at[i].is_present;
	return count;
}

static bool holds(struct span span, const struct hash *key)
{
	for (size_t i = 0; i < span.count; i++)
		if (hash_equal(&span.at[i].key, key))
			return true;
	return false;
}

/* Whether the key lies in the same subtree at that depth as another one. */
static bool lies_beside(const struct hash *key, const struct hash *other, unsigned depth)
{
	for (unsigned d = 0; d < depth; d++)
		if (smt_bit(key, d) != smt_bit(other, d))
			return false;
	return true;
}

static bool walk_node(struct cursor *tree, struct span span, unsigned depth, struct hash *out)
{
	struct span left = {span.at, 0}, right;
	struct hash left_hash, right_hash;

	if (depth == SMT_DEPTH)
		return false;
	while (left.count < span.count && smt_bit(&span.at[left.count].key, depth) == 0)
		left.count++;
	right = (struct span){span.at + left.count, span.count - left.count};
	if (!walk(tree, left, depth + 1, &left_hash) ||
	    !walk(tree, right, depth + 1, &right_hash))
		return false;
	smt_node(out, &left_hash, &right_hash);
	return true;
}

static bool walk_present(struct span span, struct hash *out)
{
	if (present_count(span) != 1)
		return false;
	for (size_t i = 0; i < span.count; i++)
		if (span.at[i].is_present)
			smt_leaf(out, &span.at[i].key, &span.at[i].value);
	return true;
}

/* The leaf of another key that stands where the entries would. */
static bool walk_other(struct cursor *tree, struct span span, unsigned depth, struct hash *out)
{
	struct hash key, value;

	cursor_hash(tree, &key);
	cursor_hash(tree, &value);
	if (tree->has_failed || present_count(span) != 0 ||
	    !lies_beside(&key, &span.at[0].key, depth) ||
	    holds(span, &key))
		return false;
	smt_leaf(out, &key, &value);
	return true;
}

/* The hash of a subtree, as the bytes and the entries in it have it. */
static bool walk(struct cursor *tree, struct span span, unsigned depth, struct hash *out)
{
	if (span.count == 0) {
		cursor_hash(tree, out);
		return !tree->has_failed;
	}
	switch (cursor_u8(tree)) {
	case TREE_NODE:
		return walk_node(tree, span, depth, out);
	case TREE_PRESENT:
		return walk_present(span, out);
	case TREE_OTHER:
		return walk_other(tree, span, depth, out);
	case TREE_EMPTY:
		*out = (struct hash){{0}};
		return present_count(span) == 0;
	default: /* a byte from outside */
		return false;
	}
}

enum err tree_check(struct bytes tree, const struct tree_entry *entries, size_t count,
		    const struct hash *root)
{
	struct cursor cursor = cursor_of(tree);
	struct hash found;

	for (size_t i = 1; i < count; i++)
		if (hash_compare(&entries[i - 1].key, &entries[i].key) >= 0)
			return ERR_PROOF_FORM;
	if (!walk(&cursor, (struct span){entries, count}, 0, &found) ||
	    !cursor_is_done(&cursor))
		return ERR_PROOF_FORM;
	return hash_equal(&found, root) ? ERR_OK : ERR_PROOF_ROOT;
}
