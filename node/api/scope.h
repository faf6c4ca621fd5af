/* Scope: the programme, call, proposal or award that a path names, read once for
 * all that is said below it. */
#ifndef STELE_NODE_API_SCOPE_H
#define STELE_NODE_API_SCOPE_H

#include "node/api/call.h"

struct scope {
	const char *currency;
	Stele__ProgrammeValue *programme;
	Stele__CallValue *call;         /* NULL: the path names none, as below */
	Stele__ProposalValue *proposal;
	Stele__AwardValue *award;
	Stele__OrgValue *org;
};

/* Each takes the next arguments of the path, from the first on, and those before it.
 * ERR_NOT_FOUND. */
MUST_CHECK enum err scope_programme(struct call *call, struct scope *scope);
MUST_CHECK enum err scope_call(struct call *call, struct scope *scope);
MUST_CHECK enum err scope_proposal(struct call *call, struct scope *scope);
MUST_CHECK enum err scope_award(struct call *call, struct scope *scope);
MUST_CHECK enum err scope_org(struct call *call, struct scope *scope);

/* What every object says of itself: numbers of what made and changed it; those that
 * are 0 are left out. */
void set_made(json_t *json, uint64_t log_index, uint64_t changed_log_index, uint64_t motion);

#endif
