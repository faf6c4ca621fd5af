/* Faults: what happens to lines, disks, clocks and lives until all heals.  Each
 * family plans its next deed itself; private to tests/sim. */
#ifndef STELE_TESTS_SIM_FAULTS_H
#define STELE_TESTS_SIM_FAULTS_H

#include "tests/sim/world.h"

typedef void fault(struct world *world, uint32_t node, void *argument);

/* fn(world, WORLD_NODES_MAX, NULL) about mean_us from now; mean_us 0: never. */
void faults_plan(struct world *world, uint64_t mean_us, fault *fn);
/* fn(world, WORLD_NODES_MAX, node) once in the next max_us. */
void faults_end(struct world *world, uint64_t max_us, fault *fn, uint32_t node);
uint32_t faults_node(struct world *world);

void faults_net_begin(struct world *world);
/* All lines carry again; what is not connected connects. */
void faults_net_heal(struct world *world);
/* Whether two nodes can have a session at all. */
bool faults_net_has_line(const struct world *world, uint32_t a, uint32_t b);
/* Whether a frame that leaves now gets through. */
bool faults_net_carries(const struct world *world, uint32_t from, uint32_t to);
uint64_t faults_net_delay(struct world *world, uint32_t to, size_t len);

/* A crash of this node, and its restart later. */
void faults_crash_one(struct world *world, uint32_t node);
void faults_crash_begin(struct world *world);
void faults_crash_heal(struct world *world);

void faults_disk_begin(struct world *world);
void faults_disk_heal(struct world *world);
/* One of the node's writes begins. */
void faults_disk_on_job(struct world *world, uint32_t node, bool is_journal);

void faults_sign_begin(struct world *world);
/* This node crashes, if it runs, and its journal or its sign file is lost, or an older
 * copy put back, before it starts again. */
void faults_sign_lose(struct world *world, uint32_t node);

void faults_clock_begin(struct world *world);
void faults_clock_heal(struct world *world);

#endif
