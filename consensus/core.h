/* The core: Simplex with rotating leaders as one pure function,
 *     core_step(core, event) -> ordered effects.
 *
 * No I/O, clock, thread or randomness inside: time comes with each event, wishes
 * leave as effects, and the same events give the same effects byte for byte.
 * The core sees only verified words: every vote, proposal and certificate that
 * reaches it had its form, bounds, membership and signatures checked.
 * docs/protocol.md has the rules that the code cites as R1 … R13. */
#ifndef STELE_CONSENSUS_CORE_H
#define STELE_CONSENSUS_CORE_H

#include "consensus/effect.h"
#include "consensus/event.h"
#include "proto/genesis.h"
#include "proto/set.h"

struct core;

struct core_config {
	struct hash chain;
	uint64_t epoch;
	const struct set *set;          /* lent for the core's life */
	uint32_t self;                  /* index in the set, or SET_NO_INDEX: an observer */
	struct genesis_timers timers;
	struct bytes view0_header;      /* last header of the epoch before (header 0 in epoch 0) */
	uint64_t jitter_seed;           /* spreads retries; the only "randomness" */
};

/* NULL when memory is short. */
struct core *core_new(const struct core_config *config);
void core_free(struct core *core);

/* Handles one event; appends to effects, in the order in which they must be
 * carried out.  What effects point to is lent until the next step.  The verdict
 * says what became of a message from a peer (for scores and metrics). */
enum verdict core_step(struct core *core, const struct event *event, struct effects *effects);

/* --- questions, without effect ------------------------------------------- */

/* Whether a certificate for this would be news, or would contradict what is held:
 * the pump verifies only those.  block: ignored for nullify. */
bool core_wants_certificate(const struct core *core, enum vote_kind kind, uint64_t epoch,
			    uint64_t view, const struct hash *block);
/* Whether such a vote is within the window and not held yet. */
bool core_wants_vote(const struct core *core, const struct vote *vote);

/* Whether this node signs votes, and why not. */
enum signing {
	SIGNING_YES,
	SIGNING_OBSERVER,
	SIGNING_TRIPPED,
	SIGNING_LOST,    /* sign state lost; it asks the others */
	SIGNING_REFUSED, /* lost, and too few others sign for it ever to sign again */
	SIGNING_FLOOR,   /* had back; silent until cur has passed vote_floor */
	SIGNING_CLOSED,  /* it stops */
};

struct core_status {
	uint64_t epoch;
	uint64_t view;         /* cur */
	uint64_t final_view;   /* of last_final */
	uint64_t final_height;
	struct hash final_block;
	uint32_t leader;       /* of cur */
	bool is_idle;
	bool is_tripped;
	bool is_signing;
	enum signing signing;
	uint64_t vote_floor;      /* never signed at or below; UINT64_MAX: lost */
	uint32_t answers;         /* SIGNING_LOST: members heard that count, */
	uint32_t answers_wanted;  /* of so many */
	struct reservation reserved; /* stamp 0: none yet */
	uint32_t budget_bytes;     /* of payload in an own block, section 5 */
	uint64_t nullified_views;  /* since the start */
	uint64_t finalized_blocks; /* delivered since the start */
};
void core_status(const struct core *core, struct core_status *out);
/* leader(e, v), docs/protocol.md section 2. */
uint32_t core_leader(const struct core *core, uint64_t view);

#endif
