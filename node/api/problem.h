/* Problems: an error of the one list as an RFC 9457 answer.  Pure. */
#ifndef STELE_NODE_API_PROBLEM_H
#define STELE_NODE_API_PROBLEM_H

#include "base/err.h"
#include "node/api/answer.h"

/* The HTTP status that goes with an error. */
unsigned problem_status(enum err err);
/* Whether the same request may succeed later without any change. */
bool problem_is_retryable(enum err err);

enum submitted { SUBMITTED_NOT_SAID, SUBMITTED_NO, SUBMITTED_YES };

/* Makes answer a problem.  detail may be NULL. extra: more members, or NULL;
 * takes it.  Retry-After is set where the problem passes by itself. */
void problem_answer(struct answer *answer, enum err err, enum submitted submitted,
		    const char *detail, json_t *extra);

/* The same with another status than the error's usual one. */
void problem_answer_as(struct answer *answer, unsigned status, enum err err,
		       enum submitted submitted, const char *detail, json_t *extra);

#endif
