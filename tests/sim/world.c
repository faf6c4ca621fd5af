/* The clock and the heap of what will happen; lives of nodes. */
#include "tests/sim/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "tests/sim/judge.h"
#include "tests/sim/measure.h"
#include "tests/sim/villain.h"
#include "tests/sim/record.h"
#include "tests/sim/sign_sim.h"

#define AFTER_BREAK_US UINT64_C(5000000)
#define AGAIN_US 500000u
#define LIMIT_US (UINT64_C(3600) * 1000000) /* of simulated time */

struct happening {
	uint64_t at_us, order;
	uint32_t node;
	uint64_t life;
	void (*fn)(struct world *world, uint32_t node, void *argument);
	void (*drop)(void *argument);
	void *argument;
	bool is_beside; /* of the node's loop */
	struct happening *spare; /* or the next one that waits for a loop */
};

/* --- the heap ------------------------------------------------------------ */

static bool is_before(const struct happening *a, const struct happening *b)
{
	return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

static void heap_push(struct world *world, struct happening *what)
{
	size_t at = world->heap_count++;

	if (at == world->heap_room) {
		world->heap_room = at == 0 ? 1024 : at * 2;
		world->heap = realloc(world->heap, world->heap_room * sizeof(struct happening *));
		ASSERT(world->heap != NULL);
	}
	while (at > 0 && is_before(what, world->heap[(at - 1) / 2])) {
		world->heap[at] = world->heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	world->heap[at] = what;
}

/* The node stands still: the same later, in the same order. */
static void put_off(struct world *world, struct happening *what)
{
	what->at_us = world->nodes[what->node].paused_until_us;
	what->order = world->order++;
	heap_push(world, what);
}

static struct happening *heap_pop(struct world *world)
{
	struct happening *first = world->heap[0];
	struct happening *last = world->heap[--world->heap_count];
	size_t at = 0;

	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= world->heap_count)
			break;
		if (child + 1 < world->heap_count &&
		    is_before(world->heap[child + 1], world->heap[child]))
			child++;
		if (!is_before(world->heap[child], last))
			break;
		world->heap[at] = world->heap[child];
		at = child;
	}
	world->heap[at] = last;
	return first;
}

static struct happening *plan(struct world *world, uint64_t delay_us, uint32_t node,
			      void (*fn)(struct world *world, uint32_t node, void *argument),
			      void (*drop)(void *argument), void *argument)
{
	struct happening *what = world->spare;

	if (what != NULL)
		world->spare = what->spare;
	else
		what = malloc(sizeof(*what));
	ASSERT(what != NULL);
	*what = (struct happening){
		.at_us = world->now_us + delay_us,
		.order = world->order++,
		.node = node,
		.life = node < world->count ? world->nodes[node].life : 0,
		.fn = fn,
		.drop = drop,
		.argument = argument,
	};
	heap_push(world, what);
	return what;
}

void world_at(struct world *world, uint64_t delay_us, uint32_t node,
	      void (*fn)(struct world *world, uint32_t node, void *argument),
	      void (*drop)(void *argument), void *argument)
{
	(void)plan(world, delay_us, node, fn, drop, argument);
}

void world_at_beside(struct world *world, uint64_t delay_us, uint32_t node,
		     void (*fn)(struct world *world, uint32_t node, void *argument),
		     void (*drop)(void *argument), void *argument)
{
	plan(world, delay_us, node, fn, drop, argument)->is_beside = true;
}

static void put_back(struct world *world, struct happening *what)
{
	what->spare = world->spare;
	world->spare = what;
}

static void drop(struct world *world, struct happening *what)
{
	if (what->drop != NULL)
		what->drop(what->argument);
	put_back(world, what);
}

/* --- verdict and trace --------------------------------------------------- */

static void end(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody;
	(void)argument;
	world->is_over = true;
}

/* Above the threshold safety may break (judges 1 to 5): that is noted, and some time
 * left for the guilty to be found.  Nor need the network go on (11, 16, 20, a node
 * that stops).  All else holds for correct nodes whoever the others are. */
