/* Waiters: who waits for a transaction's decision, or for the next commit, and
 * until when.  Bounded by count; holds no memory of its own for them, each lies
 * in its owner.  Pure; one thread. */
#ifndef STELE_NODE_API_WAITERS_H
#define STELE_NODE_API_WAITERS_H

#include <sys/queue.h>

#include "base/bytes.h"

struct waiter {
	LIST_ENTRY(waiter) entry;
	struct hash id;
	bool is_waiting;
	bool waits_for_id; /* otherwise for any commit */
	uint64_t deadline_ms;
};

struct waiters;

struct waiters *waiters_new(uint32_t count_max, uint64_t hash_key); /* NULL: no memory */
void waiters_free(struct waiters *waiters);
uint32_t waiters_count(const struct waiters *waiters);
/* id NULL: for any commit.  False: there are too many. */
bool waiters_add(struct waiters *waiters, struct waiter *waiter, const struct hash *id,
		 uint64_t deadline_ms);
/* One that is not waiting is a success. */
void waiters_remove(struct waiters *waiters, struct waiter *waiter);

/* Each takes one waiter off, or gives NULL. */
struct waiter *waiters_take_id(struct waiters *waiters, const struct hash *id);
struct waiter *waiters_take_expired(struct waiters *waiters, uint64_t now_ms);
struct waiter *waiters_take_last(struct waiters *waiters);

/* All that wait for any commit, at once: a list to walk with waiters_next, for one
 * that is answered may begin to wait again. */
struct waiters_batch {
	LIST_HEAD(, waiter) list;
};
void waiters_take_any(struct waiters *waiters, struct waiters_batch *out);
struct waiter *waiters_next(struct waiters_batch *batch);

#endif
