/* Payments: rules D (record) and DR (reverse) of docs/ledger.md.  A payment only
 * says that it was made: no money moves here. */
#include <inttypes.h>

#include "base/mutant.h"
#include "ledger/apply/award_change.h"
#include "ledger/apply/date.h"
#include "ledger/apply/reference.h"
#include "ledger/apply/values.h"
#include "ledger/payable.h"

/* Only an active award is paid; the usual reason why it is not has its own name. */
static enum err check_state(const Stele__AwardValue *award)
{
	if (award->state == STELE__AWARD_STATE__AWARD_IMPORTED) /* D-03 */
		return ERR_AWARD_IMPORTED;
	if (award->state == STELE__AWARD_STATE__AWARD_GRANTED) /* D-04 */
		return mutant_on("payment_before_acceptance") ? ERR_OK : ERR_AWARD_NOT_ACCEPTED;
	if (award->state == STELE__AWARD_STATE__AWARD_SUSPENDED &&
	    mutant_on("payment_while_suspended"))
		return ERR_OK;
	return award_check_state(award, AWARD_IN(ACTIVE)); /* D-04 */
}

/* D-06…D-11 */
static enum err check_payment(const Stele__ProgrammeValue *programme,
			      const Stele__AwardValue *award,
			      const Stele__DisbursementRecord *record)
{
	const Stele__AwardGrant *grant = award->grant;

	if (!amount_is_valid(record->amount)) /* D-06 */
		return ERR_AMOUNT;
	if (!programme_has_party(programme, record->payer)) /* D-07 */
		return ERR_PAYER;
	if (!award_has_recipient(grant, record->payee)) /* D-08 */
		return ERR_PAYEE;
	if (!date_is_valid(record->value_date)) /* D-09 */
		return ERR_DATE;
	if (grant->n_milestones > 0 ? !award_has_milestone(award, record->milestone)
				    : record->milestone != 0) /* D-10 */
		return ERR_NOT_FOUND_MILESTONE;
	if (!sum_is_within(award->paid, record->amount, award_payable(award))) /* D-11 */
		return ERR_PAYMENT_OVER;
	return ERR_OK;
}

static struct state_key key_of_payment(const char *programme, uint64_t award, uint64_t number)
{
	return state_key("disbursement/%s/%" PRIu64 "/%" PRIu64, programme, award, number);
}

static enum err record_payment(struct apply *apply, struct award_change *change,
			       const Stele__DisbursementRecord *record)
{
	Stele__DisbursementValue value = STELE__DISBURSEMENT_VALUE__INIT;
	Stele__AwardValue *award = change->award;
	enum err err;

	award->disbursements++;
	award->paid += record->amount;
	value.record = (Stele__DisbursementRecord *)record; /* only read */
	value.log_index = apply->log_index;
	value.motion = apply->motion;
	value.number = award->disbursements;
	err = put_disbursement(apply,
			       key_of_payment(record->programme, record->award, value.number),
			       &value);
	return err == ERR_OK ? award_change_finish(apply, change) : err;
}

enum err disbursement_record(struct apply *apply, const Stele__DisbursementRecord *record)
{
	struct award_change change;
	struct state_key reference;
	enum err err = award_change_find(apply, &change, record->programme, record->award);

	if (err != ERR_OK) /* D-01 */
		return err;
	if (!programme_has_party(change.programme, apply->actor)) /* D-02 */
		return ERR_PROGRAMME_AGENCY;
	err = check_state(change.award);
	if (err == ERR_OK)
		err = reference_check(apply, &reference, record->programme, &record->reference_sha256);
	if (err == ERR_OK) /* D-05 */
		err = check_payment(change.programme, change.award, record);
	if (err == ERR_OK)
		err = record_payment(apply, &change, record);
	if (err != ERR_OK)
		return err;
	return reference_take(apply, reference, change.award->disbursements);
}

enum err disbursement_reverse(struct apply *apply, const Stele__DisbursementReverse *record)
{
	uint32_t states = AWARD_IN(GRANTED) | AWARD_IN(ACTIVE) | AWARD_IN(SUSPENDED) |
			  AWARD_IN(COMPLETED) | AWARD_IN(TERMINATED);
	struct state_key key = key_of_payment(record->programme, record->award, record->disbursement);
	struct award_change change;
	Stele__DisbursementValue *value;
	enum err err = award_change_begin(apply, &change, record->programme, record->award,
					  BY_PARTY);

	if (err == ERR_OK) /* DR-01, DR-02 */
		err = award_check_state(change.award, states); /* DR-03 */
	if (err == ERR_OK)
		err = get_disbursement(apply, key, &value);
	if (err == ERR_NOT_FOUND) /* DR-04 */
		return ERR_NOT_FOUND_DISBURSEMENT;
	if (err != ERR_OK)
		return err;
	if (value->reversed_log_index != 0) /* DR-05 */
		return ERR_REVERSED;
	if (change.award->paid - value->record->amount < change.award->demanded) /* DR-06 */
		return ERR_REVERSE_DEMANDED;
	change.award->paid -= value->record->amount;
	value->reversed_log_index = apply->log_index;
	value->reverse_motion = apply->motion;
	err = put_disbursement(apply, key, value);
	return err == ERR_OK ? award_change_finish(apply, &change) : err;
}
