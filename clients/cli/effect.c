#include "clients/cli/effect.h"

#include <stdio.h>
#include <string.h>

#include "clients/cli/out.h"
#include "clients/cli/value_default.h"

struct effect {
	const json_t *op, *objects;
	json_t *changes;
};

/* --- what is there ----------------------------------------------------------------- */

static const json_t *object(const struct effect *effect, const char *name)
{
	return json_object_get(effect->objects, name);
}

static uint64_t number(const json_t *object, const char *name)
{
	uint64_t value = 0;

	(void)json_u64(object, name, &value);
	return value;
}

static uint64_t op_number(const struct effect *effect, const char *name)
{
	return number(effect->op, name);
}

static const char *state_of(const struct effect *effect, const char *name)
{
	const char *state = json_text(object(effect, name), "state");

	return state[0] != '\0' ? state : "none";
}

/* --- one change ----------------------------------------------------------------------- */

static json_t *change(struct effect *effect, const char *what, const char *field, json_t *before,
		      json_t *after)
{
	json_t *row = json_pack("{s:s,s:s,s:o,s:o}", "object", what, "what", field, "before",
				before, "after", after);

	(void)json_array_append_new(effect->changes, row);
	return row;
}

static void change_text(struct effect *effect, const char *what, const char *field,
			const char *before, const char *after)
{
	(void)change(effect, what, field, json_string(before), json_string(after));
}

static void change_state(struct effect *effect, const char *what, const char *before,
			 const char *after)
{
	change_text(effect, what, "state", before, after);
}

static void change_count(struct effect *effect, const char *what, const char *field,
			 uint64_t before, uint64_t after)
{
	(void)change(effect, what, field, json_integer((json_int_t)before),
		     json_integer((json_int_t)after));
}

static json_t *amount_text(uint64_t amount)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)amount);
	return json_string(text);
}

static void change_money(struct effect *effect, const char *what, const char *field,
			 uint64_t before, uint64_t after)
{
	const char *currency = json_text(object(effect, "programme"), "currency");
	json_t *row;

	if (currency[0] == '\0')
		currency = json_text(effect->op, "currency"); /* programme.create brings it */
	row = change(effect, what, field, amount_text(before), amount_text(after));
	(void)json_object_set_new(row, "currency", json_string(currency));
}

static void change_left(struct effect *effect, const char *what, const char *field,
			uint64_t budget_before, uint64_t used_before, uint64_t budget_after,
			uint64_t used_after)
{
	change_money(effect, what, field,
		     budget_before > used_before ? budget_before - used_before : 0,
		     budget_after > used_after ? budget_after - used_after : 0);
}

/* --- budgets ---------------------------------------------------------------------------- */

/* Programme and, where the award has one, call: both have these members. */
static void commit_in(struct effect *effect, const char *what, uint64_t less, uint64_t more,
		      int live)
{
	const json_t *total = object(effect, what);
	uint64_t budget = number(total, "budget");
	uint64_t committed = number(total, "committed");
	uint64_t after = committed - (less < committed ? less : committed) + more;
	uint64_t awards = number(total, "live_awards");

	if (total == NULL)
		return;
	change_money(effect, what, "committed", committed, after);
	change_left(effect, what, "remaining", budget, committed, budget, after);
	if (live != 0)
		change_count(effect, what, "live awards", awards, (uint64_t)((int64_t)awards + live));
}

/* less and more: what leaves and what enters the committed amount. */
static void commit_change(struct effect *effect, uint64_t less, uint64_t more, int live)
{
	commit_in(effect, "programme", less, more, live);
	commit_in(effect, "call", less, more, live);
}

/* --- programmes and calls ----------------------------------------------------------------- */

static void programme_create(struct effect *effect)
{
	change_state(effect, "programme", "none", "open");
	change_money(effect, "programme", "budget", 0, op_number(effect, "budget"));
	change_count(effect, "programme", "greatest number of awards", 0,
		     op_number(effect, "max_awards"));
}

