/* The effect of a simulated transaction as JSON. */
#ifndef STELE_NODE_API_OUTLOOK_JSON_H
#define STELE_NODE_API_OUTLOOK_JSON_H

#include <jansson.h>

#include "ledger/outlook.h"

/* {"height","time","total","changes":[{"key","type","is_new","before","after"}]}: of a
 * changed value only the members that differ.  NULL when memory is short. */
json_t *outlook_json(const struct outlook *outlook);

#endif
