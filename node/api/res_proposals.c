/* Proposals of a call, sealed, opened and decided, and their reviews. */
#include <inttypes.h>
#include <string.h>

#include "node/api/list.h"
#include "node/api/resources.h"
#include "proto/json_pb.h"

/* --- proposals ------------------------------------------------------------------- */

static uint64_t objections_until(const struct scope *scope, const Stele__ProposalValue *value)
{
	return value->decided_time + scope->call->terms->objection_ms;
}

/* One that is still sealed when the reveal ends can never be opened. */
static void state_of(const struct call *call, const struct scope *scope,
		     const Stele__ProposalValue *value, char out[ENUM_NAME_MAX])
{
	proposal_state_name(out, value->state);
	if (value->state == STELE__PROPOSAL_STATE__PROPOSAL_COMMITTED &&
	    call->tip.time_ms >= scope->call->terms->reveal_until)
		strcpy(out, "lapsed");
}

static bool is_decided(const Stele__ProposalValue *value)
{
	return value->state == STELE__PROPOSAL_STATE__PROPOSAL_SELECTED ||
	       value->state == STELE__PROPOSAL_STATE__PROPOSAL_DECLINED;
}

/* Whether award.grant could follow it. */
static bool is_awardable(const struct call *call, const struct scope *scope,
			 const Stele__ProposalValue *value)
{
	return value->state == STELE__PROPOSAL_STATE__PROPOSAL_SELECTED && value->award == 0 &&
	       value->open_objections == 0 && call->tip.time_ms >= objections_until(scope, value) &&
	       scope->call->state != STELE__CALL_STATE__CALL_CANCELLED;
}

static void add_decision(const struct call *call, const struct scope *scope,
			 const Stele__ProposalValue *value, json_t *json)
{
	uint64_t until = objections_until(scope, value);

	if (!is_decided(value))
		return;
	set_money(json, "amount", value->amount);
	set_number(json, "decided_time", value->decided_time);
	set_number(json, "decided_log_index", value->decided_log_index);
	if (value->decided_motion > 0)
		set_number(json, "decided_motion", value->decided_motion);
	set_number(json, "objections_until", until);
	set_bool(json, "is_objectionable", call->tip.time_ms < until);
}

static json_t *proposal_json(const struct call *call, const struct scope *scope, uint64_t number,
			     const void *at)
{
	const Stele__ProposalValue *value = at;
	json_t *json = json_object();
	char state[ENUM_NAME_MAX];

	state_of(call, scope, value, state);
	set_text(json, "programme", scope->call->programme);
	set_text(json, "call", scope->call->call);
	set_number(json, "number", number);
	set_text(json, "organisation", value->org);
	set_hex(json, "commitment", value->commitment.data, value->commitment.len);
	set_text(json, "state", state);
	if (value->content != NULL)
		set_missing(json, json_of_message(value->content));
	set_text(json, "currency", scope->currency);
	set_number(json, "reviews", value->reviews);
	set_number(json, "revealed_reviews", value->revealed_reviews);
	set_number(json, "score", value->score);
	set_number(json, "decisions", value->decisions);
	add_decision(call, scope, value, json);
	set_bool(json, "is_awardable", is_awardable(call, scope, value));
	set_number(json, "open_objections", value->open_objections);
	if (value->award > 0)
		set_number(json, "award", value->award);
	set_made(json, value->log_index, value->changed_log_index, 0);
	return json;
}

static enum err open_proposals(struct call *call, struct scope *scope, uint64_t *count)
{
	enum err err = scope_call(call, scope);

	if (err == ERR_OK)
		*count = scope->call->proposals;
	return err;
}

static enum err find_proposal(struct call *call, const struct scope *scope, uint64_t number,
			      void *out)
{
	return call_value(call, VALUE_PROPOSAL, out, "proposal/%s/%s/%" PRIu64,
			  scope->call->programme, scope->call->call, number);
}

