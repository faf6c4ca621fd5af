/* What an operation decides about, as far as it says who may not approve it: rule
 * M-07 of docs/ledger.md.  Pure. */
#ifndef STELE_LEDGER_APPLY_SUBJECT_H
#define STELE_LEDGER_APPLY_SUBJECT_H

#include "proto/tx.pb-c.h"

struct subject {
	const Stele__AwardGrant *grant; /* an award that is to be granted; else NULL */
	const char *programme;          /* of the award or the call; NULL: about neither */
	uint64_t award;                 /* where call is NULL */
	const char *call;
};

/* Points into the operation. */
struct subject subject_of(const Stele__MotionOperation *operation);

#endif
