/* Payable: how much can be paid on an award in all; one rule for execution and
 * for whoever shows it. */
#ifndef STELE_LEDGER_PAYABLE_H
#define STELE_LEDGER_PAYABLE_H

#include <stdint.h>

#include "proto/state.pb-c.h"

/* Minor units.  Without milestones the whole amount, with them what was assessed;
 * nothing on an imported award. */
uint64_t award_payable(const Stele__AwardValue *award);

#endif
