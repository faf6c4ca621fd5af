#include "tests/unit/proto/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *vectors(const char *name)
{
	char relative[128];
	char *path;
	json_t *json;

	(void)snprintf(relative, sizeof(relative), "tests/vectors/%s", name);
	path = unit_repo(relative);
	json = unit_json(path);
	free(path);
	return json;
}

struct bytes vector_text(const json_t *object, const char *key)
{
	return bytes_text(unit_json_text(object, key));
}

void vector_hex(const json_t *object, const char *key, void *out, size_t len)
{
	ck_assert_msg(hex_decode(out, len, vector_text(object, key)), "%s", key);
}

static void add_hex(struct buf *out, const char *hex)
{
	size_t len;
	uint8_t *at = unit_unhex(hex, &len);

	buf_add(out, at, len);
	free(at);
}

static void add_run(struct buf *out, const json_t *run)
{
	size_t len;
	uint8_t *byte = unit_unhex(json_string_value(json_array_get(run, 0)), &len);
	json_int_t count = json_integer_value(json_array_get(run, 1));

	ck_assert_uint_eq(len, 1);
	for (json_int_t i = 0; i < count; i++)
		buf_u8(out, byte[0]);
	free(byte);
}

void vector_bytes(const json_t *object, const char *key, struct buf *out)
{
	const json_t *value = json_object_get(object, key);
	const json_t *part;
	size_t i;

	if (json_is_string(value))
		add_hex(out, json_string_value(value));
	json_array_foreach(value, i, part) {
		if (json_is_string(part))
			add_hex(out, json_string_value(part));
		else
			add_run(out, part);
	}
	ck_assert(value != NULL && !out->has_failed);
}

uint64_t vector_number(const json_t *object, const char *key)
{
	int64_t number = unit_json_integer(object, key);

	ck_assert_int_ge(number, 0);
	return (uint64_t)number;
}

bool vector_hash_is(const json_t *object, const char *key, const struct hash *hash)
{
	struct hash want;

	vector_hex(object, key, want.b, sizeof(want.b));
	return hash_equal(&want, hash);
}

void vector_set(struct set *out)
{
	json_t *json = vectors("genesis.json");

	ck_assert_int_eq(set_parse(out, vector_text(json, "set")), ERR_OK);
	json_decref(json);
}

void vector_chain(struct hash *out)
{
	json_t *json = vectors("genesis.json");

	vector_hex(json, "chain", out->b, sizeof(out->b));
	json_decref(json);
}

struct genesis *vector_genesis(void)
{
	json_t *json = vectors("genesis.json");
	struct genesis *genesis = malloc(sizeof(*genesis));
	unsigned line;

	ck_assert_ptr_nonnull(genesis);
	ck_assert_int_eq(genesis_parse(genesis, vector_text(json, "document"), &line), ERR_OK);
	json_decref(json);
	return genesis;
}

void vector_mutate(struct bytes text, void (*check)(struct bytes changed))
{
	static const uint8_t values[] = {0, '\n', ' ', '0', '1', '9', 'a', 'F', '-', '/', 0xff};
	uint8_t *copy = malloc(text.len + 1);
	size_t step = text.len / 400 + 1;

	ck_assert_ptr_nonnull(copy);
	for (size_t i = 0; i < text.len; i += step) {
		for (size_t k = 0; k < sizeof(values); k++) {
			memcpy(copy, text.at, text.len);
			copy[i] = values[k];
			check(bytes_of(copy, text.len));
		}
		memcpy(copy, text.at, i);
		memcpy(copy + i, text.at + i + 1, text.len - i - 1);
		check(bytes_of(copy, text.len - 1));
		memcpy(copy, text.at, i + 1);
		memcpy(copy + i + 1, text.at + i, text.len - i);
		check(bytes_of(copy, text.len + 1));
	}
	free(copy);
}
