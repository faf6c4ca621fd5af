/* The published ics23 vectors of the SMT spec.  They write a proof as protobuf
 * (CommitmentProof) with steps from the leaf up; here they are turned into
 * paths from the root down, and absence into what was found instead. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "crypto/smt.h"
#include "tests/unit/crypto/vectors.h"

struct exist {
	struct bytes key;
	struct bytes value;
	struct hash siblings[SMT_DEPTH]; /* from the leaf up */
	bool is_left[SMT_DEPTH];	 /* the sibling lies left */
	uint16_t count;
	bool is_there;
};

struct commitment {
	uint8_t *at; /* the encoding, which the views look into */
	struct hash root;
	struct exist exist;
	struct bytes absent_key; /* already hashed */
	struct exist left;
	struct exist right;
};

/* --- protobuf, as far as these files use it ------------------------------ */

static uint64_t read_varint(struct cursor *cursor)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t byte = cursor_u8(cursor);

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			break;
	}
	return value;
}

/* The next field's number; its bytes, or its number for a varint. */
static unsigned read_field(struct cursor *cursor, struct bytes *bytes, uint64_t *number)
{
	uint64_t tag = read_varint(cursor);

	ck_assert(tag % 8 == 0 || tag % 8 == 2);
	*number = read_varint(cursor);
	*bytes = (struct bytes){NULL, 0};
	if (tag % 8 == 2)
		*bytes = cursor_take(cursor, *number);
	ck_assert(!cursor->has_failed);
	return (unsigned)(tag / 8);
}

/* 00 || H(key) || H(value), as smt_leaf hashes. */
static void check_leaf_op(struct bytes text)
{
	static const uint64_t want[6] = {0, 1, 1, 1, 0, 0};
	uint64_t got[6] = {0};
	struct cursor cursor = cursor_of(text);

	while (!cursor_is_done(&cursor)) {
		struct bytes bytes;
		uint64_t number;
		unsigned field = read_field(&cursor, &bytes, &number);

		ck_assert_uint_lt(field, 6);
		if (field == 5)
			ck_assert(bytes_equal(bytes, bytes_of("\0", 1)));
		else
			got[field] = number;
	}
	ck_assert_mem_eq(got, want, sizeof(want));
}

static void read_inner_op(struct exist *exist, struct bytes text)
{
	struct cursor cursor = cursor_of(text);
	struct bytes prefix = {NULL, 0};
	struct bytes suffix = {NULL, 0};
	struct bytes sibling;

	while (!cursor_is_done(&cursor)) {
		struct bytes bytes;
		uint64_t number;
		unsigned field = read_field(&cursor, &bytes, &number);

		if (field == 1)
			ck_assert_uint_eq(number, 1); /* SHA-256 */
		else if (field == 2)
			prefix = bytes;
		else
			suffix = bytes;
	}
	ck_assert_uint_lt(exist->count, SMT_DEPTH);
	ck_assert(prefix.len >= 1 && prefix.at[0] == 1 && prefix.len + suffix.len == 33);
	exist->is_left[exist->count] = suffix.len == 0;
	sibling = suffix.len == 0 ? bytes_of(prefix.at + 1, 32) : suffix;
	ck_assert_uint_eq(sibling.len, 32);
	memcpy(exist->siblings[exist->count++].b, sibling.at, 32);
}

static void read_exist(struct exist *out, struct bytes text)
{
	struct cursor cursor = cursor_of(text);

	out->is_there = true;
	while (!cursor_is_done(&cursor)) {
		struct bytes bytes;
		uint64_t number;

		switch (read_field(&cursor, &bytes, &number)) {
		case 1:
			out->key = bytes;
			break;
		case 2:
			out->value = bytes;
			break;
		case 3:
			check_leaf_op(bytes);
			break;
		case 4:
			read_inner_op(out, bytes);
			break;
		default:
			ck_abort_msg("an unknown field");
		}
	}
}

static void read_nonexist(struct commitment *out, struct bytes text)
{
	struct cursor cursor = cursor_of(text);

	while (!cursor_is_done(&cursor)) {
		struct bytes bytes;
		uint64_t number;
		unsigned field = read_field(&cursor, &bytes, &number);

		if (field == 1)
			out->absent_key = bytes;
		else
			read_exist(field == 2 ? &out->left : &out->right, bytes);
	}
}

/* False where the vectors are absent. */
static bool commitment_open(struct commitment *out, const char *name, struct bytes *key,
			    struct bytes *value, json_t **file)
{
	char *path = unit_shared("transparency/ics23/smt");
	char full[4096];
	struct bytes bytes;
	struct cursor cursor;
	uint64_t number;
	size_t len;

	if (path == NULL)
		return false;
	snprintf(full, sizeof(full), "%s/%s.json", path, name);
	free(path);
	memset(out, 0, sizeof(*out));
	*file = unit_json(full);
	out->at = unit_unhex(unit_json_text(*file, "proof"), &len);
	out->root = vectors_hash_hex(unit_json_text(*file, "root"));
	key->at = unit_unhex(unit_json_text(*file, "key"), &key->len);
	value->at = unit_unhex(unit_json_text(*file, "value"), &value->len);
	cursor = cursor_of(bytes_of(out->at, len));
	if (read_field(&cursor, &bytes, &number) == 1)
		read_exist(&out->exist, bytes);
	else
		read_nonexist(out, bytes);
	ck_assert(cursor_is_done(&cursor));
	return true;
}

