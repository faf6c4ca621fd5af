/* The ledger: executes blocks on overlays, commits finalized ones, answers from
 * what is committed.
 *
 * The changing functions are called from one thread at a time (the pump's ledger
 * lane); ledger_view_* from any thread.  Execution is a pure function of state
 * and block. */
#ifndef STELE_LEDGER_LEDGER_H
#define STELE_LEDGER_LEDGER_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "ledger/parcel.h"
#include "ledger/state.h"
#include "ledger/store.h"
#include "proto/body.h"
#include "proto/genesis.h"
#include "proto/header.h"

struct ledger;

/* genesis and store are lent for the ledger's life.  An empty store becomes the
 * chain's block 0; otherwise the tree and the consumed ids are rebuilt from it.
 * ERR_STORE_CHAIN, ERR_STORE_FORMAT, ERR_STORE_DAMAGED, ERR_DISK_*. */
MUST_CHECK enum err ledger_open(struct ledger **out, struct store *store,
				const struct genesis *genesis, struct bytes genesis_text);
/* The same with another store, lent too, in which checkpoints of the state tree are kept so
 * that a start with many records is short; NULL: none are. */
MUST_CHECK enum err ledger_open_with(struct ledger **out, struct store *store,
				     struct store *checkpoints, const struct genesis *genesis,
				     struct bytes genesis_text);
void ledger_close(struct ledger *ledger);

struct ledger_tip {
	uint64_t height;
	uint64_t view;
	uint64_t time_ms;
	uint64_t log_size;
	struct hash block;
	struct hash state_root;
	struct bytes header_text; /* lent until the next commit */
};
void ledger_tip(const struct ledger *ledger, struct ledger_tip *out);

/* --- execution ----------------------------------------------------------- */

struct block_input {
	struct bytes header_text; /* empty when building */
	struct bytes body_text;   /* empty when building */
	struct parcel *const *parcels; /* in the order of the body */
	uint32_t parcels_count;
	const struct bytes *evidence;  /* a text for each of the body's lines, in order */
	uint32_t evidence_count;
};

/* Whether this block's overlay is there (executed, not committed), or it is the
 * committed tip: what a child can stand on. */
bool ledger_has_executed(const struct ledger *ledger, const struct hash *block);

struct build_params {
	struct hash parent; /* ledger_has_executed */
	uint64_t epoch;
	uint64_t view;
	uint64_t parent_view;
	uint32_t proposer;
	uint64_t now_ms; /* time of the header: max(now, parent's + 1) */
	const struct bytes *evidence; /* texts on offer, in any order */
	uint32_t evidence_count;
};

/* Executes evidence and parcels on the parent and renders header and body; keeps the
 * overlay under the new block's hash.  Parcels that an ancestor within
 * LIMIT_PARCEL_EXPIRY references, or that have expired, are left out; so is
 * evidence that is recorded, or none, or beyond LIMIT_EVIDENCE_PER_BLOCK. */
MUST_CHECK enum err ledger_build(struct ledger *ledger, const struct build_params *params,
				 struct parcel *const *parcels, uint32_t parcels_count,
				 struct buf *header_text, struct buf *body_text);

/* All rules of docs/protocol.md section 8 that are deterministic, then execution.
 * ERR_OK: the overlay is kept.  ERR_BLOCK_INVALID: breaks a rule.  ERR_BLOCK_ROOT:
 * executed, but a root differs.  Others: could not be concluded (disk, memory). */
MUST_CHECK enum err ledger_execute(struct ledger *ledger, const struct block_input *block);

/* What became of each transaction of a committed block, for waiting clients. */
struct ledger_outcome {
	struct hash id;
	bool is_accepted;
	enum err reason;     /* of a rejected one */
	uint64_t log_index;  /* of an accepted one */
};
struct ledger_committed {
	uint64_t height;
	struct hash block;
	uint64_t time_ms;
	const struct ledger_outcome *outcomes; /* lent until the next commit */
	size_t outcomes_count;
};

/* Makes an executed child of the tip the new tip, durably: block, certificate
 * (empty: none of its own), leaves, values, rejected entries and height in one
 * store transaction; overlays that do not descend from it are dropped.
 * ERR_DISK_LOW: nothing has changed, and it may be tried again. */
MUST_CHECK enum err ledger_commit(struct ledger *ledger, const struct hash *block,
				  struct bytes finalization, struct ledger_committed *out);

/* Admission: key, role, window, quota, and the rules, against the newest
 * committed state at time now_ms.  *outcome is as apply_transaction's. org gets
 * the signer's organisation.  ERR_TX_CONSUMED etc. come in *reason. */
struct admission {
	int outcome; /* enum outcome */
	enum err reason;
	char org[LIMIT_SEGMENT + 1];
};
MUST_CHECK enum err ledger_admit(struct ledger *ledger, const struct tx *tx, uint64_t now_ms,
				 bool simulate_rules, struct admission *out);

