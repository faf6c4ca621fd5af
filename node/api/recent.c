#include "node/api/recent.h"

#include <stdlib.h>

#define NONE UINT32_MAX

struct slot {
	struct recent_tx tx;
	uint32_t next; /* in its chain */
	bool is_used;
};

struct recent {
	uint32_t count_max;
	uint32_t oldest; /* the slot that is taken next */
	unsigned shift;  /* 64 - log2 of the number of chains */
	uint64_t hash_key;
	uint32_t *chains;
	struct slot *slots;
};

struct recent *recent_new(uint32_t count_max, uint64_t hash_key)
{
	struct recent *recent = calloc(1, sizeof(*recent));
	unsigned bits = 4;

	ASSERT(count_max > 0 && count_max < NONE);
	if (recent == NULL)
		return NULL;
	while (bits < 31 && (1u << bits) < count_max)
		bits++;
	recent->count_max = count_max;
	recent->shift = 64 - bits;
	recent->hash_key = hash_key | 1;
	recent->chains = malloc(sizeof(uint32_t) << bits);
	recent->slots = calloc(count_max, sizeof(struct slot));
	if (recent->chains == NULL || recent->slots == NULL) {
		recent_free(recent);
		return NULL;
	}
	for (size_t i = 0; i < (size_t)1 << bits; i++)
		recent->chains[i] = NONE;
	return recent;
}

void recent_free(struct recent *recent)
{
	if (recent == NULL)
		return;
	free(recent->chains);
	free(recent->slots);
	free(recent);
}

static uint32_t *chain_of(const struct recent *recent, const struct hash *id)
{
	return &recent->chains[(load_u64(id->b) * recent->hash_key) >> recent->shift];
}

static struct slot *find(const struct recent *recent, const struct hash *id)
{
	for (uint32_t i = *chain_of(recent, id); i != NONE; i = recent->slots[i].next) {
		if (hash_equal(&recent->slots[i].tx.id, id))
			return &recent->slots[i];
	}
	return NULL;
}

static void forget(struct recent *recent, uint32_t which)
{
	uint32_t *at = chain_of(recent, &recent->slots[which].tx.id);

	while (*at != which)
		at = &recent->slots[*at].next;
	*at = recent->slots[which].next;
}

void recent_add_pending(struct recent *recent, const struct hash *id, uint64_t until_ms)
{
	uint32_t which = recent->oldest;
	struct slot *slot = &recent->slots[which];
	uint32_t *chain;

	if (find(recent, id) != NULL)
		return;
	if (slot->is_used)
		forget(recent, which);
	recent->oldest = (which + 1) % recent->count_max;
	chain = chain_of(recent, id);
	*slot = (struct slot){.tx = {.id = *id, .until_ms = until_ms}, .next = *chain, .is_used = true};
	*chain = which;
}

void recent_decide(struct recent *recent, const struct recent_tx *decided)
{
	struct slot *slot = find(recent, &decided->id);

	if (slot != NULL)
		slot->tx = *decided;
}

const struct recent_tx *recent_find(const struct recent *recent, const struct hash *id)
{
	struct slot *slot = find(recent, id);

	return slot == NULL ? NULL : &slot->tx;
}
