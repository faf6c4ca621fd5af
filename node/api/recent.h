/* What became of the transactions that were submitted at this node, until the
 * ledger's own index has them: pending, or decided and how.  Bounded: the oldest
 * are forgotten.  Pure; one thread. */
#ifndef STELE_NODE_API_RECENT_H
#define STELE_NODE_API_RECENT_H

#include "base/bytes.h"
#include "base/err.h"

enum recent_state { RECENT_PENDING, RECENT_ACCEPTED, RECENT_REJECTED };

struct recent_tx {
	struct hash id;
	enum recent_state state;
	uint64_t until_ms; /* valid_until: past it a pending one can't be decided any more */
	uint64_t height;
	uint64_t time_ms;
	uint64_t log_index; /* of an accepted one */
	enum err reason;    /* of a rejected one */
};

struct recent;

/* All memory is taken here; NULL when it is short. */
struct recent *recent_new(uint32_t count_max, uint64_t hash_key);
void recent_free(struct recent *recent);
void recent_add_pending(struct recent *recent, const struct hash *id, uint64_t until_ms);
/* Of an id that is held; others are none of this node's business. */
void recent_decide(struct recent *recent, const struct recent_tx *decided);
/* NULL if not held; lent until the next call. */
const struct recent_tx *recent_find(const struct recent *recent, const struct hash *id);

#endif
