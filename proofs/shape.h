/* Members of receipts and proofs by their types, read and written: texts, hashes,
 * bytes, numbers and lists of hashes; docs/receipt.md section 1. */
#ifndef STELE_PROOFS_SHAPE_H
#define STELE_PROOFS_SHAPE_H

#include <jansson.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

/* Whether the object has only these members (NULL ends the list). */
bool json_has_only(const json_t *object, const char *const *names);
/* ERR_RECEIPT_FORM if absent or not of that form.  A text is a view into the object. */
MUST_CHECK enum err json_read_text(const json_t *object, const char *name, struct bytes *out);
/* *out is in the arena, and at most max bytes. */
MUST_CHECK enum err json_read_base64(const json_t *object, const char *name, size_t max,
				     struct arena *arena, struct bytes *out);
MUST_CHECK enum err json_read_hash(const json_t *object, const char *name, struct hash *out);
MUST_CHECK enum err json_read_number(const json_t *object, const char *name, uint64_t *out);
/* An array of at most max hex hashes; *out is in the arena. */
MUST_CHECK enum err json_read_hashes(const json_t *object, const char *name, size_t max,
				     struct arena *arena, struct hash **out, size_t *count);
json_t *json_of_hash(const struct hash *hash);
json_t *json_of_hashes(const struct hash *hashes, size_t count);
json_t *json_of_base64(struct bytes bytes);
json_t *json_of_text(struct bytes text);

#endif
