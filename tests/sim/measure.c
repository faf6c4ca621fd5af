#include "tests/sim/measure.h"

#include <stdio.h>
#include <stdlib.h>

#include "node/pump.h"

#define WRITERS_MAX 4096u
#define WARM_UP_HEIGHTS 5u
#define SESSIONS_US 100000u /* until all of them are open */

struct writer {
	uint32_t node; /* that takes its record */
	struct hash id;
	uint64_t since_us;
	uint64_t view; /* then */
	bool is_waiting;
};

struct sample {
	uint64_t us;
	bool is_slow_led; /* one of the views that it took was the slow node's */
};

static struct {
	struct writer writers[WRITERS_MAX];
	struct sample *samples;
	size_t count, room;
	bool is_warm;
	uint64_t from_us, from_view;
	struct spent from;
} run; /* of the one world that runs */

static struct spent spent_by_all(const struct world *world)
{
	struct spent sum = {0};

	for (uint32_t i = 0; i < world->voters; i++) {
		const struct spent *spent = &world->nodes[i].worker.spent;

		sum.checks += spent->checks;
		sum.rows += spent->rows;
		sum.commits += spent->commits;
		sum.frames += spent->frames;
		sum.bytes += spent->bytes;
		sum.loop_ns += spent->loop_ns;
		sum.jobs_ns += spent->jobs_ns;
	}
	return sum;
}

static void status_of(const struct world *world, uint32_t node, struct core_status *out)
{
	core_status(world->nodes[node].node->core, out);
}

/* --- writers ------------------------------------------------------------- */

static void on_taken(void *context, const struct submit_result *result)
{
	struct writer *writer = context;

	ASSERT(result->state == SUBMIT_TAKEN);
	writer->id = result->id;
}

static void write_one(struct world *world, uint32_t node, void *argument)
{
	struct writer *writer = argument;
	struct core_status status;
	struct meter own = meter; /* what the client does costs the node nothing */
	struct buf raw;

	status_of(world, node, &status);
	writer->since_us = world->now_us;
	writer->view = status.view;
	writer->is_waiting = true;
	buf_init(&raw, LIMIT_TX_BYTES);
	load_transaction(world, node, (uint32_t)(writer - run.writers) % WORLD_CLIENTS, &raw);
	meter = own;
	node_submit(world->nodes[node].node, buf_bytes(&raw), true, false, on_taken, writer);
	buf_release(&raw);
}

/* Not to the slow node: how the others fare is the question. */
static void write_soon(struct world *world, struct writer *writer, uint64_t pause_us)
{
	const struct scene *scene = &world->scene;

	do {
		writer->node = (uint32_t)rng_below(&world->rng_load, scene->nodes);
	} while (scene->has_slow && writer->node == scene->slow_node && scene->nodes > 1);
	world_at(world, 1 + pause_us, writer->node, write_one, NULL, writer);
}

void measure_begin(struct world *world)
{
	ASSERT(world->scene.writers <= WRITERS_MAX);
	run.count = 0;
	run.is_warm = false;
	for (uint32_t i = 0; i < world->scene.writers; i++) {
		run.writers[i].is_waiting = false;
		write_soon(world, &run.writers[i], SESSIONS_US);
	}
}

/* --- samples ------------------------------------------------------------- */

static void sample(uint64_t us, bool is_slow_led)
{
	if (run.count == run.room) {
		run.room = run.room == 0 ? 1024 : 2 * run.room;
		run.samples = realloc(run.samples, run.room * sizeof(*run.samples));
		ASSERT(run.samples != NULL);
	}
	run.samples[run.count++] = (struct sample){us, is_slow_led};
}

static bool is_slow_led(const struct world *world, uint32_t node, uint64_t from, uint64_t to)
{
	for (uint64_t view = from; world->scene.has_slow && view <= to; view++) {
		if (core_leader(world->nodes[node].node->core, view) == world->scene.slow_node)
			return true;
	}
	return false;
}

