/* Each transaction is an item in a table by id and in one list: while it waits,
 * its organisation's, in order of arrival; while it is packed, its parcel's.
 *
 *   ring -> org A -> waiting 3, 7, 9          parcel 41 -> 1, 2, 4
 *        -> org B -> waiting 5                parcel 42 -> 6, 8
 * Organisations and parcels are there only while they hold something. */
#include "ledger/mempool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/limits.h"
#include "base/mutant.h"

#define uthash_fatal(text) assert_failed("memory for a hash table", __FILE__, __LINE__)
#include <uthash.h>

#define FRAME_BYTES 4 /* the length before each transaction of a payload */

struct item {
	UT_hash_handle hh;
	TAILQ_ENTRY(item) link; /* in org->waiting or parcel->items */
	struct tx *tx;
	struct org *org;
	struct packed *parcel; /* NULL: waiting */
	uint64_t arrival;
};

TAILQ_HEAD(items, item);

struct org {
	UT_hash_handle hh;
	TAILQ_ENTRY(org) link; /* in pool->ring while something waits */
	struct items waiting;
	uint32_t count; /* waiting and packed */
	char id[];
};

TAILQ_HEAD(ring, org);

struct packed {
	UT_hash_handle hh;
	struct items items;
	uint64_t sequence;
};

struct mempool {
	struct mempool_bounds bounds;
	uint64_t hash_key;
	struct item *items;
	struct org *orgs;
	struct packed *parcels;
	struct ring ring;
	uint64_t arrivals;
	uint64_t bytes;
	uint32_t waiting;
};

/* Ids are chosen by who writes transactions: under this process's own key nobody
 * finds ones that share a place in the tables (the finalizer of MurmurHash3). */
static unsigned keyed(const struct mempool *pool, const void *at, size_t len)
{
	const uint8_t *from = at;
	uint64_t hash = pool->hash_key ^ len;

	while (len > 0) {
		uint64_t word = 0;
		size_t part = len < sizeof(word) ? len : sizeof(word);

		memcpy(&word, from, part);
		hash ^= word;
		hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccd;
		hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53;
		hash = (hash ^ hash >> 33) + pool->hash_key;
		from += part;
		len -= part;
	}
	return (unsigned)(hash ^ hash >> 32);
}

struct mempool *mempool_new(const struct mempool_bounds *bounds, uint64_t hash_key)
{
	struct mempool *pool = calloc(1, sizeof(*pool));

	if (pool == NULL)
		return NULL;
	pool->bounds = *bounds;
	pool->hash_key = hash_key;
	TAILQ_INIT(&pool->ring);
	return pool;
}

/* --- the lists ------------------------------------------------------------ */

static struct org *org_find(const struct mempool *pool, const char *id)
{
	size_t len = strlen(id);
	struct org *org;

	HASH_FIND_BYHASHVALUE(hh, pool->orgs, id, len, keyed(pool, id, len), org);
	return org;
}

static struct org *org_add(struct mempool *pool, const char *id)
{
	size_t len = strlen(id);
	struct org *org = calloc(1, sizeof(*org) + len + 1);

	if (org == NULL)
		return NULL;
	memcpy(org->id, id, len + 1);
	TAILQ_INIT(&org->waiting);
	HASH_ADD_KEYPTR_BYHASHVALUE(hh, pool->orgs, org->id, len, keyed(pool, id, len), org);
	return org;
}

static struct packed *packed_find(const struct mempool *pool, uint64_t sequence)
{
	struct packed *parcel;

	HASH_FIND_BYHASHVALUE(hh, pool->parcels, &sequence, sizeof(sequence),
			      keyed(pool, &sequence, sizeof(sequence)), parcel);
	return parcel;
}

static struct packed *packed_add(struct mempool *pool, uint64_t sequence)
{
	struct packed *parcel = calloc(1, sizeof(*parcel));

	if (parcel == NULL)
		return NULL;
	parcel->sequence = sequence;
	TAILQ_INIT(&parcel->items);
	HASH_ADD_KEYPTR_BYHASHVALUE(hh, pool->parcels, &parcel->sequence, sizeof(sequence),
				    keyed(pool, &sequence, sizeof(sequence)), parcel);
	return parcel;
}

/* Among the organisation's waiting ones at its place by arrival: at the end when
 * new, near the front when it comes back from a parcel. */
static void list_as_waiting(struct mempool *pool, struct item *item)
{
	struct org *org = item->org;
	struct item *last = TAILQ_LAST(&org->waiting, items);
	struct item *after;

	item->parcel = NULL;
	if (last == NULL)
		TAILQ_INSERT_TAIL(&pool->ring, org, link);
	if (last == NULL || last->arrival < item->arrival) {
		TAILQ_INSERT_TAIL(&org->waiting, item, link);
	} else {
		after = TAILQ_FIRST(&org->waiting);
		while (after->arrival < item->arrival)
			after = TAILQ_NEXT(after, link);
		TAILQ_INSERT_BEFORE(after, item, link);
	}
	pool->waiting++;
}

/* Off the list it is in; an organisation without waiting ones leaves the ring. */
static void unlist(struct mempool *pool, struct item *item)
{
	struct packed *parcel = item->parcel;

	if (parcel == NULL) {
		TAILQ_REMOVE(&item->org->waiting, item, link);
		if (TAILQ_EMPTY(&item->org->waiting))
			TAILQ_REMOVE(&pool->ring, item->org, link);
		pool->waiting--;
		return;
	}
	TAILQ_REMOVE(&parcel->items, item, link);
	if (TAILQ_EMPTY(&parcel->items)) {
		HASH_DEL(pool->parcels, parcel);
		free(parcel);
	}
}

