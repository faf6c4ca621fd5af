/* Open addressing with linear probing; a removal moves the followers back. */
#include "node/digests.h"

#include <stdlib.h>

#define SLOTS_MIN 64

struct slot {
	struct hash key;
	void *value; /* NULL: free */
};

struct digests {
	struct slot *slots;
	size_t slots_count; /* a power of two */
	size_t used;
	uint64_t seed;
};

static struct slot *slots_new(size_t count)
{
	struct slot *slots = calloc(count, sizeof(*slots));

	ASSERT(slots != NULL);
	return slots;
}

struct digests *digests_new(uint64_t seed)
{
	struct digests *digests = calloc(1, sizeof(*digests));

	ASSERT(digests != NULL);
	digests->slots_count = SLOTS_MIN;
	digests->slots = slots_new(SLOTS_MIN);
	digests->seed = seed;
	return digests;
}

void digests_free(struct digests *digests)
{
	if (digests == NULL)
		return;
	free(digests->slots);
	free(digests);
}

/* Mixes the whole key with the seed (multiply and fold, as in splitmix64). */
static size_t home(const struct digests *digests, const struct hash *key)
{
	uint64_t sum = digests->seed;

	for (size_t i = 0; i < 4; i++) {
		sum ^= load_u64(key->b + 8 * i);
		sum *= 0xbf58476d1ce4e5b9u;
		sum ^= sum >> 29;
	}
	return (size_t)sum & (digests->slots_count - 1);
}

static size_t find(const struct digests *digests, const struct hash *key)
{
	size_t at = home(digests, key);

	while (digests->slots[at].value != NULL && !hash_equal(&digests->slots[at].key, key))
		at = (at + 1) & (digests->slots_count - 1);
	return at;
}

void *digests_get(const struct digests *digests, const struct hash *key)
{
	return digests->slots[find(digests, key)].value;
}

static void grow(struct digests *digests)
{
	struct slot *old = digests->slots;
	size_t old_count = digests->slots_count;

	digests->slots_count *= 2;
	digests->slots = slots_new(digests->slots_count);
	for (size_t i = 0; i < old_count; i++) {
		if (old[i].value != NULL)
			digests->slots[find(digests, &old[i].key)] = old[i];
	}
	free(old);
}

void digests_put(struct digests *digests, const struct hash *key, void *value)
{
	size_t at = find(digests, key);

	ASSERT(value != NULL);
	if (digests->slots[at].value == NULL) {
		if ((digests->used + 1) * 4 > digests->slots_count * 3) {
			grow(digests);
			at = find(digests, key);
		}
		digests->used++;
	}
	digests->slots[at] = (struct slot){*key, value};
}

void digests_remove(struct digests *digests, const struct hash *key)
{
	size_t mask = digests->slots_count - 1;
	size_t hole = find(digests, key);

	if (digests->slots[hole].value == NULL)
		return;
	digests->used--;
	for (size_t at = (hole + 1) & mask; digests->slots[at].value != NULL; at = (at + 1) & mask) {
		size_t from = home(digests, &digests->slots[at].key);

		/* movable unless its home lies behind the hole */
		if (((at - from) & mask) >= ((at - hole) & mask)) {
			digests->slots[hole] = digests->slots[at];
			hole = at;
		}
	}
	digests->slots[hole].value = NULL;
}

size_t digests_count(const struct digests *digests)
{
	return digests->used;
}
