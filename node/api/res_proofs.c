/* Proofs of facts of state and log, complete in themselves (docs/receipt.md): one kind by
 * its address, or several facts together by what is posted. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "node/api/proof_ask.h"
#include "node/api/resources.h"

#define KEYS_MAX 32 /* of one address; a body takes LIMIT_PROOF_FACTS */
#define BODY_BYTES_MAX 131072
#define NUMBER_MAX ((UINT64_C(1) << 53) - 1)

/* --- by address ----------------------------------------------------------------- */

/* A parameter that may be left out; *is_given may be NULL.  False: not a number in bounds. */
static bool read_param(const struct call *call, const char *name, uint64_t least, uint64_t *out,
		       bool *is_given)
{
	const char *text = request_param(&call->request, name);

	if (is_given != NULL)
		*is_given = text != NULL;
	return text == NULL || (call_number(text, out) && *out >= least && *out <= NUMBER_MAX);
}

static enum progress get(struct call *call, const char *name, const struct fact_ask *asks,
			 size_t count)
{
	const struct fact_kind *kind = fact_kind_find(name);
	struct height_ask at = {.height = 0};
	struct proof_make proof;
	enum err err;

	if (!read_param(call, "at_height", 0, &at.height, &at.is_given))
		return call_bad_param(call, "at_height");
	err = proof_ask_begin(call, at, kind->is_of_state, &proof);
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = kind->add(&proof, &asks[i]);
	return proof_ask_end(call, &proof, err, kind->absent);
}

static enum progress get_list(struct call *call, const char *name, const char *subject)
{
	struct fact_ask ask = {.subject = subject};

	if (!read_param(call, "from", 1, &ask.part.from, NULL))
		return call_bad_param(call, "from");
	if (!read_param(call, "to", 1, &ask.part.to, NULL))
		return call_bad_param(call, "to");
	if (!fact_ask_is_valid(fact_kind_find(name), &ask))
		return call_fail(call, ERR_API_PARAMETER, "what the list is of is not of its form");
	return get(call, name, &ask, 1);
}

enum progress res_proof_state(struct call *call)
{
	const struct request *request = &call->request;
	struct fact_ask asks[KEYS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < request->params_count; i++) {
		const struct request_param *param = &request->params[i];

		if (strcmp(param->name, "key") != 0)
			continue;
		if (count == KEYS_MAX || !key_is_valid(bytes_text(param->value)))
			return call_bad_param(call, "key");
		asks[count++] = (struct fact_ask){.subject = param->value};
	}
	return count == 0 ? call_bad_param(call, "key") : get(call, "state", asks, count);
}

enum progress res_proof_awards(struct call *call)
{
	return get_list(call, "awards", call->match.args[0]);
}

enum progress res_proof_org_awards(struct call *call)
{
	return get_list(call, "org-awards", call->match.args[0]);
}

enum progress res_proof_claims(struct call *call)
{
	return get_list(call, "claims", call->match.args[0]);
}

enum progress res_proof_evidence(struct call *call)
{
	return get_list(call, "evidence", NULL);
}

enum progress res_proof_inclusion(struct call *call)
{
	struct fact_ask ask = {.number = 0};
	bool is_given;

	if (!read_param(call, "log_index", 0, &ask.number, &is_given) || !is_given)
		return call_bad_param(call, "log_index");
	return get(call, "inclusion", &ask, 1);
}

enum progress res_proof_consistency(struct call *call)
{
	struct fact_ask ask = {.number = 0};
	bool is_given;

	if (!read_param(call, "from", 1, &ask.number, &is_given) || !is_given)
		return call_bad_param(call, "from");
	return get(call, "consistency", &ask, 1);
}

enum progress res_proof_rejected(struct call *call)
{
	struct height_ask at = {.is_given = true};
	struct proof_make proof = {.view = NULL};
	uint64_t k;
	enum err err = ERR_NOT_FOUND;

	if (call_number(call->match.args[0], &at.height) && call_number(call->match.args[1], &k) &&
	    k <= UINT32_MAX)
		err = proof_ask_begin(call, at, false, &proof);
	if (err == ERR_API_HEIGHT_AHEAD)
		err = ERR_NOT_FOUND; /* no such block, as for every address below one */
	if (err == ERR_OK)
		err = proof_add_rejected(&proof, (uint32_t)k);
	return proof_ask_end(call, &proof, err, fact_kind_find("rejected")->absent);
}

/* --- by body ---------------------------------------------------------------------- */

/* One request: what is wrong with it is said by its place. */
struct posted {
	json_t *json;
	json_t *facts;
	struct height_ask at;
	bool is_of_state;
	char wrong[160];
};

