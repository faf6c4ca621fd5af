/* An award as JSON, wherever one is listed. */
#ifndef STELE_NODE_API_AWARD_JSON_H
#define STELE_NODE_API_AWARD_JSON_H

#include "node/api/call.h"

json_t *award_json(const Stele__AwardValue *award, const char *currency);
/* The filters state=, organisation=, call= and area= of lists of awards. */
bool award_fits(const struct call *call, const Stele__AwardValue *award);
#define AWARD_STATES " granted active suspended completed terminated closed imported "

#endif
