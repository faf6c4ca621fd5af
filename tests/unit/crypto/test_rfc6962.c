/* The published RFC 6962 vectors, good and bad, and the roots of sizes 0 to 8. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "tests/unit/crypto/vectors.h"

struct counts {
	unsigned accepted;
	unsigned refused;
};

/* Numbers go up to 2^64 - 1, more than jansson's integers hold: they are read
 * from the text, and the document with numbers as reals. */
struct vector {
	char *text;
	json_t *json;
};

static struct vector vector_open(const char *path)
{
	size_t len;
	struct vector vector = {.text = (char *)unit_file(path, &len)};

	vector.json = json_loads(vector.text, JSON_DECODE_INT_AS_REAL, NULL);
	ck_assert_msg(json_is_object(vector.json), "%s", path);
	return vector;
}

static void vector_close(struct vector *vector)
{
	json_decref(vector->json);
	free(vector->text);
}

static uint64_t vector_number(const struct vector *vector, const char *name)
{
	char member[32];
	const char *at;
	char *end;
	unsigned long long number;

	ck_assert_int_lt(snprintf(member, sizeof(member), "\"%s\": ", name), (int)sizeof(member));
	at = strstr(vector->text, member);
	ck_assert_ptr_nonnull(at);
	at += strlen(member);
	errno = 0;
	number = strtoull(at, &end, 10);
	ck_assert(end != at && errno == 0);
	return number;
}

/* The path of a vector; false where one of its hashes has not 32 bytes. */
static bool read_path(const json_t *vector, struct hash path[128], size_t *path_count)
{
	const json_t *proof = json_object_get(vector, "proof");
	size_t i;
	json_t *text;

	ck_assert(proof == NULL || json_is_array(proof) || json_is_null(proof));
	ck_assert_uint_le(json_array_size(proof), 128);
	json_array_foreach(proof, i, text) {
		if (!vectors_hash(&path[i], text))
			return false;
	}
	*path_count = json_array_size(proof);
	return true;
}

static void count(struct counts *counts, const char *path, const json_t *vector, enum err err)
{
	bool is_bad = json_is_true(json_object_get(vector, "wantErr"));

	ck_assert_msg((err != ERR_OK) == is_bad, "%s: %s", path, err_text(err));
	if (err == ERR_OK)
		counts->accepted++;
	else
		counts->refused++;
}

static void visit_inclusion(const char *file, void *context)
{
	struct vector vector = vector_open(file);
	struct hash path[128];
	struct hash root;
	struct hash leaf;
	size_t path_count = 0;
	enum err err = ERR_PROOF_FORM;

	if (vectors_hash(&root, json_object_get(vector.json, "root")) &&
	    vectors_hash(&leaf, json_object_get(vector.json, "leafHash")) &&
	    read_path(vector.json, path, &path_count))
		err = merkle_inclusion_check(&leaf, vector_number(&vector, "leafIdx"),
					     vector_number(&vector, "treeSize"), path,
					     path_count, &root);
	count(context, file, vector.json, err);
	vector_close(&vector);
}

/* Some consistency vectors are about sizes alone and write "don't care" where
 * a root belongs, one of them a good one.  The hash of such a text stands in for
 * it: equal texts stay equal, different ones different. */
static void read_root(struct hash *out, const json_t *text)
{
	if (!vectors_hash(out, text))
		sha256(out, json_string_value(text), json_string_length(text));
}

static void visit_consistency(const char *file, void *context)
{
	struct vector vector = vector_open(file);
	struct hash path[128];
	struct hash root1;
	struct hash root2;
	size_t path_count = 0;
	enum err err = ERR_PROOF_FORM;

	read_root(&root1, json_object_get(vector.json, "root1"));
	read_root(&root2, json_object_get(vector.json, "root2"));
	if (read_path(vector.json, path, &path_count))
		err = merkle_consistency_check(vector_number(&vector, "size1"), &root1,
					       vector_number(&vector, "size2"), &root2,
					       path, path_count);
	count(context, file, vector.json, err);
	vector_close(&vector);
}

UNIT_TEST(rfc6962_all_196_vectors_are_judged_right)
{
	char *inclusion = unit_shared("transparency/rfc6962/testdata/inclusion");
	char *consistency = unit_shared("transparency/rfc6962/testdata/consistency");
	struct counts counts = {0};

	if (inclusion == NULL || consistency == NULL)
		return;
	vectors_each_file(inclusion, visit_inclusion, &counts);
	vectors_each_file(consistency, visit_consistency, &counts);
	ck_assert_uint_eq(counts.accepted + counts.refused, 196);
	ck_assert_uint_gt(counts.accepted, 5);
	ck_assert_uint_gt(counts.refused, 100);
	free(inclusion);
	free(consistency);
}

UNIT_TEST(rfc6962_roots_of_sizes_0_to_8_agree)
{
	char *path = unit_shared("transparency/rfc6962/tree-roots.json");
	struct hash leaves[8];
	struct hash got;
	struct hash want;
	json_t *vectors;
	json_t *roots;

	if (path == NULL)
		return;
	vectors = unit_json(path);
	roots = unit_json_array(vectors, "roots_by_size");
	ck_assert_uint_eq(json_array_size(roots), 9);
	for (size_t size = 0; size <= 8; size++) {
		want = vectors_hash_hex(json_string_value(json_array_get(roots, size)));
		merkle_root(&got, leaves, size);
		ck_assert_msg(hash_equal(&got, &want), "size %zu", size);
		if (size < 8) {
			json_t *inputs = unit_json_array(vectors, "leaf_inputs_hex");
			size_t len;
			uint8_t *data =
				unit_unhex(json_string_value(json_array_get(inputs, size)), &len);

			merkle_leaf(&leaves[size], bytes_of(data, len));
			free(data);
		}
	}
	merkle_empty(&got);
	want = vectors_hash_hex(unit_json_text(vectors, "empty_root"));
	ck_assert(hash_equal(&got, &want));
	merkle_leaf(&got, bytes_text("L123456"));
	want = vectors_hash_hex(unit_json_text(vectors, "leaf_hash_L123456"));
	ck_assert(hash_equal(&got, &want));
	json_decref(vectors);
	free(path);
}

UNIT_MAIN("rfc6962", rfc6962_all_196_vectors_are_judged_right, rfc6962_roots_of_sizes_0_to_8_agree)
