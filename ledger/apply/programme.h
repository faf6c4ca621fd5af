/* What creating and amending a programme have in common. */
#ifndef STELE_LEDGER_APPLY_PROGRAMME_H
#define STELE_LEDGER_APPLY_PROGRAMME_H

#include "ledger/apply/rules.h"

bool programme_has_area_twice(const Stele__ProgrammeCreate *programme);
/* G-10, GA-10: puts the value if it leaves room for its totals.  ERR_VALUE_SIZE. */
MUST_CHECK enum err programme_put_terms(struct apply *apply, const Stele__ProgrammeValue *value);

#endif
