/* TEMPORARY, integration branch only. */
#include "ledger/apply/rules.h"

enum err programme_amend(struct apply *apply, const Stele__ProgrammeAmend *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err programme_close(struct apply *apply, const Stele__ProgrammeClose *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err call_publish(struct apply *apply, const Stele__CallPublish *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err call_amend(struct apply *apply, const Stele__CallAmend *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err call_cancel(struct apply *apply, const Stele__CallCancel *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err proposal_commit(struct apply *apply, const Stele__ProposalCommit *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err proposal_withdraw(struct apply *apply, const Stele__ProposalWithdraw *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err proposal_reveal(struct apply *apply, const Stele__ProposalReveal *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
