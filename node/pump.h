/* Inside of the pump: the node's struct and what its files call each other for.
 * For the files of the pump only; everybody else sees node/node.h.
 *
 *	inbound    frames -> decoded, bounded, verified -> events
 *	effects    the core's effects -> journal, network, bodies, execution
 *	journal    records, grouped into durable writes
	reservation  reservations of votes -> the sign file
 *	pool       parcels held, by digest
 *	evidences  evidence held until a block records it
 *	flight     blocks on their way from proposal to commit
 *	branch     which of them are built on
 *	bodies     which block waits for which parcel; fetching
 *	known_votes  votes whose signatures need no check
 *	passing    authors whose parcels others had to fetch
 *	packer     transactions -> own parcels
 *	choice     which parcels a block references
 *	execution  validate, commit, in the ledger's lane
 *	building   own blocks, there too
 *	ranges     catch-up: asking and serving
 *	range_check  what is checked of an answer
 *	clients    admission of transactions
 *	work       what there is to order
 *	room       whether the disk has room; the pause without it
 *	status     figures, clocks of peers */
#ifndef STELE_NODE_PUMP_H
#define STELE_NODE_PUMP_H

#include "base/log.h"
#include "base/rng.h"
#include "ledger/mempool.h"
#include "ledger/verified.h"
#include "node/job.h"
#include "node/node.h"

/* Timer slots of node/io.h: the core's own come first. */
enum slot {
	SLOT_CORE = 0,
	SLOT_FETCH = TIMER_COUNT,
	SLOT_REMIND,
	SLOT_RANGE,
	SLOT_PACK,
	SLOT_HOUSE,
	SLOT_COUNT
};
_Static_assert((int)SLOT_COUNT <= IO_TIMERS, "io.h has enough timers");

#define KNOWN_VOTES_PER_SIGNER 64u
#define EVENTS_QUEUED 4096 /* it grows: a restart after a long stand gives back every own vote */

struct journal;
struct pool;
struct passing;
struct evidences;
struct flight;
struct flight_table;
struct inbound;
struct packer;
struct executor;
struct ranges;
struct clients;
struct peer_table;

struct node {
	struct node_config config;
	struct io *io;
	struct net *net;
	const struct set *set; /* of the only epoch */
	struct hash chain;
	uint64_t epoch;
	uint32_t self;

	struct core *core;
	struct effects effects;
	struct event *queue; /* events that effects caused */
	size_t queue_first, queue_count, queue_room;
	bool is_stepping;
	bool is_settling;
	bool is_started;
	bool is_stopped;
	bool is_tripped;
	bool is_paused;      /* node/room.h */
	uint32_t slots_held; /* a bit for each timer that fired meanwhile */

	struct ledger *ledger;
	struct verified *verified; /* transactions */
	struct verified *votes;    /* node/known_votes.h */
	struct mempool *mempool;
	struct job_list jobs;

	/* the committed tip, as of the last commit that came back */
	uint64_t tip_height;
	uint64_t tip_time_ms;
	struct hash tip_block;

	struct journal *journal;
	struct pool *pool;
	struct passing *passing;
	struct evidences *evidences;
	struct flight_table *flights;
	struct flight *branch_tip, *branch_lowest; /* node/branch.h; NULL: no branch */
	struct inbound *inbound;
	struct packer *packer;
	struct executor *execution;
	struct ranges *ranges;
	struct clients *clients;
	struct peer_table *peers;
	bool has_work;
	bool is_work_stale; /* something changed that has_work depends on */
	uint64_t work_view; /* whose leader must learn of the work; 0: there is none */
	uint64_t skew_warned_ms; /* monotonic; 0: never */
	enum signing signing_said; /* in the log */

	struct rng rng;
	struct node_status counters; /* only its counters are used */
	committed_listener *listener;
	void *listener_context;
	node_watcher *watcher;
	void *watcher_context;
};

/* Gives the core an event and carries out its effects.  While a step is under
 * way a copy is queued and ACCEPTED comes back; an event that points to memory
 * may only come from outside a step. */
enum verdict pump_event(struct node *node, const struct event *event);
/* The end of every entry from outside: starts what has become possible. */
void pump_settle(struct node *node);
/* In doubt the node stops. */
void pump_stop(struct node *node, enum err reason, const char *what);
/* Zeroed memory; ends the process when there is none. */
void *pump_alloc(size_t count, size_t size);
/* A copy; free its `at`. */
struct bytes pump_copy(struct bytes bytes);

#endif
