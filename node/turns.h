/* Turns: what waits for service, in lines by who asks, and one of each line after the other,
 * so that a flood delays itself and those few whose line it happens to share.
 * Pure. */
#ifndef STELE_NODE_TURNS_H
#define STELE_NODE_TURNS_H

#include <sys/queue.h>

#include "base/bytes.h"

struct turns;

/* A member of whatever waits; the caller's, and in place while it waits. */
struct turn {
	STAILQ_ENTRY(turn) next;
};

/* At most so many wait in one line; the seed keeps it from being known who shares one.
 * Ends the process when memory is short. */
struct turns *turns_new(uint32_t line_max, uint64_t seed);
/* What waits is not freed. */
void turns_free(struct turns *turns);
/* False: the line is full. */
bool turns_add(struct turns *turns, struct turn *turn, struct bytes who);
/* The next one, which no longer waits; NULL: none. */
struct turn *turns_take(struct turns *turns);

#endif
