/* TEMPORARY, integration branch only. */
#include "ledger/apply/rules.h"

enum err panel_appoint(struct apply *apply, const Stele__PanelAppoint *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err coi_declare(struct apply *apply, const Stele__CoiDeclare *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err review_commit(struct apply *apply, const Stele__ReviewCommit *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err review_reveal(struct apply *apply, const Stele__ReviewReveal *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err decision_publish(struct apply *apply, const Stele__DecisionPublish *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err objection_file(struct apply *apply, const Stele__ObjectionFile *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err objection_resolve(struct apply *apply, const Stele__ObjectionResolve *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
