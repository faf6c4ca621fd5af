/* Where a transaction is: in the ledger, or on its way at this node. */
#ifndef STELE_NODE_API_TX_LOOKUP_H
#define STELE_NODE_API_TX_LOOKUP_H

#include "node/api/call.h"

enum tx_state { TX_PENDING, TX_ACCEPTED, TX_REJECTED };

struct tx_place {
	enum tx_state state;
	uint64_t height;
	uint64_t time_ms;
	uint64_t valid_until; /* of a pending one */
	uint64_t log_index; /* of an accepted one */
	uint32_t rejected;  /* k of a rejected one's entry */
	enum err reason;    /* why it was rejected */
};

/* ERR_NOT_FOUND: neither decided nor pending here. */
MUST_CHECK enum err tx_find(struct call *call, const struct hash *id, struct tx_place *out);
/* {"id","state","height","time","log_index"|"error"} */
json_t *tx_place_json(const struct hash *id, const struct tx_place *place);
/* valid_until of the bytes of a transaction that was found canonical. */
bool tx_raw_valid_until(struct bytes raw, uint64_t *out);

#endif
