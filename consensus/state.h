/* The core's inside: what it knows, as plain data.  Private to consensus/; each
 * other private header there holds the functions of one question over it. */
#ifndef STELE_CONSENSUS_STATE_H
#define STELE_CONSENSUS_STATE_H

#include "base/arena.h"
#include "base/rng.h"
#include "consensus/core.h"

#define EVIDENCE_VIEWS 64u  /* R: views kept behind last_final */
#define AHEAD_HEIGHTS 16u   /* above committed: delivery, execution of non-empty bodies */
#define RANGE_GAP 8u        /* more heights than this missing: fetch a range */
#define RANGE_AHEAD 256u    /* heights above committed that ranges may bring */
#define OWN_VOTES_MAX 64u   /* of a status */
#define BODY_EMPTY "stele/v1 body\n"

/* How often and when something missing was asked for. */
struct ask {
	uint64_t at_us;
	uint32_t attempts;
};

enum block_verdict { BLOCK_UNJUDGED, BLOCK_OK, BLOCK_INVALID, BLOCK_DIVERGED };

/* A block that a proposal, a certificate or a peer told of.  It grows: first the
 * hash, then the header, the body text, complete parcels, a verdict. */
struct block {
	struct block *next;
	struct block *next_in_bucket;
	struct hash hash;
	uint64_t view; /* of the header, or of the votes that named the hash */
	bool has_header;
	struct header header;
	struct bytes header_text; /* owned */
	bool has_body;
	struct bytes body_text; /* owned */
	bool is_body_asked;
	bool is_body_complete; /* all parcels durable here */
	bool is_validate_asked;
	bool is_final; /* an ancestor of last_final, or it */
	bool is_persisted;
	struct bytes finalization; /* owned; empty: none for this very block is held */
	enum block_verdict verdict;
	enum err reason;
	struct ask ask;
};

/* What this node itself signed, or is about to; durable before it leaves. */
struct own {
	bool has_notarize;
	bool has_nullify;
	bool has_finalize;
	struct hash notarize;
	struct hash finalize;
};

/* A certificate that is held: encoded, owned.  Empty data: not held. */
struct slot {
	struct bytes data;
	struct hash block;
};

/* One kind of vote of one signer in one view. */
struct ballot {
	bool is_cast;
	uint32_t repeats; /* how often the first came again */
	struct vote first;
	struct vote *second; /* owned; one that conflicts with the first */
};

#define VOTE_KINDS 3u
#define BLOCK_BUCKETS 1024u /* who lags far behind holds thousands of blocks */

struct view {
	uint64_t view;
	struct own own;
	struct slot slots[VOTE_KINDS];
	struct ballot *ballots; /* [kind - 1][signer] */
	struct block *proposal; /* the first one of the view's leader */
	struct ask ask;
	bool is_ahead_told;
};

enum release_kind { RELEASE_VOTE, RELEASE_FINAL };

/* What waits for a record to be durable. */
struct release {
	uint64_t sequence;
	enum release_kind kind;
	enum vote_kind vote;
	uint64_t view;
	uint64_t height; /* RELEASE_FINAL */
};

/* A block of the chain, by name. */
struct place {
	uint64_t view;
	uint64_t height;
	struct hash block;
};

/* Section 10: up to where votes may be given now. */
struct reserve {
	struct reservation newest; /* put out */
	bool is_asked;             /* and not known to be durable yet */
	struct reservation held;   /* durable in both places; stamp 0: none in this life */
	bool is_used;              /* a vote was given under it, */
	uint64_t used_us;          /* the first one then */
	uint64_t voted_view;       /* of the newest own vote */
	bool is_loaded;            /* the journal held one */
	bool is_closed;            /* a clean stop: no vote any more */
};

/* Section 10: lost sign state. */
struct recovery {
	bool is_new;  /* no certificate was seen yet of a view that this node voted in */
	bool is_lost;
	uint64_t asked_us;
	/* the view that a member which signs first said it is in, since the loss; 0: none */
	uint64_t claims[LIMIT_VALIDATORS];
	bool is_silent[LIMIT_VALIDATORS]; /* said that it does not sign */
};

/* R10: a certificate that a peer said it holds; view 0: none that is lacking here. */
struct announced {
	uint64_t view;
	struct hash block;
};

/* Certificates that were asked for because they were announced: the highest view of this
 * round and the lowest, and the rounds. */
struct pull {
	uint64_t top, low;
	struct ask ask;
};

enum idle_phase { IDLE_BEFORE, IDLE_NOW, IDLE_ENDED };

struct core {
	struct core_config config;
	uint32_t count; /* n */
	uint32_t faults; /* f */
	uint32_t quorum; /* q */
	uint64_t leader_offset;
	bool has_started;

	/* the step under way */
	uint64_t now_us;
	uint64_t wall_ms;
	struct effects *out;
	struct arena scratch; /* what effects point to */

	/* section 4 */
	uint64_t cur;
	struct place final; /* last_final */
	uint64_t vote_floor;
	struct view **views; /* ascending */
	size_t views_count;
	size_t views_capacity;
	struct block *blocks; /* newest first */
	struct block *buckets[BLOCK_BUCKETS]; /* the same, by hash */
	uint64_t pruned_at; /* blocks_prune */
	bool is_tripped;

	/* section 10 */
	uint64_t sequence;
	uint64_t durable;
	struct release *releases; /* ascending by sequence */
	size_t releases_count;
	size_t releases_capacity;
	uint64_t final_durable_height;
	struct reserve reserve;
	struct recovery recovery;

	/* R9 */
	struct place delivered;
	struct place committed;
	uint64_t forgotten_view;
	struct ask range_ask;

	/* section 5 */
	bool is_armed[TIMER_COUNT];
	uint64_t deadline_us[TIMER_COUNT];
	enum idle_phase idle;
	bool is_wait_over; /* the leader's wait in this view has ended */
	bool has_work;
	struct rng jitter;

	/* R6 */
	uint64_t built_view; /* asked for a block of this view */
	uint32_t budget_bytes;

	/* peers */
	uint64_t active_us[LIMIT_VALIDATORS];
	uint64_t ahead_view[LIMIT_VALIDATORS];
	bool is_down[LIMIT_VALIDATORS];
	uint32_t asks_total; /* spreads requests */
	struct announced announced[VOTE_KINDS][LIMIT_VALIDATORS]; /* [kind - 1][peer] */
	uint32_t announced_count;
	struct pull pulls[VOTE_KINDS];

	uint64_t nullified_views;
	uint64_t finalized_blocks;
};

static inline bool core_is_member(const struct core *core)
{
	return core->config.self != SET_NO_INDEX;
}

/* Below its floor a member is silent: it may have voted there and not know. */
static inline bool core_is_signing(const struct core *core)
{
	return core_is_member(core) && !core->is_tripped && core->cur > core->vote_floor &&
	       !core->reserve.is_closed;
}

/* Zeroed memory until the next step; ends the process when memory is short. */
void *core_scratch(struct core *core, size_t len);
struct bytes core_scratch_copy(struct core *core, struct bytes bytes);
/* An owned copy; ends the process when memory is short. */
struct bytes bytes_keep(struct bytes bytes);

/* Writes a record; gives its sequence. */
uint64_t core_persist(struct core *core, enum record_kind kind, uint64_t view,
		      const struct hash *tag, struct bytes data);
/* Certified data contradict each other or this node's execution: stop signing. */
void core_trip(struct core *core, enum err reason, const struct hash *block, uint64_t view);

#endif
