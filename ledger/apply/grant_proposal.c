/* The proposal that an award is granted on: rules. */
#include <string.h>

#include "base/mutant.h"
#include "ledger/apply/grant.h"

/* Whether the recipients are the consortium as it was proposed, in its order. */
static bool is_consortium(const Stele__AwardGrant *grant, const Stele__ProposalContent *content)
{
	if (grant->n_recipients != content->n_consortium)
		return false;
	for (size_t i = 0; i < grant->n_recipients; i++) {
		if (strcmp(grant->recipients[i]->org, content->consortium[i]->org) != 0 ||
		    grant->recipients[i]->share != content->consortium[i]->share)
			return false;
	}
	return true;
}

/* until then somebody may object, and while an objection is open the decision may
 * become void. */
static bool is_beyond_objection(const struct apply *apply, const Stele__CallValue *call,
				const Stele__ProposalValue *proposal)
{
	if (mutant_on("objection_ignored"))
		return true;
	return proposal->open_objections == 0 &&
	       apply->time_ms >= proposal->decided_time + call->terms->objection_ms;
}

/* A-17…A-21 */
static enum err check_proposal(const struct apply *apply, const Stele__CallValue *call,
			       const Stele__ProposalValue *proposal, const Stele__AwardGrant *grant)
{
	if (proposal->state != STELE__PROPOSAL_STATE__PROPOSAL_SELECTED ||
	    proposal->award != 0) /* */
		return ERR_NOT_SELECTED;
	if (!is_beyond_objection(apply, call, proposal)) /* */
		return ERR_OBJECTION_OPEN;
	if (!is_consortium(grant, proposal->content)) /* */
		return ERR_CONSORTIUM;
	if (strcmp(grant->area, proposal->content->area) != 0) /* */
		return ERR_AREA;
	if (grant->amount > proposal->amount) /* */
		return ERR_DECISION_AMOUNT;
	return ERR_OK;
}

enum err grant_find_proposal(struct apply *apply, const Stele__AwardGrant *grant,
			     Stele__CallValue **call, Stele__ProposalValue **proposal)
{
	bool has_call = grant->call[0] != '\0';
	enum err err;

	*call = NULL;
	*proposal = NULL;
	if (has_call != (grant->proposal != 0)) /* */
		return ERR_NOT_FOUND_CALL;
	if (!has_call)
		return ERR_OK;
	err = call_find_in(apply, grant->programme, grant->call, call);
	if (err != ERR_OK) /* */
		return err;
	err = proposal_find_in(apply, *call, grant->proposal, proposal);
	if (err != ERR_OK) /* */
		return err;
	return check_proposal(apply, *call, *proposal, grant);
}
