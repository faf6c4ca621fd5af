/* Proposals: rules PC (proposal.commit), PW (proposal.withdraw) and PR
 * (proposal.reveal) of docs/ledger.md.  Until a call's deadline nobody can read what
 * was proposed; from then on nobody can change it. */
#include <string.h>

#include "base/mutant.h"
#include "ledger/apply/eligibility.h"
#include "ledger/apply/recipient.h"
#include "ledger/apply/values.h"
#include "proto/seal.h"

static enum err put_party_of(struct apply *apply, const Stele__CallValue *call, const char *org,
			     const Stele__PartyValue *party)
{
	return put_party(apply, key_of_party(call->programme, call->call, org), party);
}

/* PC-02…PC-05 */
static enum err check_commit(const struct apply *apply, const Stele__CallTerms *terms,
			     const Stele__PartyValue *party)
{
	if (apply->time_ms < terms->opens) /* PC-02 */
		return ERR_CALL_NOT_OPEN;
	if (apply->time_ms >= terms->deadline) /* PC-03 */
		return ERR_DEADLINE;
	if (!eligibility_admits(terms->eligibility, apply->actor)) /* PC-04 */
		return ERR_ELIGIBILITY;
	if (party->proposals >= terms->proposals_per_applicant) /* PC-05 */
		return ERR_PROPOSALS_MAX;
	return ERR_OK;
}

enum err proposal_commit(struct apply *apply, const Stele__ProposalCommit *record)
{
	Stele__ProposalValue value = STELE__PROPOSAL_VALUE__INIT;
	Stele__CallValue *call;
	Stele__PartyValue party;
	enum err err = call_find(apply, record->programme, record->call, NULL, &call); /* PC-01 */

	if (err == ERR_OK)
		err = party_get(apply, call, apply->actor, &party);
	if (err == ERR_OK)
		err = check_commit(apply, call->terms, &party);
	if (err != ERR_OK)
		return err;
	value.number = ++call->proposals;
	value.org = (char *)apply->actor; /* only read */
	value.commitment = record->commitment;
	value.log_index = apply->log_index;
	party.proposals++;
	err = put_proposal(apply, key_of_proposal(call->programme, call->call, value.number), &value);
	if (err == ERR_OK)
		err = put_party_of(apply, call, apply->actor, &party);
	if (err == ERR_OK)
		err = put_call(apply, key_of_call(call->programme, call->call), call);
	return err;
}

static bool is_own(const struct apply *apply, const Stele__ProposalValue *proposal)
{
	return strcmp(proposal->org, apply->actor) == 0;
}

enum err proposal_withdraw(struct apply *apply, const Stele__ProposalWithdraw *record)
{
	Stele__ProposalValue *proposal;
	Stele__CallValue *call;
	Stele__PartyValue party;
	enum err err = proposal_find(apply, record->programme, record->call, record->proposal,
				     NULL, &call, &proposal); /* PW-01 */

	if (err != ERR_OK)
		return err;
	if (!is_own(apply, proposal)) /* PW-02 */
		return ERR_PROPOSAL_NOT_OWN;
	if (apply->time_ms >= call->terms->deadline) /* PW-03 */
		return ERR_DEADLINE;
	if (proposal->state != STELE__PROPOSAL_STATE__PROPOSAL_COMMITTED) /* PW-04 */
		return ERR_PROPOSAL_STATE;
	err = party_get(apply, call, apply->actor, &party);
	if (err != ERR_OK)
		return err;
	ASSERT(party.proposals > 0);
	party.proposals--;
	proposal->state = STELE__PROPOSAL_STATE__PROPOSAL_WITHDRAWN;
	proposal->changed_log_index = apply->log_index;
	err = put_party_of(apply, call, apply->actor, &party);
	if (err != ERR_OK)
		return err;
	return put_proposal(apply, key_of_proposal(record->programme, record->call, record->proposal),
			    proposal);
}

