/* Digests: a table from a 32-byte hash to a pointer, keyed by a seed, so that
 * nobody can choose hashes that collide in it.  Pure. */
#ifndef STELE_NODE_DIGESTS_H
#define STELE_NODE_DIGESTS_H

#include "base/bytes.h"

struct digests;

/* Ends the process when memory is short, as digests_put does. */
struct digests *digests_new(uint64_t seed);
void digests_free(struct digests *digests);
/* NULL if absent. */
void *digests_get(const struct digests *digests, const struct hash *key);
/* value is not NULL; one that is there is replaced. */
void digests_put(struct digests *digests, const struct hash *key, void *value);
void digests_remove(struct digests *digests, const struct hash *key);
size_t digests_count(const struct digests *digests);

#endif
