/* State entries of a receipt or a proof, collected by key and proved together;
 * docs/receipt.md section 6. */
#ifndef STELE_LEDGER_ENTRIES_H
#define STELE_LEDGER_ENTRIES_H

#include <jansson.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

struct ledger_view;
struct entry;

struct entries {
	struct ledger_view *view;
	struct entry *list;
	size_t count;
	size_t room;
	size_t count_max;
	size_t bytes; /* of the text that they will be, without their proof */
	size_t bytes_max;
	size_t tree_max;
	struct arena arena; /* keys */
};

/* Of that view, which must outlive them. */
void entries_init(struct entries *entries, struct ledger_view *view, size_t count_max,
		  size_t bytes_max, size_t tree_max);
void entries_release(struct entries *entries);
/* The key's entry: ERR_OK and *value (lent by the view; may be NULL), or
 * ERR_NOT_FOUND: it is absent, and that is the entry.  A key may come again.
 * ERR_API_PROOF_SIZE: more than may be; ERR_MEMORY, or the view's. */
MUST_CHECK enum err entries_add(struct entries *entries, const char *key, struct bytes *value);
/* Bytes that something else in the same text takes.  ERR_API_PROOF_SIZE. */
MUST_CHECK enum err entries_take_bytes(struct entries *entries, size_t bytes);
/* Members "entries" and "tree" of the object; nothing where there are none.
 * ERR_API_PROOF_SIZE, ERR_MEMORY. */
MUST_CHECK enum err entries_write(struct entries *entries, json_t *object);

#endif
