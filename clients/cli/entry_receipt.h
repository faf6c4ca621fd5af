/* Receipts of what stands under a record's root, the entries of a batch and the
 * items of a roll-up: made here from the record's own. */
#ifndef STELE_CLIENTS_CLI_ENTRY_RECEIPT_H
#define STELE_CLIENTS_CLI_ENTRY_RECEIPT_H

#include <jansson.h>

#include "base/bytes.h"
#include "proofs/receipt.h"

#define FOREST_LEVELS 41 /* 2^40 leaves */

/* The perfect subtrees over some leaves, so that no path hashes anything again. */
struct forest {
	struct hash *levels[FOREST_LEVELS];
	size_t count;
};

/* Takes leaves, from malloc. */
void forest_init(struct forest *forest, struct hash *leaves, size_t count);
void forest_release(struct forest *forest);

/* The record's receipt with the entry at that index in it; data are its bytes,
 * subject what they say.  NULL when memory is short. */

json_t *entry_receipt(const json_t *whole, const struct forest *forest, size_t index,
		      struct bytes data, const struct receipt_file *subject);

#endif
