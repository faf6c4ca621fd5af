/* An award that a record changes: found with its programme, asked who acts, and put
 * back together with the totals of its programme and call.
 *
 * What an award adds to those totals follows from its value alone.  The totals move
 * by the difference of before and after, in one place, so no rule adds up for itself. */
#ifndef STELE_LEDGER_APPLY_AWARD_CHANGE_H
#define STELE_LEDGER_APPLY_AWARD_CHANGE_H

#include "ledger/apply/rules.h"

/* What one award adds to the totals that it stands in. */
struct award_part {
	uint64_t awards;
	uint64_t live;
	uint64_t open;
	uint64_t committed;
	uint64_t paid;
	uint64_t recovered;
};

struct award_change {
	Stele__ProgrammeValue *programme;
	Stele__AwardValue *award;
	struct award_part before; /* zeros where the award is new */
};

enum award_actor {
	BY_AGENCY,    /* the programme's */
	BY_PARTY,     /* the programme's funder or agency */
	BY_RECIPIENT, /* of the award */
};

/* Rules F-01 to F-03, and then that the actor is the one: ERR_NOT_FOUND_PROGRAMME,
 * ERR_NOT_FOUND_AWARD, ERR_AWARD_IMPORTED; ERR_PROGRAMME_AGENCY, ERR_AWARD_RECIPIENT. */
MUST_CHECK enum err award_change_begin(struct apply *apply, struct award_change *out,
				       const char *programme, uint64_t number,
				       enum award_actor actor);
/* F-01 and F-02 only. */
MUST_CHECK enum err award_change_find(struct apply *apply, struct award_change *out,
				      const char *programme, uint64_t number);
/* Computes what is committed, moves the totals and writes what changed. */
MUST_CHECK enum err award_change_finish(struct apply *apply, struct award_change *change);

/* A set of states, as one bit for each. */
#define AWARD_IN(name) (1u << STELE__AWARD_STATE__AWARD_##name)
/* ERR_AWARD_STATE unless the award is in one of them. */
MUST_CHECK enum err award_check_state(const Stele__AwardValue *award, uint32_t states);
void award_set_state(struct apply *apply, Stele__AwardValue *award, Stele__AwardState state);
/* Whether the award, which was not imported, has a milestone of that number. */
bool award_has_milestone(const Stele__AwardValue *award, uint32_t number);
/* Whether the organisation is the programme's funder or agency. */
bool programme_has_party(const Stele__ProgrammeValue *programme, const char *org);

#endif
