#include "ledger/row.h"

#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "proto/domain.h"
#include "proto/value.h"

#define BLOCK_VERSION 1

/* --- keys ---------------------------------------------------------------- */

struct row_key row_key_u64(uint64_t number)
{
	struct row_key key = {.len = 8};

	store_u64(key.b, number);
	return key;
}

struct row_key row_key_pair(uint64_t number, uint32_t k)
{
	struct row_key key = {.len = 12};

	store_u64(key.b, number);
	store_u32(key.b + 8, k);
	return key;
}

struct row_key row_key_tile(uint8_t level, uint64_t tile)
{
	struct row_key key = {.len = 9};

	key.b[0] = level;
	store_u64(key.b + 1, tile);
	return key;
}

struct bytes row_key_bytes(const struct row_key *key)
{
	return bytes_of(key->b, key->len);
}

enum err row_put(struct store_write *write, enum table table, struct row_key key,
		 struct bytes value, bool is_append)
{
	return store_put(write, table, row_key_bytes(&key), value, is_append);
}

enum err row_get(struct store_read *read, enum table table, struct row_key key,
		 struct bytes *value)
{
	return store_get(read, table, row_key_bytes(&key), value);
}

/* --- rows ---------------------------------------------------------------- */

static enum err whole(const struct cursor *cursor)
{
	return cursor_is_done(cursor) ? ERR_OK : ERR_STORE_DAMAGED;
}

bool row_format_is_known(struct bytes format)
{
	return bytes_equal(format, bytes_text(STORE_FORMAT)) ||
	       bytes_equal(format, bytes_text(STORE_FORMAT_3)) ||
	       bytes_equal(format, bytes_text(STORE_FORMAT_2));
}

void row_tip_encode(struct buf *out, const struct row_tip *tip)
{
	buf_u64(out, tip->height);
	buf_hash(out, &tip->block);
	buf_u64(out, tip->value_next);
}

enum err row_tip_decode(struct row_tip *out, struct bytes row)
{
	struct cursor cursor = cursor_of(row);

	out->height = cursor_u64(&cursor);
	cursor_hash(&cursor, &out->block);
	out->value_next = cursor_u64(&cursor);
	return whole(&cursor);
}

static void part_encode(struct buf *out, struct bytes part)
{
	buf_u32(out, (uint32_t)part.len);
	buf_add_bytes(out, part);
}

static struct bytes part_decode(struct cursor *cursor)
{
	uint32_t len = cursor_u32(cursor);

	return cursor_take(cursor, len);
}

void row_block_encode(struct buf *out, const struct row_block *block)
{
	buf_u8(out, BLOCK_VERSION);
	part_encode(out, block->header_text);
	part_encode(out, block->body_text);
	buf_u64(out, block->log_first);
	buf_u32(out, block->leaves);
	buf_u32(out, block->rejected);
	buf_u32(out, block->parcels);
	part_encode(out, block->finalization);
}

enum err row_block_decode(struct row_block *out, struct bytes row)
{
	struct cursor cursor = cursor_of(row);

	if (cursor_u8(&cursor) != BLOCK_VERSION)
		return ERR_STORE_DAMAGED;
	out->header_text = part_decode(&cursor);
	out->body_text = part_decode(&cursor);
	out->log_first = cursor_u64(&cursor);
	out->leaves = cursor_u32(&cursor);
	out->rejected = cursor_u32(&cursor);
	out->parcels = cursor_u32(&cursor);
	out->finalization = part_decode(&cursor);
	return whole(&cursor);
}

enum err row_block_get(struct store_read *read, uint64_t height, struct row_block *out)
{
	struct bytes row;
	enum err err = row_get(read, TABLE_BLOCK, row_key_u64(height), &row);

	return err == ERR_OK ? row_block_decode(out, row) : err;
}

void row_value_encode(struct buf *out, const char *key, struct bytes value)
{
	struct bytes key_bytes = bytes_text(key);

	ASSERT(key_bytes.len <= LIMIT_KEY_BYTES);
	buf_u8(out, (uint8_t)key_bytes.len);
	buf_add_bytes(out, key_bytes);
	buf_add_bytes(out, value);
}

enum err row_value_decode(struct bytes row, struct bytes *key, struct bytes *value)
{
	struct cursor cursor = cursor_of(row);
	uint8_t len = cursor_u8(&cursor);

	*key = cursor_take(&cursor, len);
	*value = cursor_take(&cursor, cursor.left);
	return key->len > 0 && value->len > 0 ? whole(&cursor) : ERR_STORE_DAMAGED;
}

