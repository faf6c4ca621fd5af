/* Payments: rules D of docs/ledger.md.  A payment only says that it was made:
 * no money moves here. */
#include <inttypes.h>
#include <string.h>

#include "base/mutant.h"
#include "ledger/apply/date.h"
#include "ledger/apply/rules.h"
#include "ledger/apply/values.h"
#include "ledger/payable.h"

static bool is_party(const Stele__ProgrammeCreate *programme, const char *org)
{
	return strcmp(org, programme->funder) == 0 || strcmp(org, programme->agency) == 0;
}

/* Only an active award is paid; the usual reason why it is not has its own name. */
static enum err check_state(const Stele__AwardValue *award)
{
	if (award->state == STELE__AWARD_STATE__AWARD_IMPORTED) /* D-03 */
		return ERR_AWARD_IMPORTED;
	if (award->state == STELE__AWARD_STATE__AWARD_GRANTED) /* D-04 */
		return mutant_on("payment_before_acceptance") ? ERR_OK : ERR_AWARD_NOT_ACCEPTED;
	if (award->state != STELE__AWARD_STATE__AWARD_ACTIVE) /* D-04 */
		return ERR_AWARD_STATE;
	return ERR_OK;
}

/* D-06…D-11 */
static enum err check_payment(const Stele__ProgrammeValue *programme,
			      const Stele__AwardValue *award,
			      const Stele__DisbursementRecord *record)
{
	const Stele__AwardGrant *grant = award->grant;

	if (!amount_is_valid(record->amount)) /* D-06 */
		return ERR_AMOUNT;
	if (!is_party(programme->programme, record->payer)) /* D-07 */
		return ERR_PAYER;
	if (!award_has_recipient(grant, record->payee)) /* D-08 */
		return ERR_PAYEE;
	if (!date_is_valid(record->value_date)) /* D-09 */
		return ERR_DATE;
	if (record->milestone > grant->n_milestones ||
	    (grant->n_milestones > 0 && record->milestone == 0)) /* D-10 */
		return ERR_NOT_FOUND_MILESTONE;
	if (!sum_is_within(award->paid, record->amount, award_payable(award))) /* D-11 */
		return ERR_PAYMENT_OVER;
	return ERR_OK;
}

static enum err record_payment(struct apply *apply, Stele__ProgrammeValue *programme,
			       Stele__AwardValue *award, const Stele__DisbursementRecord *record)
{
	Stele__DisbursementValue value = STELE__DISBURSEMENT_VALUE__INIT;
	enum err err;

	award->disbursements++;
	award->paid += record->amount;
	programme->paid += record->amount; /* <= committed <= budget: no wrapping */
	value.record = (Stele__DisbursementRecord *)record; /* only read */
	value.log_index = apply->log_index;
	value.motion = apply->motion;
	value.number = award->disbursements;
	err = put_disbursement(apply,
			       state_key("disbursement/%s/%" PRIu64 "/%" PRIu64, record->programme,
					 record->award, value.number),
			       &value);
	if (err == ERR_OK)
		err = put_award(apply, key_of_award(record->programme, record->award), award);
	if (err == ERR_OK)
		err = put_programme(apply, key_of_programme(record->programme), programme);
	return err;
}

enum err disbursement_record(struct apply *apply, const Stele__DisbursementRecord *record)
{
	Stele__TakenValue taken = STELE__TAKEN_VALUE__INIT;
	Stele__ProgrammeValue *programme;
	Stele__AwardValue *award;
	struct state_key reference;
	char hex[HASH_HEX_LEN + 1];
	bool is_taken;
	enum err err = award_find(apply, record->programme, record->award, &programme, &award);

	if (err != ERR_OK) /* D-01 */
		return err;
	if (!is_party(programme->programme, apply->actor)) /* D-02 */
		return ERR_PROGRAMME_AGENCY;
	err = check_state(award);
	if (err != ERR_OK)
		return err;
	hex_encode(hex, record->reference_sha256.data, record->reference_sha256.len);
	reference = state_key("reference/%s/%s", record->programme, hex);
	err = state_has(apply, reference, &is_taken);
	if (err == ERR_OK && is_taken) /* D-05 */
		return ERR_EXISTS_REFERENCE;
	if (err == ERR_OK)
		err = check_payment(programme, award, record);
	if (err == ERR_OK)
		err = record_payment(apply, programme, award, record);
	if (err != ERR_OK)
		return err;
	taken.number = award->disbursements;
	return put_taken(apply, reference, &taken);
}