static void programme_amend(struct effect *effect)
{
	const json_t *programme = object(effect, "programme");
	uint64_t committed = number(programme, "committed"), budget = number(programme, "budget");
	uint64_t budget_after = op_number(effect, "budget");

	change_count(effect, "programme", "version", number(programme, "version"),
		     op_number(effect, "version"));
	change_money(effect, "programme", "budget", budget, budget_after);
	change_left(effect, "programme", "remaining", budget, committed, budget_after, committed);
	change_count(effect, "programme", "greatest number of awards",
		     number(programme, "max_awards"), op_number(effect, "max_awards"));
}

static void programme_close(struct effect *effect)
{
	change_state(effect, "programme", "open", "closed");
}

static void call_budget(struct effect *effect, uint64_t less, uint64_t more)
{
	const json_t *programme = object(effect, "programme");
	uint64_t before = number(programme, "call_budgets"), budget = number(programme, "budget");
	uint64_t after = before - (less < before ? less : before) + more;

	if (programme == NULL)
		return;
	change_money(effect, "programme", "called for", before, after);
	change_left(effect, "programme", "not yet called for", budget, before, budget, after);
}

static void call_publish(struct effect *effect)
{
	const json_t *terms = json_object_get(effect->op, "terms");

	change_state(effect, "call", "none", "published");
	change_money(effect, "call", "budget", 0, number(terms, "budget"));
	call_budget(effect, 0, number(terms, "budget"));
}

static void call_amend(struct effect *effect)
{
	static const struct {
		const char *name, *title;
	} times[] = {{"opens", "opens"},
		     {"deadline", "deadline"},
		     {"reveal_until", "opened until"},
		     {"review_until", "reviews until"}};
	const json_t *before = object(effect, "call");
	const json_t *after = json_object_get(effect->op, "terms");

	change_count(effect, "call", "version", number(before, "version"),
		     op_number(effect, "version"));
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		char from[32], to[32];

		time_format(from, number(before, times[i].name));
		time_format(to, number(after, times[i].name));
		if (strcmp(from, to) != 0)
			change_text(effect, "call", times[i].title, from, to);
	}
	change_money(effect, "call", "budget", number(before, "budget"), number(after, "budget"));
	call_budget(effect, number(before, "budget"), number(after, "budget"));
}

static void call_cancel(struct effect *effect)
{
	const json_t *call = object(effect, "call");

	change_state(effect, "call", state_of(effect, "call"), "cancelled");
	call_budget(effect, number(call, "budget"), 0);
}

/* --- proposals, panel, reviews --------------------------------------------------------------- */

static void proposal_commit(struct effect *effect)
{
	uint64_t proposals = number(object(effect, "call"), "proposals");

	change_state(effect, "proposal", "none", "committed");
	change_count(effect, "call", "proposals", proposals, proposals + 1);
}

static void proposal_withdraw(struct effect *effect)
{
	change_state(effect, "proposal", state_of(effect, "proposal"),
		     "withdrawn");
}

static void proposal_reveal(struct effect *effect)
{
	uint64_t revealed = number(object(effect, "call"), "revealed");

	change_state(effect, "proposal", state_of(effect, "proposal"),
		     "revealed");
	change_count(effect, "call", "revealed", revealed, revealed + 1);
}

static void panel_appoint(struct effect *effect)
{
	uint64_t reviewers = number(object(effect, "call"), "reviewers");

	change_count(effect, "call", "reviewers", reviewers,
		     reviewers + json_array_size(json_object_get(effect->op, "reviewers")));
}

static void coi_declare(struct effect *effect)
{
	change_text(effect, "review", "state", "none", "conflict declared, none possible");
}

static void review_commit(struct effect *effect)
{
	uint64_t reviews = number(object(effect, "proposal"), "reviews");

	change_count(effect, "proposal", "reviews", reviews, reviews + 1);
}

static uint64_t score_of(const struct effect *effect)
{
	const json_t *review = json_object_get(object(effect, "call"), "review");
	const json_t *criteria = json_object_get(review, "criteria");
	const json_t *scores = json_object_get(json_object_get(effect->op, "content"), "scores");
	uint64_t sum = 0;

	for (size_t i = 0; i < json_array_size(scores); i++)
		sum += number(json_array_get(criteria, i), "weight") *
		       number(json_array_get(scores, i), "value");
	return sum;
}

