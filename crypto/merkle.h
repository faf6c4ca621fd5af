/* Merkle trees of RFC 6962 / RFC 9162 section 2.1, SHA-256:
 * leaf = H(0x00 || data), node = H(0x01 || left || right), empty = H(""). */
#ifndef STELE_CRYPTO_MERKLE_H
#define STELE_CRYPTO_MERKLE_H

#include "base/bytes.h"
#include "base/err.h"

#define MERKLE_PATH_MAX 64

void merkle_leaf(struct hash *out, struct bytes data);
void merkle_node(struct hash *out, const struct hash *left, const struct hash *right);
void merkle_empty(struct hash *out);
/* Root over count leaf hashes; count 0 gives the empty root. */
void merkle_root(struct hash *out, const struct hash *leaves, size_t count);

/* The right edge of a growing tree: enough to append and to give the root.
 * peaks[i] is the root of the perfect subtree of 2^i leaves where bit i of size
 * is set.  A plain value: copy it to keep an older size. */
struct merkle_frontier {
	uint64_t size;
	struct hash peaks[64];
};

void merkle_frontier_init(struct merkle_frontier *frontier);
void merkle_frontier_append(struct merkle_frontier *frontier, const struct hash *leaf);
void merkle_frontier_root(const struct merkle_frontier *frontier, struct hash *out);

/* Gives the root of the perfect subtree at the level (0 = leaves) and index;
 * the path builders ask for nothing else. */
typedef enum err merkle_subtree(void *context, unsigned level, uint64_t index, struct hash *out);

/* Inclusion path of leaf index in the tree of the given size, RFC 9162 2.1.3.1.
 * index < size.  Errors are those of get. */
MUST_CHECK enum err merkle_inclusion_path(merkle_subtree *get, void *context, uint64_t index,
					  uint64_t size, struct hash path[MERKLE_PATH_MAX],
					  size_t *path_count);
/* Consistency path, RFC 9162 2.1.4.1; 1 <= size1 <= size2. */
MUST_CHECK enum err merkle_consistency_path(merkle_subtree *get, void *context, uint64_t size1,
					    uint64_t size2, struct hash path[MERKLE_PATH_MAX],
					    size_t *path_count);
/* A merkle_subtree over an array of leaf hashes. */
struct merkle_array {
	const struct hash *leaves;
	uint64_t count;
};
enum err merkle_array_subtree(void *array, unsigned level, uint64_t index, struct hash *out);

/* RFC 9162 2.1.3.2.  ERR_PROOF_FORM: wrong length for index and size, or index
 * >= size; ERR_PROOF_ROOT: leads to another root. */
MUST_CHECK enum err merkle_inclusion_check(const struct hash *leaf, uint64_t index, uint64_t size,
					   const struct hash *path, size_t path_count,
					   const struct hash *root);
/* RFC 9162 2.1.4.2.  size1 = 0 is ERR_PROOF_FORM. */
MUST_CHECK enum err merkle_consistency_check(uint64_t size1, const struct hash *root1,
					     uint64_t size2, const struct hash *root2,
					     const struct hash *path, size_t path_count);

#endif
