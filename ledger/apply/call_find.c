/* The call, and the proposal, that a record names: rules L of docs/ledger.md. */
#include "ledger/apply/rules.h"
#include "ledger/apply/values.h"

enum err call_find_in(struct apply *apply, const char *programme, const char *call,
		      Stele__CallValue **out)
{
	enum err err = get_call(apply, key_of_call(programme, call), out);

	if (err == ERR_NOT_FOUND) /* L-03, CA-04, CC-04 */
		return ERR_NOT_FOUND_CALL;
	if (err != ERR_OK)
		return err;
	if ((*out)->state == STELE__CALL_STATE__CALL_CANCELLED) /* L-04, CA-05, CC-05 */
		return ERR_CALL_CANCELLED;
	return ERR_OK;
}

enum err call_find(struct apply *apply, const char *programme_id, const char *call_id,
		   Stele__ProgrammeValue **programme, Stele__CallValue **call)
{
	Stele__ProgrammeValue *found;
	enum err err = get_programme(apply, key_of_programme(programme_id), &found);

	if (err == ERR_NOT_FOUND) /* L-01 */
		return ERR_NOT_FOUND_PROGRAMME;
	if (err != ERR_OK)
		return err;
	if (found->closed) /* L-02 */
		return ERR_PROGRAMME_CLOSED;
	if (programme != NULL)
		*programme = found;
	return call_find_in(apply, programme_id, call_id, call);
}

enum err proposal_find_in(struct apply *apply, const Stele__CallValue *call, uint64_t number,
			  Stele__ProposalValue **out)
{
	enum err err = get_proposal(
		apply, key_of_proposal(call->programme, call->call, number), out);

	return err == ERR_NOT_FOUND ? ERR_NOT_FOUND_PROPOSAL : err; /* L-05 */
}

enum err proposal_find(struct apply *apply, const char *programme_id, const char *call_id,
		       uint64_t number, Stele__ProgrammeValue **programme,
		       Stele__CallValue **call, Stele__ProposalValue **proposal)
{
	enum err err = call_find(apply, programme_id, call_id, programme, call);

	return err == ERR_OK ? proposal_find_in(apply, *call, number, proposal) : err;
}

enum err party_get(struct apply *apply, const Stele__CallValue *call, const char *org,
		   Stele__PartyValue *out)
{
	Stele__PartyValue *found;
	enum err err = get_party(apply, key_of_party(call->programme, call->call, org), &found);

	if (err == ERR_OK)
		*out = *found;
	else if (err == ERR_NOT_FOUND)
		*out = (Stele__PartyValue)STELE__PARTY_VALUE__INIT;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}