static bool is_forgiven(struct world *world, const char *format)
{
	unsigned long judge = strncmp(format, "judge ", 6) == 0 ? strtoul(format + 6, NULL, 10) : 0;

	if (!world->scene.is_above)
		return false;
	if (judge >= 1 && judge <= 5) {
		if (world->is_traced)
			printf("%10llu NOTICED %s\n", (unsigned long long)world->now_us, format);
		if (world->statistics.breaks++ == 0)
			world_at(world, AFTER_BREAK_US, WORLD_NODES_MAX, end, NULL, NULL);
		return true;
	}
	if (judge == 16 || judge == 20)
		world->is_over = true;
	return judge == 11 || judge == 16 || judge == 20 || strncmp(format, "stop:", 5) == 0;
}

void world_fail(struct world *world, const char *format, ...)
{
	va_list arguments;

	if (world->has_failed || is_forgiven(world, format))
		return;
	world->has_failed = true;
	va_start(arguments, format);
	vsnprintf(world->verdict, sizeof(world->verdict), format, arguments);
	va_end(arguments);
}

void world_mix(struct world *world, uint64_t value)
{
	world->trace ^= value;
	world->trace *= UINT64_C(0x100000001b3);
	world->trace ^= world->trace >> 29;
}

bool world_is_correct(const struct world *world, uint32_t node)
{
	return world->scene.villains[node] == VILLAIN_NONE && !world_is_twin(world, node);
}

bool world_is_twin(const struct world *world, uint32_t node)
{
	return node < world->scene.twins ||
	       (node >= world->scene.nodes && node < world->voters);
}

uint32_t world_faults(uint32_t nodes)
{
	return (nodes - 1) / 3;
}

/* --- loops --------------------------------------------------------------- */

static void turn(struct world *world, struct happening *what)
{
	bool is_turn = costs_count(world) && what->node < world->count && !what->is_beside;

	if (is_turn)
		costs_turn_begin(world, what->node);
	what->fn(world, what->node, what->argument);
	if (is_turn)
		costs_turn_end(world);
	put_back(world, what);
}

/* The next turn of a loop that was busy. */
static void next_turn(struct world *world, uint32_t node, void *argument)
{
	struct sim_node *sim = &world->nodes[node];
	struct happening *what = sim->turns;
	uint64_t until_us;

	(void)argument;
	sim->turns = what->spare;
	if (sim->turns == NULL)
		sim->turns_end = &sim->turns;
	turn(world, what);
	(void)costs_is_busy(world, node, &until_us);
	if (sim->turns != NULL)
		world_at_beside(world, until_us > world->now_us ? until_us - world->now_us : 0, node,
				next_turn, NULL, NULL);
}

/* True: it is put behind what waits for the node's loop. */
static bool has_to_wait(struct world *world, struct happening *what)
{
	struct sim_node *sim;
	uint64_t until_us;

	if (!costs_count(world) || what->node >= world->count || what->is_beside)
		return false;
	sim = &world->nodes[what->node];
	if (sim->turns == NULL && !costs_is_busy(world, what->node, &until_us))
		return false;
	if (sim->turns == NULL)
		world_at_beside(world, until_us - world->now_us, what->node, next_turn, NULL, NULL);
	what->spare = NULL;
	*sim->turns_end = what;
	sim->turns_end = &what->spare;
	return true;
}

static void turns_drop(struct world *world, struct sim_node *sim)
{
	while (sim->turns != NULL) {
		struct happening *what = sim->turns;

		sim->turns = what->spare;
		drop(world, what);
	}
	sim->turns_end = &sim->turns;
}

/* --- lives --------------------------------------------------------------- */

static void on_committed(void *context, const struct ledger_committed *committed)
{
	struct sim_node *sim = context;

	struct meter own = meter; /* what the simulator does costs the node nothing */

	record_final(net_sim_world(sim->net), sim->index, committed->height, &committed->block);
	judge_on_commit(sim->net, committed);
	meter = own;
	if (net_sim_world(sim->net)->scene.writers > 0)
		measure_on_commit(net_sim_world(sim->net), sim->index, committed);
}

