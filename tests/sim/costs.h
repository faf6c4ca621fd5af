/* What work costs, in scenes whose machines have cores (scene.h): the seams count what a
 * node does, and figures of the real code (tests/bench/bench_costs.c) turn it into time.
 *
 * A node's loop takes its events one after the other; jobs take cores of its machine
 * beside it; a sync waits without one.  Work runs in the simulator when it begins, and
 * what comes of it is there when its time has passed. */
#ifndef STELE_TESTS_SIM_COSTS_H
#define STELE_TESTS_SIM_COSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COSTS_CORES_MAX 16u

struct world;

/* What was done since the present turn or job began. */
struct meter {
	uint64_t checks, signatures; /* of signatures; made */
	uint64_t rows, commits;      /* of stores, read or written */
	uint64_t jobs;               /* given to another thread */
	uint64_t frames_in, frames_out, bytes;
};
extern struct meter meter;

/* Of one node, since the world began. */
struct spent {
	uint64_t checks, rows, commits, frames, bytes; /* out */
	uint64_t loop_ns, jobs_ns;      /* of a core */
};

/* Of one node, where its time goes. */
struct worker {
	uint64_t loop_free_ns;             /* its turn ends */
	uint64_t core_free_ns[COSTS_CORES_MAX];
	uint64_t out_free_ns, in_free_ns;  /* its line */
	struct spent spent;
};

/* Whether work costs time here. */
bool costs_count(const struct world *world);
/* Whether the node's loop is at work; until when, in microseconds. */
bool costs_is_busy(const struct world *world, uint32_t node, uint64_t *until_us);
void costs_turn_begin(struct world *world, uint32_t node);
void costs_turn_end(struct world *world);
void costs_job_begin(struct world *world, uint32_t node);
/* Its end, in microseconds from now; sync_us: of each commit. */
uint64_t costs_job_end(struct world *world, uint64_t sync_us);
/* How long after now what happens at this point of a turn or job does. */
uint64_t costs_passed_us(const struct world *world);
/* A frame of so many bytes leaves now: when it comes to the other's line, delay_us being
 * that of the way; and it comes now: when that line has taken it in. */
uint64_t costs_carry_us(struct world *world, uint32_t from, uint32_t to, size_t len,
			uint64_t delay_us);
uint64_t costs_land_us(struct world *world, uint32_t to, size_t len);

#endif
