#include "ledger/payable.h"

uint64_t award_payable(const Stele__AwardValue *award)
{
	if (award->grant == NULL)
		return 0;
	return award->grant->n_milestones == 0 ? award->grant->amount : award->payable;
}

bool award_adds_up(const Stele__AwardValue *award)
{
	uint64_t payable = award_payable(award);
	uint64_t amount;

	if ((award->grant == NULL) == (award->import == NULL))
		return false;
	amount = award->grant != NULL ? award->grant->amount : award->import->amount;
	return award->paid <= payable && payable <= amount && award->received <= award->demanded &&
	       award->demanded <= award->paid &&
	       award->committed == (award->terminated ? award->paid : amount);
}