static void start_again(struct world *world, uint32_t nobody, void *argument)
{
	uint32_t index = (uint32_t)(uintptr_t)argument;

	(void)nobody;
	if (world->nodes[index].node == NULL && !world->is_over)
		world_start(world, index);
}

/* False: it does not start now.  Without room it ends at once, and is started again. */
static bool open_sign_state(struct world *world, uint32_t index)
{
	enum err err = sign_sim_open(&world->nodes[index]);

	if (err == ERR_DISK_LOW)
		world_at(world, AGAIN_US, WORLD_NODES_MAX, start_again, NULL,
			 (void *)(uintptr_t)index);
	else if (err)
		world_fail(world, "start: node %u does not start: %s", index, err_name(err));
	return !err;
}

void world_start(struct world *world, uint32_t index)
{
	struct sim_node *sim = &world->nodes[index];
	struct node_config config = {
		.genesis = world->genesis,
		.genesis_text = buf_bytes(&world->genesis_text),
		.chain_store = sim->chain_store,
		.journal_store = sim->journal_store,
		.sign_file = sim->sign_file,
		.consensus_key = sim->self != SET_NO_INDEX ? &sim->consensus_key : NULL,
		.node_key = &sim->node_key,
		.self = sim->self,
		.seed = world->seed * 64 + index,
		.pool_count_max = 10000,
		.pool_bytes_max = (uint64_t)16 << 20,
		.parcel_bytes_max = (uint64_t)8 << 20,
		.disk_free_min = 1,
	};
	enum err err;

	ASSERT(sim->node == NULL);
	sim->life++;
	sim->started_us = world->now_us;
	sim->is_undone = false;
	sim->is_stopped = false;
	store_sim_mend(sim->chain_store);
	store_sim_mend(sim->journal_store);
	if (!open_sign_state(world, index))
		return;
	villain_on_start(world, index);
	sim->io = io_sim_new(world, index);
	sim->net = net_sim_new(world, index);
	config.io = sim->io;
	record_start(world, index);
	err = node_new(&sim->node, &config);
	if (err) {
		world_fail(world, "start: node %u does not start: %s", index, err_name(err));
		return;
	}
	node_listen(sim->node, on_committed, sim);
	node_watch(sim->node, judge_on_step, sim->net);
	world_mix(world, 0x5a5a0000u + index);
	node_start(sim->node, sim->net);
	judge_on_start(world, index);
	net_sim_up(world, index);
}

void world_crash(struct world *world, uint32_t index)
{
	struct sim_node *sim = &world->nodes[index];

	if (sim->node == NULL)
		return;
	io_sim_crash(world, index);
	world->statistics.crashes++;
	world->statistics.crashes_between += sim->is_undone;
	world_mix(world, 0xc5a50000u + index);
	if (world->is_traced)
		printf("%10llu %u crash%s\n", (unsigned long long)world->now_us, index,
		       sim->is_undone ? ", a record is written and not told" : "");
	record_crash(world, index);
	judge_on_crash(world, index);
	net_sim_down(world, index);
	turns_drop(world, sim);
	sim->life++;
	node_free(sim->node);
	io_sim_free(sim->io);
	net_sim_free(sim->net);
	sim->chain_store = store_sim_survive(sim->chain_store);
	sim->journal_store = store_sim_survive(sim->journal_store);
	sim->node = NULL;
	sim->io = NULL;
	sim->net = NULL;
}

struct store_watch {
	struct world *world;
	uint32_t node;
	bool is_journal;
};

static void on_put(void *context, enum table table, struct bytes key, struct bytes value)
{
	struct store_watch *watch = context;

	struct meter own = meter;

	record_kept(watch->world, watch->node, table, key, value);
	judge_on_durable(watch->world, watch->node, table, key, value);
	meter = own;
}