enum err row_value_get(struct store_read *read, uint64_t number, const char *key,
		       const struct hash *value_hash, struct bytes *value)
{
	struct bytes row;
	struct bytes found;
	struct hash hash;
	enum err err = row_get(read, TABLE_VALUE, row_key_u64(number), &row);

	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	err = row_value_decode(row, &found, value);
	if (err != ERR_OK)
		return err;
	sha256(&hash, value->at, value->len);
	return bytes_equal(found, bytes_text(key)) && hash_equal(&hash, value_hash)
		       ? ERR_OK
		       : ERR_STORE_DAMAGED;
}

void row_parcel_encode(struct buf *out, const struct row_parcel *parcel)
{
	part_encode(out, parcel->text);
	buf_add(out, parcel->signature.b, sizeof(parcel->signature.b));
	buf_add_bytes(out, parcel->payload);
}

enum err row_parcel_decode(struct row_parcel *out, struct bytes row)
{
	struct cursor cursor = cursor_of(row);
	struct bytes signature;

	out->text = part_decode(&cursor);
	signature = cursor_take(&cursor, sizeof(out->signature.b));
	if (cursor.has_failed)
		return ERR_STORE_DAMAGED;
	memcpy(out->signature.b, signature.at, signature.len);
	out->payload = cursor_take(&cursor, cursor.left);
	return whole(&cursor);
}

void row_rejected_encode(struct buf *out, const struct row_rejected *rejected)
{
	uint8_t entry[REJECTED_ENTRY_BYTES];

	rejected_encode(entry, &rejected->id, (uint16_t)rejected->reason, rejected->parcel,
			rejected->position);
	buf_add(out, entry, sizeof(entry));
	buf_add_bytes(out, rejected->raw);
}

enum err row_rejected_decode(struct row_rejected *out, struct bytes row)
{
	struct cursor cursor = cursor_of(row);
	bool is_known;

	cursor_hash(&cursor, &out->id);
	is_known = err_from_number(cursor_u16(&cursor), &out->reason);
	out->parcel = cursor_u32(&cursor);
	out->position = cursor_u32(&cursor);
	out->raw = cursor_take(&cursor, cursor.left);
	return is_known ? whole(&cursor) : ERR_STORE_DAMAGED;
}

void row_tx_encode(uint8_t out[ROW_TX_BYTES], const struct row_tx *tx)
{
	out[0] = tx->is_accepted ? 1 : 2;
	store_u64(out + 1, tx->height);
	store_u64(out + 9, tx->place);
}

enum err row_tx_decode(struct row_tx *out, struct bytes row)
{
	struct cursor cursor = cursor_of(row);
	uint8_t kind = cursor_u8(&cursor);

	out->is_accepted = kind == 1;
	out->height = cursor_u64(&cursor);
	out->place = cursor_u64(&cursor);
	return kind == 1 || kind == 2 ? whole(&cursor) : ERR_STORE_DAMAGED;
}

void row_change_begin(struct buf *out, uint64_t motion)
{
	buf_u64(out, motion);
}

void row_change_add(struct buf *out, const char *object)
{
	struct bytes key = bytes_text(object);

	ASSERT(key.len > 0 && key.len <= LIMIT_KEY_BYTES);
	buf_u8(out, (uint8_t)key.len);
	buf_add_bytes(out, key);
}

enum err row_change_decode(struct row_change *out, struct bytes row)
{
	struct cursor cursor = cursor_of(row);

	out->motion = cursor_u64(&cursor);
	out->objects = cursor_take(&cursor, cursor.left);
	return out->objects.len > 0 ? whole(&cursor) : ERR_STORE_DAMAGED;
}

bool row_change_next(struct row_change *change, struct bytes *object, enum err *err)
{
	struct cursor cursor = cursor_of(change->objects);
	uint8_t len;

	if (change->objects.len == 0)
		return false;
	len = cursor_u8(&cursor);
	*object = cursor_take(&cursor, len);
	if (cursor.has_failed || !key_is_valid(*object)) {
		*err = ERR_STORE_DAMAGED;
		return false;
	}
	change->objects = cursor_take(&cursor, cursor.left);
	return true;
}

struct bytes row_history_key(uint8_t out[ROW_HISTORY_KEY_MAX], struct bytes object, uint64_t number)
{
	ASSERT(object.len <= LIMIT_KEY_BYTES);
	memcpy(out, object.at, object.len);
	out[object.len] = 0;
	store_u64(out + object.len + 1, number);
	return bytes_of(out, object.len + 9);
}

