/* TEMPORARY, integration branch only. */
#include "ledger/apply/rules.h"

enum err org_status(struct apply *apply, const Stele__OrgStatusChange *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err key_rotate(struct apply *apply, const Stele__KeyRotate *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err key_revoke(struct apply *apply, const Stele__KeyRevoke *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err validators_set(struct apply *apply, const Stele__ValidatorsSet *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err validator_ready(struct apply *apply, const Stele__ValidatorReady *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
enum err upgrade_plan(struct apply *apply, const Stele__UpgradePlan *record)
{
	(void)apply, (void)record;
	return ERR_OPERATION_UNAVAILABLE;
}
