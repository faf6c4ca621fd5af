#include "proto/tx.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "proto/canon.h"
#include "proto/domain.h"

/* Unpacked, a canonical message within its bounds stays far below this. */
#define TX_ARENA_BYTES 4194304
/* Room around body and attachment: three tags and lengths, one signature. */
#define ENVELOPE_BYTES 80

#define LEAF_TRANSACTION 0x01
#define TAG_BODY 0x0a
#define TAG_SIGNATURE 0x12
#define TAG_ATTACHMENT 0x1a

struct tx_memory {
	_Atomic uint32_t references;
	struct tx tx;
	struct arena arena;
	uint8_t bytes[]; /* the kind of leaf, then raw: so that leaf data is one piece */
};

static enum err canon_err(enum canon canon)
{
	switch (canon) {
	case CANON_OK:
		return ERR_OK;
	case CANON_ENCODING:
		return ERR_TX_ENCODING;
	case CANON_FIELD:
		return ERR_TX_FIELD;
	}
	UNREACHABLE();
}

/* --- the envelope --------------------------------------------------------- */

static void envelope_read(struct tx *tx)
{
	struct bytes left = tx->raw;
	struct bytes value;
	uint32_t id;

	while (canon_next(&left, &id, &value)) {
		if (id == 1) {
			tx->body = value;
		} else if (id == 2) {
			memcpy(tx->signature.b, value.at, sizeof(tx->signature.b));
			tx->leaf_data = bytes_of(tx->memory->bytes, 1 + tx->raw.len - left.len);
		} else {
			tx->attachment = value;
		}
	}
}

static void add_length(struct buf *out, size_t len)
{
	for (; len >= 0x80; len >>= 7)
		buf_u8(out, (uint8_t)(len | 0x80));
	buf_u8(out, (uint8_t)len);
}

static void add_field(struct buf *out, uint8_t tag, struct bytes value)
{
	if (value.len == 0)
		return;
	buf_u8(out, tag);
	add_length(out, value.len);
	buf_add_bytes(out, value);
}

/* --- the attachment of content.batch --------------------------------------- */

/* Number and root of the entries of a canonical BatchEntries message. */
static uint32_t entries_root(struct bytes attachment, struct hash *root)
{
	struct merkle_frontier frontier;
	struct bytes entry;
	uint32_t count = 0;
	uint32_t id;

	merkle_frontier_init(&frontier);
	while (canon_next(&attachment, &id, &entry)) {
		struct hash leaf;

		merkle_leaf(&leaf, entry);
		merkle_frontier_append(&frontier, &leaf);
		count++;
	}
	merkle_frontier_root(&frontier, root);
	return count;
}

static bool entries_match(struct bytes attachment, const Stele__ContentBatch *batch)
{
	struct hash root;

	if (canon_check(&stele__batch_entries__descriptor, attachment) != CANON_OK)
		return false;
	if (entries_root(attachment, &root) != batch->count)
		return false;
	return bytes_equal(bytes_of(root.b, sizeof(root.b)),
			   bytes_of(batch->root.data, batch->root.len));
}

struct bytes batch_entry_next(struct bytes *attachment)
{
	struct bytes entry;
	uint32_t id;

	ASSERT(canon_next(attachment, &id, &entry));
	return entry;
}

struct bytes batch_entry_bytes(struct bytes attachment, uint32_t index)
{
	for (uint32_t i = 0; i < index; i++)
		(void)batch_entry_next(&attachment);
	return batch_entry_next(&attachment);
}

enum err batch_entries_encode(struct buf *out, const Stele__BatchEntries *entries,
			      struct hash *root)
{
	struct buf attachment;
	enum err err = ERR_TX_ATTACHMENT;

	buf_init(&attachment, LIMIT_ATTACHMENT_BYTES);
	canon_pack(&attachment, &entries->base);
	if (!attachment.has_failed &&
	    canon_check(&stele__batch_entries__descriptor, buf_bytes(&attachment)) == CANON_OK) {
		(void)entries_root(buf_bytes(&attachment), root);
		buf_add_bytes(out, buf_bytes(&attachment));
		err = out->has_failed ? ERR_MEMORY : ERR_OK;
	}
	buf_release(&attachment);
	return err;
}

static enum err attachment_decode(struct tx *tx)
{
	ProtobufCMessage *entries;

