#include "ledger/payable.h"

uint64_t award_payable(const Stele__AwardValue *award)
{
	if (award->grant == NULL)
		return 0;
	return award->grant->n_milestones == 0 ? award->grant->amount : award->payable;
}
