/* The memory of verified transactions: the hash of their leaf, which has the body and the
 * signature in it (and by the body the attachment), never the id; so that each is verified
 * once a node and the same body with another signature is verified anew.  Bounded: the
 * oldest are forgotten.  Thread-safe. */
#ifndef STELE_LEDGER_VERIFIED_H
#define STELE_LEDGER_VERIFIED_H

#include "base/bytes.h"

struct verified;
struct verified *verified_new(size_t count_max); /* NULL when memory is short */
void verified_free(struct verified *verified);
bool verified_has(struct verified *verified, const struct hash *leaf_hash);
void verified_add(struct verified *verified, const struct hash *leaf_hash);

#endif
