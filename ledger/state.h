/* The state tree: what is true now, as a sparse Merkle tree (crypto/smt.h).
 *
 * Versions are persistent: each is a root that shares unchanged nodes with the
 * version it was made from, so a block's overlay, its parent and a reader's
 * snapshot stand side by side.  Nodes with two non-empty children and leaves
 * live in memory; values live in the store under running leaf numbers.
 * Thread-safe: one writer makes versions, any thread reads and proves. */
#ifndef STELE_LEDGER_STATE_H
#define STELE_LEDGER_STATE_H

#include "base/bytes.h"
#include "base/err.h"
#include "crypto/smt.h"

struct state_tree;
typedef uint32_t state_version; /* 0 is the empty tree */

struct state_change {
	struct hash key_hash;
	struct hash value_hash;
	uint64_t leaf; /* the leaf number under which the store has the value */
};
/* As leaf: the key is not there, or shall not be any more. */
#define STATE_NO_LEAF UINT64_MAX

/* NULL when memory is short. */
struct state_tree *state_tree_new(void);
void state_tree_free(struct state_tree *tree);

/* A new version: base with the changes, which are sorted by key_hash, each key
 * once.  The caller releases it.  ERR_MEMORY leaves the tree as it was. */
MUST_CHECK enum err state_update(struct state_tree *tree, state_version base,
				 const struct state_change *changes, size_t count,
				 state_version *out);
/* The same; former gets for each change the leaf number that it replaced, or one of these. */
#define STATE_SAME (UINT64_MAX - 1) /* of a leaf with the same value */
MUST_CHECK enum err state_replace(struct state_tree *tree, state_version base,
				  const struct state_change *changes, size_t count,
				  uint64_t *former, state_version *out);
void state_retain(struct state_tree *tree, state_version version);
void state_release(struct state_tree *tree, state_version version);

void state_root(struct state_tree *tree, state_version version, struct hash *out);
uint64_t state_count(struct state_tree *tree, state_version version);
/* ERR_NOT_FOUND. */
MUST_CHECK enum err state_find(struct state_tree *tree, state_version version,
			       const struct hash *key_hash, uint64_t *leaf,
			       struct hash *value_hash);
/* The same of keys in any order, whose ways wait for memory together. */
struct state_found {
	uint64_t leaf; /* STATE_NO_LEAF: it is not there, and value_hash is not set */
	struct hash value_hash;
};
void state_find_many(struct state_tree *tree, state_version version, const struct hash *keys,
		     size_t count, struct state_found *out);
/* Presence or absence, whichever is the case. */
void state_prove(struct state_tree *tree, state_version version, const struct hash *key_hash,
		 struct smt_proof *out);
/* All of these keys together, present or absent, sorted and each once: the walk of
 * docs/receipt.md section 6, appended to out, which bounds it (has_failed: it was longer). */
void state_prove_many(struct state_tree *tree, state_version version, const struct hash *keys,
		      size_t count, struct buf *out);
/* --- as a sequence of items: a version is told, and made again without hashing --- */

/* Of a version that stays retained meanwhile. */
struct state_walk {
	uint32_t handles[SMT_DEPTH + 2];
	unsigned count; /* 0: all was told */
};
void state_walk_begin(struct state_walk *walk, state_version version);
/* Appends items, each subtree's top before what is left and what is right of it, until
 * leaves_max leaves are among them or all is told; how many leaves. */
size_t state_walk_next(struct state_tree *tree, struct state_walk *walk, size_t leaves_max,
		       struct buf *out);

/* Hashes of nodes are taken from the items, as is what the leaves say; the shape is checked. */
struct state_rebuild {
	struct {
		struct hash hash;
		uint32_t left;
		uint16_t depth;
	} open[SMT_DEPTH]; /* nodes that wait for what is below them */
	unsigned count;
	uint32_t root;
};
void state_rebuild_begin(struct state_rebuild *rebuild);
/* Whole items.  ERR_STORE_DAMAGED: they are none that a walk told; ERR_MEMORY.  On an error
 * state_rebuild_drop is what is left to do. */
MUST_CHECK enum err state_rebuild_add(struct state_tree *tree, struct state_rebuild *rebuild,
				      struct bytes items);
/* The version, which the caller releases.  ERR_STORE_DAMAGED: items are missing. */
MUST_CHECK enum err state_rebuild_end(struct state_tree *tree, struct state_rebuild *rebuild,
				      state_version *out);
void state_rebuild_drop(struct state_tree *tree, struct state_rebuild *rebuild);

/* Bytes of memory held by all versions. */
size_t state_memory(struct state_tree *tree);

#endif
