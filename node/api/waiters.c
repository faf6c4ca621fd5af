#include "node/api/waiters.h"

#include <stdlib.h>

#define CHAINS 1024 /* a power of two */

LIST_HEAD(waiter_list, waiter);

struct waiters {
	uint32_t count;
	uint32_t count_max;
	uint64_t hash_key;
	struct waiter_list any;
	struct waiter_list chains[CHAINS];
};

struct waiters *waiters_new(uint32_t count_max, uint64_t hash_key)
{
	struct waiters *waiters = calloc(1, sizeof(*waiters));

	if (waiters == NULL)
		return NULL;
	waiters->count_max = count_max;
	waiters->hash_key = hash_key | 1;
	LIST_INIT(&waiters->any);
	for (unsigned i = 0; i < CHAINS; i++)
		LIST_INIT(&waiters->chains[i]);
	return waiters;
}

void waiters_free(struct waiters *waiters)
{
	free(waiters);
}

uint32_t waiters_count(const struct waiters *waiters)
{
	return waiters->count;
}

static struct waiter_list *chain_of(struct waiters *waiters, const struct hash *id)
{
	return &waiters->chains[(load_u64(id->b) * waiters->hash_key) >> 54];
}

bool waiters_add(struct waiters *waiters, struct waiter *waiter, const struct hash *id,
		 uint64_t deadline_ms)
{
	ASSERT(!waiter->is_waiting);
	if (waiters->count == waiters->count_max)
		return false;
	waiters->count++;
	waiter->is_waiting = true;
	waiter->waits_for_id = id != NULL;
	waiter->deadline_ms = deadline_ms;
	if (id != NULL)
		waiter->id = *id;
	LIST_INSERT_HEAD(id == NULL ? &waiters->any : chain_of(waiters, id), waiter, entry);
	return true;
}

static struct waiter *take(struct waiters *waiters, struct waiter *waiter)
{
	LIST_REMOVE(waiter, entry);
	waiter->is_waiting = false;
	waiters->count--;
	return waiter;
}

void waiters_remove(struct waiters *waiters, struct waiter *waiter)
{
	if (waiter->is_waiting)
		(void)take(waiters, waiter);
}

struct waiter *waiters_take_id(struct waiters *waiters, const struct hash *id)
{
	struct waiter *waiter;

	LIST_FOREACH (waiter, chain_of(waiters, id), entry) {
		if (hash_equal(&waiter->id, id))
			return take(waiters, waiter);
	}
	return NULL;
}

static struct waiter *take_until(struct waiters *waiters, struct waiter_list *list, uint64_t now_ms)
{
	struct waiter *waiter;

	LIST_FOREACH (waiter, list, entry) {
		if (waiter->deadline_ms <= now_ms)
			return take(waiters, waiter);
	}
	return NULL;
}

struct waiter *waiters_take_expired(struct waiters *waiters, uint64_t now_ms)
{
	struct waiter *found = take_until(waiters, &waiters->any, now_ms);

	if (waiters->count == 0)
		return found;
	for (unsigned i = 0; i < CHAINS && found == NULL; i++)
		found = take_until(waiters, &waiters->chains[i], now_ms);
	return found;
}

struct waiter *waiters_take_last(struct waiters *waiters)
{
	return waiters_take_expired(waiters, UINT64_MAX);
}

void waiters_take_any(struct waiters *waiters, struct waiters_batch *out)
{
	struct waiter *waiter;

	LIST_INIT(&out->list);
	while ((waiter = LIST_FIRST(&waiters->any)) != NULL) {
		(void)take(waiters, waiter);
		LIST_INSERT_HEAD(&out->list, waiter, entry);
	}
}

struct waiter *waiters_next(struct waiters_batch *batch)
{
	struct waiter *waiter = LIST_FIRST(&batch->list);

	if (waiter != NULL)
		LIST_REMOVE(waiter, entry);
	return waiter;
}
