/* award.amend: rules AA of docs/ledger.md.  The terms change, never the recipients,
 * and never what was assessed or paid under them. */
#include <string.h>

#include "ledger/apply/award_change.h"
#include "ledger/apply/cap.h"
#include "ledger/apply/grant.h"
#include "ledger/apply/milestone.h"
#include "ledger/apply/values.h"

static bool milestone_equal(const Stele__Milestone *a, const Stele__Milestone *b)
{
	struct bytes criteria_a = {a->criteria_sha256.data, a->criteria_sha256.len};
	struct bytes criteria_b = {b->criteria_sha256.data, b->criteria_sha256.len};

	return a->number == b->number && strcmp(a->due, b->due) == 0 && a->amount == b->amount &&
	       bytes_equal(criteria_a, criteria_b);
}

/* AA-09 for each milestone that the award had; *has_any: whether one was claimed or
 * assessed. */
static enum err check_kept(struct apply *apply, const Stele__AwardValue *award,
			   const Stele__AwardGrant *amended, bool *has_any)
{
	const Stele__AwardGrant *grant = award->grant;

	*has_any = false;
	for (uint32_t i = 0; i < grant->n_milestones; i++) {
		Stele__MilestoneValue *value;
		struct state_key key;
		enum err err = milestone_find(apply, award, i + 1, &key, &value);

		if (err != ERR_OK)
			return err;
		*has_any |= value->claims > 0 || milestone_is_assessed(value);
		if (milestone_is_assessed(value) &&
		    (i >= amended->n_milestones ||
		     !milestone_equal(grant->milestones[i], amended->milestones[i]))) /* AA-09 */
			return ERR_AMEND_TERMS;
	}
	return ERR_OK;
}

/* AA-11, AA-12 within the call, where there is one. */
static enum err check_call(struct apply *apply, const Stele__AwardValue *award, uint64_t amount,
			   Stele__CallValue **call)
{
	const Stele__AwardGrant *grant = award->grant;
	Stele__ProposalValue *proposal;
	enum err err;

	*call = NULL;
	if (grant->call[0] == '\0')
		return ERR_OK;
	err = call_find_in(apply, grant->programme, grant->call, call);
	if (err == ERR_OK)
		err = proposal_find_in(apply, *call, grant->proposal, &proposal);
	if (err != ERR_OK)
		return err;
	return amount <= proposal->amount ? ERR_OK : ERR_DECISION_AMOUNT; /* AA-11 */
}

/* AA-12: what the award has committed so far makes room for what it will. */
static enum err check_budgets(const struct award_change *change, const Stele__CallValue *call,
			      uint64_t amount)
{
	uint64_t before = change->award->committed;
	enum err err = cap_check_budget(change->programme->committed - before, amount,
					change->programme->programme->budget);

	if (err == ERR_OK && call != NULL)
		err = cap_check_budget(call->committed - before, amount, call->terms->budget);
	return err;
}

/* AA-05…AA-13 */
static enum err check_amended(struct apply *apply, const struct award_change *change,
			      const Stele__AwardGrant *amended)
{
	const Stele__AwardValue *award = change->award;
	Stele__CallValue *call;
	bool has_any;
	enum err err;

	if (!amount_is_valid(amended->amount)) /* AA-05 */
		return ERR_AMOUNT;
	err = grant_check_terms(change->programme->programme, amended); /* AA-06, AA-07, AA-08 */
	if (err == ERR_OK)
		err = check_kept(apply, award, amended, &has_any);
	if (err != ERR_OK)
		return err;
	if (amended->amount < award->paid) /* AA-10 */
		return ERR_AMEND_BELOW;
	err = check_call(apply, award, amended->amount, &call);
	if (err == ERR_OK)
		err = check_budgets(change, call, amended->amount);
	if (err != ERR_OK)
		return err;
	if ((award->paid > 0 || has_any) &&
	    (award->grant->n_milestones > 0) != (amended->n_milestones > 0)) /* AA-13 */
		return ERR_AMEND_TERMS;
	return ERR_OK;
}

enum err award_amend(struct apply *apply, const Stele__AwardAmend *record)
{
	uint32_t states = AWARD_IN(GRANTED) | AWARD_IN(ACTIVE) | AWARD_IN(SUSPENDED);
	struct award_change change;
	Stele__AwardGrant amended;
	enum err err = award_change_begin(apply, &change, record->programme, record->award,
					  BY_AGENCY);

	if (err == ERR_OK) /* AA-01, AA-02 */
		err = award_check_state(change.award, states); /* AA-03 */
	if (err != ERR_OK)
		return err;
	if (record->version != change.award->version + 1) /* AA-04 */
		return ERR_VERSION;
	amended = *change.award->grant;
	amended.amount = record->amount;
	amended.period = record->period;
	amended.terms_sha256 = record->terms_sha256;
	amended.n_milestones = record->n_milestones;
	amended.milestones = record->milestones;
	err = check_amended(apply, &change, &amended);
	if (err != ERR_OK)
		return err;
	change.award->grant = &amended;
	change.award->version = record->version;
	change.award->changed_log_index = apply->log_index;
	if (change.award->state == STELE__AWARD_STATE__AWARD_GRANTED)
		change.award->n_accepted = 0; /* each recipient accepts the new terms */
	return award_change_finish(apply, &change);
}
