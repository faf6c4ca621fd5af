/* State items of version 0: one key's presence or absence under a state root, as JSON;
 * and the cover, which has no set changes there. */
#ifndef STELE_PROOFS_V0_ITEM_H
#define STELE_PROOFS_V0_ITEM_H

#include <jansson.h>

#include "crypto/smt.h"
#include "proofs/cover.h"

struct v0_item {
	const char *key; /* in the arena */
	bool is_present;
	struct bytes value; /* in the arena; empty where there is none */
};

/* ERR_PROOF_FORM, ERR_PROOF_ROOT. */
MUST_CHECK enum err v0_item_check(const json_t *object, const struct hash *state_root,
				  struct arena *arena, struct v0_item *out);
/* cover_read and cover_check of a cover without set changes; ERR_RECEIPT_FORM,
 * ERR_RECEIPT_FINALITY. */
MUST_CHECK enum err v0_cover_check(const json_t *object, struct arena *arena, struct cover *out);

#endif
