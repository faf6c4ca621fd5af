/* State items: one key's presence or absence under a state root, as JSON. */
#ifndef STELE_TESTS_UNIT_LEDGER_V0_ITEM_H
#define STELE_TESTS_UNIT_LEDGER_V0_ITEM_H

#include <jansson.h>

#include "base/bytes.h"
#include "crypto/smt.h"

/* value: NULL where the proof is of absence. */
json_t *state_item_json(const char *key, const struct bytes *value, const struct smt_proof *proof);

#endif
