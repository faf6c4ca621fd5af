/* Awards for tests of their rules: brought into a state by the records that lead
 * there, granted on a proposal of a call, and the records about them. */
#ifndef STELE_TESTS_UNIT_LEDGER_WORLD_AWARD_H
#define STELE_TESTS_UNIT_LEDGER_WORLD_AWARD_H

#include "tests/unit/ledger/world.h"

/* P1 with award 1 as granted, not accepted. */
struct world *world_with_award(Stele__AwardGrant *grant);
/* The same with every role allowed to open any operation: who may do it is then up
 * to the operation's own rules. */
struct world *world_of_anybody(void);
/* Accepted by LAB_1. */
struct world *world_with_active(Stele__AwardGrant *grant);
const Stele__ProgrammeValue *world_programme(struct world *world);
const Stele__AwardValue *world_award(struct world *world, uint64_t award);
/* One step of award 1, by AGENCY: OP(AWARD_SUSPEND) and the like. */
void world_step(struct world *world, uint32_t operation);

/* C1 in P1: budget 50,000, at most 2 awards, objections for a day; its proposal 1 of
 * LAB_1 alone, area A, selected now with the amount. */
void world_put_selected(struct world *world, uint64_t amount);
const Stele__CallValue *world_call(struct world *world);
/* Changes proposal 1 of C1, or C1. */
void world_change_proposal(struct world *world, void (*change)(Stele__ProposalValue *value));
void world_change_call(struct world *world, void (*change)(Stele__CallValue *value));
#define WORLD_OBJECTION_MS 86400000
/* make_grant on that proposal. */
Stele__AwardGrant *make_grant_on(uint64_t amount);
/* P1, C1 and award 1 of that amount on its proposal, 1,000 more being decided; active. */
struct world *world_with_award_on(uint64_t amount);

/* All in P1. */
Stele__AwardStep *make_step(uint64_t award);
Stele__AwardTerminate *make_terminate(uint64_t award, uint64_t unspent);
/* The terms of the grant, as its version. */
Stele__AwardAmend *make_amend(const Stele__AwardGrant *grant, uint64_t award, uint64_t version);
/* With claim 1 on each of count contents from that one on. */
Stele__MilestoneClaim *make_milestone_claim(uint64_t award, uint32_t milestone, uint64_t content,
					    size_t count);
/* Of the first claim; not met: of none. */
Stele__MilestoneAssess *make_assess(uint64_t award, uint32_t milestone, Stele__Assessment result,
				    uint64_t payable);
Stele__MilestoneAssess *make_assess_of(uint64_t award, uint32_t milestone, uint64_t claim,
				       Stele__Assessment result, uint64_t payable);
Stele__DisbursementRecord *make_milestone_payment(uint64_t award, uint32_t milestone,
						  uint64_t amount, uint64_t reference);
Stele__DisbursementReverse *make_reverse(uint64_t award, uint64_t disbursement);
Stele__RecoveryDemand *make_demand(uint64_t award, uint64_t amount);
/* From LAB_1. */
Stele__RecoveryReceive *make_receipt(uint64_t award, uint64_t amount, uint64_t reference);

#define MET STELE__ASSESSMENT__ASSESSMENT_MET
#define PARTLY STELE__ASSESSMENT__ASSESSMENT_PARTLY
#define NOT_MET STELE__ASSESSMENT__ASSESSMENT_NOT_MET
#define STATE(name) STELE__AWARD_STATE__AWARD_##name

#endif
