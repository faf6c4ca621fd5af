/* Facts about refused records of content: whose code it is, who opened what. */
#ifndef STELE_NODE_API_FACTS_CONTENT_H
#define STELE_NODE_API_FACTS_CONTENT_H

#include "node/api/call.h"
#include "proto/tx.h"

/* Adds to facts what is behind that reason; nothing for any other record. */
void facts_of_content(struct call *call, const struct tx *tx, enum err reason, json_t *facts);

#endif
