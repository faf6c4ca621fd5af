#include "ledger/apply/call_terms.h"

#include <string.h>

#include "base/limits.h"
#include "ledger/apply/eligibility.h"

#define WEIGHTS_WHOLE 10000

static bool times_are_valid(const struct apply *apply, const Stele__CallTerms *terms)
{
	return terms->opens < terms->deadline && terms->deadline < terms->reveal_until &&
	       terms->reveal_until < terms->review_until && apply->time_ms < terms->deadline &&
	       terms->review_until <= apply->time_ms + LIMIT_CALL_MS &&
	       terms->objection_ms <= LIMIT_OBJECTION_MS;
}

static bool amounts_are_valid(const Stele__CallTerms *terms)
{
	return terms->award_min > 0 && terms->award_min <= terms->award_max &&
	       terms->award_max <= terms->budget && amount_is_valid(terms->budget) &&
	       terms->max_awards > 0 && terms->proposals_per_applicant > 0;
}

/* CP-08, CP-09 of the areas */
static enum err check_areas(const Stele__ProgrammeCreate *programme, const Stele__CallTerms *terms)
{
	for (size_t i = 0; i < terms->n_areas; i++) {
		if (!programme_has_area(programme, terms->areas[i])) /* CP-08 */
			return ERR_AREA;
		for (size_t j = 0; j < i; j++) {
			if (strcmp(terms->areas[i], terms->areas[j]) == 0) /* CP-09 */
				return ERR_AREA_DUPLICATE;
		}
	}
	return ERR_OK;
}

static bool has_criterion_twice(const Stele__ReviewTerms *review)
{
	for (size_t i = 0; i < review->n_criteria; i++) {
		for (size_t j = 0; j < i; j++) {
			if (strcmp(review->criteria[i]->code, review->criteria[j]->code) == 0)
				return true;
		}
	}
	return false;
}

/* Weights are checked one by one, so that no sum of them wraps. */
static bool review_can_be_met(const Stele__ReviewTerms *review)
{
	uint64_t weights = 0;
	uint64_t best = 0;

	for (size_t i = 0; i < review->n_criteria; i++) {
		const Stele__Criterion *criterion = review->criteria[i];

		if (criterion->weight == 0 || criterion->weight > WEIGHTS_WHOLE ||
		    criterion->max == 0 || criterion->max > LIMIT_SCORE)
			return false;
		weights += criterion->weight;
		best += (uint64_t)criterion->weight * criterion->max;
	}
	return weights == WEIGHTS_WHOLE && review->quorum > 0 &&
	       review->quorum <= review->panel_min && review->panel_min <= LIMIT_PANEL &&
	       review->threshold <= best;
}

enum err call_terms_check(const struct apply *apply, const Stele__ProgrammeCreate *programme,
			  const Stele__CallTerms *terms, uint64_t other_budgets)
{
	enum err err;

	if (!times_are_valid(apply, terms)) /* CP-05 */
		return ERR_CALL_TIMES;
	if (!amounts_are_valid(terms)) /* CP-06 */
		return ERR_AMOUNT;
	err = eligibility_check(terms->eligibility); /* CP-07 */
	if (err != ERR_OK)
		return err;
	if (!eligibility_narrows(terms->eligibility, programme->eligibility) ||
	    terms->max_awards > programme->max_awards) /* CP-07 */
		return ERR_CALL_WIDER;
	err = check_areas(programme, terms);
	if (err != ERR_OK)
		return err;
	if (has_criterion_twice(terms->review)) /* CP-09 */
		return ERR_AREA_DUPLICATE;
	if (!review_can_be_met(terms->review)) /* CP-10 */
		return ERR_CALL_TERMS;
	if (!sum_is_within(other_budgets, terms->budget, programme->budget)) /* CP-11, CA-09 */
		return ERR_BUDGET;
	return ERR_OK;
}
