/* State entries and their common proof: docs/receipt.md section 6. */
#ifndef STELE_PROOFS_ENTRY_H
#define STELE_PROOFS_ENTRY_H

#include <jansson.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "proofs/walk.h"
#include "proto/value.h"

struct entry {
	const char *key; /* in the arena */
	struct hash key_hash;
	bool is_present;
	struct bytes value; /* in the arena; empty where there is none */
};

/* The member "entries", 1 to max of them, ascending by the hashes of their keys.
 * ERR_RECEIPT_FORM, ERR_MEMORY. */
MUST_CHECK enum err entries_read(const json_t *object, size_t max, struct arena *arena,
				 struct entry **out, size_t *count);
/* Whether the tree proves them under the root.  ERR_PROOF_FORM, ERR_PROOF_ROOT, ERR_MEMORY. */
MUST_CHECK enum err entries_check(const struct entry *entries, size_t count, struct bytes tree,
				  const struct hash *root);
/* Walks its value behind the first byte, as walk_message.  False also where it is absent or of
 * another type. */
bool entry_walk(const struct entry *entry, enum value_type type, struct walk_field *fields,
		size_t count);

#endif
