/* Transactions: from untrusted bytes to a checked record, and back.
 *
 * docs/ledger.md section 1 lists the stateless checks: size, encoding, fields,
 * chain, attachment against its root, form of the key, signature, in that order;
 * the first that fails gives the error, one of ERR_TX_*. */
#ifndef STELE_PROTO_TX_H
#define STELE_PROTO_TX_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "crypto/sign.h"
#include "proto/tx.pb-c.h"

struct tx {
	struct bytes raw;  /* the whole SignedTransaction; owned */
	/* of its leaf in the log: 0x01 | the part of raw that is fields 1 and 2 */
	struct bytes leaf_data;
	struct bytes body; /* the signed bytes */
	struct bytes attachment;
	struct signature signature;
	struct public_key signer;
	struct hash id; /* SHA-256(domain | body) */
	/* Of leaf_data (crypto/merkle.h): with all that is signed and the signature, so that
	 * verification is remembered by it. */
	struct hash leaf_hash;
	struct hash signer_hash; /* SHA-256(signer): its key's name in the state */
	uint32_t operation;   /* the oneof's field number */
	const Stele__TransactionBody *message;
	const Stele__BatchEntries *entries; /* content.batch, else NULL */
	struct tx_memory *memory;
};

/* Copies raw; everything but the signature, and whether the signer's 33 bytes are
 * a point, is checked.  chain may be NULL (tools that decode).  ERR_TX_*,
 * ERR_MEMORY; on an error *out is untouched. */
MUST_CHECK enum err tx_decode(struct tx **out, struct bytes raw, const struct hash *chain);
/* ERR_TX_KEY_FORM, ERR_TX_SIGNATURE; the slow part, for worker threads. */
MUST_CHECK enum err tx_check_signature(const struct tx *tx);
/* How much there is to execute, counted in records: one, and one for each entry of a batch. */
uint32_t tx_steps(const struct tx *tx);
/* The key that raw names as the signer's, where it is canonical; nothing is checked.  Lent
 * from raw; empty: it is too short. */
struct bytes tx_raw_signer(struct bytes raw);
/* One transaction is shared by pool, parcels and jobs, on any thread: tx_retain
 * adds a reference, tx_free drops one, and the last one frees. */
struct tx *tx_retain(struct tx *tx);
void tx_free(struct tx *tx);

/* Encodes body, signs, appends the SignedTransaction to out.  The body is
 * checked as tx_decode would: what is refused there is refused here, and out is
 * as it was.  secret is that of body->signer.  attachment may be empty. */
MUST_CHECK enum err tx_sign(struct buf *out, const Stele__TransactionBody *body,
			    struct bytes attachment, const struct secret *secret);

/* A transaction from its leaf data and its attachment (empty where none). */
MUST_CHECK enum err tx_from_leaf(struct tx **out, struct bytes leaf_data, struct bytes attachment,
				 const struct hash *chain);

/* The same where the attachment is not at hand, as in a receipt: entries is NULL
 * then, and nothing says that the attachment fits its root. */
MUST_CHECK enum err tx_open_leaf(struct tx **out, struct bytes leaf_data,
				 const struct hash *chain);

/* The encoding of what a motion carries, and back; the message lives in the
 * arena.  ERR_TX_ENCODING, ERR_TX_FIELD, ERR_MEMORY. */
void motion_operation_encode(struct buf *out, const Stele__MotionOperation *operation);
MUST_CHECK enum err motion_operation_decode(struct arena *arena, struct bytes data,
					    Stele__MotionOperation **out);
/* The attachment of a content.batch, and count and root that its body then
 * names.  ERR_TX_ATTACHMENT when it breaks a bound; out is then as it was. */
MUST_CHECK enum err batch_entries_encode(struct buf *out, const Stele__BatchEntries *entries,
					 struct hash *root);
/* The encoded bytes of entry number index (from 0) of an attachment that passed
 * tx_decode: what its leaf in the batch's tree hashes. */
struct bytes batch_entry_bytes(struct bytes attachment, uint32_t index);
/* The next of them, for a walk over all; attachment moves past it. */
struct bytes batch_entry_next(struct bytes *attachment);

/* "award.grant" for 60; NULL for no operation of this version. */
const char *operation_name(uint32_t operation);
/* 0 for an unknown name. */
uint32_t operation_from_name(struct bytes name);
/* Visits operation numbers ascending. */
void operation_each(void (*visit)(uint32_t operation, void *context), void *context);
/* Whether a motion can carry it; the PURPOSE_* bits (1 << purpose) of which a
 * key needs one to sign it. */
bool operation_is_motionable(uint32_t operation);
uint32_t operation_purposes(uint32_t operation);
/* The same for a motion that carries it: what any own key may do to itself, only one
 * that governs may have done to another's. */
uint32_t operation_carried_purposes(uint32_t operation);
/* The same for a whole transaction: motion.open may also be signed with a key of
 * a purpose that its operation takes. */
uint32_t tx_purposes(const struct tx *tx);

#endif