/* The same with the rules, and what the transaction would do: *outlook is NULL unless it
 * is accepted; the caller's, to outlook_free. */
struct outlook;
MUST_CHECK enum err ledger_simulate(struct ledger *ledger, const struct tx *tx, uint64_t now_ms,
				    struct admission *out, struct outlook **outlook);

/* The registered key's organisation if it may hold a session (purpose peer); any
 * thread.  ERR_PEER_UNKNOWN. */
MUST_CHECK enum err ledger_find_peer_key(struct ledger *ledger, const struct public_key *key,
					 char org[LIMIT_SEGMENT + 1]);

/* --- reading: any thread ------------------------------------------------- */

/* One committed state, whole: records, log and tree of one height. */
struct ledger_view;
MUST_CHECK enum err ledger_view_open(struct ledger *ledger, struct ledger_view **out);
/* The same as it was after the block of an older height: tip, values, proofs, leaves and
 * histories are those of a view that was opened then; blocks and finalizations reach up to
 * the newest, so that a cover can be made.  The newest height is served as above.
 * What it costs, in time and memory until it is closed, follows the changes of the state
 * since that height.
 * ERR_API_HEIGHT_AHEAD: above the newest.  ERR_API_HEIGHT_GONE: more than 1,024 below it, or
 * from before this store kept what that needs.  ERR_API_HEIGHT_FAR: over 2^20 changes lie
 * between.  ERR_API_BUSY: others hold so much of that bound now, or the
 * writer waits for readers to end.  ERR_STORE_DAMAGED. */
MUST_CHECK enum err ledger_view_open_at(struct ledger *ledger, uint64_t height,
					struct ledger_view **out);
void ledger_view_close(struct ledger_view *view);
void ledger_view_tip(const struct ledger_view *view, struct ledger_tip *out);

/* Lent until the view closes.  ERR_NOT_FOUND. */
MUST_CHECK enum err view_value(struct ledger_view *view, const char *key, struct bytes *value);
void view_prove(struct ledger_view *view, const char *key, struct smt_proof *out);
/* Keys by their hashes, ascending, each once: state_prove_many. */
void view_prove_many(struct ledger_view *view, const struct hash *keys, size_t count,
		     struct buf *out);

struct view_block {
	struct bytes header_text;
	struct bytes body_text;
	struct bytes finalization; /* empty: none of its own */
	uint64_t log_first;        /* log index of its first leaf; evidence comes first */
	uint32_t evidence;
	uint32_t accepted;
	uint32_t rejected;
};
MUST_CHECK enum err view_block(struct ledger_view *view, uint64_t height, struct view_block *out);
/* The first height >= from that has its own finalization.  ERR_NOT_FOUND. */
MUST_CHECK enum err view_finalized(struct ledger_view *view, uint64_t from, uint64_t *height);
/* k-th parcel of a block, as the parts of a ParcelMessage.  ERR_STORE_PRUNED. */
struct view_parcel {
	struct bytes text;
	struct signature signature;
	struct bytes payload;
};
MUST_CHECK enum err view_parcel(struct ledger_view *view, uint64_t height, uint32_t k,
				struct view_parcel *out);

struct view_rejected {
	struct hash id;
	enum err reason;
	uint32_t parcel;
	uint32_t position;
	struct bytes transaction; /* SignedTransaction */
};
/* k-th rejected entry of a block. */
MUST_CHECK enum err view_rejected(struct ledger_view *view, uint64_t height, uint32_t k,
				  struct view_rejected *out);

MUST_CHECK enum err view_leaf(struct ledger_view *view, uint64_t log_index, struct bytes *data,
			      struct bytes *attachment);
/* The height whose block holds the leaf. */
MUST_CHECK enum err view_leaf_height(struct ledger_view *view, uint64_t log_index,
				     uint64_t *height);
MUST_CHECK enum err view_inclusion(struct ledger_view *view, uint64_t log_index, uint64_t size,
				   struct hash *path, size_t *path_count);
MUST_CHECK enum err view_consistency(struct ledger_view *view, uint64_t size1, uint64_t size2,
				     struct hash *path, size_t *path_count);

/* Root of the log's first size leaves; 1 <= size <= the tip's. */
MUST_CHECK enum err view_log_root(struct ledger_view *view, uint64_t size, struct hash *out);

/* The records that changed an object, by its state key, as ledger/change.h says;
 * history_close it before the view. */
struct history_list;
MUST_CHECK enum err view_history(struct ledger_view *view, const char *object,
				 struct history_list **out);

struct view_tx {
	bool is_accepted;
	uint64_t height;
	uint64_t log_index; /* of an accepted one */
	uint32_t rejected;  /* k of a rejected one's entry */
};
/* By transaction id.  ERR_NOT_FOUND. */
MUST_CHECK enum err view_tx(struct ledger_view *view, const struct hash *id, struct view_tx *out);

#endif