/* PR-02…PR-05: whether the actor may open it, now, and so. */
static enum err check_opening(const struct apply *apply, const Stele__CallTerms *terms,
			      const Stele__ProposalValue *proposal,
			      const Stele__ProposalReveal *record)
{
	struct hash chain = apply_chain(apply);
	struct hash commitment;

	if (!is_own(apply, proposal)) /* PR-02 */
		return ERR_PROPOSAL_NOT_OWN;
	if (apply->time_ms < terms->deadline ||
	    (apply->time_ms >= terms->reveal_until && !mutant_on("reveal_after_window"))) /* PR-03 */
		return ERR_REVEAL_WINDOW;
	if (proposal->state != STELE__PROPOSAL_STATE__PROPOSAL_COMMITTED) /* PR-04 */
		return ERR_PROPOSAL_STATE;
	seal_proposal(&commitment, &chain, record->programme, record->call, apply->actor,
		      record->content, bytes_of(record->salt.data, record->salt.len));
	if (!bytes_equal(bytes_of(commitment.b, sizeof(commitment.b)),
			 bytes_of(proposal->commitment.data, proposal->commitment.len))) /* PR-05 */
		return ERR_COMMITMENT;
	return ERR_OK;
}

static bool call_has_area(const Stele__CallTerms *terms, const Stele__ProgrammeCreate *programme,
			  const char *area)
{
	for (size_t i = 0; i < terms->n_areas; i++) {
		if (strcmp(terms->areas[i], area) == 0)
			return true;
	}
	return terms->n_areas == 0 && programme_has_area(programme, area);
}

/* PR-11: a party approves no decision in the call (M-07), and nobody is asked before it
 * is named.  Who never applies cannot be made one so. */
static enum err check_partners(struct apply *apply, const Stele__ProposalContent *content)
{
	for (size_t i = 0; i < content->n_consortium; i++) {
		const char *member = content->consortium[i]->org;
		Stele__OrgValue *org;
		enum err err = get_org(apply, key_of_org(member), &org);

		if (err != ERR_OK) /* PR-08 saw that it is there */
			return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
		if (strcmp(member, apply->actor) != 0 &&
		    (role_bits(org->roles, org->n_roles) & ROLE_BIT(APPLICANT)) == 0)
			return ERR_ELIGIBILITY;
	}
	return ERR_OK;
}

/* PR-06…PR-11 */
static enum err check_content(struct apply *apply, const Stele__ProgrammeCreate *programme,
			      const Stele__CallTerms *terms, const Stele__ProposalContent *content)
{
	enum err err;

	if (!call_has_area(terms, programme, content->area)) /* PR-06 */
		return ERR_AREA;
	if (content->requested < terms->award_min || content->requested > terms->award_max) /* PR-07 */
		return ERR_REQUESTED;
	err = recipients_check(apply, terms->eligibility, content->consortium,
			       content->n_consortium); /* PR-08 */
	if (err != ERR_OK)
		return err;
	if (recipient_place(content->consortium, content->n_consortium, apply->actor) == 0) /* PR-09 */
		return ERR_CONSORTIUM;
	if (!shares_are_valid(content->consortium, content->n_consortium)) /* PR-10 */
		return ERR_SHARES;
	return check_partners(apply, content); /* PR-11 */
}

/* Counts the proposal for each member of its consortium. */
static enum err add_to_parties(struct apply *apply, const Stele__CallValue *call,
			       const Stele__ProposalContent *content)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < content->n_consortium; i++) {
		const char *member = content->consortium[i]->org;
		Stele__PartyValue party;

		err = party_get(apply, call, member, &party);
		if (err != ERR_OK)
			break;
		party.revealed++;
		err = put_party_of(apply, call, member, &party);
	}
	return err;
}

enum err proposal_reveal(struct apply *apply, const Stele__ProposalReveal *record)
{
	Stele__ProgrammeValue *programme;
	Stele__ProposalValue *proposal;
	Stele__CallValue *call;
	enum err err = proposal_find(apply, record->programme, record->call, record->proposal,
				     &programme, &call, &proposal); /* PR-01 */

	if (err == ERR_OK)
		err = check_opening(apply, call->terms, proposal, record);
	if (err == ERR_OK)
		err = check_content(apply, programme->programme, call->terms, record->content);
	if (err != ERR_OK)
		return err;
	proposal->state = STELE__PROPOSAL_STATE__PROPOSAL_REVEALED;
	proposal->content = record->content;
	proposal->changed_log_index = apply->log_index;
	call->revealed++;
	err = add_to_parties(apply, call, record->content);
	if (err == ERR_OK)
		err = put_call(apply, key_of_call(record->programme, record->call), call);
	if (err != ERR_OK)
		return err;
	return put_proposal(apply, key_of_proposal(record->programme, record->call, record->proposal),
			    proposal);
}