	if (tx->message->operation_case != STELE__TRANSACTION_BODY__OPERATION_CONTENT_BATCH)
		return tx->attachment.len == 0 ? ERR_OK : ERR_TX_ATTACHMENT;
	if (!entries_match(tx->attachment, tx->message->content_batch))
		return ERR_TX_ATTACHMENT;
	entries = canon_unpack(&tx->memory->arena, &stele__batch_entries__descriptor,
			       tx->attachment);
	if (entries == NULL)
		return ERR_MEMORY;
	tx->entries = (const Stele__BatchEntries *)entries;
	return ERR_OK;
}

/* --- decoding --------------------------------------------------------------- */

static enum err body_decode(struct tx *tx)
{
	ProtobufCMessage *message;
	enum err err;

	err = canon_err(canon_check(&stele__transaction_body__descriptor, tx->body));
	if (err != ERR_OK)
		return err;
	message = canon_unpack(&tx->memory->arena, &stele__transaction_body__descriptor, tx->body);
	if (message == NULL)
		return ERR_MEMORY;
	tx->message = (const Stele__TransactionBody *)message;
	tx->operation = (uint32_t)tx->message->operation_case;
	return ERR_OK;
}

/* The documented order of checks; raw lies in tx already. */
static enum err decode(struct tx *tx, const struct hash *chain, bool is_leaf)
{
	enum err err;

	err = canon_err(canon_check(&stele__signed_transaction__descriptor, tx->raw));
	if (err != ERR_OK)
		return err;
	envelope_read(tx);
	if (tx->body.len > LIMIT_BODY_TX_BYTES || tx->attachment.len > LIMIT_ATTACHMENT_BYTES)
		return ERR_TX_SIZE;
	err = body_decode(tx);
	if (err != ERR_OK)
		return err;
	if (chain != NULL && memcmp(tx->message->chain.data, chain->b, sizeof(chain->b)) != 0)
		return ERR_TX_CHAIN;
	err = is_leaf ? (tx->attachment.len == 0 ? ERR_OK : ERR_TX_ATTACHMENT)
		      : attachment_decode(tx);
	if (err != ERR_OK)
		return err;
	memcpy(tx->signer.b, tx->message->signer.data, sizeof(tx->signer.b));
	if (tx->signer.b[0] != 0x02 && tx->signer.b[0] != 0x03)
		return ERR_TX_KEY_FORM;
	return ERR_OK;
}

static void digest(struct hash *out, struct bytes body)
{
	struct bytes parts[2] = {bytes_text(DOMAIN_TRANSACTION), body};

	sha256_parts(out, parts, 2);
}

static enum err open(struct tx **out, struct bytes raw, const struct hash *chain, bool is_leaf)
{
	struct tx_memory *memory;
	enum err err;

	if (raw.len > LIMIT_TX_BYTES)
		return ERR_TX_SIZE;
	memory = malloc(sizeof(*memory) + 1 + raw.len);
	if (memory == NULL)
		return ERR_MEMORY;
	memory->tx = (struct tx){.memory = memory};
	memory->references = 1;
	memory->bytes[0] = LEAF_TRANSACTION;
	arena_init(&memory->arena, TX_ARENA_BYTES);
	if (raw.len > 0)
		memcpy(memory->bytes + 1, raw.at, raw.len);
	memory->tx.raw = bytes_of(memory->bytes + 1, raw.len);
	err = decode(&memory->tx, chain, is_leaf);
	if (err != ERR_OK) {
		tx_free(&memory->tx);
		return err;
	}
	digest(&memory->tx.id, memory->tx.body);
	merkle_leaf(&memory->tx.leaf_hash, memory->tx.leaf_data);
	sha256(&memory->tx.signer_hash, memory->tx.signer.b, sizeof(memory->tx.signer.b));
	*out = &memory->tx;
	return ERR_OK;
}

enum err tx_decode(struct tx **out, struct bytes raw, const struct hash *chain)
{
	return open(out, raw, chain, false);
}

enum err tx_open_leaf(struct tx **out, struct bytes leaf_data, const struct hash *chain)
{
	if (leaf_data.len < 1 || leaf_data.at[0] != LEAF_TRANSACTION)
		return ERR_TX_ENCODING;
	return open(out, bytes_of(leaf_data.at + 1, leaf_data.len - 1), chain, true);
}

