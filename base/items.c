#include "base/items.h"

#include <stdlib.h>
#include <sys/mman.h>

static uint32_t per_chunk(const struct items *items)
{
	return (uint32_t)(ITEMS_CHUNK_BYTES / items->item_bytes);
}

void items_init(struct items *items, size_t item_bytes, uint32_t max)
{
	ASSERT(item_bytes > 0 && item_bytes <= ITEMS_CHUNK_BYTES);
	*items = (struct items){.item_bytes = item_bytes, .max = max};
}

void items_release(struct items *items)
{
	for (uint32_t i = 0; i < items->chunks_count; i++)
		(void)munmap(items->chunks[i], ITEMS_CHUNK_BYTES);
	free(items->chunks);
}

/* Whole pages of 2 MiB of a mapping twice as large: malloc would keep what stands before
 * them.  The first chunk is taken page by page, for who has few items. */
static uint8_t *chunk_new(bool is_first)
{
	uint8_t *map = mmap(NULL, 2 * ITEMS_CHUNK_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t before;

	if (map == MAP_FAILED)
		return NULL;
	before = ITEMS_CHUNK_BYTES - (uintptr_t)map % ITEMS_CHUNK_BYTES;
	(void)munmap(map, before);
	map += before;
	if (before < ITEMS_CHUNK_BYTES)
		(void)munmap(map + ITEMS_CHUNK_BYTES, ITEMS_CHUNK_BYTES - before);
	if (!is_first)
		(void)madvise(map, ITEMS_CHUNK_BYTES, MADV_HUGEPAGE); /* it is only slower without */
	return map;
}

static bool grow(struct items *items)
{
	uint8_t *chunk;

	if (items->chunks_count == items->chunks_max) {
		uint32_t max = items->chunks_max == 0 ? 16 : items->chunks_max * 2;
		uint8_t **chunks = realloc(items->chunks, max * sizeof(*chunks));

		if (chunks == NULL)
			return false;
		items->chunks = chunks;
		items->chunks_max = max;
	}
	chunk = chunk_new(items->chunks_count == 0);
	if (chunk == NULL)
		return false;
	items->chunks[items->chunks_count++] = chunk;
	return true;
}

uint32_t items_take(struct items *items)
{
	if (items->used == items->max ||
	    (items->used == items->chunks_count * per_chunk(items) && !grow(items)))
		return 0;
	return ++items->used;
}

size_t items_memory(const struct items *items)
{
	return items->chunks_count * ITEMS_CHUNK_BYTES;
}
