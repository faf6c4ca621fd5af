#include "proofs/leaf.h"

#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "proofs/shape.h"
#include "proofs/walk.h"
#include "proto/domain.h"
#include "proto/tx.h"

#define TRANSACTION_BYTES (LIMIT_LEAF_BYTES - 1)
#define NUMBER_MAX ((uint64_t)INT64_MAX)

static bool expect(struct cursor *cursor, uint8_t byte)
{
	return cursor_u8(cursor) == byte && !cursor->has_failed;
}

static bool next_is(const struct cursor *cursor, uint8_t byte)
{
	return cursor->left > 0 && *cursor->at == byte;
}

static void copy(void *to, struct bytes from)
{
	if (from.len > 0)
		memcpy(to, from.at, from.len);
}

/* --- the operation ----------------------------------------------------------------- */

static bool walk_motion(struct bytes message, struct leaf *out)
{
	struct walk_field motion = {
		.number = 1, .type = WALK_NUMBER, .is_needed = true, .least = 1, .most = NUMBER_MAX};

	if (!walk_message(message, &motion, 1))
		return false;
	out->motion = motion.value;
	return true;
}

/* A hash of 32 bytes and a number, in the fields of those numbers. */
static bool walk_hashed(struct bytes message, struct walk_field *hash, struct walk_field *number,
			struct hash *hash_out, uint64_t *number_out)
{
	struct walk_field fields[2] = {*hash, *number};

	fields[0].type = WALK_BYTES;
	fields[0].is_needed = true;
	fields[0].least = fields[0].most = sizeof(struct hash);
	fields[1].type = WALK_NUMBER;
	fields[1].least = 1;
	if (!walk_message(message, fields, 2))
		return false;
	copy(hash_out->b, fields[0].bytes);
	*number_out = fields[1].value;
	return true;
}

static bool walk_content(struct bytes message, struct hash *hash, uint64_t *size)
{
	return walk_hashed(message, &(struct walk_field){.number = 1},
			   &(struct walk_field){.number = 2, .most = NUMBER_MAX}, hash, size);
}

static bool walk_operation(struct bytes message, struct leaf *out)
{
	switch (out->operation) {
	case OPERATION_MOTION_APPROVE:
	case OPERATION_MOTION_WITHDRAW:
		return walk_motion(message, out);
	case OPERATION_CONTENT_ANCHOR:
		return walk_content(message, &out->hash, &out->number);
	case OPERATION_CONTENT_BATCH:
		return walk_hashed(message, &(struct walk_field){.number = 2},
				   &(struct walk_field){.number = 1,
							.is_needed = true,
							.most = LIMIT_BATCH_ENTRIES},
				   &out->hash, &out->number);
	case OPERATION_CONTENT_ROLLUP:
		return walk_hashed(message, &(struct walk_field){.number = 1},
				   &(struct walk_field){.number = 2,
							.is_needed = true,
							.most = LIMIT_ROLLUP_ITEMS},
				   &out->hash, &out->number);
	default: /* any other is bound, not read */
		return true;
	}
}

/* --- body and envelope ---------------------------------------------------------------- */

static bool walk_body(struct bytes body, struct leaf *out)
{
	struct cursor cursor = cursor_of(body);
	uint64_t value, tag;

	if (!expect(&cursor, 0x0a) || !expect(&cursor, sizeof(out->chain.b)))
		return false;
	cursor_hash(&cursor, &out->chain);
	if (!expect(&cursor, 0x12) || !expect(&cursor, sizeof(out->signer.b)))
		return false;
	copy(out->signer.b, cursor_take(&cursor, sizeof(out->signer.b)));
	if (cursor.has_failed || (out->signer.b[0] != 0x02 && out->signer.b[0] != 0x03))
		return false;
	if (next_is(&cursor, 0x18)) { /* valid_until */
		cursor_u8(&cursor);
		value = walk_varint(&cursor);
		if (value == 0 || value > NUMBER_MAX)
			return false;
	}
	if (next_is(&cursor, 0x20)) { /* nonce */
		cursor_u8(&cursor);
		if (walk_varint(&cursor) == 0)
			return false;
	}
	tag = walk_varint(&cursor);
	value = walk_varint(&cursor);
	if (cursor.has_failed || (tag & 7) != WALK_BYTES || tag >> 3 > UINT32_MAX ||
	    operation_name((uint32_t)(tag >> 3)) == NULL || value != cursor.left)
		return false;
	out->operation = (uint32_t)(tag >> 3);
	return walk_operation(cursor_take(&cursor, cursor.left), out);
}