static bool is_party(const struct call *call, const Stele__ProposalValue *value)
{
	const Stele__ProposalContent *content = value->content;

	if (call_wants(call, "organisation", value->org))
		return true;
	for (size_t i = 0; content != NULL && i < content->n_consortium; i++) {
		if (call_wants(call, "organisation", content->consortium[i]->org))
			return true;
	}
	return false;
}

static bool proposal_fits(const struct call *call, const struct scope *scope, const void *at)
{
	const Stele__ProposalValue *value = at;
	char state[ENUM_NAME_MAX];

	state_of(call, scope, value, state);
	return call_wants(call, "state", state) && is_party(call, value) &&
	       call_wants(call, "area", value->content == NULL ? "" : value->content->area);
}

static const struct list proposals = {
	.open = open_proposals,
	.find = find_proposal,
	.fits = proposal_fits,
	.json = proposal_json,
	.filters = {{"state", " committed withdrawn lapsed revealed selected declined "},
		    {"organisation", NULL},
		    {"area", NULL}},
};

enum progress res_proposals(struct call *call)
{
	return list_page(call, &proposals);
}

enum progress res_proposal(struct call *call)
{
	return list_item(call, &proposals, 2);
}

/* --- reviews --------------------------------------------------------------------- */

/* A review, and whose it is. */
struct review {
	Stele__ReviewValue *value;
	Stele__ReviewerValue *reviewer;
};

static const char *review_state(const Stele__ReviewValue *value)
{
	if (value->is_conflicted)
		return "conflicted";
	return value->content != NULL ? "revealed" : "committed";
}

static enum err open_reviews(struct call *call, struct scope *scope, uint64_t *count)
{
	enum err err = scope_proposal(call, scope);

	if (err == ERR_OK)
		*count = scope->call->reviewers;
	return err;
}

static enum err find_review(struct call *call, const struct scope *scope, uint64_t number, void *out)
{
	const Stele__CallValue *of = scope->call;
	struct review *review = arena_alloc(&call->arena, sizeof(*review));
	enum err err;

	if (review == NULL)
		return ERR_MEMORY;
	err = call_value(call, VALUE_REVIEW, &review->value, "review/%s/%s/%" PRIu64 "/%" PRIu64,
			 of->programme, of->call, scope->proposal->number, number);
	if (err == ERR_OK)
		err = call_value(call, VALUE_REVIEWER, &review->reviewer, "panel/%s/%s/%" PRIu64,
				 of->programme, of->call, number);
	*(struct review **)out = review;
	return err;
}

static bool review_fits(const struct call *call, const struct scope *scope, const void *at)
{
	(void)scope;
	return call_wants(call, "state", review_state(((const struct review *)at)->value));
}

static json_t *review_json(const struct call *call, const struct scope *scope, uint64_t number,
			   const void *at)
{
	const struct review *review = at;
	const Stele__ReviewValue *value = review->value;
	json_t *json = json_object();

	(void)call, (void)scope;
	set_number(json, "reviewer", number);
	set_hex(json, "key", review->reviewer->key.data, review->reviewer->key.len);
	set_text(json, "organisation", review->reviewer->org);
	set_text(json, "state", review_state(value));
	if (value->reason_sha256.len > 0)
		set_hex(json, "reason_sha256", value->reason_sha256.data, value->reason_sha256.len);
	if (value->commitment.len > 0)
		set_hex(json, "commitment", value->commitment.data, value->commitment.len);
	if (value->content != NULL) {
		set_missing(json, json_of_message(value->content));
		set_number(json, "score", value->score);
	}
	set_made(json, value->log_index, value->changed_log_index, 0);
	return json;
}

static const struct list reviews = {
	.open = open_reviews,
	.find = find_review,
	.fits = review_fits,
	.json = review_json,
	.filters = {{"state", " conflicted committed revealed "}},
	.is_sparse = true,
};

enum progress res_reviews(struct call *call)
{
	return list_page(call, &reviews);
}
