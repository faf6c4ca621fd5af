/* Parcels in memory: checked bundles of checked transactions, shared by count
 * of references between pool, execution and serving. */
#ifndef STELE_LEDGER_PARCEL_H
#define STELE_LEDGER_PARCEL_H

#include "base/bytes.h"
#include "base/err.h"
#include "ledger/verified.h"
#include "proto/parcel.h"
#include "proto/tx.h"

struct parcel {
	struct hash digest;
	struct parcel_text text;
	struct bytes text_bytes; /* owned, as all below */
	struct signature signature;
	struct bytes payload;
	struct tx **txs; /* text.count of them, decoded; signatures verified */
	uint64_t steps;  /* tx_steps of all */
	_Atomic uint32_t references;
};

/* From the bytes of a peer or of the disk: parcel_check, then every transaction
 * decoded and its signature verified, except those that `verified` remembers
 * (and remembers them from now on).  Slow: for a worker thread.  *out has one
 * reference.  ERR_PARCEL_FORM, ERR_PARCEL_SIGNATURE, ERR_TX_*: refused whole. */
MUST_CHECK enum err parcel_open(struct parcel **out, struct bytes text,
				const struct signature *signature, struct bytes payload,
				const struct hash *chain, const struct set *set, uint64_t epoch,
				struct verified *verified);
/* The same without any signature: where they are checked elsewhere, on these bytes. */
MUST_CHECK enum err parcel_open_unsigned(struct parcel **out, struct bytes text,
					 const struct signature *signature, struct bytes payload,
					 const struct hash *chain, const struct set *set,
					 uint64_t epoch);
/* Packs transactions that passed admission (retains each; the array is copied)
 * and signs with the node key. */
MUST_CHECK enum err parcel_pack(struct parcel **out, struct tx *const *txs, uint32_t count,
				const struct hash *chain, uint64_t epoch, uint32_t author,
				uint64_t sequence, uint64_t expires,
				const struct secret *node_key);
struct parcel *parcel_retain(struct parcel *parcel);
void parcel_release(struct parcel *parcel);

#endif
