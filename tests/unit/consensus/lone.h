/* Lone: one core of a set of four that is told everything by hand.  Its pump
 * answers for disk, bodies and execution; the other three do not run, so what
 * "they" say is what a test injects. */
#ifndef STELE_TESTS_UNIT_CONSENSUS_LONE_H
#define STELE_TESTS_UNIT_CONSENSUS_LONE_H

#include "tests/lib/cores.h"
#include "tests/lib/unit.h"

#define SECOND 1000000u
#define LONE_BLOCKS 32

struct lone {
	struct cores *cores;
	uint32_t self; /* leads views 4, 8, … */
	struct cores_block blocks[LONE_BLOCKS];
	size_t blocks_count;
};

/* Started, in view 1. */
struct lone *lone_new(void);
void lone_free(struct lone *lone);
uint32_t lone_leader(const struct lone *lone, uint64_t view);

/* A block of that view on that parent (NULL: view 0), with work in it. */
const struct cores_block *lone_block(struct lone *lone, uint64_t view,
				     const struct cores_block *parent, uint32_t salt);
enum verdict lone_propose(struct lone *lone, const struct cores_block *block);
enum verdict lone_vote(struct lone *lone, enum vote_kind kind, uint64_t view,
		       const struct cores_block *block, uint32_t signer);
/* block: NULL in nullify. */
enum verdict lone_certificate(struct lone *lone, enum vote_kind kind, uint64_t view,
			      const struct cores_block *block);
/* Lets the pump answer: disk, body, verdict. */
void lone_settle(struct lone *lone);
/* Crashes and starts again; have it lose what was not durable. */
void lone_restart(struct lone *lone);

/* The n-th effect of that kind in the last step, from 0, or NULL. */
const struct effect *lone_effect(const struct lone *lone, enum effect_kind kind, size_t n);
/* Votes of that kind that have left, of all steps. */
uint32_t lone_sent(const struct lone *lone, enum vote_kind kind, uint64_t view);
uint64_t lone_view(const struct lone *lone);

#endif
