/* The checking side of the state tree, against a tree built by its definition. */
#include "crypto/smt.h"

#include <string.h>

#include "base/rng.h"
#include "crypto/digest.h"
#include "tests/lib/unit.h"

#define ENTRIES_MAX 40

struct entry {
	struct hash key;
	struct hash value;
};

/* The root of the subtree at depth d over the entries, which all share their
 * first d bits. */
static void root_of(struct hash *out, const struct entry *entries, size_t count, unsigned d)
{
	struct entry sides[2][ENTRIES_MAX];
	size_t counts[2] = {0, 0};
	struct hash roots[2];

	if (count == 0) {
		memset(out, 0, sizeof(*out));
		return;
	}
	if (count == 1) {
		smt_leaf(out, &entries[0].key, &entries[0].value);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		unsigned side = smt_bit(&entries[i].key, d);

		sides[side][counts[side]++] = entries[i];
	}
	root_of(&roots[0], sides[0], counts[0], d + 1);
	root_of(&roots[1], sides[1], counts[1], d + 1);
	smt_node(out, &roots[0], &roots[1]);
}

static void proof_of(struct smt_proof *proof, const struct entry *entries, size_t count,
		     const struct hash *key)
{
	struct entry inside[ENTRIES_MAX];
	struct entry outside[ENTRIES_MAX];
	unsigned d = 0;

	memset(proof, 0, sizeof(*proof));
	memcpy(inside, entries, count * sizeof(inside[0]));
	while (count > 1) {
		size_t outside_count = 0;
		size_t inside_count = 0;

		for (size_t i = 0; i < count; i++) {
			if (smt_bit(&inside[i].key, d) == smt_bit(key, d))
				inside[inside_count++] = inside[i];
			else
				outside[outside_count++] = inside[i];
		}
		root_of(&proof->siblings[d], outside, outside_count, d + 1);
		d++;
		count = inside_count;
	}
	proof->siblings_count = (uint16_t)d;
	if (count == 0) {
		proof->end = SMT_EMPTY;
	} else if (hash_equal(&inside[0].key, key)) {
		proof->end = SMT_PRESENT;
	} else {
		proof->end = SMT_OTHER;
		proof->other_key = inside[0].key;
		proof->other_value = inside[0].value;
	}
}

/* Random entries; from the second on every other one shares a long prefix with
 * the one before, so that deep paths with empty siblings come up. */
static void entries_fill(struct entry *entries, size_t count, struct rng *rng)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < 32; j++) {
			entries[i].key.b[j] = (uint8_t)rng_u64(rng);
			entries[i].value.b[j] = (uint8_t)rng_u64(rng);
		}
		if (i % 2 == 1) {
			size_t bit = rng_below(rng, 256);

			entries[i].key = entries[i - 1].key;
			entries[i].key.b[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		}
	}
}

/* One random bit of one random sibling. */
static void sibling_flip(struct smt_proof *proof, uint64_t seed)
{
	struct hash *sibling = &proof->siblings[seed % proof->siblings_count];

	sibling->b[seed / 256 % 32] ^= (uint8_t)(1u << seed / 8192 % 8);
}

static void try_present(struct smt_proof *proof, struct entry entry, struct hash root,
			struct rng *rng)
{
	ck_assert_int_eq(proof->end, SMT_PRESENT);
	ck_assert_int_eq(smt_check_present(proof, &entry.key, &entry.value, &root), ERR_OK);
	ck_assert_int_eq(smt_check_absent(proof, &entry.key, &root), ERR_PROOF_FORM);
	entry.value.b[rng_below(rng, 32)] ^= 1;
	ck_assert_int_eq(smt_check_present(proof, &entry.key, &entry.value, &root), ERR_PROOF_ROOT);
	if (proof->siblings_count > 0) {
		uint64_t seed = rng_u64(rng);

		sibling_flip(proof, seed);
		ck_assert_int_ne(smt_check_present(proof, &entry.key, &entry.value, &root), ERR_OK);
		sibling_flip(proof, seed);
		proof->siblings_count--;
		ck_assert_int_ne(smt_check_present(proof, &entry.key, &entry.value, &root), ERR_OK);
		proof->siblings_count++;
	}
	proof->end = SMT_EMPTY;
	ck_assert_int_ne(smt_check_absent(proof, &entry.key, &root), ERR_OK);
	proof->end = SMT_OTHER;
	proof->other_key = entry.key;
	proof->other_value = entry.value;
	ck_assert_int_eq(smt_check_absent(proof, &entry.key, &root), ERR_PROOF_FORM);
}

static void try_absent(struct smt_proof *proof, struct hash key, struct hash root, struct rng *rng)
{
	struct hash value = {{0}};

	ck_assert_int_ne(proof->end, SMT_PRESENT);
	ck_assert_int_eq(smt_check_absent(proof, &key, &root), ERR_OK);
	ck_assert_int_eq(smt_check_present(proof, &key, &value, &root), ERR_PROOF_FORM);
	if (proof->siblings_count > 0) {
		uint64_t seed = rng_u64(rng);

		sibling_flip(proof, seed);
		ck_assert_int_ne(smt_check_absent(proof, &key, &root), ERR_OK);
		sibling_flip(proof, seed);
		key.b[0] ^= 0x80; /* the other side */
		ck_assert_int_ne(smt_check_absent(proof, &key, &root), ERR_OK);
		key.b[0] ^= 0x80;
	}
	root.b[0] ^= 1;
	ck_assert_int_eq(smt_check_absent(proof, &key, &root), ERR_PROOF_ROOT);
}

