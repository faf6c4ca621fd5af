/* A chained hash table over one array of items, and a ring of buckets by until:
 * an item lies in bucket (until / step) mod BUCKETS, so that what has ended is
 * found without a search. */
#include "ledger/ids.h"

#include <stdlib.h>
#include <string.h>

#include "base/mutant.h"
#include "ledger/keyed.h"

#define BUCKETS 1024
#define NONE UINT32_MAX
#define ITEMS_MIN 1024

struct item {
	struct hash id;
	uint64_t until;
	uint32_t next_in_slot;
	uint32_t next_in_bucket; /* or the next free item */
};

struct ids {
	struct item *items;
	uint32_t *slots; /* as many as items_max, a power of two */
	uint32_t items_max;
	uint32_t items_used;
	uint32_t free_first;
	uint32_t count;
	uint64_t step;
	uint64_t expired; /* until / step of the last expiry */
	uint32_t buckets[BUCKETS];
};

static uint32_t slot_of(const struct ids *ids, const struct hash *id)
{
	return (uint32_t)keyed_hash(id->b, sizeof(id->b)) & (ids->items_max - 1);
}

struct ids *ids_new(uint64_t span)
{
	struct ids *ids = calloc(1, sizeof(*ids));

	if (ids == NULL)
		return NULL;
	ids->step = span / (BUCKETS - 2) + 1;
	ids->free_first = NONE;
	memset(ids->buckets, 0xff, sizeof(ids->buckets));
	return ids;
}

void ids_free(struct ids *ids)
{
	if (ids == NULL)
		return;
	free(ids->items);
	free(ids->slots);
	free(ids);
}

static enum err grow(struct ids *ids)
{
	uint32_t max = ids->items_max == 0 ? ITEMS_MIN : ids->items_max * 2;
	struct item *items;
	uint32_t *slots;

	if (max == 0)
		return ERR_MEMORY;
	slots = malloc(max * sizeof(*slots));
	items = slots != NULL ? realloc(ids->items, max * sizeof(*items)) : NULL;
	if (items == NULL) {
		free(slots);
		return ERR_MEMORY;
	}
	free(ids->slots);
	ids->items = items;
	ids->slots = slots;
	ids->items_max = max;
	memset(slots, 0xff, max * sizeof(*slots));
	/* Only a full array grows, so all of it is in use. */
	for (uint32_t i = 0; i < ids->items_used; i++) {
		uint32_t slot = slot_of(ids, &items[i].id);

		items[i].next_in_slot = slots[slot];
		slots[slot] = i;
	}
	return ERR_OK;
}

static struct item *find(const struct ids *ids, const struct hash *id)
{
	uint32_t at = ids->items_max == 0 ? NONE : ids->slots[slot_of(ids, id)];

	while (at != NONE && !hash_equal(&ids->items[at].id, id))
		at = ids->items[at].next_in_slot;
	return at == NONE ? NULL : &ids->items[at];
}

static void bucket_add(struct ids *ids, uint32_t at)
{
	uint32_t bucket = (uint32_t)(ids->items[at].until / ids->step % BUCKETS);

	ids->items[at].next_in_bucket = ids->buckets[bucket];
	ids->buckets[bucket] = at;
}

enum err ids_add(struct ids *ids, const struct hash *id, uint64_t until)
{
	struct item *item = find(ids, id);
	uint32_t at = ids->free_first;
	uint32_t slot;

	if (item != NULL) {
		/* It moves to its new bucket when the old one is looked at. */
		item->until = until > item->until ? until : item->until;
		return ERR_OK;
	}
	if (at == NONE) {
		if (ids->items_used == ids->items_max && grow(ids) != ERR_OK)
			return ERR_MEMORY;
		at = ids->items_used++;
	} else {
		ids->free_first = ids->items[at].next_in_bucket;
	}
	slot = slot_of(ids, id);
	ids->items[at] = (struct item){.id = *id, .until = until, .next_in_slot = ids->slots[slot]};
	ids->slots[slot] = at;
	bucket_add(ids, at);
	ids->count++;
	return ERR_OK;
}

bool ids_has(const struct ids *ids, const struct hash *id, uint64_t now)
{
	const struct item *item = find(ids, id);

	return item != NULL && (mutant_on("id_forgotten_early") ? item->until > now
								: item->until >= now);
}

static void drop(struct ids *ids, uint32_t at)
{
	uint32_t *link = &ids->slots[slot_of(ids, &ids->items[at].id)];

	while (*link != at)
		link = &ids->items[*link].next_in_slot;
	*link = ids->items[at].next_in_slot;
	ids->items[at].next_in_bucket = ids->free_first;
	ids->free_first = at;
	ids->count--;
}

static void bucket_expire(struct ids *ids, uint64_t bucket, uint64_t now)
{
	uint32_t at = ids->buckets[bucket];

	ids->buckets[bucket] = NONE;
	while (at != NONE) {
		uint32_t next = ids->items[at].next_in_bucket;

		if (ids->items[at].until < now)
			drop(ids, at);
		else
			bucket_add(ids, at);
		at = next;
	}
}

void ids_expire(struct ids *ids, uint64_t now)
{
	uint64_t last = now / ids->step;
	uint64_t first = ids->expired;

	ASSERT(last >= first);
	if (last - first >= BUCKETS)
		first = last - (BUCKETS - 1);
	for (uint64_t i = first; i <= last; i++)
		bucket_expire(ids, i % BUCKETS, now);
	ids->expired = last;
}

size_t ids_count(const struct ids *ids)
{
	return ids->count;
}
