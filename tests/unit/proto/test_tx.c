/* Transactions: the round trip, the order of the stateless checks, batches. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "proto/tx.h"
#include "tests/lib/unit.h"

static struct secret secret = {{[31] = 7}};
static struct public_key public_key;
static struct hash chain = {{1, 2, 3}};
static uint8_t content[32] = {9};

static ProtobufCBinaryData binary(const void *at, size_t len)
{
	return (ProtobufCBinaryData){len, (uint8_t *)(uintptr_t)at};
}

static void body_init(Stele__TransactionBody *body)
{
	ck_assert_int_eq(sign_public(&public_key, &secret), ERR_OK);
	stele__transaction_body__init(body);
	body->chain = binary(chain.b, 32);
	body->signer = binary(public_key.b, 33);
	body->valid_until = 1700000000000;
	body->nonce = 300;
}

static void anchor_init(Stele__TransactionBody *body, Stele__ContentAnchor *anchor)
{
	body_init(body);
	stele__content_anchor__init(anchor);
	anchor->sha256 = binary(content, 32);
	anchor->size = 12345;
	anchor->media_type = (char *)(uintptr_t)"image/png";
	anchor->title = (char *)(uintptr_t)"标题";
	body->operation_case = STELE__TRANSACTION_BODY__OPERATION_CONTENT_ANCHOR;
	body->content_anchor = anchor;
}

/* A signed anchor in out. */
static void anchor_sign(struct buf *out)
{
	Stele__TransactionBody body;
	Stele__ContentAnchor anchor;

	buf_init(out, LIMIT_TX_BYTES);
	anchor_init(&body, &anchor);
	ck_assert_int_eq(tx_sign(out, &body, (struct bytes){NULL, 0}, &secret), ERR_OK);
}

UNIT_TEST(signed_transaction_comes_back_as_it_was)
{
	struct buf raw;
	struct tx *tx;

	anchor_sign(&raw);
	ck_assert_int_eq(tx_decode(&tx, buf_bytes(&raw), &chain), ERR_OK);
	ck_assert_int_eq(tx_check_signature(tx), ERR_OK);
	ck_assert_uint_eq(tx->operation, 81);
	ck_assert_str_eq(operation_name(tx->operation), "content.anchor");
	ck_assert_uint_eq(tx->message->content_anchor->size, 12345);
	ck_assert_str_eq(tx->message->content_anchor->title, "标题");
	ck_assert_uint_eq(tx->leaf_data.len, 1 + tx->raw.len);
	ck_assert_ptr_eq(tx->leaf_data.at + 1, tx->raw.at);
	ck_assert(public_key_equal(&tx->signer, &public_key));
	ck_assert(bytes_equal(tx_raw_signer(buf_bytes(&raw)),
			      bytes_of(public_key.b, sizeof(public_key.b))));
	ck_assert_uint_eq(tx_raw_signer(bytes_of(raw.at, 60)).len, 0);
	ck_assert_uint_eq(tx_raw_signer(bytes_of(NULL, 0)).len, 0);
	tx_free(tx);
	buf_release(&raw);
}

UNIT_TEST(leaf_gives_the_transaction_back)
{
	struct buf raw, leaf;
	struct tx *tx, *again;

	anchor_sign(&raw);
	buf_init(&leaf, LIMIT_LEAF_BYTES);
	ck_assert_int_eq(tx_decode(&tx, buf_bytes(&raw), &chain), ERR_OK);
	buf_add_bytes(&leaf, tx->leaf_data);
	ck_assert_uint_eq(leaf.at[0], 1);
	ck_assert_int_eq(tx_from_leaf(&again, buf_bytes(&leaf), tx->attachment, &chain), ERR_OK);
	ck_assert(hash_equal(&tx->id, &again->id));
	ck_assert(hash_equal(&tx->leaf_hash, &again->leaf_hash));
	leaf.at[0] = 2;
	ck_assert_int_eq(tx_from_leaf(&again, buf_bytes(&leaf), tx->attachment, &chain),
			 ERR_TX_ENCODING);
	tx_free(again);
	tx_free(tx);
	buf_release(&leaf);
	buf_release(&raw);
}

UNIT_TEST(another_chain_is_refused)
{
	struct hash other = {{1, 2, 4}};
	struct tx *tx;
	struct buf raw;

	anchor_sign(&raw);
	ck_assert_int_eq(tx_decode(&tx, buf_bytes(&raw), &other), ERR_TX_CHAIN);
	ck_assert_int_eq(tx_decode(&tx, buf_bytes(&raw), NULL), ERR_OK);
	tx_free(tx);
	buf_release(&raw);
}

