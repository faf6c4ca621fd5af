#include "tests/sim/costs.h"

#include "tests/sim/world.h"

#define FRAME_BYTES 27u /* length and type; head and tag of a TLS record */

struct meter meter;

/* The turn or job under way. */
static struct {
	bool is_running;
	uint32_t node;
	uint64_t begin_ns;
	uint64_t *core_free_ns; /* of the core it has */
} now;

bool costs_count(const struct world *world)
{
	return world->scene.cores > 0;
}

static size_t wire_bytes(size_t len)
{
	return len + FRAME_BYTES;
}

/* The first of a machine's nodes keeps its cores. */
static struct worker *machine_of(struct world *world, uint32_t node)
{
	uint32_t machines = world->scene.machines;

	return &world->nodes[machines == 0 ? node : node % machines].worker;
}

static uint64_t metered_ns(const struct world *world, uint32_t node)
{
	const struct scene *scene = &world->scene;
	uint64_t ns = meter.checks * scene->check_ns + meter.signatures * scene->sign_ns +
		      meter.rows * scene->row_ns + meter.commits * scene->commit_ns +
		      meter.jobs * scene->job_ns +
		      meter.frames_in * scene->frame_in_ns + meter.frames_out * scene->frame_out_ns +
		      meter.bytes * scene->kb_ns / 1024;

	return scene->slow_cpu_times > 0 && node == scene->slow_node ? ns * scene->slow_cpu_times
								     : ns;
}

/* Takes the core that is free first. */
static void begin(struct world *world, uint32_t node, uint64_t ready_ns)
{
	struct worker *machine = machine_of(world, node);
	uint64_t *first = &machine->core_free_ns[0];

	ASSERT(!now.is_running && world->scene.cores <= COSTS_CORES_MAX);
	for (uint32_t i = 1; i < world->scene.cores; i++) {
		if (machine->core_free_ns[i] < *first)
			first = &machine->core_free_ns[i];
	}
	now.is_running = true;
	now.node = node;
	now.begin_ns = *first > ready_ns ? *first : ready_ns;
	now.core_free_ns = first;
	meter = (struct meter){0};
}

/* Gives the core back; how long it was taken. */
static uint64_t end(struct world *world)
{
	struct spent *spent = &world->nodes[now.node].worker.spent;
	uint64_t ns = metered_ns(world, now.node);

	spent->checks += meter.checks;
	spent->rows += meter.rows;
	spent->commits += meter.commits;
	spent->frames += meter.frames_out;
	*now.core_free_ns = now.begin_ns + ns;
	now.is_running = false;
	return ns;
}

bool costs_is_busy(const struct world *world, uint32_t node, uint64_t *until_us)
{
	*until_us = world->nodes[node].worker.loop_free_ns / 1000;
	return *until_us > world->now_us;
}

void costs_turn_begin(struct world *world, uint32_t node)
{
	uint64_t ready_ns = world->now_us * 1000;
	uint64_t free_ns = world->nodes[node].worker.loop_free_ns;

	begin(world, node, free_ns > ready_ns ? free_ns : ready_ns);
}

void costs_turn_end(struct world *world)
{
	struct worker *worker = &world->nodes[now.node].worker;
	uint64_t ns = end(world);

	worker->spent.loop_ns += ns;
	worker->loop_free_ns = now.begin_ns + ns;
}

void costs_job_begin(struct world *world, uint32_t node)
{
	begin(world, node, world->now_us * 1000);
}

uint64_t costs_job_end(struct world *world, uint64_t sync_us)
{
	struct worker *worker = &world->nodes[now.node].worker;
	uint64_t ns = end(world);

	worker->spent.jobs_ns += ns;
	return (now.begin_ns + ns) / 1000 - world->now_us + meter.commits * sync_us;
}

static uint64_t passed_ns(const struct world *world)
{
	if (!now.is_running)
		return world->now_us * 1000;
	return now.begin_ns + metered_ns(world, now.node);
}

uint64_t costs_passed_us(const struct world *world)
{
	return passed_ns(world) / 1000 - world->now_us;
}

/* When the line has carried it that is free at *free_ns. */
static uint64_t carry(const struct world *world, uint64_t *free_ns, uint64_t ready_ns, size_t len)
{
	uint64_t mbit = world->scene.line_mbit;

	if (mbit == 0)
		return ready_ns;
	*free_ns = (*free_ns > ready_ns ? *free_ns : ready_ns) + len * 8000 / mbit;
	return *free_ns;
}

uint64_t costs_carry_us(struct world *world, uint32_t from, uint32_t to, size_t len,
			uint64_t delay_us)
{
	const struct scene *scene = &world->scene;
	size_t bytes = wire_bytes(len);
	struct worker *sender = &world->nodes[from].worker;

	meter.frames_out++;
	meter.bytes += bytes;
	sender->spent.bytes += bytes;
	if (scene->slow_line_us > 0 && (from == scene->slow_node || to == scene->slow_node))
		delay_us += scene->slow_line_us;
	return carry(world, &sender->out_free_ns, passed_ns(world), bytes) / 1000 + delay_us -
	       world->now_us;
}

uint64_t costs_land_us(struct world *world, uint32_t to, size_t len)
{
	return carry(world, &world->nodes[to].worker.in_free_ns, world->now_us * 1000,
		     wire_bytes(len)) / 1000 - world->now_us;
}
