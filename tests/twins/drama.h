/* Dramas of Twins: who leads each round and who hears whom in it.
 *
 * A round is a view.  In it the nodes stand in groups, and a frame passes only
 * within one.  The twins are nodes like the others here: of n validators and k
 * twins, node n + i has the key of validator i.
 *
 * n = 4, one twin: the numbers from 0 on name first every drama of one, two and
 * three rounds with at most two groups in each, then, without end, dramas of 4
 * to 12 rounds with any groups, drawn by the number.  Two dramas that differ by
 * the names of the three others, or by which twin is which, are one: each is
 * given in its canonical form, and the first part holds each form once. */
#ifndef STELE_TESTS_TWINS_DRAMA_H
#define STELE_TESTS_TWINS_DRAMA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

#define DRAMA_ROUNDS_MAX 12u
#define DRAMA_NODES_MAX 9u

struct drama {
	uint32_t validators, twins;
	uint32_t rounds;
	uint32_t leader[DRAMA_ROUNDS_MAX]; /* a validator */
	uint8_t group[DRAMA_ROUNDS_MAX][DRAMA_NODES_MAX];
	uint32_t hold_us; /* how long after its sender entered the view a frame is cut */
};

/* How many numbers the exhaustive part has. */
uint64_t drama_exhaustive(void);
void drama_four(struct drama *out, uint64_t number);
/* Any number of validators and twins, DRAMA_NODES_MAX in all: each number draws one. */
void drama_drawn(struct drama *out, uint64_t number, uint32_t validators, uint32_t twins);
/* Equal for equal forms; how long frames are cut is no part of it. */
uint64_t drama_form(const struct drama *drama);
void drama_print(struct buf *out, const struct drama *drama);

#endif
