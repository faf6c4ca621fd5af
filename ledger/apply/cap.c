#include "ledger/apply/cap.h"

#include "base/mutant.h"

enum err cap_check_budget(uint64_t committed, uint64_t amount, uint64_t budget)
{
	if (mutant_on("budget_int32"))
		return (int32_t)(uint32_t)(committed + amount) > (int32_t)(uint32_t)budget
			       ? ERR_BUDGET
			       : ERR_OK;
	return sum_is_within(committed, amount, budget) ? ERR_OK : ERR_BUDGET;
}

static enum err check_number(uint64_t live, uint64_t live_max)
{
	if (mutant_on("award_count_off_by_one"))
		live_max++;
	return live < live_max ? ERR_OK : ERR_AWARDS_MAX;
}

enum err cap_check_programme(const Stele__ProgrammeValue *programme, uint64_t amount)
{
	const Stele__ProgrammeCreate *terms = programme->programme;
	enum err err = check_number(programme->live_awards, terms->max_awards);

	if (err != ERR_OK) /* A-13, I-07 */
		return err;
	return cap_check_budget(programme->committed, amount, terms->budget); /* A-14, I-08 */
}

enum err cap_check_call(const Stele__CallValue *call, uint64_t amount)
{
	enum err err = check_number(call->live_awards, call->terms->max_awards);

	if (err != ERR_OK) /* */
		return err;
	return cap_check_budget(call->committed, amount, call->terms->budget); /* */
}
