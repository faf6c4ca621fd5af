#include "ledger/export.h"

#include "base/limits.h"
#include "crypto/digest.h"
#include "ledger/row.h"

enum kind { KIND_BLOCK = 1, KIND_END = 2 };

#define LEAVES_MAX (LIMIT_BLOCK_TRANSACTIONS + LIMIT_EVIDENCE_PER_BLOCK)
#define REJECTED_BYTES_MAX (REJECTED_ENTRY_BYTES + LIMIT_TX_BYTES)
#define PARCEL_BYTES_MAX (LIMIT_PARCEL_BYTES + 4096) /* with its text and signature */
#define END_BYTES 9

/* --- writing -------------------------------------------------------------- */

static void part_add(struct buf *out, struct bytes part)
{
	buf_u32(out, (uint32_t)part.len);
	buf_add_bytes(out, part);
}

void export_head(struct buf *out, const struct hash *chain)
{
	buf_add_bytes(out, bytes_text(EXPORT_TITLE));
	buf_hash(out, chain);
}

void export_end(struct buf *out, uint64_t heights)
{
	buf_u32(out, END_BYTES);
	buf_u8(out, KIND_END);
	buf_u64(out, heights);
}

/* The row there must be, or for is_optional may be: then an empty part. */
static enum err row_add(struct buf *out, struct store_read *read, enum table table,
			struct row_key key, bool is_optional)
{
	struct bytes row = {NULL, 0};
	enum err err = row_get(read, table, key, &row);

	if (err == ERR_NOT_FOUND)
		err = is_optional ? ERR_OK : ERR_STORE_DAMAGED;
	if (err == ERR_OK)
		part_add(out, row);
	return err == ERR_OK && out->has_failed ? ERR_FULL : err;
}

static enum err leaves_add(struct buf *out, struct store_read *read, const struct row_block *block)
{
	enum err err = ERR_OK;

	buf_u32(out, block->leaves);
	for (uint32_t i = 0; i < block->leaves && err == ERR_OK; i++) {
		struct row_key key = row_key_u64(block->log_first + i);

		err = row_add(out, read, TABLE_LEAF, key, false);
		if (err == ERR_OK)
			err = row_add(out, read, TABLE_ATTACHMENT, key, true);
	}
	return err;
}

/* All of a height's parcels, or none where they were pruned. */
static enum err parcels_add(struct buf *out, struct store_read *read, uint64_t height,
			    uint32_t parcels)
{
	struct bytes row;
	enum err err = row_get(read, TABLE_PARCEL, row_key_pair(height, 0), &row);
	uint32_t kept = err == ERR_OK ? parcels : 0;

	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	buf_u32(out, parcels);
	buf_u32(out, kept);
	err = ERR_OK;
	for (uint32_t k = 0; k < kept && err == ERR_OK; k++)
		err = row_add(out, read, TABLE_PARCEL, row_key_pair(height, k), false);
	return err;
}

static enum err block_add(struct buf *out, struct store_read *read, uint64_t height)
{
	struct row_block block;
	enum err err = row_block_get(read, height, &block);

	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	buf_u8(out, KIND_BLOCK);
	buf_u64(out, height);
	part_add(out, block.header_text);
	part_add(out, block.body_text);
	part_add(out, block.finalization);
	err = leaves_add(out, read, &block);
	buf_u32(out, block.rejected);
	for (uint32_t k = 0; k < block.rejected && err == ERR_OK; k++)
		err = row_add(out, read, TABLE_REJECTED, row_key_pair(height, k), false);
	return err == ERR_OK ? parcels_add(out, read, height, block.parcels) : err;
}

enum err export_block(struct buf *out, struct store_read *read, uint64_t height)
{
	size_t place = out->len;
	enum err err;

	buf_u32(out, 0);
	err = block_add(out, read, height);
	if (err != ERR_OK)
		return err;
	if (out->has_failed || out->len - place - 4 > EXPORT_FRAME_MAX)
		return ERR_FULL;
	store_u32(out->at + place, (uint32_t)(out->len - place - 4));
	return ERR_OK;
}

/* --- reading -------------------------------------------------------------- */

enum err export_head_read(struct bytes head, const struct hash *chain)
{
	struct bytes title = bytes_text(EXPORT_TITLE);

	if (head.len != EXPORT_HEAD_BYTES || !bytes_equal(bytes_of(head.at, title.len), title))
		return ERR_FILE_FORM;
	return bytes_equal(bytes_of(head.at + title.len, sizeof(chain->b)),
			   bytes_of(chain->b, sizeof(chain->b)))
		       ? ERR_OK
		       : ERR_STORE_CHAIN;
}

/* At most so many bytes; more fails the cursor. */
static struct bytes part_take(struct cursor *cursor, size_t max)
{
	uint32_t len = cursor_u32(cursor);

	if (len > max)
		cursor->has_failed = true;
	return cursor_take(cursor, cursor->has_failed ? 0 : len);
}

static uint32_t count_take(struct cursor *cursor, uint32_t max)
{
	uint32_t count = cursor_u32(cursor);

	if (count > max)
		cursor->has_failed = true;
	return cursor->has_failed ? 0 : count;
}

/* A part that is there becomes a row. */
static enum err row_take(struct cursor *cursor, size_t max, struct store_write *write,
			 enum table table, struct row_key key, bool is_optional)
{
	struct bytes part = part_take(cursor, max);

	if (cursor->has_failed || (part.len == 0 && !is_optional))
		return ERR_FILE_FORM;
	return part.len == 0 ? ERR_OK : row_put(write, table, key, part, true);
}

