/* Sparse Merkle tree in the hashing of the ics23 SMT spec, the checking side:
 * leaf = H(00 || H(key) || H(value)), node = H(01 || l || r), an empty child is
 * 32 zero bytes, a subtree of one leaf collapses to that leaf.  Bit d of a path
 * is bit 7-(d mod 8) of byte d/8 of H(key).  (The tree itself: ledger/state.) */
#ifndef STELE_CRYPTO_SMT_H
#define STELE_CRYPTO_SMT_H

#include "base/bytes.h"
#include "base/err.h"

#define SMT_DEPTH 256

void smt_leaf(struct hash *out, const struct hash *key_hash, const struct hash *value_hash);
void smt_node(struct hash *out, const struct hash *left, const struct hash *right);
/* Bit d of the path, 0 = left. */
unsigned smt_bit(const struct hash *key_hash, unsigned d);

enum smt_end {
	SMT_PRESENT, /* the leaf of the key itself */
	SMT_EMPTY,   /* absent: an empty subtree where the key would be */
	SMT_OTHER,   /* absent: the leaf of another key where this one would be */
};

/* A path from the root down; siblings[0] is the root's other child. */
struct smt_proof {
	enum smt_end end;
	struct hash other_key;   /* SMT_OTHER: H(key') */
	struct hash other_value; /* SMT_OTHER: H(value') */
	struct hash siblings[SMT_DEPTH];
	uint16_t siblings_count;
};

/* Presence of H(key) with H(value).  ERR_PROOF_FORM, ERR_PROOF_ROOT. */
MUST_CHECK enum err smt_check_present(const struct smt_proof *proof, const struct hash *key_hash,
				      const struct hash *value_hash, const struct hash *root);
/* Absence.  ERR_PROOF_FORM also where other_key is the key or off its path. */
MUST_CHECK enum err smt_check_absent(const struct smt_proof *proof, const struct hash *key_hash,
				     const struct hash *root);

#endif
