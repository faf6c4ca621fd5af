/* A town: the world's genesis with a validator set of four, a store in a folder
 * and a ledger on it; blocks are built, executed and finalized as nodes do. */
#ifndef STELE_TESTS_UNIT_LEDGER_TOWN_H
#define STELE_TESTS_UNIT_LEDGER_TOWN_H

#include "proofs/trust.h"
#include "ledger/ledger.h"
#include "proto/evidence.h"
#include "proto/vote.h"
#include "tests/unit/ledger/world.h"

#define TOWN_VALIDATORS 4
#define TOWN_STEP_MS 1000 /* between blocks */

struct town {
	struct world *world; /* keys, genesis and records; its own overlay is not used */
	struct buf genesis_text;
	struct secret consensus_keys[TOWN_VALIDATORS];
	struct secret node_keys[TOWN_VALIDATORS];
	uint64_t sequence;
	char *folder;
	struct store *store;
	struct ledger *ledger;
};

struct town *town_new(void);
void town_free(struct town *town);
void town_reopen(struct town *town);
/* Another store with the same genesis; close both. */
struct ledger *town_second(struct town *town, const char *folder, struct store **store);

/* A parcel of author 0 that expires LIMIT_PARCEL_EXPIRY / 2 above the tip; takes
 * the references to the transactions. */
struct parcel *town_parcel(struct town *town, struct tx *const *txs, uint32_t count);
/* A programme.create "P1" and what can follow it. */
struct tx *town_tx(struct town *town, enum who who, uint32_t operation, void *record);
struct tx *town_anchor(struct town *town, uint64_t content);

struct town_block {
	struct hash hash;
	struct buf header_text;
	struct buf body_text;
	uint64_t view;
};
/* Builds on the parent (NULL: the tip) at the parent's view + 1. */
void town_build(struct town *town, struct ledger *ledger, const struct town_block *parent,
		struct parcel *const *parcels, uint32_t count, struct town_block *out);
/* The same with evidence on offer. */
void town_build_with(struct town *town, struct ledger *ledger, const struct town_block *parent,
		     const struct bytes *evidence, uint32_t evidence_count,
		     struct parcel *const *parcels, uint32_t count, struct town_block *out);
/* A text by which that validator names itself: E1 … E4 of that view. */
void town_evidence(const struct town *town, uint32_t validator, enum evidence_type type,
		   uint64_t view, struct buf *out);
void town_block_release(struct town_block *block);
enum err town_execute(struct ledger *ledger, const struct town_block *block,
		      struct parcel *const *parcels, uint32_t count);
enum err town_execute_with(struct ledger *ledger, const struct town_block *block,
			   const struct bytes *evidence, uint32_t evidence_count,
			   struct parcel *const *parcels, uint32_t count);
/* A certificate by the first signers of the set. */
void town_certify(const struct town *town, const struct town_block *block, enum vote_kind kind,
		  uint32_t signers, struct buf *out);
/* With a finalization of three of the four. */
void town_commit(struct town *town, struct ledger *ledger, const struct town_block *block,
		 struct ledger_committed *out);
/* Builds and commits a block of one parcel of these transactions (taken). */
void town_decide(struct town *town, struct tx *const *txs, uint32_t count,
		 struct ledger_committed *out);
/* The same without a finalization of its own. */
void town_decide_quietly(struct town *town, struct tx *const *txs, uint32_t count);
/* What relies on this town's genesis. */
void town_trust(const struct town *town, struct trust *out);

#endif
