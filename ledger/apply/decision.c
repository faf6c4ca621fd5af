/* Decisions: rules DP of docs/ledger.md.  selected <= max_awards and
 * selected_amount <= budget of the call hold after each of them. */
#include <string.h>

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

static enum err check_outcome(const struct apply *apply, const Stele__CallValue *call,
			      const Stele__ProposalValue *proposal,
			      const Stele__ProposalOutcome *outcome)
{
	if (proposal->decided_log_index == apply->log_index) /* DP-05 */
		return ERR_AREA_DUPLICATE;
	if (proposal->state != STELE__PROPOSAL_STATE__PROPOSAL_REVEALED) /* DP-06 */
		return ERR_PROPOSAL_STATE;
	if (proposal->revealed_reviews < call->terms->review->quorum) /* DP-07 */
		return ERR_REVIEW_QUORUM;
	if (outcome->outcome == STELE__OUTCOME__OUTCOME_SELECTED)
		return check_selected(call, proposal, outcome->amount);
	return outcome->amount > 0 ? ERR_DECISION_AMOUNT : ERR_OK; /* DP-09 */
}

static enum err decide(struct apply *apply, Stele__CallValue *call,
		       const Stele__ProposalOutcome *outcome)
{
	Stele__ProposalValue *proposal;
	enum err err = proposal_find_in(apply, call, outcome->proposal, &proposal); /* DP-04 */

	if (err == ERR_OK)
		err = check_outcome(apply, call, proposal, outcome);
	if (err != ERR_OK)
		return err;
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
	return put_proposal(apply,
			    key_of_proposal(call->programme, call->call, outcome->proposal),
			    proposal);
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
	for (size_t i = 0; err == ERR_OK && i < record->n_outcomes; i++)
		err = decide(apply, call, record->outcomes[i]);
	if (err != ERR_OK)
		return err;
	return put_call(apply, key_of_call(record->programme, record->call), call);
}