static void make_node(struct world *world, uint32_t index)
{
	struct sim_node *sim = &world->nodes[index];
	static struct store_watch watches[WORLD_NODES_MAX];
	uint64_t span = world->scene.skew_max_ms;

	sim->index = index;
	sim->turns_end = &sim->turns;
	sim->self = index < world->voters ? index % world->scene.nodes : SET_NO_INDEX;
	watches[index] = (struct store_watch){.world = world, .node = index};
	sim->chain_store = store_sim_new(on_put, &watches[index]);
	sim->journal_store = store_sim_new(on_put, &watches[index]);
	sign_sim_new(sim);
	if (span > 0)
		sim->skew_ms = (int64_t)rng_below(&world->rng_fault, 2 * span + 1) - (int64_t)span;
}

/* The simulator says what happened itself. */
static void no_log(void *context, const char *line)
{
	const struct world *world = context;

	if (world->is_traced)
		printf("%s\n", line);
}

struct world *world_new(uint64_t seed, const struct scene *scene, bool is_traced)
{
	struct world *world = calloc(1, sizeof(*world));

	ASSERT(world != NULL &&
	       scene->nodes + scene->twins + scene->observers <= WORLD_NODES_MAX);
	world->seed = seed;
	world->scene = *scene;
	world->voters = scene->nodes + scene->twins;
	world->count = world->voters + scene->observers;
	world->is_traced = is_traced;
	world->trace = UINT64_C(0xcbf29ce484222325);
	rng_init(&world->rng_net, seed * 8 + 1);
	rng_init(&world->rng_disk, seed * 8 + 2);
	rng_init(&world->rng_load, seed * 8 + 3);
	rng_init(&world->rng_fault, seed * 8 + 4);
	rng_init(&world->rng_villain, seed * 8 + 5);
	log_sink_set(no_log, world);
	if (!world_make_genesis(world))
		world_fail(world, "setup: the genesis is refused");
	for (uint32_t i = 0; i < world->count; i++)
		make_node(world, i);
	world->judge = judge_new(world);
	return world;
}

void world_free(struct world *world)
{
	for (uint32_t i = 0; i < world->count; i++) {
		turns_drop(world, &world->nodes[i]);
		if (world->nodes[i].node != NULL) {
			node_free(world->nodes[i].node);
			io_sim_free(world->nodes[i].io);
			net_sim_free(world->nodes[i].net);
			world->nodes[i].net = NULL;
		}
		store_sim_free(world->nodes[i].chain_store);
		store_sim_free(world->nodes[i].journal_store);
		if (world->nodes[i].old_journal != NULL)
			store_sim_free(world->nodes[i].old_journal);
		sign_file_close(world->nodes[i].sign_file);
	}
	while (world->heap_count > 0)
		drop(world, heap_pop(world));
	while (world->spare != NULL) {
		struct happening *next = world->spare->spare;

		free(world->spare);
		world->spare = next;
	}
	free(world->heap);
	judge_free(world->judge);
	buf_release(&world->genesis_text);
	free(world->genesis);
	log_sink_set(NULL, NULL);
	free(world);
}

/* A node that was never there: it has everything to fetch. */
static void start_late(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody;
	(void)argument;
	if (world->nodes[world->scene.late_node].node == NULL)
		world_start(world, world->scene.late_node);
}

bool world_run(struct world *world)
{
	record_world(world);
	for (uint32_t i = 0; i < world->count && !world->has_failed; i++) {
		if (world->scene.late_us > 0 && i == world->scene.late_node)
			world_at(world, world->scene.late_us, WORLD_NODES_MAX, start_late, NULL,
				 NULL);
		else
			world_start(world, i);
	}
	scene_begin(world);
	load_begin(world);
	measure_begin(world);
	while (!world->is_over && !world->has_failed) {
		struct happening *what;

		ASSERT(world->heap_count > 0);
		what = heap_pop(world);
		world->now_us = what->at_us;
		if (world->now_us > LIMIT_US)
			world_fail(world, "judge 16: no end after an hour");
		if (what->node < world->count && what->life != world->nodes[what->node].life) {
			drop(world, what);
			continue;
		}
		if (what->node < world->count &&
		    world->nodes[what->node].paused_until_us > world->now_us) {
			put_off(world, what);
			continue;
		}
		if (!has_to_wait(world, what))
			turn(world, what);
	}
	if (!world->has_failed)
		judge_at_end(world);
	return !world->has_failed;
}