static enum err leaves_take(struct cursor *cursor, struct store_write *write,
			    struct row_block *block)
{
	enum err err = ERR_OK;

	block->leaves = count_take(cursor, LEAVES_MAX);
	for (uint32_t i = 0; i < block->leaves && err == ERR_OK; i++) {
		struct row_key key = row_key_u64(block->log_first + i);

		err = row_take(cursor, LIMIT_LEAF_BYTES, write, TABLE_LEAF, key, false);
		if (err == ERR_OK)
			err = row_take(cursor, LIMIT_ATTACHMENT_BYTES, write, TABLE_ATTACHMENT, key,
				       true);
	}
	return err;
}

static enum err rejected_take(struct cursor *cursor, struct store_write *write, uint64_t height,
			      struct row_block *block)
{
	enum err err = ERR_OK;

	block->rejected = count_take(cursor, LIMIT_BLOCK_TRANSACTIONS);
	for (uint32_t k = 0; k < block->rejected && err == ERR_OK; k++)
		err = row_take(cursor, REJECTED_BYTES_MAX, write, TABLE_REJECTED,
			       row_key_pair(height, k), false);
	return err;
}

static enum err parcels_take(struct cursor *cursor, struct store_write *write, uint64_t height,
			     struct row_block *block)
{
	enum err err = ERR_OK;
	uint32_t kept;

	block->parcels = count_take(cursor, LIMIT_BODY_PARCELS);
	kept = count_take(cursor, LIMIT_BODY_PARCELS);
	if (kept != 0 && kept != block->parcels)
		return ERR_FILE_FORM;
	for (uint32_t k = 0; k < kept && err == ERR_OK; k++)
		err = row_take(cursor, PARCEL_BYTES_MAX, write, TABLE_PARCEL,
			       row_key_pair(height, k), false);
	return err;
}

static enum err block_put(struct store_write *write, uint64_t height,
			  const struct row_block *block)
{
	struct buf row;
	enum err err;

	buf_init(&row, LIMIT_HEADER_BYTES + LIMIT_BODY_BYTES + LIMIT_CERTIFICATE_BYTES + 64);
	row_block_encode(&row, block);
	err = row.has_failed ? ERR_MEMORY
			     : row_put(write, TABLE_BLOCK, row_key_u64(height), buf_bytes(&row),
				       true);
	buf_release(&row);
	return err;
}

static enum err block_take(struct export_reading *reading, struct store_write *write,
			   struct cursor *cursor)
{
	uint64_t height = cursor_u64(cursor);
	struct row_block block = {.log_first = reading->log_next};
	enum err err;

	block.header_text = part_take(cursor, LIMIT_HEADER_BYTES);
	block.body_text = part_take(cursor, LIMIT_BODY_BYTES);
	block.finalization = part_take(cursor, LIMIT_CERTIFICATE_BYTES);
	if (cursor->has_failed || height != reading->height)
		return ERR_FILE_FORM;
	err = leaves_take(cursor, write, &block);
	if (err == ERR_OK)
		err = rejected_take(cursor, write, height, &block);
	if (err == ERR_OK)
		err = parcels_take(cursor, write, height, &block);
	if (err == ERR_OK && !cursor_is_done(cursor))
		err = ERR_FILE_FORM;
	if (err == ERR_OK)
		err = block_put(write, height, &block);
	if (err != ERR_OK)
		return err;
	reading->height++;
	reading->log_next += block.leaves;
	return ERR_OK;
}

static enum err meta_put(struct store_write *write, const char *key, struct bytes value)
{
	return store_put(write, TABLE_META, bytes_text(key), value, false);
}

/* The last frame's block is the tip. */
static enum err end_take(struct export_reading *reading, struct store_write *write,
			 struct cursor *cursor, const struct hash *chain)
{
	uint64_t heights = cursor_u64(cursor);
	struct row_key key = row_key_u64(heights);
	struct row_tip tip = {.height = heights};
	struct row_block block;
	struct bytes row;
	struct buf text;
	enum err err;

	if (!cursor_is_done(cursor) || reading->height == 0 || heights != reading->height - 1)
		return ERR_FILE_FORM;
	err = store_write_get(write, TABLE_BLOCK, row_key_bytes(&key), &row);
	if (err == ERR_OK)
		err = row_block_decode(&block, row);
	if (err != ERR_OK)
		return err;
	sha256(&tip.block, block.header_text.at, block.header_text.len);
	buf_init(&text, 64);
	row_tip_encode(&text, &tip);
	err = text.has_failed ? ERR_MEMORY : meta_put(write, META_TIP, buf_bytes(&text));
	buf_release(&text);
	if (err == ERR_OK)
		err = meta_put(write, META_FORMAT, bytes_text(STORE_FORMAT));
	if (err == ERR_OK)
		err = meta_put(write, META_CHAIN, bytes_of(chain->b, sizeof(chain->b)));
	reading->has_ended = err == ERR_OK;
	return err;
}

enum err export_take(struct export_reading *reading, struct store_write *write,
		     struct bytes frame, const struct hash *chain)
{
	struct cursor cursor = cursor_of(frame);
	uint8_t kind = cursor_u8(&cursor);

	if (frame.len > EXPORT_FRAME_MAX || cursor.has_failed || reading->has_ended)
		return ERR_FILE_FORM;
	switch (kind) {
	case KIND_BLOCK:
		return block_take(reading, write, &cursor);
	case KIND_END:
		return end_take(reading, write, &cursor, chain);
	default:
		return ERR_FILE_FORM;
	}
}
