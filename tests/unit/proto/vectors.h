/* The frozen vectors of tests/vectors, for the tests of this floor. */
#ifndef STELE_TESTS_UNIT_PROTO_VECTORS_H
#define STELE_TESTS_UNIT_PROTO_VECTORS_H

#include "base/bytes.h"
#include "proto/genesis.h"
#include "proto/set.h"
#include "tests/lib/unit.h"

/* The document tests/vectors/<name>; json_decref it. */
json_t *vectors(const char *name);
/* A member that is text, as bytes that live as long as the document. */
struct bytes vector_text(const json_t *object, const char *key);
/* A member in hex; filled to exactly len bytes. */
void vector_hex(const json_t *object, const char *key, void *out, size_t len);
/* A member in hex, appended to out; a list of hex and [hex of a byte, count] too. */
void vector_bytes(const json_t *object, const char *key, struct buf *out);
/* A member that is a number of at least 0. */
uint64_t vector_number(const json_t *object, const char *key);
bool vector_hash_is(const json_t *object, const char *key, const struct hash *hash);

/* The set and the chain that all vectors belong to. */
void vector_set(struct set *out);
void vector_chain(struct hash *out);
/* Parsed; free it. */
struct genesis *vector_genesis(void);

/* Runs check on each text with one byte changed, removed or doubled, in places
 * spread over it; check gets the changed text. */
void vector_mutate(struct bytes text, void (*check)(struct bytes changed));

#endif
