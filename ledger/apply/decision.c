/* Decisions: rules DP of docs/ledger.md.  selected <= max_awards and
 * selected_amount <= budget of the call hold after each of them. */
#include <string.h>

#include "base/mutant.h"
#include "ledger/apply/values.h"

/* The rules for a proposal that is selected. */
static enum err check_selected(const Stele__CallValue *call, const Stele__ProposalValue *proposal,
			       uint64_t amount)
{
	const Stele__CallTerms *terms = call->terms;

	/* No overflow: at most 256 reviews of at most 10,000 x 1,000,000 each. */
	if (proposal->score < terms->review->threshold * proposal->revealed_reviews) /* DP-08 */
		return ERR_SCORE_THRESHOLD;
	if (amount < terms->award_min || amount > proposal->content->requested) /* DP-09 */
		return ERR_DECISION_AMOUNT;
	if (call->selected >= terms->max_awards) /* DP-10 */
		return ERR_AWARDS_MAX;
	if (!sum_is_within(call->selected_amount, amount, terms->budget)) /* DP-11 */
		return ERR_BUDGET;
	return ERR_OK;
}

static enum err check_outcome(const Stele__CallValue *call, const Stele__ProposalValue *proposal,
			      const Stele__ProposalOutcome *outcome)
{
	if (proposal->state != STELE__PROPOSAL_STATE__PROPOSAL_REVEALED) /* DP-06 */
		return ERR_PROPOSAL_STATE;
	if (proposal->revealed_reviews < call->terms->review->quorum &&
	    !mutant_on("review_quorum_ignored")) /* DP-07 */
		return ERR_REVIEW_QUORUM;
	if (outcome->outcome == STELE__OUTCOME__OUTCOME_SELECTED)
		return check_selected(call, proposal, outcome->amount);
	return outcome->amount > 0 ? ERR_DECISION_AMOUNT : ERR_OK; /* DP-09 */
}

static bool is_decided_before(const Stele__DecisionPublish *record, size_t place)
{
	for (size_t i = 0; i < place; i++) {
		if (record->outcomes[i]->proposal == record->outcomes[place]->proposal)
			return true;
	}
	return false;
}

static void decide(const struct apply *apply, Stele__CallValue *call,
		   Stele__ProposalValue *proposal, const Stele__ProposalOutcome *outcome)
{
	call->decided++;
	proposal->state = STELE__PROPOSAL_STATE__PROPOSAL_DECLINED;
	if (outcome->outcome == STELE__OUTCOME__OUTCOME_SELECTED) {
		call->selected++;
		call->selected_amount += outcome->amount;
		proposal->state = STELE__PROPOSAL_STATE__PROPOSAL_SELECTED;
	}
	proposal->amount = outcome->amount;
	proposal->decisions++;
	proposal->decided_time = apply->time_ms;
	proposal->decided_log_index = apply->log_index;
	proposal->decided_motion = apply->motion;
	proposal->changed_log_index = apply->log_index;
}

/* The proposals as decided, in the order of the outcomes. */
static enum err decide_all(struct apply *apply, Stele__CallValue *call,
			   const Stele__DecisionPublish *record, Stele__ProposalValue **proposals)
{
	for (size_t i = 0; i < record->n_outcomes; i++) {
		const Stele__ProposalOutcome *outcome = record->outcomes[i];
		enum err err = proposal_find_in(apply, call, outcome->proposal,
						&proposals[i]); /* DP-04 */

		if (err != ERR_OK)
			return err;
		if (is_decided_before(record, i)) /* DP-05 */
			return ERR_AREA_DUPLICATE;
		err = check_outcome(call, proposals[i], outcome);
		if (err != ERR_OK)
			return err;
		decide(apply, call, proposals[i], outcome);
	}
	return ERR_OK;
}

/* Nothing is written before all outcomes are checked: writing is the greater part of
 * the work, and a record that is refused should not cost it. */
static enum err publish(struct apply *apply, Stele__CallValue *call,
			const Stele__DecisionPublish *record)
{
	Stele__ProposalValue **proposals =
		arena_alloc(apply->arena, record->n_outcomes * sizeof(*proposals));
	enum err err;

	if (proposals == NULL)
		return ERR_MEMORY;
	err = decide_all(apply, call, record, proposals);
	for (size_t i = 0; err == ERR_OK && i < record->n_outcomes; i++)
		err = put_proposal(apply,
				   key_of_proposal(call->programme, call->call,
						   record->outcomes[i]->proposal),
				   proposals[i]);
	if (err != ERR_OK)
		return err;
	return put_call(apply, key_of_call(call->programme, call->call), call);
}

enum err decision_publish(struct apply *apply, const Stele__DecisionPublish *record)
{
	Stele__ProgrammeValue *programme;
	Stele__CallValue *call;
	enum err err = call_find(apply, record->programme, record->call, &programme,
				 &call); /* DP-01 */

	if (err != ERR_OK)
		return err;
	if (strcmp(apply->actor, programme->programme->agency) != 0) /* DP-02 */
		return ERR_PROGRAMME_AGENCY;
	if (apply->time_ms < call->terms->review_until) /* DP-03 */
		return ERR_DECISION_WINDOW;
	return publish(apply, call, record);
}