enum err row_history_key_decode(struct bytes key, struct bytes *object, uint64_t *number)
{
	if (key.len <= 9 || key.at[key.len - 9] != 0)
		return ERR_STORE_DAMAGED;
	*object = bytes_of(key.at, key.len - 9);
	*number = load_u64(key.at + key.len - 8);
	return key_is_valid(*object) && *number > 0 ? ERR_OK : ERR_STORE_DAMAGED;
}

void row_history_encode(uint8_t out[ROW_HISTORY_BYTES], const struct row_history *row)
{
	store_u64(out, row->log_index);
	store_u64(out + 8, row->motion);
}

enum err row_history_decode(struct row_history *out, struct bytes row)
{
	struct cursor cursor = cursor_of(row);

	out->log_index = cursor_u64(&cursor);
	out->motion = cursor_u64(&cursor);
	return whole(&cursor);
}

void row_undo_add(struct buf *out, const struct hash *key_hash, struct bytes value)
{
	ASSERT(value.len <= LIMIT_VALUE_BYTES);
	buf_hash(out, key_hash);
	buf_u16(out, (uint16_t)value.len);
	buf_add_bytes(out, value);
}

bool row_undo_next(struct bytes *row, struct row_undo *out, enum err *err)
{
	struct cursor cursor = cursor_of(*row);
	uint16_t len;

	if (row->len == 0)
		return false;
	out->key_hash = cursor_take(&cursor, sizeof(struct hash)).at;
	len = cursor_u16(&cursor);
	out->value = cursor_take(&cursor, len);
	if (cursor.has_failed || len > LIMIT_VALUE_BYTES) {
		*err = ERR_STORE_DAMAGED;
		return false;
	}
	*row = cursor_take(&cursor, cursor.left);
	return true;
}

/* --- leaves -------------------------------------------------------------- */

static uint64_t varint(struct cursor *cursor)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t byte = cursor_u8(cursor);

		value |= (uint64_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) == 0)
			return value;
	}
	cursor->has_failed = true;
	return 0;
}

/* Tag of field 1 or 2 of length type, then its bytes. */
static struct bytes field(struct cursor *cursor, uint8_t tag)
{
	uint64_t len;

	if (cursor_u8(cursor) != tag)
		cursor->has_failed = true;
	len = varint(cursor);
	return cursor_take(cursor, len > SIZE_MAX ? SIZE_MAX : (size_t)len);
}

/* 0x01 | SignedTransaction {1: body {1: chain, 2: signer, 3: valid_until, …}, …} */
enum err row_leaf_peek(struct bytes leaf_data, struct hash *id, uint64_t *valid_until)
{
	struct cursor cursor = cursor_of(leaf_data);
	uint8_t kind = cursor_u8(&cursor);
	struct bytes body = field(&cursor, 0x0a);
	struct bytes parts[] = {bytes_text(DOMAIN_TRANSACTION), body};
	struct cursor fields = cursor_of(body);

	(void)field(&fields, 0x0a);
	(void)field(&fields, 0x12);
	if (cursor_u8(&fields) != 0x18)
		fields.has_failed = true;
	*valid_until = varint(&fields);
	if (kind != 0x01 || cursor.has_failed || fields.has_failed)
		return ERR_STORE_DAMAGED;
	if (id != NULL)
		sha256_parts(id, parts, 2);
	return ERR_OK;
}

/* SignedTransaction {1: body {1: chain, 2: signer, …}, 2: signature, …} */
enum err row_signed_peek(struct bytes raw, struct row_signed *out)
{
	struct cursor cursor = cursor_of(raw);
	struct bytes body = field(&cursor, 0x0a);
	struct bytes signature = field(&cursor, 0x12);
	struct bytes parts[] = {bytes_text(DOMAIN_TRANSACTION), body};
	struct cursor fields = cursor_of(body);
	struct bytes signer;

	(void)field(&fields, 0x0a);
	signer = field(&fields, 0x12);
	if (cursor.has_failed || fields.has_failed || signature.len != sizeof(out->signature.b) ||
	    signer.len != sizeof(out->signer.b))
		return ERR_STORE_DAMAGED;
	memcpy(out->signature.b, signature.at, signature.len);
	memcpy(out->signer.b, signer.at, signer.len);
	sha256_parts(&out->id, parts, 2);
	return ERR_OK;
}
