/* The simulated world: one thread, one clock, everything from one seed.
 *
 * Nodes are production pumps, cores and ledgers; behind their seams stand the
 * simulated clock and workers (io_sim), network (net_sim), disks (store_sim) and
 * signatures (sign_stub).  Judges watch every step. */
#ifndef STELE_TESTS_SIM_WORLD_H
#define STELE_TESTS_SIM_WORLD_H

#include "base/rng.h"
#include "node/node.h"
#include "tests/sim/villain_kinds.h"

#define WORLD_NODES_MAX 32u
#define WORLD_CLIENTS 4u
#define WORLD_TIME_MS UINT64_C(1760000000000)

struct world;
struct judge;
struct net;
struct io;

/* What a seed decides about its run. */
struct scene {
	uint32_t nodes; /* validators */
	uint32_t twins; /* of them, from the first on: two nodes have the key (tests/twins) */
	uint64_t heights;
	enum villain villains[WORLD_NODES_MAX]; /* by node */
	bool is_above; /* more of them than may be faulty: safety may break, and is seen to */
	uint32_t delay_min_us, delay_max_us;
	uint32_t slow_ppm;    /* of frames that take up to slow_max_us */
	uint32_t slow_max_us;
	uint32_t loss_ppm, duplicate_ppm;
	bool is_ordered;      /* frames of a session stay in order */
	uint64_t crash_every_us;   /* mean; 0: none */
	uint64_t down_max_us;
	uint64_t crash_all_every_us;
	uint32_t crash_written_ppm; /* of journal writes after which the node dies untold */
	uint64_t mute_every_us;     /* a node hears and is not heard */
	uint64_t partition_every_us;
	uint64_t partition_max_us;
	int32_t skew_max_ms;
	uint64_t load_every_us;    /* mean between submissions */
	uint64_t idle_us;          /* the chain's */
	uint64_t disk_min_us, disk_max_us;
	bool is_timely;            /* no fault at all: nothing may be nullified */
	uint32_t disk_fail_ppm;    /* of disk jobs whose write fails: that ends the node's life */
	uint32_t crash_point_node; /* dies at its n-th disk job, */
	uint64_t crash_point;      /* from 1; 0: none */
	bool is_point_before;      /* before the job, or after it and untold */
	bool is_point_all;         /* and all others in the same moment */
};

struct happening; /* of world.c */

struct sim_node {
	uint32_t index;
	uint32_t self; /* as a validator; twins share it */
	struct node *node; /* NULL: down */
	struct io *io;
	struct net *net;
	uint64_t life; /* what belongs to a life before is dropped */
	struct store *chain_store, *journal_store; /* survive */
	struct sign_file *sign_file;               /* survives */
	int64_t skew_ms;
	uint64_t started_us; /* this life */
	bool is_stopped; /* by itself, in doubt: until its next life it says nothing */
	uint64_t disk_jobs; /* of all lives, while there are faults */
	bool is_undone; /* a record is written and the node does not know yet */
	bool is_mute;
	struct secret consensus_key, node_key;
};

struct statistics {
	uint64_t nullifications, branch_switches, ranges, crashes, crashes_between, equivocations;
	uint64_t submitted, committed_txs, steps, heights, partitions, restarts, disk_failures;
	uint64_t reports; /* of evidence, by correct nodes */
	uint64_t breaks; /* of safety, above the threshold */
	bool is_all_named; /* f + 1 villains at least are shown guilty after them */
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
	uint32_t count; /* of nodes: the validators, then the twins of the first of them */
	struct sim_node nodes[WORLD_NODES_MAX];
	uint32_t group[WORLD_NODES_MAX]; /* frames pass only within one */
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
/* net_sim.c */
struct net *net_sim_new(struct world *world, uint32_t node);
void net_sim_free(struct net *net);
void net_sim_up(struct world *world, uint32_t node);
void net_sim_down(struct world *world, uint32_t node);
void net_sim_post(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		  struct bytes payload);
/* store_sim.c */
struct store *store_sim_new(void (*on_put)(void *context, enum table table, struct bytes key,
					   struct bytes value), void *context);
void store_sim_free(struct store *store);
/* Its next write fails; is_kept: what it wrote is there all the same. */
void store_sim_break(struct store *store, bool is_kept);
void store_sim_mend(struct store *store);
/* From now on the disk has no room, or has it again: writes are refused before they begin. */
void store_sim_fill(struct store *store, bool is_full);
/* scenario.c */
/* Mostly 4, some 7, a few of 1 ... 31. */
uint32_t scene_nodes_of_seed(uint64_t seed);
void scene_of_seed(struct scene *out, uint64_t seed, uint32_t nodes, uint64_t heights);
/* False: no such scene. */
bool scene_by_name(struct scene *out, const char *name, uint64_t seed, uint32_t nodes,
		   uint64_t heights);
/* Nodes first, first + 1, ... are of that kind, and no others. */
void scene_villains(struct scene *scene, enum villain kind, uint32_t first, uint32_t count);
/* More than may be faulty: count of them (0: f + 1, or 2f in every second seed), of the
 * scene's kind or of one that the seed chooses. */
void scene_above(struct scene *scene, uint64_t seed, bool has_kind, uint32_t count);
void scene_names(void (*visit)(const char *name));
void scene_begin(struct world *world);
/* Whether a frame that leaves now gets there. */
bool scene_passes(const struct world *world, uint32_t from, uint32_t to);
/* A crash of this node, and its restart later. */
void scene_crash(struct world *world, uint32_t node);
/* load.c */
bool world_make_genesis(struct world *world);
void load_begin(struct world *world);
/* One transaction to that node; counts towards judge 20 where asked for. */
void load_submit(struct world *world, uint32_t node, bool is_watched);

#endif