UNIT_TEST(smt_proofs_of_small_trees_are_accepted_and_their_mutations_refused)
{
	struct rng rng;

	rng_init(&rng, 6962);
	for (size_t count = 0; count <= ENTRIES_MAX; count++) {
		struct entry entries[ENTRIES_MAX + 1];
		struct smt_proof proof;
		struct hash root;

		entries_fill(entries, count, &rng);
		root_of(&root, entries, count, 0);
		for (size_t i = 0; i < count; i++) {
			struct hash near = entries[i].key;

			proof_of(&proof, entries, count, &entries[i].key);
			try_present(&proof, entries[i], root, &rng);
			near.b[rng_below(&rng, 32)] ^= 0x10;
			proof_of(&proof, entries, count, &near);
			if (proof.end != SMT_PRESENT)
				try_absent(&proof, near, root, &rng);
		}
		for (int i = 0; i < 5; i++) {
			struct entry absent[1];

			entries_fill(absent, 1, &rng);
			proof_of(&proof, entries, count, &absent[0].key);
			try_absent(&proof, absent[0].key, root, &rng);
		}
	}
}

UNIT_TEST(smt_path_of_full_depth_is_accepted)
{
	struct entry entries[2] = {{{{7}}, {{1}}}, {{{7}}, {{2}}}};
	struct smt_proof proof;
	struct hash root;

	entries[1].key.b[31] ^= 1; /* parted by the very last bit */
	root_of(&root, entries, 2, 0);
	proof_of(&proof, entries, 2, &entries[1].key);
	ck_assert_uint_eq(proof.siblings_count, SMT_DEPTH);
	ck_assert_int_eq(smt_check_present(&proof, &entries[1].key, &entries[1].value, &root), ERR_OK);
	ck_assert_int_eq(smt_check_present(&proof, &entries[0].key, &entries[1].value, &root),
			 ERR_PROOF_ROOT);
	proof.siblings_count = SMT_DEPTH + 1;
	ck_assert_int_eq(smt_check_present(&proof, &entries[1].key, &entries[1].value, &root),
			 ERR_PROOF_FORM);
	proof.end = SMT_EMPTY;
	ck_assert_int_eq(smt_check_absent(&proof, &entries[1].key, &root), ERR_PROOF_FORM);
}

UNIT_TEST(smt_empty_tree_has_the_zero_root_and_lacks_everything)
{
	struct smt_proof proof = {.end = SMT_EMPTY};
	struct hash root = {{0}};
	struct hash key = {{1}};

	ck_assert_int_eq(smt_check_absent(&proof, &key, &root), ERR_OK);
	root.b[5] = 1;
	ck_assert_int_eq(smt_check_absent(&proof, &key, &root), ERR_PROOF_ROOT);
}

/* Both sides of the lowest node empty, or one leaf beside nothing: such a node
 * would have collapsed, so no tree has it. */
UNIT_TEST(smt_node_that_would_collapse_is_no_proof)
{
	struct smt_proof proof = {.end = SMT_EMPTY, .siblings_count = 1};
	struct hash zero = {{0}};
	struct hash key = {{1}};
	struct hash value = {{2}};
	struct hash root;

	smt_node(&root, &zero, &zero);
	ck_assert_int_eq(smt_check_absent(&proof, &key, &root), ERR_PROOF_FORM);
	smt_leaf(&root, &key, &value);
	smt_node(&root, &root, &zero);
	proof.end = SMT_PRESENT;
	ck_assert_int_eq(smt_check_present(&proof, &key, &value, &root), ERR_PROOF_FORM);
}

UNIT_TEST(smt_other_leaf_off_the_path_proves_nothing)
{
	struct entry entries[2] = {{{{0x00}}, {{1}}}, {{{0xff}}, {{2}}}};
	struct smt_proof proof;
	struct hash absent = {{0x01}};
	struct hash root;

	root_of(&root, entries, 2, 0);
	proof_of(&proof, entries, 2, &entries[1].key);
	proof.end = SMT_OTHER;
	proof.other_key = entries[1].key;
	proof.other_value = entries[1].value;
	ck_assert_int_eq(smt_check_absent(&proof, &absent, &root), ERR_PROOF_FORM);
	absent.b[0] = 0xfe;
	ck_assert_int_eq(smt_check_absent(&proof, &absent, &root), ERR_OK);
}

UNIT_TEST(smt_bit_counts_from_the_highest)
{
	struct hash key = {{0x80, 0x01}};

	ck_assert_uint_eq(smt_bit(&key, 0), 1);
	ck_assert_uint_eq(smt_bit(&key, 1), 0);
	ck_assert_uint_eq(smt_bit(&key, 15), 1);
	ck_assert_uint_eq(smt_bit(&key, 255), 0);
}

UNIT_MAIN("smt", smt_proofs_of_small_trees_are_accepted_and_their_mutations_refused,
	  smt_path_of_full_depth_is_accepted,
	  smt_empty_tree_has_the_zero_root_and_lacks_everything,
	  smt_node_that_would_collapse_is_no_proof, smt_other_leaf_off_the_path_proves_nothing,
	  smt_bit_counts_from_the_highest)
