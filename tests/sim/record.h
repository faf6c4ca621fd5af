/* The record of a run: everything sent, delivered, made durable and committed, for
 * a checker that shares no code with the node (tests/checker).  A line each:
 *
 *   chain HASH / set HASH               first
 *   member NODE INDEX SECRET WHO        of which validator, whose secret signs (sign_stub.c);
 *                                       observer -; correct or byzantine
 *   start US NODE                       a life begins, after
 *   held NODE KEY VALUE                 what its journal held
 *   crash US NODE
 *   bytes DIGEST HEX                    a payload, before it is first named
 *   sent US FROM TO TYPE DIGEST         whether or not it arrives
 *   got US NODE FROM TYPE DIGEST
 *   kept US NODE KEY VALUE              a journal record is durable
 *   final US NODE HEIGHT BLOCK          committed
 *
 * Bytes are hex; of parcels and transactions only the digest is there, - stands for
 * what is left out. */
#ifndef STELE_TESTS_SIM_RECORD_H
#define STELE_TESTS_SIM_RECORD_H

#include "tests/sim/world.h"

/* Until record_close, at most one; without it the others do nothing.  False: the
 * file cannot be written. */
bool record_open(const char *path);
/* False: not all of it was written. */
bool record_close(void);

void record_world(const struct world *world);
void record_start(const struct world *world, uint32_t node);
void record_crash(const struct world *world, uint32_t node);
void record_sent(const struct world *world, uint32_t from, uint32_t to, uint8_t type,
		 struct bytes payload);
void record_got(const struct world *world, uint32_t node, uint32_t from, uint8_t type,
		struct bytes payload);
void record_kept(const struct world *world, uint32_t node, enum table table, struct bytes key,
		 struct bytes value);
void record_final(const struct world *world, uint32_t node, uint64_t height,
		  const struct hash *block);

#endif
