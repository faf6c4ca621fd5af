/* Payable: how much can be paid on an award in all; one rule for execution and
 * for whoever shows it. */
#ifndef STELE_LEDGER_PAYABLE_H
#define STELE_LEDGER_PAYABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/state.pb-c.h"

/* Minor units.  Without milestones the whole amount, with them what was assessed;
 * nothing on an imported award. */
uint64_t award_payable(const Stele__AwardValue *award);
/* Whether the award's own figures fit each other, as every rule about money keeps
 * them: paid <= payable <= amount, received <= demanded <= paid, and committed the
 * amount, or what was paid once the award is terminated. */
bool award_adds_up(const Stele__AwardValue *award);

#endif
