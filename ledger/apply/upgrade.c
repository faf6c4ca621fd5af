/* Plans to upgrade: rules UP of docs/ledger.md.  In this version nothing reads what
 * they write. */
#include "ledger/apply/rules.h"
#include "ledger/apply/values.h"

#define VERSION_FIRST 2 /* that of the genesis is 1 */

enum err upgrade_plan(struct apply *apply, const Stele__UpgradePlan *record)
{
	Stele__UpgradePlan plan = *record;
	Stele__UpgradeValue value = STELE__UPGRADE_VALUE__INIT;
	Stele__UpgradeValue *before;
	uint64_t next = VERSION_FIRST;
	enum err err = get_upgrade(apply, state_key("upgrade/plan"), &before);

	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	if (err == ERR_OK)
		next = (uint64_t)before->plan->version + 1;
	if (record->version != next) /* UP-01 */
		return ERR_UPGRADE_VERSION;
	if (record->activation_height < apply->height + 2 * apply->epoch_length) /* UP-02 */
		return ERR_UPGRADE_HEIGHT;
	value.plan = &plan;
	value.log_index = apply->log_index;
	value.motion = apply->motion;
	return put_upgrade(apply, state_key("upgrade/plan"), &value);
}
