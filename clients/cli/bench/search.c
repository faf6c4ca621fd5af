#include "clients/cli/bench/search.h"

#include <stddef.h>

#include "base/bytes.h"

/* An open loop may bear somewhat more than a closed one, whose window limits it. */
#define ABOVE_ESTIMATE 1.05
#define STEP_UP 1.25
#define STEP_DOWN 0.5

void search_init(struct search *search, double estimate)
{
	ASSERT(estimate > 0);
	*search = (struct search){.floor = estimate / 2, .high = estimate * ABOVE_ESTIMATE};
}

bool search_next(struct search *search, double *rate)
{
	double low = search->low > 0 ? search->low : search->floor;

	if (search->tries == SEARCH_TRIES_MAX)
		return false;
	if (search->high - low <= search->high * SEARCH_RESOLUTION) {
		if (search->low > 0 && search->is_bounded)
			return false;
		if (search->low > 0)
			search->high = search->low * STEP_UP;
		else
			search->floor *= STEP_DOWN;
		low = search->low > 0 ? search->low : search->floor;
	}
	search->tried = (low + search->high) / 2;
	search->tries++;
	*rate = search->tried;
	return true;
}

void search_tell(struct search *search, bool is_sustained)
{
	if (is_sustained) {
		search->low = search->tried;
	} else {
		search->high = search->tried;
		search->is_bounded = true;
	}
}

const char *search_judge(const struct seen *seen)
{
	if (seen->offered <= 0)
		return "nothing was offered";
	if (seen->refused > seen->offered * SUSTAINED_REFUSED)
		return "records were refused";
	if (seen->final < seen->offered * SUSTAINED_SHARE)
		return "less became final than was offered";
	if (seen->backlog_growth > seen->offered * SUSTAINED_GROWTH)
		return "the backlog grew";
	return NULL;
}
