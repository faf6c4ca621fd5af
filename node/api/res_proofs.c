/* Proofs of facts of state and log, complete in themselves (docs/receipt.md). */
#include "base/limits.h"
#include "ledger/proof.h"
#include "node/api/resources.h"
#include "node/api/service.h"

#define KEYS_MAX 32

/* Ready when a finalization covers the view's height, on which the proof stands. */
static enum err begin(struct call *call)
{
	enum err err = call_open_view(call);

	return err == ERR_OK ? call_check_cover(call, call->tip.height) : err;
}

static enum progress end(struct call *call, enum err err, json_t *proof, const char *detail)
{
	return err == ERR_OK ? call_ok(call, proof) : call_fail(call, err, detail);
}

static struct bytes set_text_of(const struct call *call)
{
	return call->service->config.set_text;
}

enum progress res_proof_state(struct call *call)
{
	const struct request *request = &call->request;
	const char *keys[KEYS_MAX];
	size_t count = 0;
	json_t *proof = NULL;
	enum err err = begin(call);

	if (err == ERR_NOT_FOUND)
		return CALL_RETRY;
	for (size_t i = 0; i < request->params_count; i++) {
		if (count == KEYS_MAX || !key_is_valid(bytes_text(request->params[i].value)))
			return call_bad_param(call, "key");
		keys[count++] = request->params[i].value;
	}
	if (count == 0)
		return call_bad_param(call, "key");
	if (err == ERR_OK)
		err = proof_state(call->view, keys, count, set_text_of(call), &proof);
	return end(call, err, proof, NULL);
}

enum progress res_proof_awards(struct call *call)
{
	Stele__ProgrammeValue *programme;
	json_t *proof = NULL;
	enum err err = begin(call);

	if (err == ERR_NOT_FOUND)
		return CALL_RETRY;
	if (err == ERR_OK)
		err = call_value(call, VALUE_PROGRAMME, &programme, "programme/%s",
				 call->match.args[0]);
	if (err == ERR_OK)
		err = proof_awards(call->view, call->match.args[0], set_text_of(call), &proof);
	return end(call, err, proof, NULL);
}

enum progress res_proof_claims(struct call *call)
{
	struct hash hash;
	json_t *proof = NULL;
	enum err err = begin(call);

	if (err == ERR_NOT_FOUND)
		return CALL_RETRY;
	if (!call_hash(call->match.args[0], &hash))
		return call_fail(call, ERR_API_PARAMETER, "a SHA-256 is 64 lower-case hex digits");
	if (err == ERR_OK)
		err = proof_claims(call->view, &hash, set_text_of(call), &proof);
	return end(call, err, proof, NULL);
}

enum progress res_proof_org_awards(struct call *call)
{
	Stele__OrgValue *org;
	json_t *proof = NULL;
	enum err err = begin(call);

	if (err == ERR_NOT_FOUND)
		return CALL_RETRY;
	if (err == ERR_OK)
		err = call_value(call, VALUE_ORG, &org, "org/%s", call->match.args[0]);
	if (err == ERR_OK)
		err = proof_org_awards(call->view, call->match.args[0], set_text_of(call), &proof);
	return end(call, err, proof, NULL);
}

enum progress res_proof_inclusion(struct call *call)
{
	uint64_t log_index;
	json_t *proof = NULL;
	enum err err = begin(call);

	if (err == ERR_NOT_FOUND)
		return CALL_RETRY;
	if (!call_number(request_param(&call->request, "log_index"), &log_index))
		return call_bad_param(call, "log_index");
	if (err == ERR_OK)
		err = proof_inclusion(call->view, log_index, set_text_of(call), &proof);
	return end(call, err, proof, "the log has no such leaf yet");
}

enum progress res_proof_consistency(struct call *call)
{
	uint64_t from;
	json_t *proof = NULL;
	enum err err = begin(call);

	if (err == ERR_NOT_FOUND)
		return CALL_RETRY;
	if (!call_number(request_param(&call->request, "from"), &from) || from == 0)
		return call_bad_param(call, "from");
	if (err == ERR_OK)
		err = proof_consistency(call->view, from, set_text_of(call), &proof);
	return end(call, err, proof, "the log is not yet of that size");
}

enum progress res_proof_rejected(struct call *call)
{
	struct view_rejected entry;
	uint64_t height, k;
	json_t *proof = NULL;
	enum err err = ERR_NOT_FOUND;

	if (call_number(call->match.args[0], &height) && call_number(call->match.args[1], &k) &&
	    k <= UINT32_MAX)
		err = call_open_view(call);
	if (err == ERR_OK)
		err = view_rejected(call->view, height, (uint32_t)k, &entry);
	if (err == ERR_OK) {
		err = call_check_cover(call, height);
		if (err == ERR_NOT_FOUND)
			return CALL_RETRY;
	}
	if (err == ERR_OK)
		err = proof_rejected(call->view, height, (uint32_t)k, set_text_of(call), &proof);
	return end(call, err, proof, NULL);
}
