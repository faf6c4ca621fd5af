/* Apply: what a transaction does to the state, and by which rule it is refused.
 *
 * A pure function of (state, block height and time, log index, transaction): no
 * clock, float, locale, randomness or unordered iteration.  The first failing
 * check of the documented order decides (docs/ledger.md section 7). */
#ifndef STELE_LEDGER_APPLY_H
#define STELE_LEDGER_APPLY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "ledger/overlay.h"
#include "proto/evidence.h"
#include "proto/tx.h"

enum outcome {
	OUTCOME_ACCEPTED, /* a leaf of the log */
	OUTCOME_REJECTED, /* an entry of the rejected root; counts in the quota */
	OUTCOME_SKIPPED,  /* no trace */
	OUTCOME_FAILED,   /* the disk or memory failed: execution cannot be concluded */
};

struct apply_block {
	struct overlay *overlay;
	uint64_t height;
	uint64_t time_ms;
	uint64_t epoch_length; /* of genesis */
};

/* log_index: where the leaf goes if accepted.  *reason gets the rule's number
 * unless accepted.  arena: scratch, released by the caller after each block or
 * transaction.  On anything but accepted the state is as before, except that a
 * rejected one counts in its organisation's quota.  Consumes the id of an
 * accepted or rejected one. */
enum outcome apply_transaction(const struct apply_block *block, const struct tx *tx,
			       uint64_t log_index, struct arena *arena, enum err *reason);

/* Reads what most of these, at most OVERLAY_AHEAD_MAX, will ask for when they are applied.
 * The disk's errors, ERR_MEMORY. */
MUST_CHECK enum err apply_read_ahead(struct overlay *overlay, struct tx *const *txs, size_t count);

/* The checks before the rules only (docs/ledger.md section 7, E and R): window,
 * key, organisation, purpose, quota, and the role by policy.  Changes nothing.
 * OUTCOME_ACCEPTED: the rules would be asked next.  org gets the signer's
 * organisation once the key is known, else "". */
enum outcome apply_admit(const struct apply_block *block, const struct tx *tx,
			 struct arena *arena, char org[LIMIT_SEGMENT + 1], enum err *reason);

/* All that apply_transaction does, and org as apply_admit gives it. */
enum outcome apply_simulate(const struct apply_block *block, const struct tx *tx,
			    uint64_t log_index, struct arena *arena, char org[LIMIT_SEGMENT + 1],
			    enum err *reason);

/* For who looks ahead, after apply_transaction accepted it: what the motion that it opened
 * or approved carries, executed as if it had enough approvals now.  As apply_transaction;
 * OUTCOME_SKIPPED: there is no such motion, or it was executed. */
enum outcome apply_foresee(const struct apply_block *block, const struct tx *tx,
			   uint64_t log_index, struct arena *arena, enum err *reason);

/* Whether evidence of this id is recorded. */
MUST_CHECK enum err apply_evidence_is_known(const struct apply_block *block, const struct hash *id,
					    struct arena *arena, bool *out);
/* Records evidence that was checked as the next of the list.  ERR_EVIDENCE_KNOWN:
 * nothing was written.  Others: the disk's, and the state is of no use. */
MUST_CHECK enum err apply_evidence(const struct apply_block *block,
				   const struct evidence *evidence, const struct hash *text_hash,
				   uint64_t log_index, struct arena *arena);

/* The state that a genesis document makes, written into an empty overlay.
 * ERR_ID_SCHEME, ERR_ID_CHECK, ERR_EXISTS_ORG, ERR_EXISTS_KEY, ERR_VALUE_SIZE,
 * ERR_GENESIS_FORM: the document contradicts the rules; the overlay is then of
 * no use. */
struct genesis;
MUST_CHECK enum err apply_genesis(struct overlay *overlay, const struct genesis *genesis,
				  struct arena *arena);

#endif
