/* The pump: carries words between network, core, journal and ledger.
 *
 * It decodes and bounds what comes in, has it verified off the loop, gives it to
 * the core as events, and carries out the core's effects in order.  It decides
 * nothing about consensus.  No clock, disk, thread or socket of its own: those
 * stand behind node/io.h, p2p/net.h and ledger/store.h, so the same code runs
 * in the simulator. */
#ifndef STELE_NODE_NODE_H
#define STELE_NODE_NODE_H

#include "base/bytes.h"
#include "base/err.h"
#include "consensus/core.h"
#include "crypto/secret.h"
#include "ledger/ledger.h"
#include "ledger/store.h"
#include "node/io.h"
#include "node/sign_file.h"
#include "p2p/net.h"
#include "proto/genesis.h"

struct node;

struct node_config {
	struct io *io;
	const struct genesis *genesis; /* lent, as all below, for the node's life */
	struct bytes genesis_text;
	struct store *chain_store;
	struct store *journal_store;
	struct store *checkpoint_store;     /* NULL: starts take longer */
	const struct sign_file *sign_file;  /* NULL: an observer */
	const struct secret *consensus_key; /* NULL: an observer */
	const struct secret *node_key;
	uint32_t self; /* index in the set, or SET_NO_INDEX */
	uint64_t seed; /* jitter and keyed hashes */
	uint32_t pool_count_max;
	uint64_t pool_bytes_max;
	uint64_t parcel_bytes_max; /* unreferenced parcels held per author */
	uint64_t disk_free_min;    /* node/room.h */
};

/* Opens the ledger and the journal.  Errors of ledger_open and of the journal. */
MUST_CHECK enum err node_new(struct node **out, const struct node_config *config);
/* The network is there: hand it over and start the core. */
void node_start(struct node *node, struct net *net);
/* A clean stop: no vote from here on.  What is to be written about it is under way
 * when this returns. */
void node_stop(struct node *node);
void node_free(struct node *node);

/* From the seams. */
void node_on_timer(struct node *node, unsigned slot);
void node_on_open(struct node *node, uint32_t peer, const struct public_key *node_key,
		  const char *address);
void node_on_close(struct node *node, uint32_t peer, enum err reason);
void node_on_frame(struct node *node, uint32_t peer, uint8_t type, struct bytes payload);
bool node_may_observe(struct node *node, const struct public_key *node_key);

/* --- clients ------------------------------------------------------------- */

struct outlook;

enum submit_state {
	SUBMIT_TAKEN,     /* in the pool, on its way into a block */
	SUBMIT_DUPLICATE, /* the same id is in the pool or decided already */
	SUBMIT_REFUSED,   /* reason says why; nothing was submitted */
};

struct submit_result {
	enum submit_state state;
	enum err reason;
	bool is_simulated; /* refused by the rules, by simulation only */
	struct hash id;    /* zero where it could not be decoded */
	struct outlook *outlook; /* of a dry one that was accepted; the listener's to free */
};

typedef void submit_done(void *context, const struct submit_result *result);

/* Copies raw.  done is called once, later, on the pump's thread.  is_dry: admit
 * and simulate, submit nothing. */
void node_submit(struct node *node, struct bytes raw, bool simulate_rules, bool is_dry,
		 submit_done *done, void *context);

/* Called after each commit, on the pump's thread. */
typedef void committed_listener(void *context, const struct ledger_committed *committed);
void node_listen(struct node *node, committed_listener *listener, void *context);

/* --- looking ------------------------------------------------------------- */

/* Called after each step of the core, for traces and for the simulator's judges;
 * what it is given is lent for the call. */
typedef void node_watcher(void *context, const struct core *core, const struct event *event,
			  enum verdict verdict, const struct effects *effects);
void node_watch(struct node *node, node_watcher *watcher, void *context);

struct ledger *node_ledger(struct node *node);

#define NODE_PEERS_MAX 256

struct node_status {
	struct core_status core;
	uint64_t committed_height;
	uint64_t best_height;      /* highest finalized height any peer claims */
	bool is_syncing;
	bool is_disk_full; /* paused, node/room.h */
	uint32_t sessions;
	uint32_t sessions_validators;
	uint32_t pool_count;
	uint64_t pool_bytes;
	uint64_t parcels_held;
	uint32_t evidence_held;
	int64_t skew_ms; /* median of peers' clocks less ours */
	/* counters since the start */
	uint64_t submitted, refused, accepted, rejected, skipped;
	uint64_t votes_in, proposals_in, certificates_in, parcels_in, messages_refused;
	uint64_t journal_writes, signatures_checked, equivocations, passed_over, built_ahead;
	uint64_t evidence_received, evidence_refused, evidence_recorded;
};
/* On the pump's thread. */
void node_status(const struct node *node, struct node_status *out);

#endif