static void warm_up(struct world *world, uint64_t height)
{
	struct core_status status;

	if (run.is_warm || height < WARM_UP_HEIGHTS)
		return;
	status_of(world, 0, &status);
	run.is_warm = true;
	run.from_us = world->now_us;
	run.from_view = status.final_view;
	run.from = spent_by_all(world);
}

void measure_on_commit(struct world *world, uint32_t node, const struct ledger_committed *committed)
{
	uint64_t now_us = world->now_us + costs_passed_us(world);
	struct core_status status;

	warm_up(world, committed->height);
	status_of(world, node, &status);
	for (uint32_t i = 0; i < world->scene.writers; i++) {
		struct writer *writer = &run.writers[i];

		if (!writer->is_waiting || writer->node != node)
			continue;
		for (size_t k = 0; k < committed->outcomes_count; k++) {
			if (!hash_equal(&committed->outcomes[k].id, &writer->id))
				continue;
			if (run.is_warm)
				sample(now_us - writer->since_us,
				       is_slow_led(world, node, writer->view, status.final_view));
			writer->is_waiting = false;
			write_soon(world, writer,
				   rng_below(&world->rng_load, 2 * world->scene.pause_us + 1));
			break;
		}
	}
}

/* --- figures ------------------------------------------------------------- */

static int by_us(const void *a, const void *b)
{
	const struct sample *left = a, *right = b;

	return (left->us > right->us) - (left->us < right->us);
}

/* Of those samples, the one below which so many of a thousand lie; 0: there are none. */
static uint64_t quantile(bool is_led, uint64_t permille)
{
	size_t count = 0, at;

	for (size_t i = 0; i < run.count; i++)
		count += run.samples[i].is_slow_led == is_led;
	if (count == 0)
		return 0;
	at = (count - 1) * permille / 1000;
	for (size_t i = 0; i < run.count; i++) {
		if (run.samples[i].is_slow_led == is_led && at-- == 0)
			return run.samples[i].us;
	}
	return 0;
}

static void print_samples(const char *name, bool is_led)
{
	printf("\"%s\": {\"p50_us\": %llu, \"p99_us\": %llu, \"max_us\": %llu}, ", name,
	       (unsigned long long)quantile(is_led, 500), (unsigned long long)quantile(is_led, 990),
	       (unsigned long long)quantile(is_led, 1000));
}

void measure_print(const struct world *world)
{
	struct spent sum = spent_by_all(world);
	struct core_status status;
	double each, us = (double)(world->now_us - run.from_us);

	status_of(world, 0, &status);
	each = (double)(status.final_view - run.from_view) * world->scene.nodes;
	qsort(run.samples, run.count, sizeof(*run.samples), by_us);
	printf("{\"validators\": %u, \"writers\": %u, \"records\": %zu, \"views\": %llu, "
	       "\"nullified\": %llu, ", world->scene.nodes, world->scene.writers, run.count,
	       (unsigned long long)(status.final_view - run.from_view),
	       (unsigned long long)status.nullified_views);
	print_samples("finality", false);
	if (world->scene.has_slow)
		print_samples("slow_led", true);
	printf("\"records_s\": %.0f, \"view_node\": {\"frames\": %.1f, \"bytes\": %.0f, "
	       "\"checks\": %.1f, \"rows\": %.1f, \"commits\": %.2f, "
	       "\"loop_us\": %.0f, \"jobs_us\": %.0f}}\n",
	       us > 0 ? (double)run.count * 1e6 / us : 0,
	       (double)(sum.frames - run.from.frames) / each,
	       (double)(sum.bytes - run.from.bytes) / each,
	       (double)(sum.checks - run.from.checks) / each,
	       (double)(sum.rows - run.from.rows) / each,
	       (double)(sum.commits - run.from.commits) / each,
	       (double)(sum.loop_ns - run.from.loop_ns) / each / 1e3,
	       (double)(sum.jobs_ns - run.from.jobs_ns) / each / 1e3);
}
