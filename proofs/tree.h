/* One proof of many state entries: docs/receipt.md section 6.  What a walk of the
 * state tree meets in preorder, where the subtrees that hold none of the entries
 * are a hash each. */
#ifndef STELE_PROOFS_TREE_H
#define STELE_PROOFS_TREE_H

#include "base/bytes.h"
#include "base/err.h"

struct tree_entry {
	struct hash key;   /* H(key) */
	struct hash value; /* H(value) of one that is present */
	bool is_present;
};

/* The byte that says what stands where an entry lies. */
enum tree_mark { TREE_NODE = 1, TREE_PRESENT = 2, TREE_OTHER = 3, TREE_EMPTY = 4 };

/* Whether the proof shows each of the entries, which ascend by key and of which
 * none is there twice, as it claims to be under the root.  ERR_PROOF_FORM: they do
 * not ascend, or these bytes are no walk that meets them so; ERR_PROOF_ROOT. */
MUST_CHECK enum err tree_check(struct bytes tree, const struct tree_entry *entries, size_t count,
			       const struct hash *root);

#endif
