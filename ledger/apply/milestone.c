/* Milestones: claimed by a recipient with evidence (rules MC), assessed once by the
 * agency (rules MA of docs/ledger.md), which makes money payable. */
#include "ledger/apply/milestone.h"

#include <inttypes.h>

#include "base/mutant.h"
#include "ledger/apply/award_change.h"

enum err milestone_find(struct apply *apply, const Stele__AwardValue *award, uint32_t number,
			struct state_key *key, Stele__MilestoneValue **out)
{
	Stele__MilestoneValue *value;
	enum err err;

	*key = state_key("milestone/%s/%" PRIu64 "/%" PRIu32, award->grant->programme, award->number,
			 number);
	err = get_milestone(apply, *key, out);
	if (err != ERR_NOT_FOUND)
		return err;
	value = arena_alloc(apply->arena, sizeof(*value));
	if (value == NULL)
		return ERR_MEMORY;
	*value = (Stele__MilestoneValue)STELE__MILESTONE_VALUE__INIT;
	value->number = number;
	*out = value;
	return ERR_OK;
}

bool milestone_is_assessed(const Stele__MilestoneValue *value)
{
	return value->result != STELE__ASSESSMENT__ASSESSMENT_NONE;
}

/* The milestone, one of the award's and not assessed. */
static enum err find_open(struct apply *apply, const Stele__AwardValue *award, uint32_t number,
			  struct state_key *key, Stele__MilestoneValue **out)
{
	enum err err;

	if (!award_has_milestone(award, number)) /* MC-04, MA-04 */
		return ERR_NOT_FOUND_MILESTONE;
	err = milestone_find(apply, award, number, key, out);
	if (err != ERR_OK)
		return err;
	if (milestone_is_assessed(*out) && !mutant_on("assessed_twice")) /* MC-05, MA-05 */
		return ERR_MILESTONE_ASSESSED;
	return ERR_OK;
}

/* MC-06, MC-07 of the piece of evidence at this place */
static enum err check_evidence(struct apply *apply, const Stele__AwardValue *award,
			       const Stele__MilestoneClaim *record, size_t place)
{
	const Stele__ContentRef *ref = record->evidence[place];
	Stele__ClaimValue *claim;
	enum err err;

	for (size_t i = 0; i < place; i++) {
		if (content_ref_equal(record->evidence[i], ref)) /* MC-06 */
			return ERR_AREA_DUPLICATE;
	}
	err = claim_find(apply, &ref->sha256, ref->claim, &claim);
	if (err == ERR_NOT_FOUND_CLAIM) /* MC-07 */
		return ERR_EVIDENCE_CLAIM;
	if (err != ERR_OK)
		return err;
	if (claim->state != STELE__CLAIM_STATE__CLAIM_LIVE ||
	    (!award_has_recipient(award->grant, claim->org) && !mutant_on("evidence_of_anybody"))) /* MC-07 */
		return ERR_EVIDENCE_CLAIM;
	return ERR_OK;
}

enum err milestone_claim(struct apply *apply, const Stele__MilestoneClaim *record)
{
	struct award_change change;
	struct state_key key;
	Stele__MilestoneValue *value;
	enum err err = award_change_begin(apply, &change, record->programme, record->award,
					  BY_RECIPIENT);

	if (err == ERR_OK) /* MC-01, MC-02 */
		err = award_check_state(change.award, AWARD_IN(ACTIVE)); /* MC-03 */
	if (err == ERR_OK)
		err = find_open(apply, change.award, record->milestone, &key, &value);
	for (size_t i = 0; err == ERR_OK && i < record->n_evidence; i++)
		err = check_evidence(apply, change.award, record, i);
	if (err != ERR_OK)
		return err;
	value->claims++;
	value->n_evidence = record->n_evidence;
	value->evidence = record->evidence; /* only read */
	value->claimed_log_index = apply->log_index;
	return put_milestone(apply, key, value);
}

/* MA-07: what the result makes payable of the milestone's amount. */
static bool payable_fits(Stele__Assessment result, uint64_t payable, uint64_t amount)
{
	switch (result) {
	case STELE__ASSESSMENT__ASSESSMENT_MET:
		return payable == amount;
	case STELE__ASSESSMENT__ASSESSMENT_PARTLY:
		return payable > 0 && payable < amount;
	case STELE__ASSESSMENT__ASSESSMENT_NOT_MET:
		return payable == 0;
	case STELE__ASSESSMENT__ASSESSMENT_NONE: /* needed: proto/bounds.c */
		break;
	}
	UNREACHABLE();
}

static enum err check_result(const Stele__AwardValue *award, const Stele__MilestoneValue *value,
			     const Stele__MilestoneAssess *record)
{
	uint64_t amount = award->grant->milestones[record->milestone - 1]->amount;

	if (record->result != STELE__ASSESSMENT__ASSESSMENT_NOT_MET && value->claims == 0) /* MA-06 */
		return ERR_MILESTONE_UNCLAIMED;
	if (record->claim != value->claims) /* MA-08 */
		return ERR_MILESTONE_CLAIM;
	return payable_fits(record->result, record->payable, amount) ? ERR_OK : ERR_PAYABLE;
}

enum err milestone_assess(struct apply *apply, const Stele__MilestoneAssess *record)
{
	struct award_change change;
	struct state_key key;
	Stele__MilestoneValue *value;
	enum err err = award_change_begin(apply, &change, record->programme, record->award,
					  BY_AGENCY);

	if (err == ERR_OK) /* MA-01, MA-02 */
		err = award_check_state(change.award,
					AWARD_IN(ACTIVE) | AWARD_IN(SUSPENDED)); /* MA-03 */
	if (err == ERR_OK)
		err = find_open(apply, change.award, record->milestone, &key, &value);
	if (err == ERR_OK)
		err = check_result(change.award, value, record);
	if (err != ERR_OK)
		return err;
	value->result = record->result;
	value->payable = record->payable;
	value->assessed_log_index = apply->log_index;
	value->motion = apply->motion;
	err = put_milestone(apply, key, value);
	if (err != ERR_OK)
		return err;
	change.award->assessed++;
	change.award->payable += record->payable; /* <= the milestones' sum, the amount */
	return award_change_finish(apply, &change);
}
