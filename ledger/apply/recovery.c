/* Recovery: money demanded back (rules VD of docs/ledger.md) and what came of it
 * (rules VR).  It is a figure of its own and restores no budget. */
#include <inttypes.h>

#include "ledger/apply/award_change.h"
#include "ledger/apply/date.h"
#include "ledger/apply/reference.h"
#include "ledger/apply/values.h"

/* Puts it as the next of the award's list, and the award. */
static enum err add_recovery(struct apply *apply, struct award_change *change,
			     Stele__RecoveryValue *value)
{
	Stele__AwardValue *award = change->award;
	enum err err;

	award->recoveries++;
	value->number = award->recoveries;
	value->log_index = apply->log_index;
	value->motion = apply->motion;
	err = put_recovery(apply,
			   state_key("recovery/%s/%" PRIu64 "/%" PRIu64, award->grant->programme,
				     award->number, value->number),
			   value);
	return err == ERR_OK ? award_change_finish(apply, change) : err;
}

enum err recovery_demand(struct apply *apply, const Stele__RecoveryDemand *record)
{
	uint32_t states = AWARD_IN(ACTIVE) | AWARD_IN(SUSPENDED) | AWARD_IN(COMPLETED) |
			  AWARD_IN(TERMINATED);
	Stele__RecoveryValue value = STELE__RECOVERY_VALUE__INIT;
	struct award_change change;
	enum err err = award_change_begin(apply, &change, record->programme, record->award,
					  BY_PARTY);

	if (err == ERR_OK) /* VD-01, VD-02 */
		err = award_check_state(change.award, states); /* VD-03 */
	if (err != ERR_OK)
		return err;
	if (!amount_is_valid(record->amount)) /* VD-04 */
		return ERR_AMOUNT;
	if (record->due[0] != '\0' && !date_is_valid(record->due)) /* VD-05 */
		return ERR_DATE;
	if (!sum_is_within(change.award->demanded, record->amount, change.award->paid)) /* VD-06 */
		return ERR_DEMAND_OVER;
	change.award->demanded += record->amount;
	value.demand = (Stele__RecoveryDemand *)record; /* only read */
	return add_recovery(apply, &change, &value);
}

/* VR-04…VR-07 */
static enum err check_receipt(const Stele__AwardValue *award, const Stele__RecoveryReceive *record)
{
	if (!amount_is_valid(record->amount)) /* VR-04 */
		return ERR_AMOUNT;
	if (!award_has_recipient(award->grant, record->payer)) /* VR-05 */
		return ERR_PAYEE;
	if (!date_is_valid(record->value_date)) /* VR-06 */
		return ERR_DATE;
	if (!sum_is_within(award->received, record->amount, award->demanded)) /* VR-07 */
		return ERR_RECEIPT_OVER;
	return ERR_OK;
}

enum err recovery_receive(struct apply *apply, const Stele__RecoveryReceive *record)
{
	Stele__RecoveryValue value = STELE__RECOVERY_VALUE__INIT;
	struct award_change change;
	struct state_key reference;
	enum err err = award_change_begin(apply, &change, record->programme, record->award,
					  BY_PARTY);

	if (err == ERR_OK) /* VR-01, VR-02 */
		err = reference_check(apply, &reference, record->programme, &record->reference_sha256);
	if (err == ERR_OK) /* VR-03 */
		err = check_receipt(change.award, record);
	if (err != ERR_OK)
		return err;
	change.award->received += record->amount;
	value.receipt = (Stele__RecoveryReceive *)record; /* only read */
	err = add_recovery(apply, &change, &value);
	return err == ERR_OK ? reference_take(apply, reference, value.number) : err;
}
