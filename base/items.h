/* Items of one size, addressed by numbers from 1, that never move: millions of them
 * without a word of malloc's beside each, in pages of 2 MiB where the kernel has such, for
 * who looks at them in no order waits for the way to a page as long as for the item. */
#ifndef STELE_BASE_ITEMS_H
#define STELE_BASE_ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/assert.h"

#define ITEMS_CHUNK_BYTES ((size_t)2 << 20)

struct items {
	uint8_t **chunks;
	size_t item_bytes;
	uint32_t chunks_count;
	uint32_t chunks_max;
	uint32_t used; /* the greatest number that was taken */
	uint32_t max;
};

/* At most max of them. */
void items_init(struct items *items, size_t item_bytes, uint32_t max);
void items_release(struct items *items);
/* The next number, whose item is not set; 0: memory is short, or there are max. */
uint32_t items_take(struct items *items);
/* Of all chunks, used or not. */
size_t items_memory(const struct items *items);

/* item_bytes as items_init had it: the compiler knows it here. */
static inline void *items_at(const struct items *items, uint32_t number, size_t item_bytes)
{
	uint32_t per_chunk = (uint32_t)(ITEMS_CHUNK_BYTES / item_bytes);

	ASSERT(number > 0 && number <= items->used);
	return items->chunks[(number - 1) / per_chunk] +
	       (size_t)((number - 1) % per_chunk) * item_bytes;
}

#endif
