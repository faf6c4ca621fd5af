/* Facts: the numbers and names behind a rule's refusal, for people to read. */
#ifndef STELE_NODE_API_FACTS_H
#define STELE_NODE_API_FACTS_H

#include "node/api/call.h"
#include "proto/tx.h"

/* {"programme":"…","asked":"…"}, values all texts; NULL where there is nothing to
 * add to the error's own words. */
json_t *facts_of_refusal(struct call *call, const struct tx *tx, enum err reason);

#endif
