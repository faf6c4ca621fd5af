/* New awards: rules A (award.grant), B (award.accept) and I (award.import) of
 * docs/ledger.md.  committed <= budget and live awards <= max_awards hold after
 * each of them. */
#include <inttypes.h>
#include <string.h>

#include "base/mutant.h"
#include "crypto/digest.h"
#include "ledger/apply/award_change.h"
#include "ledger/apply/cap.h"
#include "ledger/apply/date.h"
#include "ledger/apply/grant.h"
#include "ledger/apply/recipient.h"
#include "ledger/apply/values.h"

enum err award_find(struct apply *apply, const char *programme_id, uint64_t number,
		    Stele__ProgrammeValue **programme, Stele__AwardValue **award)
{
	Stele__ProgrammeValue *found;
	enum err err = get_programme(apply, key_of_programme(programme_id), &found);

	if (err == ERR_NOT_FOUND)
		return ERR_NOT_FOUND_PROGRAMME;
	if (err != ERR_OK)
		return err;
	err = get_award(apply, key_of_award(programme_id, number), award);
	if (err == ERR_NOT_FOUND)
		return ERR_NOT_FOUND_AWARD;
	if (err == ERR_OK && programme != NULL)
		*programme = found;
	return err;
}

/* Adds the award, for which there is room, to its programme and call. */
static enum err add_award(struct apply *apply, Stele__ProgrammeValue *programme,
			  Stele__AwardValue *award)
{
	struct award_change change = {.programme = programme, .award = award};

	award->number = programme->awards + 1;
	award->log_index = apply->log_index;
	award->motion = apply->motion;
	return award_change_finish(apply, &change);
}

/* The award in each recipient's own list. */
static enum err add_to_recipients(struct apply *apply, const Stele__AwardValue *award)
{
	struct state_key thing = key_of_award(award->grant->programme, award->number);
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < award->grant->n_recipients; i++) {
		Stele__OrgValue *org;

		err = get_org(apply, key_of_org(award->grant->recipients[i]->org), &org);
		if (err != ERR_OK)
			break;
		org->awards++;
		err = put_place(apply, state_key("org-award/%s/%" PRIu64, org->id, org->awards), thing);
		if (err == ERR_OK)
			err = put_org(apply, key_of_org(org->id), org);
	}
	return err;
}

/* The proposal has its award, and no other. */
static enum err name_award(struct apply *apply, const Stele__AwardValue *award,
			   Stele__ProposalValue *proposal)
{
	const Stele__AwardGrant *grant = award->grant;

	if (proposal == NULL)
		return ERR_OK;
	proposal->award = award->number;
	return put_proposal(apply, key_of_proposal(grant->programme, grant->call, grant->proposal),
			    proposal);
}

enum err award_grant(struct apply *apply, const Stele__AwardGrant *record)
{
	Stele__AwardValue award = STELE__AWARD_VALUE__INIT;
	Stele__ProgrammeValue *programme;
	Stele__CallValue *call;
	Stele__ProposalValue *proposal;
	enum err err = programme_find_as_agency(apply, record->programme, &programme); /* A-01…A-03 */

	if (err == ERR_OK) /* …A-21 */
		err = grant_find_proposal(apply, record, &call, &proposal);
	if (err == ERR_OK)
		err = grant_check(apply, programme->programme, record); /* A-05…A-12 */
	if (err == ERR_OK)
		err = cap_check_programme(programme, record->amount); /* */
	if (err == ERR_OK && call != NULL)
		err = cap_check_call(call, record->amount); /* */
	if (err != ERR_OK)
		return err;
	award.grant = (Stele__AwardGrant *)record; /* only read */
	award.state = STELE__AWARD_STATE__AWARD_GRANTED;
	err = add_award(apply, programme, &award);
	if (err == ERR_OK)
		err = add_to_recipients(apply, &award);
	return err == ERR_OK ? name_award(apply, &award, proposal) : err;
}