static void commitment_close(struct commitment *commitment, struct bytes key, struct bytes value,
			     json_t *file)
{
	free((void *)(uintptr_t)key.at);
	free((void *)(uintptr_t)value.at);
	free(commitment->at);
	json_decref(file);
}

/* --- checks -------------------------------------------------------------- */

/* From the root down, with the sides that the key's bits must give. */
static void exist_proof(struct smt_proof *out, const struct exist *exist, const struct hash *key)
{
	memset(out, 0, sizeof(*out));
	out->end = SMT_PRESENT;
	out->siblings_count = exist->count;
	for (unsigned d = 0; d < exist->count; d++) {
		unsigned step = exist->count - 1u - d;

		out->siblings[d] = exist->siblings[step];
		ck_assert_uint_eq(smt_bit(key, d), exist->is_left[step] ? 1 : 0);
	}
}

static void check_exist(const struct exist *exist, const struct hash *root)
{
	struct smt_proof proof;
	struct hash key;
	struct hash value;

	sha256(&key, exist->key.at, exist->key.len);
	sha256(&value, exist->value.at, exist->value.len);
	exist_proof(&proof, exist, &key);
	ck_assert_int_eq(smt_check_present(&proof, &key, &value, root), ERR_OK);
	value.b[31] ^= 1;
	ck_assert_int_eq(smt_check_present(&proof, &key, &value, root), ERR_PROOF_ROOT);
}

/* Whether the neighbour's path tells what lies where the key would; then its
 * absence is proved and true given back. */
static bool check_absent_by(const struct exist *neighbour, const struct hash *key,
			    const struct hash *root)
{
	struct smt_proof proof;
	struct hash near;
	struct hash value;
	struct hash below;
	unsigned d = 0;

	sha256(&near, neighbour->key.at, neighbour->key.len);
	sha256(&value, neighbour->value.at, neighbour->value.len);
	exist_proof(&proof, neighbour, &near);
	while (d < proof.siblings_count && smt_bit(&near, d) == smt_bit(key, d))
		d++;
	if (d == proof.siblings_count) {
		proof.end = SMT_OTHER;
		proof.other_key = near;
		proof.other_value = value;
		ck_assert_int_eq(smt_check_absent(&proof, key, root), ERR_OK);
		return true;
	}
	if (!hash_is_zero(&proof.siblings[d]))
		return false;
	/* The key parts from the neighbour at depth d, where the other side is
	 * empty; the neighbour's own side becomes the sibling. */
	smt_leaf(&below, &near, &value);
	for (unsigned i = proof.siblings_count; --i > d;) {
		if (smt_bit(&near, i) == 0)
			smt_node(&below, &below, &proof.siblings[i]);
		else
			smt_node(&below, &proof.siblings[i], &below);
	}
	proof.siblings[d] = below;
	proof.siblings_count = (uint16_t)(d + 1);
	proof.end = SMT_EMPTY;
	ck_assert_int_eq(smt_check_absent(&proof, key, root), ERR_OK);
	return true;
}

UNIT_TEST(ics23_smt_existence_vectors_are_accepted)
{
	static const char *const names[] = {"exist_left", "exist_middle", "exist_right"};

	for (size_t i = 0; i < 3; i++) {
		struct commitment commitment;
		struct bytes key;
		struct bytes value;
		json_t *file;

		if (!commitment_open(&commitment, names[i], &key, &value, &file))
			return;
		ck_assert(bytes_equal(commitment.exist.key, key));
		ck_assert(bytes_equal(commitment.exist.value, value));
		ck_assert_uint_gt(commitment.exist.count, 3);
		check_exist(&commitment.exist, &commitment.root);
		commitment_close(&commitment, key, value, file);
	}
}

UNIT_TEST(ics23_smt_absence_vectors_are_accepted)
{
	static const char *const names[] = {"nonexist_left", "nonexist_middle", "nonexist_right"};

	for (size_t i = 0; i < 3; i++) {
		struct commitment commitment;
		bool is_proved = false;
		struct bytes key;
		struct bytes value;
		struct hash hash;
		json_t *file;

		if (!commitment_open(&commitment, names[i], &key, &value, &file))
			return;
		sha256(&hash, key.at, key.len);
		ck_assert(bytes_equal(commitment.absent_key, bytes_of(hash.b, 32)));
		ck_assert(commitment.left.is_there || commitment.right.is_there);
		if (commitment.left.is_there) {
			check_exist(&commitment.left, &commitment.root);
			is_proved = check_absent_by(&commitment.left, &hash, &commitment.root);
		}
		if (commitment.right.is_there) {
			check_exist(&commitment.right, &commitment.root);
			is_proved = check_absent_by(&commitment.right, &hash, &commitment.root) ||
				    is_proved;
		}
		ck_assert_msg(is_proved, "%s", names[i]);
		commitment_close(&commitment, key, value, file);
	}
}

UNIT_TEST(ics23_sha256_vector_agrees)
{
	char *path = unit_shared("transparency/ics23/TestDoHashData.json");
	const char *text;
	struct hash want;
	struct hash got;
	json_t *vector;
	json_t *file;

	if (path == NULL)
		return;
	file = unit_json(path);
	vector = json_object_get(file, "sha256");
	text = unit_json_text(vector, "Preimage");
	want = vectors_hash_hex(unit_json_text(vector, "ExpectedHash"));
	sha256(&got, text, strlen(text));
	ck_assert(hash_equal(&got, &want));
	json_decref(file);
	free(path);
}

UNIT_MAIN("ics23", ics23_smt_existence_vectors_are_accepted,
	  ics23_smt_absence_vectors_are_accepted, ics23_sha256_vector_agrees)
