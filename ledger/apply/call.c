/* Calls: rules CP (call.publish), CA (call.amend) and CC (call.cancel) of
 * docs/ledger.md.  The budgets of the calls that were not cancelled never exceed
 * their programme's. */
#include <inttypes.h>

#include "base/limits.h"
#include "ledger/apply/call_terms.h"
#include "ledger/apply/values.h"

/* CP-12: the value has room for every number at its greatest. */
static enum err check_room(struct apply *apply, struct state_key key,
			   const Stele__CallValue *value)
{
	Stele__CallValue full = *value;

	full.version = LIMIT_MONEY;
	full.state = STELE__CALL_STATE__CALL_CANCELLED;
	full.proposals = LIMIT_MONEY;
	full.revealed = LIMIT_MONEY;
	full.decided = LIMIT_MONEY;
	full.selected = LIMIT_MONEY;
	full.selected_amount = LIMIT_MONEY;
	full.awards = LIMIT_MONEY;
	full.live_awards = LIMIT_MONEY;
	full.committed = LIMIT_MONEY;
	full.reviewers = LIMIT_MONEY;
	full.objections = LIMIT_MONEY;
	full.open_objections = LIMIT_MONEY;
	full.log_index = LIMIT_MONEY;
	full.motion = LIMIT_MONEY;
	full.number = LIMIT_MONEY;
	full.changed_log_index = LIMIT_MONEY;
	return put_call(apply, key, &full);
}

static enum err put_terms(struct apply *apply, const Stele__CallValue *value)
{
	struct state_key key = key_of_call(value->programme, value->call);
	enum err err = check_room(apply, key, value);

	return err == ERR_OK ? put_call(apply, key, value) : err;
}

enum err call_publish(struct apply *apply, const Stele__CallPublish *record)
{
	Stele__CallValue value = STELE__CALL_VALUE__INIT;
	struct state_key key = key_of_call(record->programme, record->call);
	Stele__ProgrammeValue *programme;
	bool is_there = false;
	enum err err = programme_find_as_agency(apply, record->programme,
						&programme); /* CP-01…CP-03 */

	if (err == ERR_OK)
		err = state_has(apply, key, &is_there);
	if (err == ERR_OK && is_there) /* CP-04 */
		return ERR_EXISTS_CALL;
	if (err == ERR_OK)
		err = call_terms_check(apply, programme->programme, record->terms,
				       programme->call_budgets); /* CP-05…CP-11 */
	if (err != ERR_OK)
		return err;
	value.programme = record->programme;
	value.call = record->call;
	value.terms = record->terms;
	value.log_index = apply->log_index;
	value.motion = apply->motion;
	value.number = ++programme->calls;
	err = put_terms(apply, &value);
	if (err == ERR_OK)
		err = put_place(apply, state_key("call-no/%s/%" PRIu64, value.programme, value.number),
				key);
	if (err != ERR_OK)
		return err;
	programme->call_budgets += record->terms->budget;
	return put_programme(apply, key_of_programme(record->programme), programme);
}

/* Whether the amendment leaves what applicants rely on: time until the deadline, and
 * a call that has opened stays open. */
static bool keeps_times(const struct apply *apply, const Stele__CallTerms *before,
			const Stele__CallTerms *after)
{
	if (after->deadline < before->deadline)
		return false;
	return before->opens > apply->time_ms || after->opens <= before->opens;
}

/* CA-06…CA-09, with CP-05…CP-10 between them */
static enum err check_amendment(const struct apply *apply, const Stele__ProgrammeValue *programme,
				const Stele__CallValue *call, const Stele__CallAmend *record)
{
	const Stele__CallTerms *before = call->terms;

	if (record->version != call->version + 1) /* CA-06 */
		return ERR_VERSION;
	if (apply->time_ms >= before->deadline) /* CA-07 */
		return ERR_DEADLINE;
	if (!keeps_times(apply, before, record->terms)) /* CA-08 */
		return ERR_CALL_TIMES;
	return call_terms_check(apply, programme->programme, record->terms,
				programme->call_budgets - before->budget);
}

enum err call_amend(struct apply *apply, const Stele__CallAmend *record)
{
	Stele__ProgrammeValue *programme;
	Stele__CallValue *call;
	enum err err = programme_find_as_agency(apply, record->programme,
						&programme); /* CA-01…CA-03 */

	if (err == ERR_OK)
		err = call_find_in(apply, record->programme, record->call, &call); /* CA-04, CA-05 */
	if (err == ERR_OK)
		err = check_amendment(apply, programme, call, record);
	if (err != ERR_OK)
		return err;
	programme->call_budgets -= call->terms->budget;
	programme->call_budgets += record->terms->budget;
	call->terms = record->terms;
	call->version = record->version;
	call->changed_log_index = apply->log_index;
	err = put_terms(apply, call);
	if (err != ERR_OK)
		return err;
	return put_programme(apply, key_of_programme(record->programme), programme);
}

enum err call_cancel(struct apply *apply, const Stele__CallCancel *record)
{
	Stele__ProgrammeValue *programme;
	Stele__CallValue *call;
	enum err err = programme_find_as_agency(apply, record->programme,
						&programme); /* CC-01…CC-03 */

	if (err == ERR_OK)
		err = call_find_in(apply, record->programme, record->call, &call); /* CC-04, CC-05 */
	if (err != ERR_OK)
		return err;
	if (call->awards > 0) /* CC-06 */
		return ERR_CALL_AWARDED;
	call->state = STELE__CALL_STATE__CALL_CANCELLED;
	call->changed_log_index = apply->log_index;
	err = put_call(apply, key_of_call(record->programme, record->call), call);
	if (err != ERR_OK)
		return err;
	programme->call_budgets -= call->terms->budget;
	return put_programme(apply, key_of_programme(record->programme), programme);
}