bool award_has_recipient(const Stele__AwardGrant *grant, const char *org)
{
	return recipient_place(grant->recipients, grant->n_recipients, org) != 0;
}

static bool has_accepted(const Stele__AwardValue *award, uint32_t place)
{
	for (size_t i = 0; i < award->n_accepted; i++) {
		if (award->accepted[i] == place)
			return true;
	}
	return false;
}

/* Adds the place to the ascending list. */
static enum err add_acceptance(struct apply *apply, Stele__AwardValue *award, uint32_t place)
{
	uint32_t *list = arena_alloc(apply->arena, (award->n_accepted + 1) * sizeof(*list));
	size_t at = 0;

	if (list == NULL)
		return ERR_MEMORY;
	while (at < award->n_accepted && award->accepted[at] < place) {
		list[at] = award->accepted[at];
		at++;
	}
	list[at] = place;
	for (; at < award->n_accepted; at++)
		list[at + 1] = award->accepted[at];
	award->accepted = list;
	award->n_accepted++;
	return ERR_OK;
}

/* The first recipient that has not accepted: whom the mutant accepts for. */
static uint32_t next_missing(const Stele__AwardValue *award)
{
	uint32_t place = 1;

	while (has_accepted(award, place))
		place++;
	return place;
}

enum err award_accept(struct apply *apply, const Stele__AwardAccept *record)
{
	struct award_change change;
	Stele__AwardValue *award;
	uint32_t place;
	enum err err = award_change_begin(apply, &change, record->programme, record->award,
					  BY_RECIPIENT);

	if (err != ERR_OK) /* B-01, B-02, B-03 */
		return err;
	award = change.award;
	place = recipient_place(award->grant->recipients, award->grant->n_recipients, apply->actor);
	if (mutant_on("second_acceptance") && award->n_accepted < award->grant->n_recipients)
		place = next_missing(award);
	if (has_accepted(award, place)) /* B-04 */
		return ERR_AWARD_ACCEPTED;
	if (award->state != STELE__AWARD_STATE__AWARD_GRANTED) /* B-05 */
		return ERR_AWARD_STATE;
	if (record->version != award->version) /* B-06 */
		return ERR_VERSION;
	err = add_acceptance(apply, award, place);
	if (err != ERR_OK)
		return err;
	if (award->n_accepted == award->grant->n_recipients)
		award_set_state(apply, award, STELE__AWARD_STATE__AWARD_ACTIVE);
	return award_change_finish(apply, &change);
}

enum err award_import(struct apply *apply, const Stele__AwardImport *record)
{
	Stele__AwardValue award = STELE__AWARD_VALUE__INIT;
	Stele__TakenValue taken = STELE__TAKEN_VALUE__INIT;
	Stele__ProgrammeValue *programme;
	struct state_key at;
	struct hash id;
	char hex[HASH_HEX_LEN + 1];
	bool is_taken;
	enum err err = programme_find_as_agency(apply, record->programme, &programme); /* I-01…I-03 */

	if (err != ERR_OK)
		return err;
	sha256(&id, record->publisher_id, strlen(record->publisher_id));
	hex_encode(hex, id.b, sizeof(id.b));
	at = state_key("import/%s/%s", record->programme, hex);
	err = state_has(apply, at, &is_taken);
	if (err != ERR_OK)
		return err;
	if (is_taken) /* I-04 */
		return ERR_EXISTS_IMPORT;
	if (!amount_is_valid(record->amount)) /* I-05 */
		return ERR_AMOUNT;
	if (!date_is_valid(record->date)) /* I-06 */
		return ERR_DATE;
	err = cap_check_programme(programme, record->amount); /* I-07, I-08 */
	if (err != ERR_OK)
		return err;
	award.import = (Stele__AwardImport *)record; /* only read */
	award.state = STELE__AWARD_STATE__AWARD_IMPORTED;
	err = add_award(apply, programme, &award);
	if (err != ERR_OK)
		return err;
	taken.number = award.number;
	return put_taken(apply, at, &taken);
}