static void review_reveal(struct effect *effect)
{
	const json_t *proposal = object(effect, "proposal");
	uint64_t reviews = number(proposal, "revealed_reviews");

	change_count(effect, "proposal", "opened reviews", reviews, reviews + 1);
	change_count(effect, "proposal", "score", number(proposal, "score"),
		     number(proposal, "score") + score_of(effect));
}

/* --- decisions and objections -------------------------------------------------------------------- */

static const json_t *proposal_numbered(const struct effect *effect, uint64_t wanted)
{
	const json_t *list = object(effect, "proposals");
	json_t *item;
	size_t index;

	json_array_foreach(list, index, item)
		if (number(item, "number") == wanted)
			return item;
	return NULL;
}

/* What the call has decided, by numbers and amounts. */
static void decided_change(struct effect *effect, int decided, int selected, uint64_t less,
			   uint64_t more)
{
	const json_t *call = object(effect, "call");
	uint64_t amount = number(call, "selected_amount");
	uint64_t after = amount - (less < amount ? less : amount) + more;
	uint64_t budget = number(call, "budget");
	int64_t was_decided = (int64_t)number(call, "decided");
	int64_t was_selected = (int64_t)number(call, "selected");

	change_count(effect, "call", "decided", (uint64_t)was_decided,
		     (uint64_t)(was_decided + decided));
	change_count(effect, "call", "selected", (uint64_t)was_selected,
		     (uint64_t)(was_selected + selected));
	change_money(effect, "call", "selected amount", amount, after);
	change_left(effect, "call", "left of its budget", budget, amount, budget, after);
}

static void decision_publish(struct effect *effect)
{
	const json_t *outcomes = json_object_get(effect->op, "outcomes");
	uint64_t amount = 0;
	int selected = 0;
	json_t *item;
	size_t index;

	json_array_foreach(outcomes, index, item) {
		const char *outcome = json_text(item, "outcome");
		uint64_t k = number(item, "proposal");
		char what[48];

		(void)snprintf(what, sizeof(what), "proposal %llu", (unsigned long long)k);
		change_state(effect, what, json_text(proposal_numbered(effect, k), "state"), outcome);
		if (strcmp(outcome, "selected") == 0) {
			selected++;
			amount += number(item, "amount");
			change_money(effect, what, "amount", 0, number(item, "amount"));
		}
	}
	decided_change(effect, (int)json_array_size(outcomes), selected, 0, amount);
}

static void objection_file(struct effect *effect)
{
	uint64_t open = number(object(effect, "proposal"), "open_objections");

	change_state(effect, "objection", "none", "open");
	change_count(effect, "proposal", "open objections", open, open + 1);
}

static void objection_resolve(struct effect *effect)
{
	const json_t *objection = object(effect, "objection"), *proposal = object(effect, "proposal");
	const char *state = state_of(effect, "proposal");
	bool is_upheld = json_is_true(json_object_get(effect->op, "is_upheld"));
	bool is_selected = strcmp(state, "selected") == 0;
	uint64_t open = number(proposal, "open_objections");

	change_state(effect, "objection", state_of(effect, "objection"),
		     is_upheld ? "upheld" : "dismissed");
	change_count(effect, "proposal", "open objections", open, open > 0 ? open - 1 : 0);
	if (!is_upheld || number(objection, "decision") != number(proposal, "decisions") ||
	    (!is_selected && strcmp(state, "declined") != 0))
		return;
	change_state(effect, "proposal", state, "revealed");
	decided_change(effect, -1, is_selected ? -1 : 0, is_selected ? number(proposal, "amount") : 0,
		       0);
}

/* --- awards ------------------------------------------------------------------------------------- */

static void award_grant(struct effect *effect)
{
	change_state(effect, "award", "none", "granted");
	commit_change(effect, 0, op_number(effect, "amount"), 1);
}

static void award_import(struct effect *effect)
{
	change_state(effect, "award", "none", "imported");
	commit_change(effect, 0, op_number(effect, "amount"), 1);
}