enum err tx_check_signature(const struct tx *tx)
{
	if (sign_verify(&tx->signer, &tx->id, &tx->signature))
		return ERR_OK;
	return sign_key_is_valid(&tx->signer) ? ERR_TX_SIGNATURE : ERR_TX_KEY_FORM;
}

uint32_t tx_steps(const struct tx *tx)
{
	return 1 + (tx->entries != NULL ? (uint32_t)tx->entries->n_entries : 0);
}

struct bytes tx_raw_signer(struct bytes raw)
{
	struct cursor cursor = cursor_of(raw);

	(void)cursor_u8(&cursor); /* the body's tag, and its length */
	while (cursor_u8(&cursor) >= 0x80)
		continue;
	/* it begins with tag, length and bytes of the chain, then of the signer */
	(void)cursor_take(&cursor, 2 + sizeof(struct hash) + 2);
	return cursor_take(&cursor, sizeof(struct public_key));
}

struct tx *tx_retain(struct tx *tx)
{
	tx->memory->references++;
	return tx;
}

void tx_free(struct tx *tx)
{
	if (tx == NULL || --tx->memory->references > 0)
		return;
	arena_release(&tx->memory->arena);
	free(tx->memory);
}

/* --- signing ----------------------------------------------------------------- */

static enum err sign(struct buf *raw, struct bytes body, struct bytes attachment,
		     const struct secret *secret)
{
	struct signature signature = {{0}};
	struct hash id;
	struct tx *tx;
	enum err err;

	digest(&id, body);
	err = sign_digest(&signature, secret, &id);
	if (err != ERR_OK)
		return err;
	add_field(raw, TAG_BODY, body);
	add_field(raw, TAG_SIGNATURE, bytes_of(signature.b, sizeof(signature.b)));
	add_field(raw, TAG_ATTACHMENT, attachment);
	if (raw->has_failed)
		return ERR_TX_SIZE;
	err = tx_decode(&tx, buf_bytes(raw), NULL);
	if (err == ERR_OK)
		tx_free(tx);
	return err;
}

enum err tx_sign(struct buf *out, const Stele__TransactionBody *body, struct bytes attachment,
		 const struct secret *secret)
{
	struct buf encoded;
	struct buf raw;
	enum err err = ERR_TX_SIZE;

	buf_init(&encoded, LIMIT_BODY_TX_BYTES);
	buf_init(&raw, LIMIT_TX_BYTES);
	canon_pack(&encoded, &body->base);
	if (!encoded.has_failed)
		err = sign(&raw, buf_bytes(&encoded), attachment, secret);
	if (err == ERR_OK) {
		size_t len = out->len;

		buf_add_bytes(out, buf_bytes(&raw));
		if (out->has_failed) {
			out->len = len;
			err = ERR_FULL;
		}
	}
	buf_release(&encoded);
	buf_release(&raw);
	return err;
}

/* --- leaves of the log -------------------------------------------------------- */

enum err tx_from_leaf(struct tx **out, struct bytes leaf_data, struct bytes attachment,
		      const struct hash *chain)
{
	struct buf raw;
	enum err err;

	if (leaf_data.len < 1 || leaf_data.at[0] != LEAF_TRANSACTION)
		return ERR_TX_ENCODING;
	buf_init(&raw, LIMIT_LEAF_BYTES + LIMIT_ATTACHMENT_BYTES + ENVELOPE_BYTES);
	buf_add(&raw, leaf_data.at + 1, leaf_data.len - 1);
	add_field(&raw, TAG_ATTACHMENT, attachment);
	err = raw.has_failed ? ERR_TX_SIZE : tx_decode(out, buf_bytes(&raw), chain);
	buf_release(&raw);
	return err;
}

/* --- what a motion carries ------------------------------------------------------ */

void motion_operation_encode(struct buf *out, const Stele__MotionOperation *operation)
{
	canon_pack(out, &operation->base);
}

enum err motion_operation_decode(struct arena *arena, struct bytes data,
				 Stele__MotionOperation **out)
{
	enum err err = canon_err(canon_check(&stele__motion_operation__descriptor, data));
	ProtobufCMessage *message;

	if (err != ERR_OK)
		return err;
	message = canon_unpack(arena, &stele__motion_operation__descriptor, data);
	if (message == NULL)
		return ERR_MEMORY;
	*out = (Stele__MotionOperation *)message;
	return ERR_OK;
}
