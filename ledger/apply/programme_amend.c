/* How a programme changes and ends: rules GA (programme.amend) and GC
 * (programme.close) of docs/ledger.md. */
#include <string.h>

#include "ledger/apply/date.h"
#include "ledger/apply/programme.h"
#include "ledger/apply/values.h"

/* The programme, open, whose funder acts. */
static enum err find_as_funder(struct apply *apply, const char *id, Stele__ProgrammeValue **out)
{
	enum err err = get_programme(apply, key_of_programme(id), out);

	if (err == ERR_NOT_FOUND) /* GA-01, GC-01 */
		return ERR_NOT_FOUND_PROGRAMME;
	if (err != ERR_OK)
		return err;
	if (strcmp(apply->actor, (*out)->programme->funder) != 0) /* GA-02, GC-02 */
		return ERR_PROGRAMME_FUNDER;
	if ((*out)->closed) /* GA-03, GC-03 */
		return ERR_PROGRAMME_CLOSED;
	return ERR_OK;
}

static Stele__ProgrammeCreate amended(const Stele__ProgrammeCreate *before,
				      const Stele__ProgrammeAmend *record)
{
	Stele__ProgrammeCreate after = *before;

	after.titles = record->titles;
	after.budget = record->budget;
	after.max_awards = record->max_awards;
	after.period = record->period;
	after.n_areas = record->n_areas;
	after.areas = record->areas;
	after.legal_basis = record->legal_basis;
	after.n_documents = record->n_documents;
	after.documents = record->documents;
	return after;
}

/* Whether every area is still there, in its place.  Where there were none there are
 * none: else a proposal that names none could not be awarded any more. */
static bool keeps_areas(const Stele__ProgrammeCreate *before, const Stele__ProgrammeCreate *after)
{
	if (before->n_areas == 0 || after->n_areas < before->n_areas)
		return after->n_areas == before->n_areas;
	for (size_t i = 0; i < before->n_areas; i++) {
		if (strcmp(before->areas[i]->code, after->areas[i]->code) != 0)
			return false;
	}
	return true;
}

/* GA-05…GA-09 */
static enum err check_amended(const Stele__ProgrammeValue *value,
			      const Stele__ProgrammeCreate *after)
{
	const Stele__ProgrammeCreate *before = value->programme;

	if (!amount_is_valid(after->budget) || after->max_awards == 0) /* GA-05 */
		return ERR_AMOUNT;
	if (after->budget < value->committed || after->budget < value->call_budgets ||
	    after->max_awards < value->live_awards) /* GA-06 */
		return ERR_AMEND_BELOW;
	if (!period_is_valid(after->period)) /* GA-07 */
		return ERR_DATE;
	if (!period_is_within(before->period, after->period) ||
	    !keeps_areas(before, after)) /* GA-08 */
		return ERR_AMEND_TERMS;
	if (programme_has_area_twice(after)) /* GA-09 */
		return ERR_AREA_DUPLICATE;
	return ERR_OK;
}

enum err programme_amend(struct apply *apply, const Stele__ProgrammeAmend *record)
{
	Stele__ProgrammeValue *value;
	Stele__ProgrammeCreate after;
	enum err err = find_as_funder(apply, record->programme, &value);

	if (err != ERR_OK)
		return err;
	if (record->version != value->version + 1) /* GA-04 */
		return ERR_VERSION;
	after = amended(value->programme, record);
	err = check_amended(value, &after);
	if (err != ERR_OK)
		return err;
	value->programme = &after;
	value->version = record->version;
	value->changed_log_index = apply->log_index;
	return programme_put_terms(apply, value); /* GA-10 */
}

enum err programme_close(struct apply *apply, const Stele__ProgrammeClose *record)
{
	Stele__ProgrammeValue *value;
	enum err err = find_as_funder(apply, record->programme, &value);

	if (err != ERR_OK)
		return err;
	if (value->open_awards > 0) /* GC-04 */
		return ERR_AWARDS_OPEN;
	value->closed = true;
	value->changed_log_index = apply->log_index;
	return put_programme(apply, key_of_programme(record->programme), value);
}
