/* Objections to decisions: rules OF (objection.file) and OR (objection.resolve)
 * of docs/ledger.md. */
#include <inttypes.h>
#include <string.h>

#include "base/mutant.h"
#include "ledger/apply/values.h"

static struct state_key key_of_objection(const char *programme, const char *call, uint64_t number)
{
	return state_key("objection/%s/%s/%" PRIu64, programme, call, number);
}

static bool is_decided(const Stele__ProposalValue *proposal)
{
	return proposal->state == STELE__PROPOSAL_STATE__PROPOSAL_SELECTED ||
	       proposal->state == STELE__PROPOSAL_STATE__PROPOSAL_DECLINED;
}

/* --- objection.file -------------------------------------------------------- */

static enum err check_file(struct apply *apply, const Stele__CallValue *call,
			   const Stele__ProposalValue *proposal, struct state_key objected)
{
	Stele__PartyValue party;
	bool has_objected;
	enum err err;

	if (!is_decided(proposal)) /* OF-02 */
		return ERR_PROPOSAL_STATE;
	err = party_get(apply, call, apply->actor, &party);
	if (err != ERR_OK)
		return err;
	if (party.revealed == 0) /* OF-03 */
		return ERR_NOT_A_PARTY;
	if (apply->time_ms >= proposal->decided_time + call->terms->objection_ms) /* OF-04 */
		return ERR_OBJECTION_WINDOW;
	err = state_has(apply, objected, &has_objected);
	if (err != ERR_OK)
		return err;
	return has_objected ? ERR_EXISTS_OBJECTION : ERR_OK; /* OF-05 */
}

static enum err put_objected(struct apply *apply, struct state_key objected, uint64_t number)
{
	Stele__TakenValue taken = STELE__TAKEN_VALUE__INIT;

	taken.number = number;
	return put_taken(apply, objected, &taken);
}

/* The call and the proposal, after open objections came or went. */
static enum err put_both(struct apply *apply, const Stele__CallValue *call,
			 const Stele__ProposalValue *proposal)
{
	enum err err = put_call(apply, key_of_call(call->programme, call->call), call);

	if (err != ERR_OK)
		return err;
	return put_proposal(apply,
			    key_of_proposal(call->programme, call->call, proposal->number),
			    proposal);
}

enum err objection_file(struct apply *apply, const Stele__ObjectionFile *record)
{
	Stele__ObjectionValue objection = STELE__OBJECTION_VALUE__INIT;
	Stele__ProposalValue *proposal;
	Stele__CallValue *call;
	struct state_key objected;
	enum err err = proposal_find(apply, record->programme, record->call, record->proposal, NULL,
				     &call, &proposal); /* OF-01 */

	if (err != ERR_OK)
		return err;
	objected = state_key("objected/%s/%s/%" PRIu64 "/%" PRIu64 "/%s", record->programme,
			     record->call, record->proposal, proposal->decisions, apply->actor);
	err = check_file(apply, call, proposal, objected);
	if (err != ERR_OK)
		return err;
	call->objections++;
	call->open_objections++;
	proposal->open_objections++;
	objection.objection = (Stele__ObjectionFile *)record; /* only read */
	objection.org = (char *)apply->actor;
	objection.decision = proposal->decisions;
	objection.time = apply->time_ms;
	objection.log_index = apply->log_index;
	err = put_objection(apply, key_of_objection(call->programme, call->call, call->objections),
			    &objection);
	if (err == ERR_OK)
		err = put_objected(apply, objected, call->objections);
	if (err != ERR_OK)
		return err;
	return put_both(apply, call, proposal);
}

/* --- objection.resolve ------------------------------------------------------ */

/* The proposal waits for a decision again; how often it was decided stays. */
static void annul(const struct apply *apply, Stele__CallValue *call, Stele__ProposalValue *proposal)
{
	call->decided--;
	if (proposal->state == STELE__PROPOSAL_STATE__PROPOSAL_SELECTED &&
	    !mutant_on("void_but_still_selected")) {
		call->selected--;
		call->selected_amount -= proposal->amount;
	}
	proposal->state = STELE__PROPOSAL_STATE__PROPOSAL_REVEALED;
	proposal->amount = 0;
	proposal->decided_time = 0;
	proposal->decided_log_index = 0;
	proposal->decided_motion = 0;
	proposal->changed_log_index = apply->log_index;
}

static enum err resolve(struct apply *apply, const Stele__ObjectionResolve *record,
			Stele__CallValue *call, Stele__ObjectionValue *objection)
{
	Stele__ProposalValue *proposal;
	enum err err = proposal_find_in(apply, call, objection->objection->proposal, &proposal);

	if (err != ERR_OK)
		return err == ERR_NOT_FOUND_PROPOSAL ? ERR_STORE_DAMAGED : err;
	call->open_objections--;
	proposal->open_objections--;
	objection->state = STELE__OBJECTION_STATE__OBJECTION_DISMISSED;
	objection->reason_sha256 = record->reason_sha256;
	objection->resolved_log_index = apply->log_index;
	objection->motion = apply->motion;
	if (record->is_upheld) {
		objection->state = STELE__OBJECTION_STATE__OBJECTION_UPHELD;
		if (is_decided(proposal) && proposal->decisions == objection->decision)
			annul(apply, call, proposal);
	}
	err = put_objection(apply, key_of_objection(record->programme, record->call,
						    record->objection),
			    objection);
	if (err != ERR_OK)
		return err;
	return put_both(apply, call, proposal);
}

enum err objection_resolve(struct apply *apply, const Stele__ObjectionResolve *record)
{
	Stele__ObjectionValue *objection;
	Stele__ProgrammeValue *programme;
	Stele__CallValue *call;
	enum err err = call_find(apply, record->programme, record->call, &programme,
				 &call); /* OR-01 */

	if (err != ERR_OK)
		return err;
	if (strcmp(apply->actor, programme->programme->agency) != 0) /* OR-02 */
		return ERR_PROGRAMME_AGENCY;
	err = get_objection(apply,
			    key_of_objection(record->programme, record->call, record->objection),
			    &objection);
	if (err == ERR_NOT_FOUND) /* OR-03 */
		return ERR_NOT_FOUND_OBJECTION;
	if (err != ERR_OK)
		return err;
	if (objection->state != STELE__OBJECTION_STATE__OBJECTION_OPEN) /* OR-04 */
		return ERR_OBJECTION_RESOLVED;
	return resolve(apply, record, call, objection);
}
