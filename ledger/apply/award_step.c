/* The steps in an award's life after it was accepted: rules AS (suspend), AR
 * (resume), AC (complete), AX (close) and AT (terminate) of docs/ledger.md. */
#include "ledger/apply/award_change.h"

/* The award of the record, acted on by the agency, in one of the states. */
static enum err begin_step(struct apply *apply, struct award_change *out,
			   const Stele__AwardStep *record, uint32_t from)
{
	enum err err = award_change_begin(apply, out, record->programme, record->award, BY_AGENCY);

	return err == ERR_OK ? award_check_state(out->award, from) : err;
}

static enum err end_step(struct apply *apply, struct award_change *change, Stele__AwardState to)
{
	award_set_state(apply, change->award, to);
	return award_change_finish(apply, change);
}

enum err award_suspend(struct apply *apply, const Stele__AwardStep *record)
{
	struct award_change change;
	enum err err = begin_step(apply, &change, record, AWARD_IN(ACTIVE));

	if (err != ERR_OK) /* AS-01, AS-02, AS-03 */
		return err;
	return end_step(apply, &change, STELE__AWARD_STATE__AWARD_SUSPENDED);
}

enum err award_resume(struct apply *apply, const Stele__AwardStep *record)
{
	struct award_change change;
	enum err err = begin_step(apply, &change, record, AWARD_IN(SUSPENDED));

	if (err != ERR_OK) /* AR-01, AR-02, AR-03 */
		return err;
	return end_step(apply, &change, STELE__AWARD_STATE__AWARD_ACTIVE);
}

enum err award_complete(struct apply *apply, const Stele__AwardStep *record)
{
	struct award_change change;
	enum err err = begin_step(apply, &change, record, AWARD_IN(ACTIVE));

	if (err != ERR_OK) /* AC-01, AC-02, AC-03 */
		return err;
	if (change.award->assessed < change.award->grant->n_milestones) /* AC-04 */
		return ERR_MILESTONES_OPEN;
	return end_step(apply, &change, STELE__AWARD_STATE__AWARD_COMPLETED);
}

enum err award_close(struct apply *apply, const Stele__AwardStep *record)
{
	struct award_change change;
	enum err err =
		begin_step(apply, &change, record, AWARD_IN(COMPLETED) | AWARD_IN(TERMINATED));

	if (err != ERR_OK) /* AX-01, AX-02, AX-03 */
		return err;
	return end_step(apply, &change, STELE__AWARD_STATE__AWARD_CLOSED);
}

enum err award_terminate(struct apply *apply, const Stele__AwardTerminate *record)
{
	uint32_t from = AWARD_IN(GRANTED) | AWARD_IN(ACTIVE) | AWARD_IN(SUSPENDED);
	struct award_change change;
	enum err err = award_change_begin(apply, &change, record->programme, record->award,
					  BY_AGENCY);

	if (err == ERR_OK) /* AT-01, AT-02 */
		err = award_check_state(change.award, from); /* AT-03 */
	if (err != ERR_OK)
		return err;
	if (record->unspent > change.award->paid) /* AT-04 */
		return ERR_UNSPENT;
	change.award->terminated = true;
	change.award->unspent = record->unspent;
	return end_step(apply, &change, STELE__AWARD_STATE__AWARD_TERMINATED);
}