enum err leaf_walk(struct bytes transaction, struct leaf *out)
{
	struct cursor cursor = cursor_of(transaction);
	uint64_t len;

	if (transaction.len > TRANSACTION_BYTES || !expect(&cursor, 0x0a))
		return ERR_RECEIPT_FORM;
	len = walk_varint(&cursor);
	if (len == 0 || len > LIMIT_BODY_TX_BYTES || len > cursor.left)
		return ERR_RECEIPT_FORM;
	out->transaction = transaction;
	out->body = cursor_take(&cursor, (size_t)len);
	if (!expect(&cursor, 0x12) || !expect(&cursor, sizeof(out->signature.b)))
		return ERR_RECEIPT_FORM;
	copy(out->signature.b, cursor_take(&cursor, sizeof(out->signature.b)));
	if (!cursor_is_done(&cursor) || !walk_body(out->body, out))
		return ERR_RECEIPT_FORM;
	sha256_parts(&out->id, (struct bytes[]){bytes_text(DOMAIN_TRANSACTION), out->body}, 2);
	return ERR_OK;
}

enum err leaf_read(const json_t *object, struct arena *arena, struct leaf *out)
{
	static const char *const members[] = {"log_index", "path", "transaction", NULL};
	struct bytes transaction;
	enum err err;

	if (!json_is_object(object) || !json_has_only(object, members))
		return ERR_RECEIPT_FORM;
	err = json_read_number(object, "log_index", &out->log_index);
	if (err == ERR_OK)
		err = json_read_hashes(object, "path", LIMIT_LOG_PATH, arena, &out->path,
				       &out->path_count);
	if (err == ERR_OK)
		err = json_read_base64(object, "transaction", TRANSACTION_BYTES, arena,
				       &transaction);
	return err == ERR_OK ? leaf_walk(transaction, out) : err;
}

enum err leaf_check(const struct leaf *leaf, const struct header *top)
{
	struct hash hash;

	/* the data of the leaf is 0x01 and the transaction, behind the 0x00 of any leaf */
	sha256_parts(&hash, (struct bytes[]){bytes_of("\0\1", 2), leaf->transaction}, 2);
	if (merkle_inclusion_check(&hash, leaf->log_index, top->log_size, leaf->path,
				   leaf->path_count, &top->log_root) != ERR_OK)
		return ERR_RECEIPT_INCLUSION;
	if (!hash_equal(&leaf->chain, &top->chain) ||
	    !sign_verify(&leaf->signer, &leaf->id, &leaf->signature))
		return ERR_RECEIPT_INCLUSION;
	return ERR_OK;
}

/* --- entries --------------------------------------------------------------------------- */

enum err leaf_entry_read(const json_t *object, struct arena *arena, struct leaf_entry *out)
{
	static const char *const members[] = {"data", "index", "path", NULL};
	enum err err;

	if (!json_is_object(object) || !json_has_only(object, members))
		return ERR_RECEIPT_FORM;
	err = json_read_number(object, "index", &out->index);
	if (err == ERR_OK)
		err = json_read_hashes(object, "path", LIMIT_LOG_PATH, arena, &out->path,
				       &out->path_count);
	if (err == ERR_OK)
		err = json_read_base64(object, "data", LIMIT_BATCH_ENTRY_BYTES, arena, &out->data);
	if (err == ERR_OK && !walk_content(out->data, &out->sha256, &out->size))
		err = ERR_RECEIPT_FORM;
	return err;
}

enum err leaf_entry_check(const struct leaf_entry *entry, const struct leaf *record)
{
	struct hash leaf;

	merkle_leaf(&leaf, entry->data);
	return merkle_inclusion_check(&leaf, entry->index, record->number, entry->path,
				      entry->path_count, &record->hash) == ERR_OK
		       ? ERR_OK
		       : ERR_RECEIPT_INCLUSION;
}
