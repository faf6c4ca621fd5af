/* Two generations of a keyed table: when the newer one is full it becomes the
 * older one, whose entries are then forgotten.  So at least half of count_max
 * of the latest are always remembered, and nothing is sorted. */
#include "ledger/verified.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/keyed.h"

struct generation {
	struct hash *slots; /* open addressing; all zero: free */
	size_t count;
};

struct verified {
	pthread_mutex_t lock;
	struct generation newer;
	struct generation older;
	size_t count_max;   /* of one generation */
	size_t slots_count; /* a power of two, >= 2 count_max */
};

struct verified *verified_new(size_t count_max)
{
	struct verified *verified = calloc(1, sizeof(*verified));

	if (verified == NULL)
		return NULL;
	verified->count_max = count_max / 2 + 1;
	verified->slots_count = 4;
	while (verified->slots_count < verified->count_max * 2)
		verified->slots_count *= 2;
	verified->newer.slots = calloc(verified->slots_count, sizeof(struct hash));
	verified->older.slots = calloc(verified->slots_count, sizeof(struct hash));
	if (verified->newer.slots == NULL || verified->older.slots == NULL) {
		free(verified->newer.slots);
		free(verified->older.slots);
		free(verified);
		return NULL;
	}
	pthread_mutex_init(&verified->lock, NULL);
	return verified;
}

void verified_free(struct verified *verified)
{
	if (verified == NULL)
		return;
	pthread_mutex_destroy(&verified->lock);
	free(verified->newer.slots);
	free(verified->older.slots);
	free(verified);
}

/* Where the search for a hash begins, in either generation. */
static size_t place_of(const struct verified *verified, const struct hash *hash)
{
	return (size_t)keyed_hash(hash->b, sizeof(hash->b)) & (verified->slots_count - 1);
}

/* The slot that holds the hash, or the free one where it would go. */
static struct hash *slot_of(const struct verified *verified, const struct generation *generation,
			    size_t place, const struct hash *hash)
{
	while (!hash_is_zero(&generation->slots[place]) &&
	       !hash_equal(&generation->slots[place], hash))
		place = (place + 1) & (verified->slots_count - 1);
	return &generation->slots[place];
}

bool verified_has(struct verified *verified, const struct hash *leaf_hash)
{
	size_t place = place_of(verified, leaf_hash);
	bool is_here;

	pthread_mutex_lock(&verified->lock);
	is_here = !hash_is_zero(slot_of(verified, &verified->newer, place, leaf_hash)) ||
		  !hash_is_zero(slot_of(verified, &verified->older, place, leaf_hash));
	pthread_mutex_unlock(&verified->lock);
	return is_here;
}

static void turn(struct verified *verified)
{
	struct generation older = verified->older;

	memset(older.slots, 0, verified->slots_count * sizeof(*older.slots));
	older.count = 0;
	verified->older = verified->newer;
	verified->newer = older;
}

void verified_add(struct verified *verified, const struct hash *leaf_hash)
{
	size_t place = place_of(verified, leaf_hash);
	struct hash *slot;

	pthread_mutex_lock(&verified->lock);
	slot = slot_of(verified, &verified->newer, place, leaf_hash);
	if (hash_is_zero(slot)) {
		if (verified->newer.count == verified->count_max) {
			turn(verified);
			slot = slot_of(verified, &verified->newer, place, leaf_hash);
		}
		*slot = *leaf_hash;
		verified->newer.count++;
	}
	pthread_mutex_unlock(&verified->lock);
}
