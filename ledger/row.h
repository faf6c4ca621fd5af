/* Rows: the keys and values of the store's tables as bytes, docs/ledger.md
 * section 9.  Decoding checks form and gives ERR_STORE_DAMAGED; what a
 * decoded row holds are views into its bytes. */
#ifndef STELE_LEDGER_ROW_H
#define STELE_LEDGER_ROW_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/limits.h"
#include "crypto/sign.h"
#include "ledger/store.h"
#include "proto/rejected.h"

#define ROW_KEY_MAX 40

struct row_key {
	uint8_t b[ROW_KEY_MAX];
	size_t len;
};

struct row_key row_key_u64(uint64_t number);
struct row_key row_key_pair(uint64_t number, uint32_t k);
struct row_key row_key_tile(uint8_t level, uint64_t tile);
struct bytes row_key_bytes(const struct row_key *key);

/* Every row is written and read through these two, so that no key is built
 * elsewhere. */
MUST_CHECK enum err row_put(struct store_write *write, enum table table, struct row_key key,
			    struct bytes value, bool is_append);
MUST_CHECK enum err row_get(struct store_read *read, enum table table, struct row_key key,
			    struct bytes *value);

/* Whether this is the format of a store that can be opened. */
bool row_format_is_known(struct bytes format);

/* TABLE_META: format, chain, tip, index, undo */
#define META_FORMAT "format"
#define META_CHAIN "chain"
#define META_TIP "tip"     /* struct row_tip */
#define META_INDEX "index" /* u64be for each part: TABLE_TX is complete up to this height */
#define META_UNDO "undo"   /* u64be: TABLE_UNDO begins at this height */
#define STORE_FORMAT "stele/v1 chain store 4\n"
/* Stores of before, which their next block makes one of STORE_FORMAT: META_INDEX is one
 * number; in 2 TABLE_UNDO and META_UNDO are not there either. */
#define STORE_FORMAT_3 "stele/v1 chain store 3\n"
#define STORE_FORMAT_2 "stele/v1 chain store 2\n"

struct row_tip {
	uint64_t height;
	struct hash block;
	uint64_t value_next; /* the next leaf number of TABLE_VALUE */
};
void row_tip_encode(struct buf *out, const struct row_tip *tip);
MUST_CHECK enum err row_tip_decode(struct row_tip *out, struct bytes row);

/* TABLE_BLOCK */
struct row_block {
	struct bytes header_text;
	struct bytes body_text;
	struct bytes finalization; /* empty: none of its own */
	uint64_t log_first;
	uint32_t leaves; /* evidence, then accepted transactions */
	uint32_t rejected;
	uint32_t parcels;
};
void row_block_encode(struct buf *out, const struct row_block *block);
MUST_CHECK enum err row_block_decode(struct row_block *out, struct bytes row);
MUST_CHECK enum err row_block_get(struct store_read *read, uint64_t height,
				  struct row_block *out);

/* TABLE_VALUE: u8 length of the key | key | value */
void row_value_encode(struct buf *out, const char *key, struct bytes value);
MUST_CHECK enum err row_value_decode(struct bytes row, struct bytes *key, struct bytes *value);
/* The value under a leaf number, which must be that key's and have that hash. */
MUST_CHECK enum err row_value_get(struct store_read *read, uint64_t number, const char *key,
				  const struct hash *value_hash, struct bytes *value);

/* TABLE_PARCEL: u32be length of the text | text | signature | payload */
struct row_parcel {
	struct bytes text;
	struct signature signature;
	struct bytes payload;
};
void row_parcel_encode(struct buf *out, const struct row_parcel *parcel);
MUST_CHECK enum err row_parcel_decode(struct row_parcel *out, struct bytes row);

/* TABLE_REJECTED: entry of proto/rejected.h | SignedTransaction */
struct row_rejected {
	struct hash id;
	enum err reason;
	uint32_t parcel;
	uint32_t position;
	struct bytes raw;
};
void row_rejected_encode(struct buf *out, const struct row_rejected *rejected);
MUST_CHECK enum err row_rejected_decode(struct row_rejected *out, struct bytes row);

/* TABLE_TX: u8 1 accepted, 2 rejected | u64be height | u64be log index or k */
struct row_tx {
	bool is_accepted;
	uint64_t height;
	uint64_t place;
};
#define ROW_TX_BYTES 17
void row_tx_encode(uint8_t out[ROW_TX_BYTES], const struct row_tx *tx);
MUST_CHECK enum err row_tx_decode(struct row_tx *out, struct bytes row);

/* TABLE_CHANGE: u64be number of the motion that the record opened, approved, withdrew
 * or executed, 0 for none | for each object, ascending: u8 length | state key */
struct row_change {
	uint64_t motion;
	struct bytes objects; /* to be taken off one by one */
};
void row_change_begin(struct buf *out, uint64_t motion);
void row_change_add(struct buf *out, const char *object);
MUST_CHECK enum err row_change_decode(struct row_change *out, struct bytes row);
/* Takes the first object off; false where none is left, or *err says that the row is
 * damaged. */
bool row_change_next(struct row_change *change, struct bytes *object, enum err *err);

/* TABLE_HISTORY: state key of the object | 0x00 | u64be k, from 1 -> u64be log index |
 * u64be motion.  The 0 keeps an object's rows apart from those of a longer key. */
struct row_history {
	uint64_t log_index;
	uint64_t motion;
};
#define ROW_HISTORY_KEY_MAX (LIMIT_KEY_BYTES + 9)
#define ROW_HISTORY_BYTES 16
struct bytes row_history_key(uint8_t out[ROW_HISTORY_KEY_MAX], struct bytes object, uint64_t number);
MUST_CHECK enum err row_history_key_decode(struct bytes key, struct bytes *object,
					   uint64_t *number);
void row_history_encode(uint8_t out[ROW_HISTORY_BYTES], const struct row_history *row);
MUST_CHECK enum err row_history_decode(struct row_history *out, struct bytes row);

/* TABLE_UNDO: for each key that the block gave another value, ascending: H(key) | u16be
 * length of the value before, 0 for none | that value.  A row ends before the change that
 * would make it longer than ROW_UNDO_BYTES, unless that is its first; a block without
 * changes has an empty row 0. */
#define ROW_UNDO_BYTES 2000 /* so that pages are full and a row needs none of its own */
struct row_undo {
	const uint8_t *key_hash; /* 32 bytes */
	struct bytes value;      /* len = 0: there was none */
};
void row_undo_add(struct buf *out, const struct hash *key_hash, struct bytes value);
/* Takes the first change off; false where none is left, or *err says that the row is
 * damaged. */
bool row_undo_next(struct bytes *row, struct row_undo *out, enum err *err);

/* What a transaction's leaf data says without decoding it whole: its id (NULL: it is not
 * asked for) and its valid_until.  The bytes are canonical, so the fields have fixed places. */
MUST_CHECK enum err row_leaf_peek(struct bytes leaf_data, struct hash *id, uint64_t *valid_until);

/* What is signed in a SignedTransaction, by whom and how, without decoding it: nothing
 * else about it is known to hold. */
struct row_signed {
	struct hash id;
	struct public_key signer;
	struct signature signature;
};
MUST_CHECK enum err row_signed_peek(struct bytes raw, struct row_signed *out);

#endif