UNIT_TEST(changed_signature_fails_only_at_the_signature)
{
	struct buf raw;
	struct tx *tx;

	anchor_sign(&raw);
	raw.at[raw.len - 1] ^= 1;
	ck_assert_int_eq(tx_decode(&tx, buf_bytes(&raw), &chain), ERR_OK);
	ck_assert_int_eq(tx_check_signature(tx), ERR_TX_SIGNATURE);
	tx_free(tx);
	buf_release(&raw);
}

UNIT_TEST(signer_that_is_no_point_is_named)
{
	Stele__TransactionBody body;
	Stele__ContentAnchor anchor;
	struct buf raw;
	struct tx *tx;
	uint8_t key[33];

	anchor_init(&body, &anchor);
	buf_init(&raw, LIMIT_TX_BYTES);
	memset(key, 0xff, sizeof(key));
	body.signer = binary(key, 33);
	ck_assert_int_eq(tx_sign(&raw, &body, (struct bytes){NULL, 0}, &secret), ERR_TX_KEY_FORM);
	ck_assert_uint_eq(raw.len, 0);
	key[0] = 2; /* x = 2^256 - 1 is above the field's prime */
	ck_assert_int_eq(tx_sign(&raw, &body, (struct bytes){NULL, 0}, &secret), ERR_OK);
	ck_assert_int_eq(tx_decode(&tx, buf_bytes(&raw), &chain), ERR_OK);
	ck_assert_int_eq(tx_check_signature(tx), ERR_TX_KEY_FORM);
	tx_free(tx);
	buf_release(&raw);
}

UNIT_TEST(missing_and_overlong_fields_are_refused)
{
	Stele__TransactionBody body;
	Stele__ContentAnchor anchor;
	struct buf raw;
	char title[300];

	anchor_init(&body, &anchor);
	buf_init(&raw, LIMIT_TX_BYTES);
	anchor.sha256 = binary(content, 31);
	ck_assert_int_eq(tx_sign(&raw, &body, (struct bytes){NULL, 0}, &secret), ERR_TX_FIELD);
	anchor.sha256 = binary(NULL, 0);
	ck_assert_int_eq(tx_sign(&raw, &body, (struct bytes){NULL, 0}, &secret), ERR_TX_FIELD);
	anchor.sha256 = binary(content, 32);
	memset(title, 'x', sizeof(title));
	title[257] = '\0';
	anchor.title = title;
	ck_assert_int_eq(tx_sign(&raw, &body, (struct bytes){NULL, 0}, &secret), ERR_TX_FIELD);
	title[256] = '\0';
	ck_assert_int_eq(tx_sign(&raw, &body, (struct bytes){NULL, 0}, &secret), ERR_OK);
	title[3] = '\n';
	ck_assert_int_eq(tx_sign(&raw, &body, (struct bytes){NULL, 0}, &secret), ERR_TX_ENCODING);
	buf_release(&raw);
}

UNIT_TEST(attachment_where_none_belongs_is_refused)
{
	Stele__TransactionBody body;
	Stele__ContentAnchor anchor;
	struct buf raw;

	anchor_init(&body, &anchor);
	buf_init(&raw, LIMIT_TX_BYTES);
	ck_assert_int_eq(tx_sign(&raw, &body, bytes_text("x"), &secret), ERR_TX_ATTACHMENT);
	buf_release(&raw);
}

/* A batch of count entries, its attachment in attachment. */
static enum err batch_sign(struct buf *raw, uint32_t count, uint32_t claimed, unsigned flip)
{
	static Stele__BatchEntry entries[LIMIT_BATCH_ENTRIES + 1];
	static Stele__BatchEntry *list[LIMIT_BATCH_ENTRIES + 1];
	Stele__BatchEntries all = STELE__BATCH_ENTRIES__INIT;
	Stele__ContentBatch batch = STELE__CONTENT_BATCH__INIT;
	Stele__TransactionBody body;
	struct hash root;
	struct buf attachment;
	enum err err;

	for (uint32_t i = 0; i < count; i++) {
		stele__batch_entry__init(&entries[i]);
		entries[i].sha256 = binary(content, 32);
		entries[i].size = INT64_MAX - i;
		entries[i].media_type =
			(char *)(uintptr_t)"application/x-forty-characters-long.text";
		entries[i].relation = STELE__RELATION__RELATION_DERIVED;
		list[i] = &entries[i];
	}
	all.entries = list;
	all.n_entries = count;
	buf_init(&attachment, LIMIT_ATTACHMENT_BYTES);
	err = batch_entries_encode(&attachment, &all, &root);
	if (err == ERR_OK) {
		root.b[0] ^= (uint8_t)flip;
		body_init(&body);
		batch.count = claimed;
		batch.root = binary(root.b, 32);
		body.operation_case = STELE__TRANSACTION_BODY__OPERATION_CONTENT_BATCH;
		body.content_batch = &batch;
		err = tx_sign(raw, &body, buf_bytes(&attachment), &secret);
	}
	buf_release(&attachment);
	return err;
}

