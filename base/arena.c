#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

#define ALIGN _Alignof(max_align_t)
#define CHUNK_LEN_FIRST 1440 /* most transactions need no more */
#define CHUNK_LEN_MIN 4064   /* with its head and malloc's own just below a page */

/* Newest first; only the newest still has room that is used. */
struct arena_chunk {
	struct arena_chunk *next;
	size_t len;
	size_t used;
	_Alignas(max_align_t) unsigned char at[];
};

void arena_init(struct arena *arena, size_t max)
{
	*arena = (struct arena){.max = max};
}

void arena_release(struct arena *arena)
{
	struct arena_chunk *chunk = arena->chunks;

	while (chunk != NULL) {
		struct arena_chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
	arena_init(arena, arena->max);
}

void arena_reset(struct arena *arena)
{
	struct arena_chunk *chunk = arena->chunks;

	if (chunk == NULL || chunk->next != NULL || chunk->len > CHUNK_LEN_MIN) {
		arena_release(arena);
		return;
	}
	memset(chunk->at, 0, chunk->used);
	chunk->used = 0;
	arena->used = 0;
}

static bool chunk_add(struct arena *arena, size_t len)
{
	size_t least = arena->chunks == NULL ? CHUNK_LEN_FIRST : CHUNK_LEN_MIN;
	size_t chunk_len = len > least ? len : least;
	struct arena_chunk *chunk;

	if (chunk_len > SIZE_MAX - sizeof(*chunk))
		return false;
	chunk = calloc(1, sizeof(*chunk) + chunk_len);
	if (chunk == NULL)
		return false;
	chunk->len = chunk_len;
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	return true;
}

void *arena_alloc(struct arena *arena, size_t len)
{
	struct arena_chunk *chunk = arena->chunks;
	void *at;

	if (len == 0)
		len = 1; /* so that NULL always means failure */
	/* Padding counts, so used may end a little above max. */
	if (arena->used >= arena->max || len > arena->max - arena->used || len > SIZE_MAX - ALIGN)
		return NULL;
	len += (ALIGN - len % ALIGN) % ALIGN;
	if (chunk == NULL || len > chunk->len - chunk->used) {
		if (!chunk_add(arena, len))
			return NULL;
		chunk = arena->chunks;
	}
	at = chunk->at + chunk->used;
	chunk->used += len;
	arena->used += len;
	ASSERT(chunk->used <= chunk->len);
	return at;
}

void *arena_copy(struct arena *arena, const void *at, size_t len)
{
	unsigned char *copy = len < SIZE_MAX ? arena_alloc(arena, len + 1) : NULL;

	if (copy != NULL && len > 0)
		memcpy(copy, at, len);
	return copy;
}
