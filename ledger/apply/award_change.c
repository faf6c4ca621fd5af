#include "ledger/apply/award_change.h"

#include <string.h>

#include "base/mutant.h"
#include "ledger/apply/values.h"
#include "ledger/payable.h"

static uint64_t amount_of(const Stele__AwardValue *award)
{
	return award->grant != NULL ? award->grant->amount : award->import->amount;
}

/* What was not paid out of a terminated award is free again. */
static uint64_t committed_of(const Stele__AwardValue *award)
{
	if (award->terminated && !mutant_on("terminated_still_committed"))
		return award->paid;
	return amount_of(award);
}

static struct award_part part_of(const Stele__AwardValue *award)
{
	return (struct award_part){
		.awards = 1,
		.live = !award->terminated,
		.open = award->grant != NULL && award->state != STELE__AWARD_STATE__AWARD_CLOSED,
		.committed = award->committed,
		.paid = award->paid,
		.recovered = award->received,
	};
}

enum err award_change_find(struct apply *apply, struct award_change *out, const char *programme,
			   uint64_t number)
{
	enum err err = award_find(apply, programme, number, &out->programme, &out->award);

	if (err != ERR_OK) /* F-01, F-02 */
		return err;
	out->before = part_of(out->award);
	return ERR_OK;
}

static enum err check_actor(const struct apply *apply, const struct award_change *change,
			    enum award_actor actor)
{
	const Stele__ProgrammeValue *programme = change->programme;

	switch (actor) {
	case BY_AGENCY:
		return strcmp(apply->actor, programme->programme->agency) == 0
			       ? ERR_OK
			       : ERR_PROGRAMME_AGENCY;
	case BY_PARTY:
		return programme_has_party(programme, apply->actor) ? ERR_OK : ERR_PROGRAMME_AGENCY;
	case BY_RECIPIENT:
		return award_has_recipient(change->award->grant, apply->actor)
			       ? ERR_OK
			       : ERR_AWARD_RECIPIENT;
	}
	UNREACHABLE();
}

enum err award_change_begin(struct apply *apply, struct award_change *out, const char *programme,
			    uint64_t number, enum award_actor actor)
{
	enum err err = award_change_find(apply, out, programme, number);

	if (err != ERR_OK)
		return err;
	if (out->award->state == STELE__AWARD_STATE__AWARD_IMPORTED) /* F-03 */
		return ERR_AWARD_IMPORTED;
	return check_actor(apply, out, actor);
}

/* What each rule about money keeps, of the award and of what it is added up in. */
static void check_award(const Stele__AwardValue *award)
{
	uint64_t payable = award_payable(award);

	ASSERT(award->paid <= payable && payable <= amount_of(award));
	ASSERT(award->received <= award->demanded && award->demanded <= award->paid);
	ASSERT(award->grant == NULL || award->assessed <= award->grant->n_milestones);
}

static void check_programme(const Stele__ProgrammeValue *programme)
{
	ASSERT(programme->live_awards <= programme->awards);
	ASSERT(programme->open_awards <= programme->awards);
	ASSERT(programme->recovered <= programme->paid && programme->paid <= programme->committed);
}

static enum err move_programme(struct apply *apply, Stele__ProgrammeValue *programme,
			       const struct award_part *before, const struct award_part *after)
{
	if (memcmp(before, after, sizeof(*before)) == 0)
		return ERR_OK;
	programme->awards += after->awards - before->awards;
	programme->live_awards += after->live - before->live;
	programme->open_awards += after->open - before->open;
	programme->committed += after->committed - before->committed;
	programme->paid += after->paid - before->paid;
	programme->recovered += after->recovered - before->recovered;
	check_programme(programme);
	return put_programme(apply, key_of_programme(programme->programme->id), programme);
}

static enum err move_call(struct apply *apply, const Stele__AwardGrant *grant,
			  const struct award_part *before, const struct award_part *after)
{
	struct state_key key;
	Stele__CallValue *call;
	enum err err;

	if (grant == NULL || grant->call[0] == '\0')
		return ERR_OK;
	if (before->awards == after->awards && before->live == after->live &&
	    before->committed == after->committed)
		return ERR_OK;
	key = key_of_call(grant->programme, grant->call);
	err = get_call(apply, key, &call);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	call->awards += after->awards - before->awards;
	call->live_awards += after->live - before->live;
	call->committed += after->committed - before->committed;
	ASSERT(call->live_awards <= call->awards);
	return put_call(apply, key, call);
}

enum err award_change_finish(struct apply *apply, struct award_change *change)
{
	Stele__AwardValue *award = change->award;
	const char *programme = change->programme->programme->id;
	struct award_part after;
	enum err err;

	award->committed = committed_of(award);
	check_award(award);
	after = part_of(award);
	err = put_award(apply, key_of_award(programme, award->number), award);
	if (err == ERR_OK)
		err = move_programme(apply, change->programme, &change->before, &after);
	if (err == ERR_OK)
		err = move_call(apply, award->grant, &change->before, &after);
	return err;
}

enum err award_check_state(const Stele__AwardValue *award, uint32_t states)
{
	return (states & 1u << award->state) != 0 ? ERR_OK : ERR_AWARD_STATE;
}

void award_set_state(struct apply *apply, Stele__AwardValue *award, Stele__AwardState state)
{
	award->state = state;
	award->changed_log_index = apply->log_index;
}

bool award_has_milestone(const Stele__AwardValue *award, uint32_t number)
{
	return number > 0 && number <= award->grant->n_milestones;
}

bool programme_has_party(const Stele__ProgrammeValue *programme, const char *org)
{
	return strcmp(org, programme->programme->funder) == 0 ||
	       strcmp(org, programme->programme->agency) == 0;
}