static void item_drop(struct mempool *pool, struct item *item)
{
	struct org *org = item->org;

	unlist(pool, item);
	ASSERT(org->count > 0);
	org->count--;
	if (org->count == 0) {
		HASH_DEL(pool->orgs, org);
		free(org);
	}
	pool->bytes -= item->tx->raw.len;
	HASH_DEL(pool->items, item);
	tx_free(item->tx);
	free(item);
}

static struct item *item_find(const struct mempool *pool, const struct hash *id)
{
	struct item *item;

	HASH_FIND_BYHASHVALUE(hh, pool->items, id->b, sizeof(id->b),
			      keyed(pool, id->b, sizeof(id->b)), item);
	return item;
}

void mempool_free(struct mempool *pool)
{
	struct item *item;
	struct item *next;

	if (pool == NULL)
		return;
	HASH_ITER(hh, pool->items, item, next)
		item_drop(pool, item);
	free(pool);
}

/* --- in, out -------------------------------------------------------------- */

static bool has_room(const struct mempool *pool, const struct org *org, uint64_t bytes)
{
	const struct mempool_bounds *bounds = &pool->bounds;

	return HASH_COUNT(pool->items) < bounds->count_max && bytes <= bounds->bytes_max &&
	       pool->bytes <= bounds->bytes_max - bytes &&
	       (org == NULL ? 0 : org->count) < bounds->count_max_org;
}

enum err mempool_add(struct mempool *pool, struct tx *tx, const char *org_id, bool *is_duplicate)
{
	struct org *org = org_find(pool, org_id);
	struct item *item;

	*is_duplicate = item_find(pool, &tx->id) != NULL;
	if (*is_duplicate)
		return ERR_OK;
	if (!has_room(pool, org, tx->raw.len))
		return ERR_POOL_FULL;
	item = calloc(1, sizeof(*item));
	if (item != NULL && org == NULL)
		org = org_add(pool, org_id);
	if (item == NULL || org == NULL) {
		free(item);
		return ERR_POOL_FULL;
	}
	item->tx = tx;
	item->org = org;
	item->arrival = ++pool->arrivals;
	HASH_ADD_KEYPTR_BYHASHVALUE(hh, pool->items, tx->id.b, sizeof(tx->id.b),
				    keyed(pool, tx->id.b, sizeof(tx->id.b)), item);
	list_as_waiting(pool, item);
	org->count++;
	pool->bytes += tx->raw.len;
	return ERR_OK;
}

/* The first that waits, off its list; the organisation goes to the ring's end. */
static struct item *pop(struct mempool *pool, struct org *org)
{
	struct item *item = TAILQ_FIRST(&org->waiting);

	unlist(pool, item);
	if (!TAILQ_EMPTY(&org->waiting)) {
		TAILQ_REMOVE(&pool->ring, org, link);
		TAILQ_INSERT_TAIL(&pool->ring, org, link);
	}
	return item;
}

size_t mempool_take(struct mempool *pool, uint64_t sequence, uint32_t steps_max,
		    uint64_t bytes_max, struct tx **out)
{
	struct packed *parcel = packed_find(pool, sequence);
	uint64_t left = bytes_max;
	uint64_t steps = 0;
	size_t count = 0;

	if (steps_max == 0 || pool->waiting == 0)
		return 0;
	if (parcel == NULL)
		parcel = packed_add(pool, sequence);
	if (parcel == NULL)
		return 0;
	while (pool->waiting > 0) {
		struct org *org = TAILQ_FIRST(&pool->ring);
		const struct tx *tx = TAILQ_FIRST(&org->waiting)->tx;
		uint64_t bytes = tx->raw.len + FRAME_BYTES;
		struct item *item;

		if (mutant_on("frame_not_counted"))
			bytes -= FRAME_BYTES;
		/* The rest is for the next parcel, where this one comes first. */
		steps += tx_steps(tx);
		if (bytes > left || (count > 0 && steps > steps_max))
			break;
		item = pop(pool, org);
		item->parcel = parcel;
		TAILQ_INSERT_TAIL(&parcel->items, item, link);
		out[count++] = item->tx;
		left -= bytes;
	}
	if (TAILQ_EMPTY(&parcel->items)) {
		HASH_DEL(pool->parcels, parcel);
		free(parcel);
	}
	return count;
}

void mempool_unpack(struct mempool *pool, uint64_t sequence)
{
	struct packed *parcel = packed_find(pool, sequence);
	struct item *item;

	if (parcel == NULL)
		return;
	/* Backwards: each goes to the front of what is there. */
	while ((item = TAILQ_LAST(&parcel->items, items)) != NULL) {
		TAILQ_REMOVE(&parcel->items, item, link);
		list_as_waiting(pool, item);
	}
	HASH_DEL(pool->parcels, parcel);
	free(parcel);
}

void mempool_remove(struct mempool *pool, const struct hash *id)
{
	struct item *item = item_find(pool, id);

	if (item != NULL)
		item_drop(pool, item);
}

size_t mempool_expire(struct mempool *pool, uint64_t now_ms)
{
	size_t count = 0;
	struct item *item;
	struct item *next;

	HASH_ITER(hh, pool->items, item, next) {
		if (item->tx->message->valid_until >= now_ms)
			continue;
		item_drop(pool, item);
		count++;
	}
	return count;
}

const struct tx *mempool_find(const struct mempool *pool, const struct hash *id)
{
	const struct item *item = item_find(pool, id);

	return item == NULL ? NULL : item->tx;
}

uint32_t mempool_count(const struct mempool *pool)
{
	return HASH_COUNT(pool->items);
}

uint32_t mempool_waiting(const struct mempool *pool)
{
	return pool->waiting;
}

uint64_t mempool_bytes(const struct mempool *pool)
{
	return pool->bytes;
}