static void award_accept(struct effect *effect)
{
	const json_t *award = object(effect, "award");
	uint64_t recipients = json_array_size(json_object_get(award, "recipients")), accepted = 0;
	json_t *item;
	size_t index;

	json_array_foreach(json_object_get(award, "recipients"), index, item)
		accepted += json_is_true(json_object_get(item, "accepted"));
	change_count(effect, "award", "acceptances", accepted, accepted + 1);
	change_state(effect, "award", state_of(effect, "award"),
		     accepted + 1 >= recipients ? "active" : "granted");
}

static void award_amend(struct effect *effect)
{
	const json_t *award = object(effect, "award");

	change_count(effect, "award", "version", number(award, "version"),
		     op_number(effect, "version"));
	change_money(effect, "award", "amount", number(award, "amount"),
		     op_number(effect, "amount"));
	commit_change(effect, number(award, "committed"), op_number(effect, "amount"), 0);
}

static void award_terminate(struct effect *effect)
{
	const json_t *award = object(effect, "award");
	uint64_t paid = number(award, "paid"), committed = number(award, "committed");

	change_state(effect, "award", state_of(effect, "award"), "terminated");
	change_money(effect, "award", "committed", committed, paid);
	commit_change(effect, committed, paid, -1);
}

/* suspend, resume, complete, close: a state and nothing else. */
static void award_goes(struct effect *effect, const char *to)
{
	change_state(effect, "award", state_of(effect, "award"), to);
}

static void award_suspend(struct effect *effect)
{
	award_goes(effect, "suspended");
}

static void award_resume(struct effect *effect)
{
	award_goes(effect, "active");
}

static void award_complete(struct effect *effect)
{
	award_goes(effect, "completed");
}

static void award_close(struct effect *effect)
{
	uint64_t open = number(object(effect, "programme"), "open_awards");

	award_goes(effect, "closed");
	change_count(effect, "programme", "open awards", open, open > 0 ? open - 1 : 0);
}

/* --- milestones and money -------------------------------------------------------------------------- */

static void milestone_claim(struct effect *effect)
{
	change_state(effect, "milestone", state_of(effect, "milestone"), "claimed");
}

static void milestone_assess(struct effect *effect)
{
	uint64_t payable = number(object(effect, "award"), "payable");

	change_state(effect, "milestone", state_of(effect, "milestone"),
		     json_text(effect->op, "result"));
	change_money(effect, "award", "payable", payable, payable + op_number(effect, "payable"));
}

static void paid_change(struct effect *effect, uint64_t less, uint64_t more)
{
	static const char *const names[] = {"award", "programme"};

	for (size_t i = 0; i < 2; i++) {
		uint64_t paid = number(object(effect, names[i]), "paid");

		change_money(effect, names[i], "paid", paid,
			     paid - (less < paid ? less : paid) + more);
	}
}

static void disbursement_record(struct effect *effect)
{
	const json_t *award = object(effect, "award");
	uint64_t amount = op_number(effect, "amount");
	uint64_t payable = number(award, "payable"), paid = number(award, "paid");

	paid_change(effect, 0, amount);
	change_left(effect, "award", "left to pay", payable, paid, payable, paid + amount);
}

static void disbursement_reverse(struct effect *effect)
{
	uint64_t amount = number(object(effect, "disbursement"), "amount");

	change_state(effect, "disbursement", "recorded", "reversed");
	paid_change(effect, amount, 0);
	if (json_is_true(json_object_get(object(effect, "award"), "terminated")))
		commit_change(effect, amount, 0, 0);
}

static void recovery_demand(struct effect *effect)
{
	uint64_t demanded = number(object(effect, "award"), "demanded");

	change_money(effect, "award", "demanded back", demanded,
		     demanded + op_number(effect, "amount"));
}

static void recovery_receive(struct effect *effect)
{
	const json_t *award = object(effect, "award");
	uint64_t received = number(award, "received"), demanded = number(award, "demanded");
	uint64_t amount = op_number(effect, "amount");
	uint64_t recovered = number(object(effect, "programme"), "recovered");

	change_money(effect, "award", "received back", received, received + amount);
	change_left(effect, "award", "still to come", demanded, received, demanded,
		    received + amount);
	change_money(effect, "programme", "recovered", recovered, recovered + amount);
}

/* --- all of them -------------------------------------------------------------------------------------- */

