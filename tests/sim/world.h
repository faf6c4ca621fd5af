/* The simulated world: one thread, one clock, everything from one seed.
 *
 * Nodes are production pumps, cores and ledgers; behind their seams stand the
 * simulated clock and workers (io_sim), network (net_sim), disks (store_sim) and
 * signatures (sign_stub).  Judges watch every step. */
#ifndef STELE_TESTS_SIM_WORLD_H
#define STELE_TESTS_SIM_WORLD_H

#include "base/rng.h"
#include "node/node.h"
#include "tests/sim/costs.h"
#include "tests/sim/scene.h"

#define WORLD_CLIENTS 4u
#define WORLD_TIME_MS UINT64_C(1760000000000)

struct world;
struct judge;
struct net;
struct io;

struct happening; /* of world.c */

struct sim_node {
	uint32_t index;
	uint32_t self; /* as a validator; twins share it; or SET_NO_INDEX: an observer */
	struct node *node; /* NULL: down */
	struct io *io;
	struct net *net;
	uint64_t life; /* what belongs to a life before is dropped */
	struct store *chain_store, *journal_store; /* survive */
	struct sign_file *sign_file;               /* survives */
	struct store *old_journal;                 /* a copy that somebody made; NULL: none */
	uint64_t old_stamp;                        /* of its newest reservation */
	int64_t skew_ms, jumped_ms;
	uint64_t paused_until_us; /* it stands still until then */
	uint64_t started_us; /* this life */
	bool is_stopped; /* by itself, in doubt: until its next life it says nothing */
	uint64_t disk_jobs; /* of all lives, while there are faults */
	bool is_undone; /* a record is written and the node does not know yet */
	bool is_mute, is_deaf;
	struct node_set lost_to; /* what it sends to these is lost */
	bool is_slow;
	uint64_t inbox_free_us; /* when a slow one takes the next frame */
	struct secret consensus_key, node_key;
	struct worker worker;
	struct happening *turns, **turns_end; /* events that wait until its loop is free */
};

struct statistics {
	uint64_t nullifications, branch_switches, ranges, crashes, crashes_between, equivocations;
	uint64_t submitted, committed_txs, steps, heights, partitions, restarts, disk_failures;
	uint64_t full_disks, jumps, pauses, resets;
	uint64_t losses; /* of sign state */
	uint64_t reports; /* of evidence, by correct nodes */
	uint32_t parts; /* villains that played: a bit each */
	uint64_t breaks; /* of safety, above the threshold */
	bool is_all_named; /* f + 1 villains at least are shown guilty after them */
	uint64_t parcel_requests; /* sent */
	uint64_t passed_over; /* authors, at commits */
	uint64_t built_ahead; /* blocks, in the last life of each node */
	uint64_t twin_forks; /* views in which twins contradict each other */
};

struct world {
	uint64_t seed;
	struct scene scene;
	uint64_t now_us;
	uint64_t order;
	struct happening **heap;
	size_t heap_count, heap_room;
	struct happening *spare; /* to be used again */
	struct rng rng_net, rng_disk, rng_load, rng_fault, rng_villain;
	uint32_t voters; /* validators, then the twins of the first of them, */
	uint32_t count;  /* then observers */
	struct sim_node nodes[WORLD_NODES_MAX];
	uint32_t group[WORLD_NODES_MAX]; /* frames pass only within one */
	bool is_parted, is_flapped_up; /* up: the partition is not there just now */
	uint64_t sessions; /* the number of the newest */
	bool is_calm; /* no more faults: everything must come to rest well */
	struct genesis *genesis;
	struct buf genesis_text;
	struct secret clients[WORLD_CLIENTS];
	uint64_t nonce;
	struct judge *judge;
	struct statistics statistics;
	uint64_t trace; /* running hash over all steps */
	bool is_traced; /* print them */
	bool is_over;
	bool has_failed;
	char verdict[512];
};

struct world *world_new(uint64_t seed, const struct scene *scene, bool is_traced);
/* Runs to the end of the scene; false: a judge objected, world->verdict says. */
bool world_run(struct world *world);
void world_free(struct world *world);

/* Calls fn at a later time, unless that node's life has ended by then (node:
 * WORLD_NODES_MAX: whatever happens).  argument goes to fn, or to drop. */
void world_at(struct world *world, uint64_t delay_us, uint32_t node,
	      void (*fn)(struct world *world, uint32_t node, void *argument),
	      void (*drop)(void *argument), void *argument);
/* The same beside the node's loop, which may be busy. */
void world_at_beside(struct world *world, uint64_t delay_us, uint32_t node,
		     void (*fn)(struct world *world, uint32_t node, void *argument),
		     void (*drop)(void *argument), void *argument);
void world_start(struct world *world, uint32_t node);
void world_crash(struct world *world, uint32_t node);
/* The first objection ends the run. */
void world_fail(struct world *world, const char *format, ...) PRINTF_LIKE(2, 3);
void world_mix(struct world *world, uint64_t value);
bool world_is_correct(const struct world *world, uint32_t node);
bool world_is_twin(const struct world *world, uint32_t node);
/* How many validators may be faulty. */
uint32_t world_faults(uint32_t nodes);

/* io_sim.c */
struct io *io_sim_new(struct world *world, uint32_t node);
void io_sim_free(struct io *io);
/* The node dies: what was being written may be there. */
void io_sim_crash(struct world *world, uint32_t node);
/* net_sim.c */
struct net *net_sim_new(struct world *world, uint32_t node);
void net_sim_free(struct net *net);
void net_sim_up(struct world *world, uint32_t node);
void net_sim_down(struct world *world, uint32_t node);
/* Both get a session, unless they have one, are down, or have no line. */
void net_sim_connect(struct world *world, uint32_t a, uint32_t b);
/* False: they have none. */
bool net_sim_reset(struct world *world, uint32_t a, uint32_t b);
void net_sim_post(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		  struct bytes payload);
/* store_sim.c */
struct store *store_sim_new(void (*on_put)(void *context, enum table table, struct bytes key,
					   struct bytes value), void *context);
void store_sim_free(struct store *store);
/* The node has died: its disk as the next life finds it, in place of store. */
struct store *store_sim_survive(struct store *store);
/* A folder for one verify_ledger. */
const char *store_sim_scratch(void);
/* Its next write fails; is_kept: what it wrote is there all the same. */
void store_sim_break(struct store *store, bool is_kept);
void store_sim_mend(struct store *store);
/* From now on the disk has no room, or has it again: writes are refused before they begin. */
void store_sim_fill(struct store *store, bool is_full);
/* Its rows become those of the other one, or none: behind the back of whoever uses it. */
void store_sim_replace(struct store *store, const struct store *with);
/* course.c, or the twins' own */
void scene_begin(struct world *world);
/* Whether a frame that leaves now gets there. */
bool scene_passes(const struct world *world, uint32_t from, uint32_t to);
/* A crash of this node, and its restart later. */
void scene_crash(struct world *world, uint32_t node);
/* load.c */
bool world_make_genesis(struct world *world);
void load_begin(struct world *world);
/* A new one by that client, for that node. */
void load_transaction(struct world *world, uint32_t node, uint32_t client, struct buf *out);
/* One transaction to that node; counts towards judge 20 where asked for. */
void load_submit(struct world *world, uint32_t node, bool is_watched);

#endif
