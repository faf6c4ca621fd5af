#include "crypto/smt.h"

#include <string.h>

#include "crypto/digest.h"

static void tagged(struct hash *out, uint8_t tag, const struct hash *a, const struct hash *b)
{
	uint8_t joined[65];

	joined[0] = tag;
	memcpy(joined + 1, a->b, 32);
	memcpy(joined + 33, b->b, 32);
	sha256(out, joined, sizeof(joined));
}

void smt_leaf(struct hash *out, const struct hash *key_hash, const struct hash *value_hash)
{
	tagged(out, 0x00, key_hash, value_hash);
}

void smt_node(struct hash *out, const struct hash *left, const struct hash *right)
{
	tagged(out, 0x01, left, right);
}

unsigned smt_bit(const struct hash *key_hash, unsigned d)
{
	ASSERT(d < SMT_DEPTH);
	return key_hash->b[d / 8] >> (7 - d % 8) & 1u;
}

/* A leaf or an empty subtree has no empty sibling: the two would collapse. */
static bool has_form(const struct smt_proof *proof)
{
	if (proof->siblings_count > SMT_DEPTH)
		return false;
	return proof->siblings_count == 0 ||
	       !hash_is_zero(&proof->siblings[proof->siblings_count - 1]);
}

/* Climbs from what was found at the end of the path to the root. */
static enum err climb_check(const struct smt_proof *proof, const struct hash *key_hash,
			    const struct hash *found, const struct hash *root)
{
	struct hash hash = *found;

	for (unsigned d = proof->siblings_count; d-- > 0;) {
		if (smt_bit(key_hash, d) == 0)
			smt_node(&hash, &hash, &proof->siblings[d]);
		else
			smt_node(&hash, &proof->siblings[d], &hash);
	}
	return hash_equal(&hash, root) ? ERR_OK : ERR_PROOF_ROOT;
}

enum err smt_check_present(const struct smt_proof *proof, const struct hash *key_hash,
			   const struct hash *value_hash, const struct hash *root)
{
	struct hash leaf;

	if (proof->end != SMT_PRESENT || !has_form(proof))
		return ERR_PROOF_FORM;
	smt_leaf(&leaf, key_hash, value_hash);
	return climb_check(proof, key_hash, &leaf, root);
}

/* Whether another leaf lies where the key's own would lie. */
static bool is_on_path(const struct smt_proof *proof, const struct hash *key_hash)
{
	if (hash_equal(&proof->other_key, key_hash))
		return false;
	for (unsigned d = 0; d < proof->siblings_count; d++) {
		if (smt_bit(&proof->other_key, d) != smt_bit(key_hash, d))
			return false;
	}
	return true;
}

enum err smt_check_absent(const struct smt_proof *proof, const struct hash *key_hash,
			  const struct hash *root)
{
	struct hash found = {{0}};

	if (!has_form(proof))
		return ERR_PROOF_FORM;
	switch (proof->end) {
	case SMT_PRESENT:
		return ERR_PROOF_FORM;
	case SMT_EMPTY:
		break;
	case SMT_OTHER:
		if (!is_on_path(proof, key_hash))
			return ERR_PROOF_FORM;
		smt_leaf(&found, &proof->other_key, &proof->other_value);
		break;
	}
	return climb_check(proof, key_hash, &found, root);
}