static const struct {
	const char *operation;
	void (*tell)(struct effect *effect);
} effects[] = {
	{"programme.create", programme_create},
	{"programme.amend", programme_amend},
	{"programme.close", programme_close},
	{"call.publish", call_publish},
	{"call.amend", call_amend},
	{"call.cancel", call_cancel},
	{"proposal.commit", proposal_commit},
	{"proposal.withdraw", proposal_withdraw},
	{"proposal.reveal", proposal_reveal},
	{"panel.appoint", panel_appoint},
	{"coi.declare", coi_declare},
	{"review.commit", review_commit},
	{"review.reveal", review_reveal},
	{"decision.publish", decision_publish},
	{"objection.file", objection_file},
	{"objection.resolve", objection_resolve},
	{"award.grant", award_grant},
	{"award.accept", award_accept},
	{"award.amend", award_amend},
	{"award.import", award_import},
	{"milestone.claim", milestone_claim},
	{"milestone.assess", milestone_assess},
	{"disbursement.record", disbursement_record},
	{"disbursement.reverse", disbursement_reverse},
	{"award.suspend", award_suspend},
	{"award.resume", award_resume},
	{"award.terminate", award_terminate},
	{"award.complete", award_complete},
	{"award.close", award_close},
	{"recovery.demand", recovery_demand},
	{"recovery.receive", recovery_receive},
};

json_t *effect_changes(const char *operation, const json_t *op, const json_t *objects)
{
	struct effect effect = {.op = op, .objects = objects, .changes = json_array()};

	for (size_t i = 0; i < sizeof(effects) / sizeof(effects[0]); i++)
		if (strcmp(effects[i].operation, operation) == 0)
			effects[i].tell(&effect);
	return effect.changes;
}

/* --- the node's word ----------------------------------------------------------------------- */

/* A member that is left out has its default; where that has no name, it is not there. */
static json_t *plain_value(const json_t *members, const char *type, const char *name)
{
	json_t *value = json_object_get(members, name);

	if (json_is_object(value) || json_is_array(value))
		return json_string("…");
	value = value != NULL ? json_incref(value) : value_default(type, name);
	return value != NULL ? value : json_string("none");
}

static void add_member(json_t *changes, const json_t *change, const char *name)
{
	const char *key = json_text(change, "key"), *type = json_text(change, "type");
	json_t *before = plain_value(json_object_get(change, "before"), type, name);
	json_t *after = plain_value(json_object_get(change, "after"), type, name);

	(void)json_array_append_new(changes, json_pack("{s:s,s:s,s:o,s:o}", "object", key, "what",
						       name, "before", before, "after", after));
}

/* Both sides have only what differs, and each leaves out its defaults. */
static void add_changed(json_t *changes, const json_t *change)
{
	json_t *before = json_object_get(change, "before"), *after = json_object_get(change, "after");
	const char *name;
	json_t *value;

	json_object_foreach(after, name, value)
		add_member(changes, change, name);
	json_object_foreach(before, name, value)
		if (json_object_get(after, name) == NULL)
			add_member(changes, change, name);
}

static void add_simulated(json_t *changes, const json_t *simulated)
{
	json_t *change;
	size_t index;

	json_array_foreach(json_object_get(simulated, "changes"), index, change) {
		const char *key = json_text(change, "key");

		if (json_is_true(json_object_get(change, "is_new")))
			(void)json_array_append_new(changes, json_pack("{s:s,s:s,s:s,s:s}", "object", key,
								       "what", json_text(change, "type"),
								       "before", "none", "after", "made"));
		else
			add_changed(changes, change);
	}
}

void effect_add_simulation(json_t *effect, const json_t *simulation)
{
	static const char *const names[] = {"outcome", "error", "title"};
	const json_t *carried = json_object_get(simulation, "carried");
	json_t *changes = json_object_get(effect, "changes"), *verdict;

	if (carried != NULL) {
		verdict = json_object();
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (json_object_get(carried, names[i]) != NULL)
				(void)json_object_set(verdict, names[i],
						      json_object_get(carried, names[i]));
		(void)json_object_set_new(effect, "carried", verdict);
	}
	if (json_array_size(changes) == 0)
		add_simulated(changes, json_object_get(carried != NULL ? carried : simulation, "effect"));
}
