/* A transaction's record as JSON. */
#ifndef STELE_NODE_API_TX_JSON_H
#define STELE_NODE_API_TX_JSON_H

#include "node/api/call.h"
#include "proto/tx.h"

/* Adds operation, signer, organisation, valid_until, nonce and body. */
void tx_json_add(struct call *call, const struct tx *tx, json_t *json);
/* Adds operation and organisation alone. */
void tx_json_add_brief(struct call *call, const struct tx *tx, json_t *json);
/* Adds the id of the transaction that is that leaf; nothing where there is none. */
void tx_json_add_id(const struct call *call, uint64_t log_index, json_t *json);

#endif