UNIT_TEST(greatest_batch_fits_and_one_more_does_not)
{
	struct buf raw;
	struct tx *tx;

	buf_init(&raw, LIMIT_TX_BYTES);
	ck_assert_int_eq(batch_sign(&raw, LIMIT_BATCH_ENTRIES, LIMIT_BATCH_ENTRIES, 0), ERR_OK);
	ck_assert_int_eq(tx_decode(&tx, buf_bytes(&raw), &chain), ERR_OK);
	ck_assert_uint_eq(tx->entries->n_entries, LIMIT_BATCH_ENTRIES);
	ck_assert_uint_le(tx->attachment.len, (size_t)LIMIT_BATCH_ENTRIES * LIMIT_BATCH_ENTRY_BYTES);
	ck_assert_uint_eq(batch_entry_bytes(tx->attachment, 4095).len, 88);
	ck_assert_uint_lt(tx->leaf_data.len, 200);
	tx_free(tx);
	buf_reset(&raw);
	ck_assert_int_eq(batch_sign(&raw, LIMIT_BATCH_ENTRIES + 1, LIMIT_BATCH_ENTRIES, 0),
			 ERR_TX_ATTACHMENT);
	buf_release(&raw);
}

UNIT_TEST(batch_with_wrong_count_or_root_is_refused)
{
	struct buf raw;

	buf_init(&raw, LIMIT_TX_BYTES);
	ck_assert_int_eq(batch_sign(&raw, 3, 3, 0), ERR_OK);
	ck_assert_int_eq(batch_sign(&raw, 3, 2, 0), ERR_TX_ATTACHMENT);
	ck_assert_int_eq(batch_sign(&raw, 3, 3, 1), ERR_TX_ATTACHMENT);
	ck_assert_int_eq(batch_sign(&raw, 0, 0, 0), ERR_TX_ATTACHMENT);
	buf_release(&raw);
}

UNIT_TEST(small_transaction_decodes_in_microseconds)
{
	enum { ROUNDS = 20000 };
	struct timespec from, to;
	struct buf raw;
	struct tx *tx;
	double us;

	anchor_sign(&raw);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (int i = 0; i < ROUNDS; i++) {
		ck_assert_int_eq(tx_decode(&tx, buf_bytes(&raw), &chain), ERR_OK);
		tx_free(tx);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	us = ((double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec)) / 1e3 /
	     ROUNDS;
	if (getenv("VERBOSE") != NULL)
		printf("decode of %zu bytes: %.2f us\n", raw.len, us);
	ck_assert_double_lt(us, 100); /* far above any machine's; a quadratic walk shows */
	buf_release(&raw);
}

UNIT_TEST(operations_are_named_ascending_and_back)
{
	ck_assert_uint_eq(operation_from_name(bytes_text("award.grant")), 60);
	ck_assert_uint_eq(operation_from_name(bytes_text("award")), 0);
	ck_assert_ptr_null(operation_name(19));
	ck_assert(operation_is_motionable(60));
	ck_assert(!operation_is_motionable(81));
	ck_assert_uint_eq(operation_purposes(60), 1u << STELE__PURPOSE__PURPOSE_GRANT);
	ck_assert_uint_eq(operation_carried_purposes(60), 1u << STELE__PURPOSE__PURPOSE_GRANT);
	ck_assert_uint_eq(operation_purposes(23), 0x3e);
	ck_assert_uint_eq(operation_carried_purposes(23), 1u << STELE__PURPOSE__PURPOSE_GOVERN);
	ck_assert_uint_eq(operation_carried_purposes(24), 1u << STELE__PURPOSE__PURPOSE_GOVERN);
}

UNIT_MAIN("tx", signed_transaction_comes_back_as_it_was, leaf_gives_the_transaction_back,
	  another_chain_is_refused, changed_signature_fails_only_at_the_signature,
	  signer_that_is_no_point_is_named, missing_and_overlong_fields_are_refused,
	  attachment_where_none_belongs_is_refused, greatest_batch_fits_and_one_more_does_not,
	  batch_with_wrong_count_or_root_is_refused, small_transaction_decodes_in_microseconds,
	  operations_are_named_ascending_and_back)
