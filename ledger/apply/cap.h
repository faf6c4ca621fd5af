/* The caps of a programme, and of a call within it: its budget and its greatest
 * number of awards. */
#ifndef STELE_LEDGER_APPLY_CAP_H
#define STELE_LEDGER_APPLY_CAP_H

#include "ledger/apply/rules.h"

/* ERR_BUDGET unless the amount fits beside what is committed. */
MUST_CHECK enum err cap_check_budget(uint64_t committed, uint64_t amount, uint64_t budget);
/* One more award of that amount: ERR_AWARDS_MAX, ERR_BUDGET. */
MUST_CHECK enum err cap_check_programme(const Stele__ProgrammeValue *programme, uint64_t amount);
MUST_CHECK enum err cap_check_call(const Stele__CallValue *call, uint64_t amount);

#endif
