/* Transactions and state values against the frozen vectors, both ways. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/merkle.h"
#include "proto/tx.h"
#include "proto/value.h"
#include "tests/unit/proto/vectors.h"

/* The decoded message, signed again with the same key, gives the same bytes. */
static void signs_the_same(const struct tx *tx, const json_t *vector, const char *name)
{
	struct secret secret;
	struct buf again;

	vector_hex(vector, "secret", secret.b, sizeof(secret.b));
	buf_init(&again, LIMIT_TX_BYTES);
	ck_assert_int_eq(tx_sign(&again, tx->message, tx->attachment, &secret), ERR_OK);
	ck_assert_msg(bytes_equal(buf_bytes(&again), tx->raw), "%s", name);
	buf_release(&again);
}

static void check_good(const json_t *vector, const struct hash *chain)
{
	const char *name = unit_json_text(vector, "name");
	struct buf raw, leaf;
	struct hash leaf_hash;
	struct tx *tx, *back;
	struct bytes want;

	buf_init(&raw, LIMIT_TX_BYTES);
	buf_init(&leaf, LIMIT_LEAF_BYTES);
	vector_bytes(vector, "raw", &raw);
	ck_assert_msg(tx_decode(&tx, buf_bytes(&raw), chain) == ERR_OK, "%s", name);
	ck_assert_int_eq(tx_check_signature(tx), ERR_OK);
	ck_assert_str_eq(operation_name(tx->operation), unit_json_text(vector, "operation"));
	ck_assert_uint_eq(tx->operation, vector_number(vector, "number"));
	ck_assert(vector_hash_is(vector, "id", &tx->id));
	signs_the_same(tx, vector, name);
	vector_bytes(vector, "leaf", &leaf);
	want = buf_bytes(&leaf);
	merkle_leaf(&leaf_hash, want);
	ck_assert(vector_hash_is(vector, "leaf_hash", &leaf_hash));
	ck_assert_int_eq(tx_from_leaf(&back, want, tx->attachment, chain), ERR_OK);
	ck_assert(bytes_equal(back->raw, tx->raw));
	ck_assert(bytes_equal(tx->leaf_data, want));
	ck_assert(hash_equal(&tx->leaf_hash, &leaf_hash));
	tx_free(back);
	tx_free(tx);
	buf_release(&leaf);
	buf_release(&raw);
}

UNIT_TEST(good_transactions_agree_both_ways)
{
	json_t *json = vectors("transactions.json");
	const json_t *vector;
	struct hash chain;
	size_t i;

	vector_hex(json, "chain", chain.b, sizeof(chain.b));
	ck_assert_uint_ge(json_array_size(unit_json_array(json, "transactions")), 27);
	json_array_foreach(unit_json_array(json, "transactions"), i, vector)
		check_good(vector, &chain);
	json_decref(json);
}

static void mark(uint32_t operation, void *seen)
{
	ck_assert_uint_lt(operation, 128);
	((bool *)seen)[operation] = !((bool *)seen)[operation];
}

UNIT_TEST(every_operation_has_a_good_vector)
{
	json_t *json = vectors("transactions.json");
	bool missing[128] = {false};
	const json_t *vector;
	size_t i;

	operation_each(mark, missing);
	json_array_foreach(unit_json_array(json, "transactions"), i, vector)
		missing[vector_number(vector, "number")] = false;
	for (i = 0; i < 128; i++)
		ck_assert_msg(!missing[i], "operation %zu", i);
	json_decref(json);
}

static enum err first_error(struct bytes raw, const struct hash *chain)
{
	struct tx *tx;
	enum err err = tx_decode(&tx, raw, chain);

	if (err != ERR_OK)
		return err;
	err = tx_check_signature(tx);
	tx_free(tx);
	return err;
}

UNIT_TEST(bad_transactions_are_refused_by_their_number)
{
	json_t *json = vectors("bad-transactions.json");
	const json_t *vector;
	struct hash chain;
	struct buf raw;
	size_t i;

	vector_hex(json, "chain", chain.b, sizeof(chain.b));
	buf_init(&raw, LIMIT_TX_BYTES * 2);
	json_array_foreach(unit_json_array(json, "transactions"), i, vector) {
		enum err err;

		buf_reset(&raw);
		vector_bytes(vector, "raw", &raw);
		err = first_error(buf_bytes(&raw), &chain);
		ck_assert_msg((int)err == (int)unit_json_integer(vector, "error"), "%s: %s (%d)",
			      unit_json_text(vector, "name"), err_name(err), (int)err);
	}
	ck_assert_uint_ge(i, 120);
	buf_release(&raw);
	json_decref(json);
}

/* Any change of a good transaction is refused somewhere before it is accepted. */
UNIT_TEST(no_changed_bit_passes)
{
	json_t *json = vectors("transactions.json");
	const json_t *vector = json_array_get(unit_json_array(json, "transactions"), 2);
	struct hash chain;
	struct buf raw;

	vector_hex(json, "chain", chain.b, sizeof(chain.b));
	buf_init(&raw, LIMIT_TX_BYTES);
	vector_bytes(vector, "raw", &raw);
	for (size_t bit = 0; bit < raw.len * 8; bit += 5) {
		raw.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert_int_ne(first_error(buf_bytes(&raw), &chain), ERR_OK);
		raw.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	ck_assert_int_eq(first_error(buf_bytes(&raw), &chain), ERR_OK);
	buf_release(&raw);
	json_decref(json);
}

UNIT_TEST(state_values_agree_both_ways)
{
	json_t *json = vectors("values.json");
	const json_t *vector;
	size_t i;

	json_array_foreach(unit_json_array(json, "values"), i, vector) {
		enum value_type type = (enum value_type)unit_json_integer(vector, "type");
		struct arena arena;
		struct buf value, again;
		void *message;

		arena_init(&arena, 1 << 20);
		buf_init(&value, LIMIT_VALUE_BYTES);
		buf_init(&again, LIMIT_VALUE_BYTES);
		vector_bytes(vector, "value", &value);
		ck_assert(key_is_valid(vector_text(vector, "key")));
		ck_assert_msg(value_decode(&arena, buf_bytes(&value), type, &message) == ERR_OK,
			      "%s", unit_json_text(vector, "key"));
		ck_assert_int_eq(value_encode(&again, type, message), ERR_OK);
		ck_assert(bytes_equal(buf_bytes(&value), buf_bytes(&again)));
		ck_assert_int_eq(value_decode(&arena, buf_bytes(&value), VALUE_NAME, &message),
				 type == VALUE_NAME ? ERR_OK : ERR_STORE_DAMAGED);
		buf_release(&again);
		buf_release(&value);
		arena_release(&arena);
	}
	json_decref(json);
}

UNIT_TEST(every_type_of_value_has_a_vector)
{
	json_t *json = vectors("values.json");
	bool is_there[256] = {false};
	const json_t *vector;
	size_t i;

	json_array_foreach(unit_json_array(json, "values"), i, vector)
		is_there[unit_json_integer(vector, "type") & 255] = true;
#define VALUE_IS_THERE(name, number, message) ck_assert_msg(is_there[number], #name);
	VALUE_LIST(VALUE_IS_THERE)
#undef VALUE_IS_THERE
	json_decref(json);
}

UNIT_MAIN("vectors", good_transactions_agree_both_ways, every_operation_has_a_good_vector,
	  bad_transactions_are_refused_by_their_number, no_changed_bit_passes,
	  state_values_agree_both_ways, every_type_of_value_has_a_vector)