static bool read_number(const json_t *object, const char *name, uint64_t least, bool is_needed,
			uint64_t *out)
{
	const json_t *value = json_object_get(object, name);

	if (value == NULL)
		return !is_needed;
	if (!json_is_integer(value) || json_integer_value(value) < (json_int_t)least ||
	    json_integer_value(value) > (json_int_t)NUMBER_MAX)
		return false;
	*out = (uint64_t)json_integer_value(value);
	return true;
}

/* How many of an object's members are read. */
static size_t members_of(const struct fact_kind *kind, const json_t *fact)
{
	return (size_t)1 + (kind->member != NULL) +
	       (kind->is_list && json_object_get(fact, "from") != NULL) +
	       (kind->is_list && json_object_get(fact, "to") != NULL);
}

static bool read_fact(const json_t *fact, const struct fact_kind **kind, struct fact_ask *ask)
{
	const char *name = json_string_value(json_object_get(fact, "fact"));

	*ask = (struct fact_ask){.number = 0};
	*kind = name == NULL ? NULL : fact_kind_find(name);
	if (*kind == NULL)
		return false;
	if ((*kind)->subject == FACT_NUMBER &&
	    !read_number(fact, (*kind)->member, 0, true, &ask->number))
		return false;
	if ((*kind)->subject != FACT_NUMBER && (*kind)->member != NULL)
		ask->subject = json_string_value(json_object_get(fact, (*kind)->member));
	if ((*kind)->is_list && (!read_number(fact, "from", 1, false, &ask->part.from) ||
				 !read_number(fact, "to", 1, false, &ask->part.to)))
		return false;
	return fact_ask_is_valid(*kind, ask) && json_object_size(fact) == members_of(*kind, fact);
}

static bool read_facts(struct posted *posted)
{
	const struct fact_kind *kind;
	struct fact_ask ask;
	const json_t *fact;
	size_t i;

	json_array_foreach(posted->facts, i, fact)
	{
		if (!read_fact(fact, &kind, &ask)) {
			(void)snprintf(posted->wrong, sizeof(posted->wrong),
				       "facts, place %zu: unknown, incomplete or out of bounds", i);
			return false;
		}
		posted->is_of_state |= kind->is_of_state;
	}
	return true;
}

static bool read_body(struct call *call, struct posted *posted)
{
	struct bytes body = buf_bytes(&call->request.body);
	json_error_t error;

	posted->json = json_loadb((const char *)body.at, body.len, JSON_REJECT_DUPLICATES, &error);
	posted->facts = json_object_get(posted->json, "facts");
	posted->at.is_given = json_object_get(posted->json, "at_height") != NULL;
	if (json_array_size(posted->facts) == 0 ||
	    json_array_size(posted->facts) > LIMIT_PROOF_FACTS) {
		(void)snprintf(posted->wrong, sizeof(posted->wrong),
			       "the body is {\"facts\":[…]} with 1 to %d facts", LIMIT_PROOF_FACTS);
		return false;
	}
	if (!read_number(posted->json, "at_height", 0, false, &posted->at.height) ||
	    json_object_size(posted->json) != (size_t)1 + posted->at.is_given) {
		(void)snprintf(posted->wrong, sizeof(posted->wrong),
			       "beside facts there is at_height, a number, and nothing else");
		return false;
	}
	return read_facts(posted);
}

static enum progress make_posted(struct call *call, const struct posted *posted)
{
	const struct fact_kind *kind = NULL;
	struct proof_make proof;
	struct fact_ask ask;
	enum err err = proof_ask_begin(call, posted->at, posted->is_of_state, &proof);

	for (size_t i = 0; err == ERR_OK && i < json_array_size(posted->facts); i++) {
		if (read_fact(json_array_get(posted->facts, i), &kind, &ask))
			err = kind->add(&proof, &ask);
	}
	return proof_ask_end(call, &proof, err, kind == NULL ? NULL : kind->absent);
}

enum progress res_proofs_post(struct call *call)
{
	struct posted posted = {.json = NULL};
	enum progress progress;

	if (strcasecmp(call->request.content_type, "application/json") != 0)
		return call_fail(call, ERR_API_MEDIA_TYPE, NULL);
	if (call->request.body.len > BODY_BYTES_MAX)
		return call_fail(call, ERR_API_PROOF_SIZE, NULL);
	progress = read_body(call, &posted) ? make_posted(call, &posted)
					    : call_fail(call, ERR_API_PARAMETER, posted.wrong);
	json_decref(posted.json);
	return progress;
}
