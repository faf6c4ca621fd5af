/* TEMPORARY, integration branch only. */
#include "ledger/apply/rules.h"

enum err award_amend(struct apply *apply, const Stele__AwardAmend *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err milestone_claim(struct apply *apply, const Stele__MilestoneClaim *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err milestone_assess(struct apply *apply, const Stele__MilestoneAssess *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err disbursement_reverse(struct apply *apply, const Stele__DisbursementReverse *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err award_suspend(struct apply *apply, const Stele__AwardStep *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err award_resume(struct apply *apply, const Stele__AwardStep *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err award_terminate(struct apply *apply, const Stele__AwardTerminate *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err award_complete(struct apply *apply, const Stele__AwardStep *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err award_close(struct apply *apply, const Stele__AwardStep *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err recovery_demand(struct apply *apply, const Stele__RecoveryDemand *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err recovery_receive(struct apply *apply, const Stele__RecoveryReceive *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
