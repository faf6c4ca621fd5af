/* State items: one key's presence or absence under a state root, as JSON. */
#ifndef STELE_LEDGER_PROOF_ITEM_H
#define STELE_LEDGER_PROOF_ITEM_H

#include <jansson.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "crypto/smt.h"

struct state_item {
	const char *key; /* in the arena */
	bool is_present;
	struct bytes value; /* in the arena; empty where there is none */
};

/* ERR_PROOF_FORM, ERR_PROOF_ROOT. */
MUST_CHECK enum err state_item_check(const json_t *object, const struct hash *state_root,
				     struct arena *arena, struct state_item *out);
/* value: NULL where the proof is of absence. */
json_t *state_item_json(const char *key, const struct bytes *value, const struct smt_proof *proof);

#endif
