/* Programmes: rules G of docs/ledger.md. */
#include "ledger/apply/programme.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/apply/currency.h"
#include "ledger/apply/date.h"
#include "ledger/apply/eligibility.h"
#include "ledger/apply/values.h"

bool amount_is_valid(uint64_t amount)
{
	return amount > 0 && amount <= LIMIT_MONEY;
}

bool sum_is_within(uint64_t a, uint64_t b, uint64_t bound)
{
	return a <= bound && b <= bound - a;
}

enum err programme_find_as_agency(struct apply *apply, const char *id, Stele__ProgrammeValue **out)
{
	enum err err = get_programme(apply, key_of_programme(id), out);

	if (err == ERR_NOT_FOUND) /* A-01, I-01, CP-01, CA-01, CC-01 */
		return ERR_NOT_FOUND_PROGRAMME;
	if (err != ERR_OK)
		return err;
	if (strcmp(apply->actor, (*out)->programme->agency) != 0) /* A-02, I-02, CP-02, CA-02, CC-02 */
		return ERR_PROGRAMME_AGENCY;
	if ((*out)->closed) /* A-03, I-03, CP-03, CA-03, CC-03 */
		return ERR_PROGRAMME_CLOSED;
	return ERR_OK;
}

bool programme_has_area(const Stele__ProgrammeCreate *programme, const char *area)
{
	for (size_t i = 0; i < programme->n_areas; i++) {
		if (strcmp(programme->areas[i]->code, area) == 0)
			return true;
	}
	return programme->n_areas == 0 && area[0] == '\0';
}

/* G-02…G-04: both are registered, active and have their roles; the funder acts. */
static enum err check_parties(struct apply *apply, const Stele__ProgrammeCreate *record)
{
	const struct {
		const char *id;
		uint64_t role;
	} parties[] = {
		{record->funder, ROLE_BIT(FUNDER)},
		{record->agency, ROLE_BIT(AGENCY)},
	};

	for (size_t i = 0; i < 2; i++) {
		Stele__OrgValue *org;
		enum err err = get_org(apply, key_of_org(parties[i].id), &org);

		if (err == ERR_NOT_FOUND) /* G-02 */
			return ERR_NOT_FOUND_ORG;
		if (err != ERR_OK)
			return err;
		if (org->status != STELE__ORG_STATUS__ORG_ACTIVE ||
		    (role_bits(org->roles, org->n_roles) & parties[i].role) == 0) /* G-03 */
			return ERR_ROLE;
	}
	if (strcmp(apply->actor, record->funder) != 0) /* G-04 */
		return ERR_PROGRAMME_FUNDER;
	return ERR_OK;
}

bool programme_has_area_twice(const Stele__ProgrammeCreate *programme)
{
	for (size_t i = 0; i < programme->n_areas; i++) {
		for (size_t j = 0; j < i; j++) {
			if (strcmp(programme->areas[i]->code, programme->areas[j]->code) == 0)
				return true;
		}
	}
	return false;
}

static enum err check_terms(const Stele__ProgrammeCreate *record)
{
	unsigned places;

	if (!currency_places(record->currency, &places)) /* G-05 */
		return ERR_CURRENCY;
	if (!amount_is_valid(record->budget) || record->max_awards == 0) /* G-06 */
		return ERR_AMOUNT;
	if (!period_is_valid(record->period)) /* G-07 */
		return ERR_DATE;
	if (programme_has_area_twice(record)) /* G-08 */
		return ERR_AREA_DUPLICATE;
	return eligibility_check(record->eligibility); /* G-09 */
}

/* G-10, GA-10: the value has room for every number at its greatest; otherwise a
 * payment could one day be refused because its programme has a long title. */
static enum err check_room(struct apply *apply, struct state_key key,
			   const Stele__ProgrammeValue *value)
{
	Stele__ProgrammeValue full = *value;

	full.awards = LIMIT_MONEY;
	full.live_awards = LIMIT_MONEY;
	full.committed = LIMIT_MONEY;
	full.paid = LIMIT_MONEY;
	full.recovered = LIMIT_MONEY;
	full.closed = true;
	full.log_index = LIMIT_MONEY;
	full.motion = LIMIT_MONEY;
	full.number = LIMIT_MONEY;
	full.version = LIMIT_MONEY;
	full.calls = LIMIT_MONEY;
	full.call_budgets = LIMIT_MONEY;
	full.open_awards = LIMIT_MONEY;
	full.changed_log_index = LIMIT_MONEY;
	return put_programme(apply, key, &full);
}

enum err programme_put_terms(struct apply *apply, const Stele__ProgrammeValue *value)
{
	struct state_key key = key_of_programme(value->programme->id);
	enum err err = check_room(apply, key, value);

	return err == ERR_OK ? put_programme(apply, key, value) : err;
}

enum err programme_create(struct apply *apply, const Stele__ProgrammeCreate *record)
{
	Stele__ProgrammeValue value = STELE__PROGRAMME_VALUE__INIT;
	struct state_key key = key_of_programme(record->id);
	bool is_there;
	enum err err = state_has(apply, key, &is_there);

	if (err == ERR_OK && is_there) /* G-01 */
		return ERR_EXISTS_PROGRAMME;
	if (err == ERR_OK)
		err = check_parties(apply, record);
	if (err == ERR_OK)
		err = check_terms(record);
	if (err == ERR_OK)
		err = count_next(apply, state_key("count/programme"), &value.number);
	if (err == ERR_OK)
		err = put_place(apply, state_key("programme-no/%" PRIu64, value.number), key);
	if (err != ERR_OK)
		return err;
	value.programme = (Stele__ProgrammeCreate *)record; /* only read */
	value.log_index = apply->log_index;
	value.motion = apply->motion;
	return programme_put_terms(apply, &value);
}
