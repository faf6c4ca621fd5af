#include "node/api/problem.h"

#include <stdio.h>

#define DISK_RETRY_S 10 /* people make room, not machines */

unsigned problem_status(enum err err)
{
	unsigned number = (unsigned)err;

	if (err == ERR_TX_SIZE || err == ERR_API_BODY_SIZE)
		return 413;
	if (err == ERR_API_NOT_FOUND || err == ERR_NOT_FOUND || err == ERR_NOT_RECORDED ||
	    err == ERR_API_HEIGHT_AHEAD)
		return 404;
	if (err == ERR_API_METHOD)
		return 405;
	if (err == ERR_API_MEDIA_TYPE)
		return 415;
	if (err == ERR_API_HOST)
		return 421;
	if (err == ERR_API_RATE)
		return 429;
	if (err == ERR_API_HEIGHT_GONE || err == ERR_API_HEIGHT_FAR || err == ERR_STORE_PRUNED)
		return 410;
	if (err == ERR_API_PARAMETER || err == ERR_API_REQUEST || err == ERR_API_PROOF_SIZE ||
	    err == ERR_API_PROOF_RANGE)
		return 400;
	if (number >= 2000 && number < 3000)
		return 400;
	if (number >= 3000 && number < 5000)
		return 422;
	return problem_is_retryable(err) ? 503 : 500;
}

bool problem_is_retryable(enum err err)
{
	return err == ERR_POOL_FULL || err == ERR_SYNCING || err == ERR_API_RATE ||
	       err == ERR_API_BUSY || err == ERR_API_UNCOVERED || err == ERR_PENDING || err == ERR_QUOTA ||
	       err == ERR_KEY_NOT_YET || err == ERR_DISK_LOW || err == ERR_MEMORY;
}

void problem_answer(struct answer *answer, enum err err, enum submitted submitted,
		    const char *detail, json_t *extra)
{
	problem_answer_as(answer, problem_status(err), err, submitted, detail, extra);
}

void problem_answer_as(struct answer *answer, unsigned status, enum err err,
		       enum submitted submitted, const char *detail, json_t *extra)
{
	json_t *json = json_object();
	char code[16], type[32];

	(void)snprintf(code, sizeof(code), "E%04u", (unsigned)err);
	(void)snprintf(type, sizeof(type), "urn:stele:error:%.12s", code);
	(void)json_object_set_new(json, "type", json_string(type));
	(void)json_object_set_new(json, "title", json_string(err_text(err)));
	(void)json_object_set_new(json, "status", json_integer(status));
	(void)json_object_set_new(json, "code", json_string(code));
	if (detail != NULL)
		(void)json_object_set_new(json, "detail", json_string(detail));
	(void)json_object_set_new(json, "remedy", json_string(err_remedy(err)));
	(void)json_object_set_new(json, "retryable", json_boolean(problem_is_retryable(err)));
	if (submitted != SUBMITTED_NOT_SAID)
		(void)json_object_set_new(json, "submitted", json_boolean(submitted == SUBMITTED_YES));
	if (extra != NULL)
		(void)json_object_update_missing(json, extra);
	json_decref(extra);
	answer_json(answer, status, json);
	answer->type = "application/problem+json";
	answer->is_immutable = false;
	answer->etag[0] = '\0';
	if (status == 503 || status == 429)
		answer->retry_after_s = err == ERR_DISK_LOW ? DISK_RETRY_S : 1;
}
