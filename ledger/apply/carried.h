/* What a motion carries: kept in the state in parts, from which it is executed. */
#ifndef STELE_LEDGER_APPLY_CARRIED_H
#define STELE_LEDGER_APPLY_CARRIED_H

#include "ledger/apply/rules.h"

/* Writes the parts; sets their number and the hash in the motion.  ERR_VALUE_SIZE:
 * larger than the parts hold. */
MUST_CHECK enum err carried_put(struct apply *apply, Stele__MotionValue *motion,
				const Stele__MotionOperation *operation);
MUST_CHECK enum err carried_get(struct apply *apply, const Stele__MotionValue *motion,
				Stele__MotionOperation **out);
/* Applies it; apply->actor is the motion's opener, apply->motion its number. */
MUST_CHECK enum err carried_apply(struct apply *apply, const Stele__MotionOperation *operation);

#endif
