/* Arena: memory for many small objects that are freed together.
 * Bounded: past max bytes an allocation gives NULL, nothing is lost. */
#ifndef STELE_BASE_ARENA_H
#define STELE_BASE_ARENA_H

#include <stddef.h>

struct arena {
	struct arena_chunk *chunks;
	size_t used; /* bytes handed out, with padding */
	size_t max;
};

void arena_init(struct arena *arena, size_t max);
/* Frees all that was handed out; the arena is as after arena_init. */
void arena_release(struct arena *arena);
/* The same, but keeps a little memory for who goes on at once. */
void arena_reset(struct arena *arena);
/* Zeroed, aligned for any object; NULL past max or when memory is short. */
void *arena_alloc(struct arena *arena, size_t len);
/* A copy of len bytes, followed by a NUL. */
void *arena_copy(struct arena *arena, const void *at, size_t len);

#endif
