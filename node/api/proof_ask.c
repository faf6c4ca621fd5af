#include "node/api/proof_ask.h"

#include <string.h>

#include "ledger/cover_make.h"
#include "node/api/service.h"

/* --- kinds of facts ----------------------------------------------------------- */

static enum err add_state(struct proof_make *proof, const struct fact_ask *ask)
{
	return proof_add_state(proof, ask->subject);
}

static enum err add_awards(struct proof_make *proof, const struct fact_ask *ask)
{
	return proof_add_awards(proof, ask->subject, ask->part);
}

static enum err add_org_awards(struct proof_make *proof, const struct fact_ask *ask)
{
	return proof_add_org_awards(proof, ask->subject, ask->part);
}

static enum err add_claims(struct proof_make *proof, const struct fact_ask *ask)
{
	struct hash content;

	return call_hash(ask->subject, &content) ? proof_add_claims(proof, &content, ask->part)
						 : ERR_API_PARAMETER;
}

static enum err add_evidence(struct proof_make *proof, const struct fact_ask *ask)
{
	return proof_add_evidence(proof, ask->part);
}

static enum err add_inclusion(struct proof_make *proof, const struct fact_ask *ask)
{
	return proof_add_inclusion(proof, ask->number);
}

static enum err add_consistency(struct proof_make *proof, const struct fact_ask *ask)
{
	return proof_add_consistency(proof, ask->number);
}

static enum err add_rejected(struct proof_make *proof, const struct fact_ask *ask)
{
	return ask->number <= UINT32_MAX ? proof_add_rejected(proof, (uint32_t)ask->number)
					 : ERR_NOT_FOUND;
}

#define NO_LEAF "the log has no such leaf at that height"
#define NO_SIZE "the log is not of that size at that height"
#define NO_ENTRY "the block rejected fewer transactions"

static const struct fact_kind kinds[] = {
	{"state", "key", FACT_KEY, false, true, NULL, add_state},
	{"awards", "programme", FACT_ID, true, true, "there is no such programme", add_awards},
	{"org-awards", "organisation", FACT_ID, true, true, "there is no such organisation",
	 add_org_awards},
	{"claims", "sha256", FACT_HASH, true, true, NULL, add_claims},
	{"evidence", NULL, FACT_NONE, true, true, NULL, add_evidence},
	{"inclusion", "log_index", FACT_NUMBER, false, false, NO_LEAF, add_inclusion},
	{"consistency", "from", FACT_NUMBER, false, false, NO_SIZE, add_consistency},
	{"rejected", "index", FACT_NUMBER, false, false, NO_ENTRY, add_rejected},
};

const struct fact_kind *fact_kind_find(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	}
	return NULL;
}

bool fact_ask_is_valid(const struct fact_kind *kind, const struct fact_ask *ask)
{
	struct hash hash;

	switch (kind->subject) {
	case FACT_NONE:
	case FACT_NUMBER:
		return true;
	case FACT_KEY:
		return ask->subject != NULL && key_is_valid(bytes_text(ask->subject));
	case FACT_ID:
		return ask->subject != NULL && key_segment_is_valid(bytes_text(ask->subject));
	case FACT_HASH:
		return call_hash(ask->subject, &hash);
	}
	UNREACHABLE();
}

/* --- from asking to the answer ---------------------------------------------------- */

static enum err open_height(struct call *call, struct height_ask at, bool is_of_state,
			    uint64_t *height)
{
	enum err err = at.is_given && is_of_state ? call_open_view_at(call, at.height)
						  : call_open_view(call);

	if (err != ERR_OK)
		return err;
	*height = at.is_given ? at.height : call->tip.height;
	return *height > call->tip.height ? ERR_API_HEIGHT_AHEAD : ERR_OK;
}

enum err proof_ask_begin(struct call *call, struct height_ask at, bool is_of_state,
			 struct proof_make *proof)
{
	uint64_t height;
	enum err err = open_height(call, at, is_of_state, &height);

	*proof = (struct proof_make){.view = NULL};
	if (err != ERR_OK)
		return err;
	err = call_check_cover(call, height);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_API_UNCOVERED : err;
	return proof_begin(proof, call->view, height);
}

/* The cover of the height that was asked for last is kept: most ask for the newest. */
static enum err lend_cover(struct call *call, struct proof_make *proof)
{
	struct service *service = call->service;
	json_t *cover;
	enum err err;

	if (call->is_long)
		return ERR_OK; /* not on its thread */
	if (service->cover == NULL || service->cover_height != proof->height) {
		cover = json_object();
		err = cover_add(proof->view, proof->height, service->config.set_text, cover);
		if (err != ERR_OK) {
			json_decref(cover);
			return err;
		}
		json_decref(service->cover);
		service->cover = cover;
		service->cover_height = proof->height;
	}
	proof->cover = service->cover;
	return ERR_OK;
}

static enum err end(struct call *call, struct proof_make *proof, enum err err, json_t **out)
{
	if (err == ERR_OK)
		err = lend_cover(call, proof);
	if (err == ERR_OK)
		err = proof_end(proof, call->service->config.set_text, out);
	proof_release(proof);
	return err;
}

enum progress proof_ask_end(struct call *call, struct proof_make *proof, enum err err,
			    const char *absent)
{
	json_t *json;
	bool is_absent = err == ERR_NOT_FOUND;

	err = end(call, proof, err, &json);
	if (err == ERR_OK)
		return call_ok_canonical(call, json);
	if (err == ERR_API_UNCOVERED)
		return CALL_RETRY;
	return call_fail(call, err, is_absent ? absent : NULL);
}

enum err proof_of_one(struct call *call, const char *name, const struct fact_ask *ask, json_t **out)
{
	const struct fact_kind *kind = fact_kind_find(name);
	struct height_ask newest = {.is_given = false};
	struct proof_make proof;
	enum err err = proof_ask_begin(call, newest, kind->is_of_state, &proof);

	if (err == ERR_OK)
		err = kind->add(&proof, ask);
	return end(call, &proof, err, out);
}

enum err proof_of_rejected(struct call *call, uint64_t height, uint32_t k, json_t **out)
{
	struct height_ask at = {.is_given = true, .height = height};
	struct proof_make proof;
	enum err err = proof_ask_begin(call, at, false, &proof);

	if (err == ERR_OK)
		err = proof_add_rejected(&proof, k);
	return end(call, &proof, err, out);
}
