/* TEMPORARY, integration branch only. */
#include "ledger/apply/rules.h"

enum err content_commit(struct apply *apply, const Stele__ContentCommit *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err content_rollup(struct apply *apply, const Stele__ContentRollup *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err content_propagate(struct apply *apply, const Stele__ContentPropagate *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err content_delegate(struct apply *apply, const Stele__ContentDelegate *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
